"""Stands in for bfcl-eval where it is not installed: its folders, its names, two cases.

The folder goes first on PYTHONPATH of the judge's process, which imports from there.
"""

from pathlib import Path

HERE = Path(__file__).parent
