"""One message through every room: real processes, real HTTP, real files."""

import hashlib
import hmac
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.fake_ollama import drop, say, tool_call
from tests.stack import OWNER, SECRET, VERIFY, Stack


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Stack]:
    """A stack of the test's own, for those that stop it or count what it did."""
    with Stack(tmp_path) as running:
        yield running


def post(stack: Stack, body: bytes, signature: str | None = None) -> int:
    headers = {"Content-Type": "application/json"}
    if signature is None:
        signature = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    headers["X-Hub-Signature-256"] = signature
    return httpx.post(f"{stack.url}/webhook", content=body, headers=headers).status_code


def test_a_message_is_answered_and_read(fresh: Stack) -> None:
    fresh.ollama.script("¡Hola, **Carla**! ¿Cómo estás?")
    wa_id = fresh.write("hola")
    assert fresh.answers(1) == ["¡Hola, *Carla*! ¿Cómo estás?"]
    calls = [call["body"] for call in fresh.graph_calls()]
    assert {"read": wa_id, "typing": "text"} in [
        {"read": c["message_id"], "typing": c["typing_indicator"]["type"]}
        for c in calls
        if c.get("status") == "read"
    ]
    (sent,) = [c for c in calls if c.get("type") == "text"]
    assert sent["to"] == f"+{OWNER}"
    assert len(fresh.ollama.chats) == 1  # one model call for a plain message


def test_a_tool_does_the_sum(fresh: Stack) -> None:
    fresh.ollama.script(tool_call("calculator", expression="18% de 2350"), "El 18% es 423.")
    fresh.write("¿Cuánto es el 18% de 2350?")
    assert fresh.answers(1) == ["El 18% es 423."]
    (result,) = [m for m in fresh.ollama.chats[1]["messages"] if m["role"] == "tool"]
    assert result["content"] == "423"
    assert result["tool_name"] == "calculator"


def test_memories_survive_a_restart(fresh: Stack) -> None:
    fresh.write("/remember soy celíaca")
    fresh.answers(1)
    assert fresh.stop() == 0
    fresh.start()
    fresh.write("/memorias")
    assert "soy celíaca" in fresh.answers(2)[1]
    fresh.write("¿qué puedo comer?")
    fresh.answers(3)
    assert "soy celíaca" in fresh.ollama.chats[0]["messages"][-1]["content"]


def test_which_memory_to_forget_is_a_tap_away(fresh: Stack) -> None:
    for memory in ("mi gato es gris", "mi gato se llama Tito"):
        fresh.write(f"/recordar {memory}")
    fresh.replies(2)
    fresh.write("/olvidar mi gato")
    fresh.replies(1)
    fresh.tap(fresh.newest(), "/olvidar 2")
    assert "mi gato se llama Tito" in fresh.replies(1)[0]
    fresh.write("/memorias")
    assert fresh.replies(1)[0].endswith("mi gato es gris")


def test_a_kill_before_the_answer_loses_nothing(fresh: Stack) -> None:
    fresh.ollama.script(say("tarde", delay_s=3600))
    fresh.write("hola")
    fresh.ollama.wait_for_chats(1)
    fresh.kill()
    fresh.ollama.script("acá estoy")
    fresh.start()
    assert fresh.answers(1) == ["acá estoy"]


def test_the_conversation_goes_on_after_a_kill(fresh: Stack) -> None:
    fresh.ollama.script("Hola Carla", "Te llamás Carla")
    fresh.write("me llamo Carla")
    fresh.answers(1)
    fresh.kill()
    fresh.start()
    fresh.write("¿cómo me llamo?")
    fresh.answers(2)
    told = [m["content"] for m in fresh.ollama.chats[-1]["messages"]]
    assert any("me llamo Carla" in text for text in told)
    assert "Hola Carla" in told


def test_model_away_one_sentence_then_the_answer(fresh: Stack) -> None:
    fresh.ollama.script(*[drop()] * 6, "ya volví")
    fresh.write("hola")
    notice, answer = fresh.answers(2)
    assert "modelo" in notice
    assert answer == "ya volví"


def test_an_edited_sentence_counts_at_the_next_message(tmp_path: Path) -> None:
    prompts = tmp_path / "prompts"
    shutil.copytree(Path(__file__).parents[2] / "prompts", prompts)
    with Stack(tmp_path, PROMPTS_DIR=str(prompts)) as stack:
        stack.write("/help")
        stack.answers(1)
        persona = prompts / "es" / "persona.md"
        front = "---\npurpose: Quién sos.\nvariables: tools\n---\n"
        used, broken = "Sos un pirata.\n{tools}", "Sos un loro. {tools} {loro}"
        for count, text in enumerate([used, broken], 2):
            persona.write_text(front + text, "utf-8")
            stack.write("hola")
            stack.answers(count)
            system = stack.ollama.chats[-1]["messages"][0]["content"]
            assert system.startswith("Sos un pirata.\n")
            assert "purpose" not in system
        stack.write("/instrucciones")
        told = stack.answers(4)[-1]
        assert hashlib.sha256(persona.read_bytes()).hexdigest()[:7] not in told
        assert hashlib.sha256((front + used).encode()).hexdigest()[:7] in told
        assert "es/persona.md: the text: nothing fills loro" in told
        [rejected] = stack.logged("prompt_rejected")  # once, however often it was looked at
        assert rejected["prompt"] == "es/persona.md"


