"""Slash commands: one file each, found by `graph.commands.scan`. `contract` is all they share."""
