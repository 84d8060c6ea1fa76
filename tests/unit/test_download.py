"""Fetching the file of a message: from whom, how much of it, and what it means when it fails."""

from collections.abc import AsyncIterator

import pytest

from app.channels.cloud_api.client import CloudApi
from app.channels.cloud_api.media import attachment_of, hex_sum, is_trusted, is_voice_note
from app.errors import DownloadError, FileGone, FileTooBig
from tests.crash.wire import Double, Json, Reply, as_json

CONTENT = b"OggS" + bytes(range(256)) * 400
SHA256 = "0" * 64
LIMIT = 1 << 20


class Meta:
    """The Graph API with one file, id 7; what it answers may be changed."""

    def __init__(self) -> None:
        self.double = Double(self.answer)
        self.about: list[Reply] = []  # next answers about the file
        self.file: list[Reply] = []  # next answers with it
        self.asked: list[str] = []

    def answer(self, path: str, body: Json) -> Reply:
        self.asked.append(path)
        if path.startswith("/file"):
            return self.file.pop(0) if self.file else Reply(CONTENT)
        return self.about.pop(0) if self.about else self.said()

    def said(self, **more: str) -> Reply:
        about = {"url": f"{self.double.url}/file", "mime_type": "audio/ogg", "sha256": SHA256}
        return as_json({**about, **more})


@pytest.fixture
async def meta() -> AsyncIterator[Meta]:
    meta = Meta()
    await meta.double.start()
    yield meta
    await meta.double.stop()


@pytest.fixture
async def channel(meta: Meta) -> AsyncIterator[CloudApi]:
    channel = CloudApi(meta.double.url, "v26.0", "1", "secret", timeout_s=5)
    yield channel
    await channel.aclose()


async def fetch(channel: CloudApi, media_id: str = "7", limit: int = LIMIT) -> bytes:
    taken = bytearray()

    async def write(chunk: bytes) -> None:
        taken.extend(chunk)

    try:
        told = await channel.download(media_id, write, max_bytes=limit)
    finally:
        assert len(taken) <= limit
    assert (told.mime_type, told.sha256) == ("audio/ogg", SHA256)
    return bytes(taken)


async def test_a_file_comes_whole(channel: CloudApi, meta: Meta) -> None:
    assert await fetch(channel) == CONTENT
    assert meta.asked == ["/v26.0/7", "/file"]


async def test_an_address_that_has_expired_is_asked_for_once_more(
    channel: CloudApi, meta: Meta
) -> None:
    meta.file = [Reply(status=404)]
    assert await fetch(channel) == CONTENT
    assert meta.asked == ["/v26.0/7", "/file"] * 2
    meta.file = [Reply(status=404), Reply(status=404)]
    with pytest.raises(FileGone):
        await fetch(channel)


@pytest.mark.parametrize("status", [400, 404])
async def test_what_meta_does_not_have_is_gone(channel: CloudApi, meta: Meta, status: int) -> None:
    meta.about = [as_json({"error": {"code": 100, "error_subcode": 33}}, status)]
    with pytest.raises(FileGone):
        await fetch(channel)


@pytest.mark.parametrize("media_id", ["", "../me", "7?x=1", "7/8", "siete ", "１"])
async def test_an_id_that_is_none_of_metas_is_not_asked_for(
    channel: CloudApi, meta: Meta, media_id: str
) -> None:
    with pytest.raises(FileGone):
        await fetch(channel, media_id)
    assert meta.asked == []


async def test_what_says_that_it_is_too_big_is_not_fetched(channel: CloudApi, meta: Meta) -> None:
    meta.about = [meta.said(file_size=str(LIMIT + 1))]
    with pytest.raises(FileTooBig):
        await fetch(channel)
    assert meta.asked == ["/v26.0/7"]


async def test_what_is_bigger_than_it_says_is_cut_off(channel: CloudApi, meta: Meta) -> None:
    meta.about = [meta.said(file_size="10")]
    with pytest.raises(FileTooBig):
        await fetch(channel, limit=len(CONTENT) - 1)
    assert await fetch(channel, limit=len(CONTENT)) == CONTENT


async def test_the_token_goes_to_nobody_else(channel: CloudApi, meta: Meta) -> None:
    came: list[str] = []
    elsewhere = Double(lambda path, body: came.append(path) or Reply(CONTENT))
    await elsewhere.start()
    address = elsewhere.url.replace("127.0.0.1", "localhost")
    meta.about = [meta.said(url=f"{address}/file")]
    with pytest.raises(DownloadError):
        await fetch(channel)
    meta.file = [Reply(b"", 302, (f"Location: {elsewhere.url}/file",))]
    with pytest.raises(DownloadError):
        await fetch(channel)
    await elsewhere.stop()
    assert came == []


