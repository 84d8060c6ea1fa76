"""Mutated webhooks through the whole intake: `python -m tests.fuzz` (or `make fuzz`)."""
