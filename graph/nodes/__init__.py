"""The six nodes, one file each. Every file makes its node from the services it needs."""