@pytest.mark.parametrize(
    "broken",
    [
        Reply(status=500),
        Reply(b"<html>", 503),
        Reply(drop=True),
        Reply(reset=True),
        as_json({"error": {"code": 190}}, 401),  # a token that has expired comes back
        as_json([]),
        as_json({"url": 5}),
    ],
)
async def test_trouble_with_the_question_may_pass(
    channel: CloudApi, meta: Meta, broken: Reply
) -> None:
    meta.about = [broken]
    with pytest.raises(DownloadError) as raised:
        await fetch(channel)
    assert type(raised.value) is DownloadError
    assert await fetch(channel) == CONTENT


@pytest.mark.parametrize(
    "broken",
    [Reply(status=500), Reply(drop=True), Reply(CONTENT[:99], length=len(CONTENT), cut=True)],
)
async def test_trouble_with_the_file_may_pass(channel: CloudApi, meta: Meta, broken: Reply) -> None:
    meta.file = [broken]
    with pytest.raises(DownloadError) as raised:
        await fetch(channel)
    assert type(raised.value) is DownloadError


@pytest.mark.parametrize(
    ("url", "trusted"),
    [
        ("https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1", True),
        ("https://scontent.xx.fbcdn.net/v/1", True),
        ("https://mmg.whatsapp.net/1", True),
        ("https://graph.facebook.com/x", True),
        ("https://graph.example/x", True),  # the one in the settings
        # as good as, but not
        ("http://lookaside.fbsbx.com/1", False),
        ("http://graph.example/x", False),
        ("https://lookaside.fbsbx.com.evil.example/1", False),
        ("https://evilfbsbx.com/1", False),
        ("https://lookaside.fbsbx.com@evil.example/1", False),
        ("https://evil.example/lookaside.fbsbx.com", False),
        ("file:///etc/passwd", False),
        ("//lookaside.fbsbx.com/1", False),
        ("https://[", False),
        ("", False),
    ],
)
def test_only_metas_hosts_get_the_token(url: str, trusted: bool) -> None:
    assert is_trusted(url, "https://graph.example/v26.0/") is trusted


@pytest.mark.parametrize(
    ("stated", "found"),
    [
        ("AB" * 32, "ab" * 32),
        ("q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=", "ab" * 32),
        ("", ""),
        ("nonsense", ""),
        ("q6ur", ""),
    ],
)
def test_a_sum_is_read_in_either_spelling(stated: str, found: str) -> None:
    assert hex_sum(stated) == found


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ({"type": "audio", "audio": {"id": "1", "voice": True}}, "audio"),
        ({"type": "voice", "voice": {"id": "1"}}, "audio"),  # as it was called once
        ({"type": "image", "image": {"id": "1", "mime_type": "image/jpeg"}}, "image"),
        ({"type": "document", "document": {"id": "1", "mime_type": "application/pdf"}}, "document"),
        # sent as a file
        ({"type": "document", "document": {"id": "1", "mime_type": "image/png"}}, "image"),
        ({"type": "document", "document": {"id": "1", "mime_type": "audio/mpeg"}}, "audio"),
        # nobody reads these
        ({"type": "video", "video": {"id": "1"}}, None),
        ({"type": "sticker", "sticker": {"id": "1"}}, None),
        ({"type": "text", "text": {"body": "hola"}}, None),
        # what Meta never sends
        ({"type": "audio"}, None),
        ({"type": "audio", "audio": 5}, None),
        ({"type": "audio", "audio": {"id": 5}}, None),
        ({"type": ["audio"], "audio": {"id": "1"}}, None),
        ({}, None),
    ],
)
def test_who_reads_what(message: Json, kind: str | None) -> None:
    found = attachment_of(message)
    assert (found.kind if found else None) == kind


def test_only_what_was_recorded_in_whatsapp_is_the_owners_voice() -> None:
    assert is_voice_note({"type": "audio", "audio": {"voice": True}})
    assert is_voice_note({"type": "voice", "voice": {}})
    assert not is_voice_note({"type": "audio", "audio": {"voice": False}})
    assert not is_voice_note({"type": "audio", "audio": {}})
    assert not is_voice_note({"type": "audio", "audio": "x"})
    assert not is_voice_note({"type": "text"})
