"""Tools of MCP servers, which the owner names in a file (MCP_CONFIG).

The front of the prompt must not change under a talk, so what a server offers is fixed at the start:
as it says when it is new to us, as it said last when it is not.
"""
