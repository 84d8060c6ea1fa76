"""The Graph API routes that WasAP calls."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.datastructures import UploadFile

from app.simulator import business, payloads
from app.simulator.account import MESSAGING
from app.simulator.business import with_token
from app.simulator.envelopes import new_wamid
from app.simulator.errors import (
    BadParameterValue,
    InvalidParameter,
    NoPermission,
    NotInTestList,
    NotRegistered,
    UnknownObject,
    WindowClosed,
)
from app.simulator.faults import Fault, Target
from app.simulator.media import VOICE_TYPES, Media
from app.simulator.state import Simulator, TheSimulator

Json = dict[str, Any]

WINDOW_S = 24 * 3600  # after the person's newest message, anything but a template is refused

router = APIRouter(dependencies=[Depends(with_token)])


def _own_phone(phone_number_id: str, request: Request, simulator: TheSimulator) -> str:
    if phone_number_id != simulator.config.phone_number_id:
        raise UnknownObject(request.method, phone_number_id)
    return phone_number_id


OwnPhone = Annotated[str, Depends(_own_phone)]


@router.get("/_media/{ticket}")
async def download(ticket: str, request: Request, simulator: TheSimulator) -> Response:
    """A file's bytes; the URL dies after five minutes and needs the bearer too."""
    spoilt = await _file_fault("download", request, simulator)
    if spoilt:
        return spoilt
    media = simulator.media.open(ticket)
    if media is None:
        return Response("URL signature expired", 404, media_type="text/plain")
    return Response(media.content, media_type=media.mime_type)


@router.post("/{version}/{phone_number_id}/messages")
async def send(phone: OwnPhone, request: Request, simulator: TheSimulator) -> Any:
    """Send a message, or mark one as read."""
    payload = await _json_object(request)
    is_read = payload.get("status") == "read"
    fault = simulator.faults.take("read" if is_read else "send")
    if fault and not fault.accept:
        spoilt = await simulator.faults.play(fault, request)
        if spoilt:
            return spoilt
    answer = _mark_read(payload, simulator) if is_read else _accept(payload, simulator, fault)
    if fault and fault.accept:
        return await simulator.faults.play(fault, request) or answer
    return answer


@router.post("/{version}/{phone_number_id}/media")
async def upload(phone: OwnPhone, request: Request, simulator: TheSimulator) -> Any:
    """Take a file and give its id."""
    spoilt = await _file_fault("media", request, simulator)
    if spoilt:
        return spoilt
    async with request.form() as form:
        file = form.get("file")
        if form.get("messaging_product") != "whatsapp":
            raise InvalidParameter("The parameter messaging_product is required.")
        if not isinstance(file, UploadFile):
            raise InvalidParameter("The parameter file is required.")
        mime_type = file.content_type or "application/octet-stream"
        media = simulator.media.upload(await file.read(), mime_type, file.filename)
    return {"id": media.id}


@router.get("/{version}/{object_id}")
async def read_object(object_id: str, request: Request, simulator: TheSimulator) -> Any:
    """The business number, or a media file's metadata."""
    if object_id in (simulator.config.phone_number_id, *simulator.account.strangers):
        return business.number(simulator, object_id)
    spoilt = await _file_fault("media", request, simulator)
    if spoilt:
        return spoilt
    media = simulator.media.get(object_id)
    if media is None:
        raise UnknownObject(request.method, object_id)
    return _metadata(media, request, simulator)


@router.delete("/{version}/{media_id}")
async def delete_media(media_id: str, request: Request, simulator: TheSimulator) -> Json:
    """Forget a media file."""
    if not simulator.media.delete(media_id):
        raise UnknownObject(request.method, media_id)
    return {"success": True}


