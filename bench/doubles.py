"""Ollama and the Graph API in one tiny process: canned bytes, next to no cost of their own.

The scripted doubles of the tests are Starlette apps and cost milliseconds a call, which would be
measured as ours. `GET /sent` gives the times at which sends came in (time.time()), and how often
the model was asked for an answer and for an embedding, `GET /last` the newest send and how many
there were. With the argument "hang" the model never answers.
"""

import asyncio
import json
import sys
import time

MODEL_SAYS = b"".join(
    json.dumps(
        {
            "model": "qwen3:8b",
            "created_at": "2026-11-23T00:00:00Z",
            "message": {"role": "assistant", "content": text},
            "done": done,
            **({"done_reason": "stop", "prompt_eval_count": 3000, "eval_count": 2} if done else {}),
        }
    ).encode()
    + b"\n"
    for text, done in (("¡Hola!", False), ("", True))
)
EMBEDDED = json.dumps({"model": "embeddinggemma", "embeddings": [[0.1] * 768]}).encode()
SHOWN = json.dumps({"capabilities": ["completion", "tools"], "model_info": {}}).encode()
NO_FILE = json.dumps({"error": {"code": 100, "message": "no such object"}}).encode()
ACCEPTED = json.dumps({"messages": [{"id": "wamid.%d"}], "success": True}).encode()


class Double(asyncio.Protocol):
    """HTTP/1.1 keep-alive with bodies of known length, all a client of ours sends."""

    sent: list[float] = []  # noqa: RUF012 - one list for all connections
    chats = embeds = 0
    hangs = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A new connection."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.buffer = b""

    def data_received(self, data: bytes) -> None:
        """Answer every request that is complete."""
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end].lower()
            size = 0
            if (at := head.find(b"content-length:")) >= 0:
                size = int(head[at + 15 :].split(b"\r\n", 1)[0])
            if len(self.buffer) < end + 4 + size:
                return
            body = self.buffer[end + 4 : end + 4 + size]
            self.buffer = self.buffer[end + 4 + size :]
            method, path, _ = head.split(b" ", 2)
            self.answer(method, path, body)

    def answer(self, method: bytes, path: bytes, body: bytes) -> None:
        """One request."""
        content, status = ACCEPTED, b"200 OK"
        if path.endswith(b"/messages"):
            if b'"text":{' in body:
                Double.sent.append(time.time())
            content = ACCEPTED % len(Double.sent)
        elif path == b"/api/chat":
            Double.chats += 1
            if Double.hangs:
                return
            content = MODEL_SAYS
        elif path == b"/api/show":
            content = SHOWN
        elif path == b"/api/embed":
            Double.embeds += 1
            content = EMBEDDED
        elif path == b"/last":  # small, however much there was
            newest = Double.sent[-1] if Double.sent else 0
            content = json.dumps({"count": len(Double.sent), "at": newest}).encode()
        elif path == b"/sent":
            asked = {"chats": Double.chats, "embeds": Double.embeds}
            content = json.dumps({"sent": Double.sent, **asked}).encode()
        elif method == b"get" and path != b"/health":  # of a message's file
            content, status = NO_FILE, b"404 Not Found"
        self.transport.write(
            b"HTTP/1.1 "
            + status
            + b"\r\nContent-Type: application/json\r\nContent-Length: "
            + str(len(content)).encode()
            + b"\r\n\r\n"
            + content
        )


async def main(port: int) -> None:
    """Serve until stopped."""
    server = await asyncio.get_running_loop().create_server(Double, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    Double.hangs = "hang" in sys.argv[2:]
    asyncio.run(main(int(sys.argv[1])))
