"""Generated schedules over all zones, clock changes and downtimes: `python -m tests.schedules`."""
