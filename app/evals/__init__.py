"""`wasap eval`: scenario files through the real graph, with any model the settings name.

scenarios -> running (a conversation a try) -> judging -> runs (kept, compared) -> tables and page.
"""
