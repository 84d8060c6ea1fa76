"""The kinds of trouble a model can make, and what the owner is told about each."""

from dataclasses import dataclass

from tests.crash.ollama import chunk, end
from tests.crash.wire import Json, Reply, as_json

TIMEOUT_S = 1.0  # OLLAMA_TIMEOUT_S
ANSWER_TIMEOUT_S = 2.0  # OLLAMA_ANSWER_TIMEOUT_S
NEVER_S = 3600.0

BEGUN = chunk("Van ")
MORE = 10_000  # bytes that are promised and do not come
CRASHED = "model runner has unexpectedly stopped, check ollama server logs for details"
NO_MEMORY = "model requires more system memory (5.6 GiB) than is available (3.1 GiB)"
UNPARSED = 'error parsing tool call: raw=\'{"name": "anotar\', err=unexpected end of JSON input'
CUT_CALL = '{"name": "anotar", "arguments": {"numero": "'


@dataclass(frozen=True)
class ModelFault:
    """One kind."""

    kind: str
    reply: Reply | None  # to every call about the question; None: nobody listens
    sentence: str  # its key in messages.toml
    ends: bool = False  # the sentence is all that the message gets
    silent_s: float = 0.0  # before anybody can know


def _error(status: int, text: str) -> Reply:
    return as_json({"error": text}, status)


def _calls(arguments: Json | str) -> Reply:
    call = {"function": {"index": 0, "name": "anotar", "arguments": arguments}}
    return Reply(chunk("", call) + end())


def _says(text: str) -> Reply:
    return Reply(chunk(text) + end())


MODEL_FAULTS = (
    # It is away: one sentence, and the answer later.
    ModelFault("nobody listens", None, "model_down"),
    ModelFault("502 with a web page", Reply(b"<html>no</html>", 502), "model_down"),
    ModelFault("404, not installed", _error(404, "model 'qwen3:8b' not found"), "model_missing"),
    ModelFault("503, queue full", _error(503, "server busy, please try again"), "model_busy"),
    ModelFault("done_reason load, no words", Reply(end("load")), "model_busy"),
    ModelFault("200 with nothing", Reply(b""), "model_busy"),
    ModelFault("500, runner crashed", _error(500, CRASHED), "model_broke"),
    ModelFault("500, no memory", _error(500, NO_MEMORY), "model_broke"),
    ModelFault("connection closed, no answer", Reply(drop=True), "model_broke"),
    ModelFault("connection reset, no answer", Reply(reset=True), "model_broke"),
    ModelFault("stream cut", Reply(BEGUN, length=MORE, cut=True), "model_broke"),
    ModelFault("stream ends before the answer", Reply(BEGUN), "model_broke"),
    ModelFault("error line in the stream", Reply(BEGUN + b'{"error":"EOF"}\n'), "model_broke"),
    ModelFault("lines that are no JSON", Reply(BEGUN + b"\x00<garbage>\n"), "model_broke"),
    ModelFault("lines that are no objects", Reply(b"[]\n"), "model_broke"),
    ModelFault("no first byte", Reply(delay_s=NEVER_S), "model_timeout", silent_s=TIMEOUT_S),
    ModelFault("silent midway", Reply(BEGUN, length=MORE), "model_timeout", silent_s=TIMEOUT_S),
    ModelFault(
        "answer without end", Reply(BEGUN, again_s=0.1), "model_timeout", silent_s=ANSWER_TIMEOUT_S
    ),
    # It is there and does badly: the sentence is the answer.
    ModelFault("400, refused", _error(400, "invalid options"), "model_refused", ends=True),
    ModelFault("500, call unparsed", _error(500, UNPARSED), "model_bad_reply", ends=True),
    ModelFault("call with broken arguments", _calls("{broken"), "model_bad_reply", ends=True),
    ModelFault("nothing said", _says(""), "empty_answer", ends=True),
    ModelFault("nothing but blanks", _says(" \n"), "empty_answer", ends=True),
    ModelFault("call cut short, as text", _says(CUT_CALL), "empty_answer", ends=True),
    ModelFault("the same after words", _says(f"Anoto: {CUT_CALL}"), "empty_answer", ends=True),
    ModelFault(
        "call of no tool of ours, as text",
        _says('{"name": "borrar_todo", "arguments": {}}'),
        "empty_answer",
        ends=True,
    ),
    ModelFault("call between tags, broken", _says("<tool_call>{"), "empty_answer", ends=True),
)
