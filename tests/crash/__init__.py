"""Kills the real product at every commit and outside call, and looks for what got lost.

`python -m tests.crash` kills; `python -m tests.crash.soak` delivers by the ten thousand.
"""
