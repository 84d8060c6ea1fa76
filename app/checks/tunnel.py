"""Where the internet reaches us: PUBLIC_URL, or what ngrok says of itself."""

import httpx

from app.checks.subject import Subject


async def public_url(subject: Subject) -> str:
    """The address without a path, or "" where nobody knows it."""
    if subject.settings.public_url is not None:
        return str(subject.settings.public_url).rstrip("/").removesuffix("/webhook")
    for tunnel in await _tunnels(subject):
        url = str(tunnel.get("public_url", ""))
        if url.startswith("https://"):
            return url.rstrip("/")
    return ""


async def _tunnels(subject: Subject) -> list[dict[str, object]]:
    base = str(subject.settings.ngrok_api_url).rstrip("/")
    try:
        tunnels = (await subject.http.get(f"{base}/api/tunnels")).json()["tunnels"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return []
    return [one for one in tunnels if isinstance(one, dict)] if isinstance(tunnels, list) else []
