"""Whom our connections to the internet trust."""

import ssl
from functools import cache

import httpx


@cache
def authorities() -> ssl.SSLContext:
    """Those that httpx brings, whatever the environment says. Read once a process: each reading
    takes 40 ms, and the event loop waits for it."""
    return httpx.create_ssl_context(trust_env=False)
