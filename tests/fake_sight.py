"""The part of the fake Ollama that is shown pictures: what came in, and what it will not take."""

import base64
import binascii
from typing import Any

from starlette.responses import JSONResponse, Response

Json = dict[str, Any]

SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")  # what Ollama decodes everywhere


def shown(body: Json) -> list[str]:
    """The pictures of a request, as they came."""
    return [one for message in body.get("messages", ()) for one in message.get("images") or ()]


def pictures(bodies: list[Json]) -> list[bytes]:
    """The bytes of all pictures in some requests."""
    return [base64.b64decode(one) for body in bodies for one in shown(body)]


def refusal(body: Json) -> Response | None:
    """What Ollama says to what is no base64, and to what is no picture."""
    for one in shown(body):
        try:
            content = base64.b64decode(one, validate=True)
        except binascii.Error:
            return JSONResponse({"error": "illegal base64 data at input byte 0"}, 400)
        if not content.startswith(SIGNATURES):
            return JSONResponse({"error": "failed to process inputs: image: unknown format"}, 500)
    return None