def test_verification(stack: Stack) -> None:
    query = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": VERIFY}
    answer = httpx.get(f"{stack.url}/webhook", params=query)
    assert (answer.status_code, answer.text) == (200, "1158201444")
    for wrong in ({"hub.verify_token": "ñ"}, {"hub.mode": "x"}, {"hub.verify_token": ""}):
        assert httpx.get(f"{stack.url}/webhook", params=query | wrong).status_code == 403


@pytest.mark.parametrize("signature", ["", "sha256=", "sha256=" + "0" * 64, "sha1=abc", "x" * 9000])
def test_unsigned_is_401(stack: Stack, signature: str) -> None:
    assert post(stack, b'{"object":"whatsapp_business_account"}', signature) == 401


def test_a_signature_of_odd_bytes_is_401(stack: Stack) -> None:
    with httpx.Client() as client:
        request = client.build_request("POST", f"{stack.url}/webhook", content=b"{}")
        request.headers = httpx.Headers([(b"X-Hub-Signature-256", "sha256=é".encode())])
        request.headers["Host"] = "127.0.0.1"
        request.headers["Content-Length"] = "2"
        assert client.send(request).status_code == 401


def test_oversize_is_413(stack: Stack) -> None:
    assert post(stack, b" " * (3 * 1024 * 1024 + 1)) == 413


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no json",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b"null",
        b'{"entry":[{"changes":[{"field":"messages","value":{"metadata":5}}]}]}',
        b'{"entry":{"0":1}}',
    ],
)
def test_well_signed_nonsense_is_200(stack: Stack, body: bytes) -> None:
    assert post(stack, body) == 200


def test_strangers_get_no_answer_and_leave_no_text(fresh: Stack) -> None:
    fresh.write("mensaje secreto de un desconocido", **{"from": "5491199999999"})
    fresh.write("/help")
    assert len(fresh.answers(1)) == 1
    assert {c["body"].get("to", "") for c in fresh.graph_calls()} <= {f"+{OWNER}", ""}
    fresh.stop()
    for file in (fresh.folder / "data").iterdir():
        assert b"desconocido" not in file.read_bytes()


def test_only_webhook_and_health_are_public(stack: Stack) -> None:
    for path in ("/", "/docs", "/openapi.json", "/metrics", "/admin", "/phone"):
        assert httpx.get(f"{stack.url}{path}").status_code == 404
    assert httpx.get(f"{stack.url}/health").json() == {"status": "ok"}
    assert httpx.get(f"http://127.0.0.1:{stack.admin_port}/health").json()["outbox"] == 0


def test_a_second_process_on_the_same_data_is_refused(stack: Stack) -> None:
    second = stack.wasap("serve")
    assert second.returncode == 1
    assert "in use by another wasap process" in second.stderr
    assert "Traceback" not in second.stderr


def test_the_history_holds_both_sides(fresh: Stack) -> None:
    fresh.ollama.script("¡Hola!")
    fresh.write("buen día")
    fresh.answers(1)
    fresh.stop()
    with sqlite3.connect(fresh.folder / "data" / "wasap.db") as db:
        rows = db.execute("SELECT role, content FROM messages ORDER BY id").fetchall()
    db.close()
    assert rows == [("user", "buen día"), ("assistant", "¡Hola!")]


def test_a_lost_checkpoint_file_is_made_again_from_the_history(fresh: Stack) -> None:
    fresh.ollama.script("Hola Carla", "Qué lindo", "Te llamás Carla")
    for number, text in enumerate(("me llamo Carla", "vivo en Salta")):
        fresh.write(text)
        fresh.answers(number + 1)
    fresh.stop()
    for file in (fresh.folder / "data").glob("checkpoints.db*"):
        file.unlink()
    fresh.start()
    fresh.write("¿cómo me llamo?")
    fresh.answers(3)
    told = [m["content"] for m in fresh.ollama.chats[-1]["messages"][1:-1]]
    assert told == ["me llamo Carla", "Hola Carla", "vivo en Salta", "Qué lindo"]


def test_an_answer_the_checkpoint_lost_is_in_the_next_prompt(fresh: Stack) -> None:
    data = fresh.folder / "data"
    fresh.ollama.script("uno", "dos", "tres")
    fresh.write("a")
    fresh.answers(1)
    fresh.stop()
    before = (data / "checkpoints.db").read_bytes()
    fresh.start()
    fresh.write("b")
    fresh.answers(2)
    fresh.stop()
    (data / "checkpoints.db").write_bytes(before)  # as a power cut may leave it
    fresh.start()
    fresh.write("c")
    fresh.answers(3)
    told = [m["content"].split("\n")[0] for m in fresh.ollama.chats[-1]["messages"][1:]]
    assert told == ["a", "uno", "b", "dos", "c"]
