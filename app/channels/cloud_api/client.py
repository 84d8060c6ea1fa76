"""The Graph API calls we make."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple

import httpx

from app.channels.base import Downloaded
from app.channels.cloud_api.content import BUTTON
from app.channels.cloud_api.media import hex_sum, is_trusted
from app.channels.cloud_api.policy import refusal
from app.errors import DownloadError, FileGone, FileTooBig, Outcome, SendError
from app.parts import split, units
from store import probes
from store.outbox import Button, File
from tools.certificates import authorities
from tools.connections import Connections

CONNECT_TIMEOUT_S = 5.0
DOWNLOAD_TIMEOUT_S = 300.0  # for one whole file, however slowly it drips
# Meta: of a message with reply buttons
BUTTONS_MAX = 3
BUTTONS_BODY_MAX = 1024
TITLE_MAX = 20
# Meta: of a list message, which takes ten rows and any text
ROW_TITLE_MAX = 24
ROW_ABOUT_MAX = 72
OPENS_LIST_MAX = 20
# Of a voice note. Meta takes the kind of a file from its name, and this type in this spelling alone
# (131053 for any other, after it has taken the message).
VOICE_NAME, VOICE_TYPE = "voice.ogg", "audio/ogg; codecs=opus"


class Template(NamedTuple):
    """An approved message whose body has one variable."""

    name: str
    language: str  # Meta's code: es, es_AR

    @classmethod
    def parse(cls, text: str, language: str) -> "Template | None":
        """ "name" or "name:language"; None for ""."""
        name, _, own = text.partition(":")
        return cls(name, own or language) if name else None


class CloudApi:
    """One business phone number at the Graph API."""

    def __init__(
        self,
        base_url: str,
        version: str,
        phone_number_id: str,
        token: str,
        *,
        timeout_s: float,
        template: Template | None = None,
        opens_list: str = "…",
    ) -> None:
        """`template`: what `send_template` fills in. `opens_list`: stands on the button that shows
        the rows of a list message."""
        self._template = template
        self._opens_list = opens_list[:OPENS_LIST_MAX]
        self._graph = f"{base_url.rstrip('/')}/{version}/"
        url = f"{self._graph}{phone_number_id}/"
        self._messages = httpx.URL(f"{url}messages")  # a relative one is merged at every call
        self._http = httpx.AsyncClient(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(timeout_s, connect=CONNECT_TIMEOUT_S, pool=CONNECT_TIMEOUT_S),
            trust_env=False,  # a proxy variable must not see the token
            transport=Connections(authorities()),
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def send_text(self, to: str, body: str, *, callback: str) -> str:
        """POST a text message; its wamid."""
        return await self._send(to, {"type": "text", "text": {"body": body}}, callback)

    async def send_buttons(
        self, to: str, body: str, buttons: Sequence[Button], *, callback: str
    ) -> str:
        """POST a text with reply buttons, or with a list where they do not fit; its wamid."""
        fits = len(buttons) <= BUTTONS_MAX and units(body) <= BUTTONS_BODY_MAX
        kind, action = _reply_buttons(buttons) if fits else self._rows(buttons)
        interactive = {"type": kind, "body": {"text": body}, "action": action}
        return await self._send(to, {"type": "interactive", "interactive": interactive}, callback)

    def _rows(self, buttons: Sequence[Button]) -> tuple[str, dict[str, Any]]:
        rows = []
        for one in buttons:
            row = {"id": f"{BUTTON}{one.id}", "title": one.title[:ROW_TITLE_MAX]}
            about = _shortened(one.about, ROW_ABOUT_MAX)
            rows.append({**row, "description": about} if about else row)
        return "list", {"button": self._opens_list, "sections": [{"rows": rows}]}

    async def send_template(self, to: str, text: str, *, callback: str) -> str:
        """POST our template with `text` in its variable; its wamid."""
        if self._template is None:
            raise ValueError("no template is set")
        # Meta takes no line ends, tabs or more than four spaces in a row there (132018).
        variable = {"type": "text", "text": " ".join(text.split())}
        template = {
            "name": self._template.name,
            "language": {"code": self._template.language},
            "components": [{"type": "body", "parameters": [variable]}],
        }
        return await self._send(to, {"type": "template", "template": template}, callback)

    async def send_file(self, to: str, file: File, *, callback: str) -> str:
        """Upload a document and send it; its wamid."""
        media_id = await self._upload(file)
        document = {"id": media_id, "filename": file.name}
        return await self._send(to, {"type": "document", "document": document}, callback)

    async def send_voice(self, to: str, file: File, *, callback: str) -> str:
        """Upload a voice note and send it; its wamid."""
        media_id = await self._upload(File(VOICE_NAME, VOICE_TYPE, file.content))
        audio = {"id": media_id, "voice": True}
        return await self._send(to, {"type": "audio", "audio": audio}, callback)

    async def _send(self, to: str, content: dict[str, Any], callback: str) -> str:
        answer = await self._post(
            {
                "messaging_product": "whatsapp",
                "recipient_type": "individual",
                **_recipient(to),
                **content,
                "biz_opaque_callback_data": callback,
            }
        )
        with contextlib.suppress(KeyError, IndexError, TypeError):
            return str(answer["messages"][0]["id"])
        raise SendError("accepted without an id", outcome=Outcome.UNKNOWN)

    async def mark_read(self, message_id: str, *, typing: bool) -> None:
        """Mark a message read, maybe with typing dots (Meta: gone after 25 s or at the answer)."""
        mark: dict[str, Any] = {
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": message_id,
        }
        if typing:
            mark["typing_indicator"] = {"type": "text"}
        await self._post(mark)

    async def download(
        self, media_id: str, write: Callable[[bytes], Awaitable[None]], *, max_bytes: int
    ) -> Downloaded:
        """GET where the file lies, and then the file; see app.channels.base."""
        probes.reach("call:graph_api.download:before")
        try:
            async with asyncio.timeout(DOWNLOAD_TIMEOUT_S):
                about = await self._about(media_id, max_bytes)
                if not await self._fetch(about, write, max_bytes):
                    # Meta: the address lives for five minutes, then it is asked for again.
                    about = await self._about(media_id, max_bytes)
                    if not await self._fetch(about, write, max_bytes):
                        raise FileGone("its address answers 404")
        except (httpx.HTTPError, TimeoutError) as error:
            raise DownloadError(repr(error)) from error
        probes.reach("call:graph_api.download:after")
        return Downloaded(_text(about, "mime_type"), hex_sum(_text(about, "sha256")))

    async def _about(self, media_id: str, max_bytes: int) -> dict[str, Any]:
        """What the Graph API says about a file."""
        if not media_id.isascii() or not media_id.isalnum():  # it becomes part of an address
            raise FileGone("the id is none of Meta's")
        response = await self._http.get(f"{self._graph}{media_id}")
        # 100: no such object, or none of ours.
        if response.status_code in (404, 410) or _code(response) == 100:
            raise FileGone(f"status {response.status_code}")
        if not response.is_success:
            raise DownloadError(f"status {response.status_code}, code {_code(response)}")
        about = _json(response)
        size = str(about.get("file_size"))
        if size.isascii() and size.isdigit() and int(size) > max_bytes:
            raise FileTooBig(f"{size} bytes")
        if not is_trusted(_text(about, "url"), self._graph):
            raise DownloadError("its address is none of Meta's")
        return about

    async def _fetch(
        self, about: dict[str, Any], write: Callable[[bytes], Awaitable[None]], max_bytes: int
    ) -> bool:
        """The file itself; False for a 404. Redirects are not followed: the token goes nowhere."""
        headers = {"Accept-Encoding": "identity"}  # what is counted is what is written
        async with self._http.stream("GET", _text(about, "url"), headers=headers) as response:
            if response.status_code == httpx.codes.NOT_FOUND:
                return False
            if not response.is_success:
                raise DownloadError(f"status {response.status_code}")
            left = max_bytes
            async for chunk in response.aiter_raw():
                left -= len(chunk)
                if left < 0:
                    raise FileTooBig(f"more than {max_bytes} bytes")
                await write(chunk)
        return True

    async def _upload(self, file: File) -> str:
        """The media id. Nothing reaches anybody before it is sent, so every failure is a RETRY."""
        fields = {"messaging_product": "whatsapp", "type": file.mime_type}
        probes.reach("call:graph_api.upload:before")
        try:
            response = await self._http.post(
                "media", data=fields, files={"file": (file.name, file.content, file.mime_type)}
            )
        except httpx.HTTPError as error:
            raise SendError(repr(error), outcome=Outcome.RETRY) from error
        probes.reach("call:graph_api.upload:after")
        if not response.is_success:
            raise _refusal(response)
        media_id = _json(response).get("id")
        if not isinstance(media_id, str):
            raise SendError("uploaded without an id", outcome=Outcome.RETRY)
        return media_id

    async def _post(self, body: dict[str, Any]) -> Any:
        call = "read" if "status" in body else "send"
        probes.reach(f"call:graph_api.{call}:before")
        try:
            response = await self._http.post(self._messages, json=body)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise SendError(repr(error), outcome=Outcome.RETRY) from error  # nothing left here
        except httpx.HTTPError as error:
            raise SendError(repr(error), outcome=Outcome.UNKNOWN) from error
        probes.reach(f"call:graph_api.{call}:after")
        if response.is_success:
            return _json(response)
        raise _refusal(response)


def _reply_buttons(buttons: Sequence[Button]) -> tuple[str, dict[str, Any]]:
    replies = [{"id": f"{BUTTON}{one.id}", "title": one.title[:TITLE_MAX]} for one in buttons]
    return "button", {"buttons": [{"type": "reply", "reply": reply} for reply in replies]}


def _shortened(text: str, limit: int) -> str:
    """In one line of so many UTF-16 units."""
    line = " ".join(text.split())
    return line if units(line) <= limit else f"{split(line, limit - 1)[0]}…"


def _recipient(to: str) -> dict[str, str]:
    """A BSUID goes into `recipient`; a number needs its plus, or Meta prepends our own country."""
    return {"to": f"+{to}"} if to.isdigit() else {"recipient": to}


def _code(response: httpx.Response) -> int | None:
    """Graph's error code, where the body has one."""
    error = _json(response).get("error")
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, int) else None


def _text(body: dict[str, Any], key: str) -> str:
    value = body.get(key)
    return value if isinstance(value, str) else ""


def _refusal(response: httpx.Response) -> SendError:
    return refusal(
        _code(response),
        response.status_code,
        _seconds(response.headers.get("Retry-After")),
    )


def _json(response: httpx.Response) -> dict[str, Any]:
    """The body as an object; {} for HTML, arrays and broken JSON."""
    try:
        body = response.json()
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _seconds(header: str | None) -> float | None:
    """Retry-After in seconds; its date form and nonsense count as absent."""
    if header and header.isascii() and header.isdigit():
        return float(min(int(header), 3600))
    return None
