"""The phone's side over HTTP: write a message, watch the conversation."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, File, HTTPException, Query, UploadFile
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from app.simulator.config import user_id_of
from app.simulator.envelopes import Json, envelope, messages_value, new_wamid
from app.simulator.state import Simulator, TheSimulator

router = APIRouter(prefix="/_phone")


class PhoneMessage(BaseModel):
    """Something the person does on their phone."""

    model_config = ConfigDict(populate_by_name=True, extra="forbid")

    type: str = "text"
    text: str | None = None
    context: str | dict[str, Any] | None = None
    """The wamid this answers to, or a whole context object."""
    message: dict[str, Any] | None = None
    """Any inbound message object; its keys win over what we would fill in."""
    sender: str | None = Field(default=None, alias="from")
    name: str | None = None
    hide_number: bool = False
    """As for a person with a username: only the business-scoped user id is shown."""
    timestamp: int | None = None
    count: int = Field(default=1, ge=1, le=1000)
    batch: bool = False
    """All `count` messages in one POST instead of one POST each."""
    twice: bool = False
    wait: bool = False
    """Answer only when the webhooks were taken."""


@router.post("/messages", status_code=202)
async def write(body: PhoneMessage, simulator: TheSimulator) -> Json:
    """Put messages in the conversation and post them to the webhook."""
    sender = body.sender or simulator.config.owner_number
    messages = [_message(body, sender, simulator) for _ in range(body.count)]
    sent = []
    for message in messages:
        event = simulator.chat.append(
            "inbound",
            chat=sender,
            wamid=message["id"],
            type=message["type"],
            text=_shown_text(message),
            message=message,
        )
        sent.append({"id": message["id"], "seq": event["seq"]})
    posts = [messages] if body.batch else [[message] for message in messages]
    payloads = [_envelope(body, sender, post, simulator) for post in posts]
    delivery = simulator.webhooks.deliver_soon(payloads, twice=body.twice)
    delivery.add_done_callback(partial(_tick, simulator, [one["id"] for one in sent]))
    if body.wait:
        await asyncio.shield(delivery)
    return {"messages": sent}


def _tick(simulator: Simulator, wamids: Sequence[str], delivery: asyncio.Task[None]) -> None:
    """The second tick: the webhooks were taken."""
    if not delivery.cancelled() and delivery.exception() is None:
        for wamid in wamids:
            simulator.chat.append("delivered", wamid=wamid)


@router.post("/webhooks", status_code=202)
async def post_webhook(payload: Json, simulator: TheSimulator, wait: bool = False) -> Json:
    """Sign and deliver any body at all."""
    delivery = simulator.webhooks.deliver_soon([payload])
    if wait:
        await asyncio.shield(delivery)
    return {"success": True}


@router.post("/media", status_code=201)
async def put_media(file: Annotated[UploadFile, File()], simulator: TheSimulator) -> Json:
    """Keep a file of the phone; answers what a webhook says about it."""
    media = simulator.media.add(
        await file.read(), file.content_type or "application/octet-stream", file.filename
    )
    return {"id": media.id, "mime_type": media.mime_type, "sha256": media.sha256_base64}


@router.get("/media/{media_id}")
async def get_media(media_id: str, simulator: TheSimulator) -> Response:
    """The bytes of a file in the conversation, whoever sent it."""
    media = simulator.media.get(media_id)
    if media is None:
        raise HTTPException(404)
    return Response(media.content, media_type=media.mime_type)


@router.get("/me")
async def me(simulator: TheSimulator) -> Json:
    """Whose phone this is, by the two names that the conversation may know it by, and who is at
    the other end."""
    number = simulator.config.owner_number
    return {"chats": [number, user_id_of(number)], "contact": simulator.config.verified_name}


@router.get("/chat")
async def chat(
    simulator: TheSimulator,
    after: int = 0,
    wait_s: Annotated[float, Query(ge=0)] = 0.0,
) -> Json:
    """What happened after a sequence number; waits up to `wait_s` for something to happen."""
    events = await simulator.chat.wait_newer_than(after, wait_s)
    return {"events": events, "last_seq": events[-1]["seq"] if events else after}


def _message(body: PhoneMessage, sender: str, simulator: Simulator) -> Json:
    now = int(simulator.config.clock())
    message: Json = {
        "id": new_wamid(),
        "timestamp": str(now if body.timestamp is None else body.timestamp),
        "type": body.type,
        "from_user_id": user_id_of(sender),
    }
    if not body.hide_number:
        message["from"] = sender
    if body.type == "text" and body.text is not None:
        message["text"] = {"body": body.text}
    if isinstance(body.context, str):
        message["context"] = {"from": simulator.config.display_phone_number, "id": body.context}
    elif body.context is not None:
        message["context"] = body.context
    return message | (body.message or {})


def _envelope(body: PhoneMessage, sender: str, messages: list[Json], simulator: Simulator) -> Json:
    value = messages_value(
        simulator.config,
        messages,
        name=body.name or simulator.config.owner_name,
        number=None if body.hide_number else sender,
        user_id=user_id_of(sender),
    )
    return envelope(simulator.config, [value])


def _shown_text(message: Json) -> str | None:
    content = message.get(message["type"])
    if not isinstance(content, dict):
        return None
    text = content.get("body") or content.get("caption") or content.get("emoji")
    return None if text is None else str(text)
