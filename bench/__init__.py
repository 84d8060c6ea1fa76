"""The project's own figures: `python -m bench` (or `make bench`)."""