def _accept(payload: Json, simulator: Simulator, fault: Fault | None) -> Json:
    if MESSAGING not in simulator.account.scopes:
        raise NoPermission("Application does not have permission for this action")
    if not simulator.account.is_registered:
        raise NotRegistered("Account not registered")
    kind = payloads.check(payload)
    written, recipient = payloads.recipient_of(payload)
    _check_references(kind, payload, simulator)
    allowed = simulator.config.test_recipients
    if allowed and recipient not in allowed:
        raise NotInTestList("Recipient phone number not in allowed list")
    if kind != "template" and _is_window_closed(recipient, simulator):
        raise WindowClosed(
            "Re-engagement message",
            details="Message failed to send because more than 24 hours have passed since the"
            " customer last replied to this number.",
        )
    wamid = new_wamid()
    simulator.chat.append(
        "outbound",
        chat=recipient,
        wamid=wamid,
        type=kind,
        text=_shown_text(kind, payload),
        message=payload,
    )
    simulator.report_statuses(
        wamid=wamid,
        recipient=recipient,
        opaque=payload.get("biz_opaque_callback_data"),
        category="utility" if kind == "template" else "service",
        errors=_failure(simulator, fault, payload),
    )
    contact: Json = {"input": written}
    contact["wa_id" if recipient.isdigit() else "user_id"] = recipient
    return {
        "messaging_product": "whatsapp",
        "contacts": [contact],
        "messages": [{"id": wamid}],
    }


def _failure(simulator: Simulator, fault: Fault | None, payload: Json) -> list[Json] | None:
    """What the status of an accepted message complains about."""
    if fault and fault.kind == "failed_status":
        return [fault.error_item()]
    if simulator.account.payment_trouble:
        unpaid = "Business eligibility payment issue"
        return [{"code": 131042, "title": unpaid, "message": unpaid}]
    audio = payload.get("audio") or {}
    note = simulator.media.get(audio.get("id", "")) if audio.get("voice") else None
    if note is not None and note.mime_type not in VOICE_TYPES:
        details = f"Unsupported Voice mime type {note.mime_type}."
        title = "Media upload error"
        return [{"code": 131053, "title": title, "error_data": {"details": details}}]
    return None


def _is_window_closed(recipient: str, simulator: Simulator) -> bool:
    """By the timestamps of what they wrote here; of who never did, nothing is known."""
    opened_at = simulator.config.clock() - WINDOW_S
    wrote = False
    for event in simulator.chat.newest_first():
        if event["kind"] == "inbound" and event["chat"] == recipient:
            wrote = True
            stamp = str(event["message"]["timestamp"])
            if not stamp.isdecimal() or int(stamp) >= opened_at:
                return False
    return wrote


def _mark_read(payload: Json, simulator: Simulator) -> Json:
    wamid = payload.get("message_id")
    if not isinstance(wamid, str) or not simulator.chat.has(kind="inbound", wamid=wamid):
        raise BadParameterValue("Parameter value is not valid", details="Invalid message_id")
    simulator.chat.append("read", wamid=wamid)
    typing = payload.get("typing_indicator")
    if typing is not None:
        if typing != {"type": "text"}:
            raise InvalidParameter("Param typing_indicator['type'] must be one of {text}")
        simulator.chat.append("typing", wamid=wamid)
    return {"success": True}


def _check_references(kind: str, payload: Json, simulator: Simulator) -> None:
    media_id = payload[kind].get("id") if kind in payloads.MEDIA_TYPES else None
    if media_id and simulator.media.get(media_id) is None:
        raise InvalidParameter("Invalid parameter", details=f"Media {media_id} does not exist")
    context = payload.get("context")
    if context is not None and not (isinstance(context, dict) and context.get("message_id")):
        raise InvalidParameter("The parameter context['message_id'] is required.")


def _shown_text(kind: str, payload: Json) -> str | None:
    content = payload[kind]
    if kind == "text":
        return str(content["body"])
    if kind == "interactive":
        return str(content["body"]["text"])
    if kind == "template":
        return " ".join(payloads.variables_of(content)) or None
    text = content.get("caption") or content.get("emoji")
    return None if text is None else str(text)


def _metadata(media: Media, request: Request, simulator: Simulator) -> Json:
    return {
        "messaging_product": "whatsapp",
        "url": f"{request.base_url}_media/{simulator.media.ticket(media)}",
        "mime_type": media.mime_type,
        "sha256": media.sha256,
        "file_size": str(len(media.content)),
        "id": media.id,
    }


async def _file_fault(target: Target, request: Request, simulator: Simulator) -> Response | None:
    fault = simulator.faults.take(target)
    return await simulator.faults.play(fault, request) if fault else None


async def _json_object(request: Request) -> Json:
    try:
        payload = json.loads(await request.body())
    except ValueError as problem:
        raise InvalidParameter("Invalid parameter", details="The body is not JSON") from problem
    if not isinstance(payload, dict):
        raise InvalidParameter("Invalid parameter", details="The body is not an object")
    return payload
