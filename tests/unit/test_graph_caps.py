"""What a turn is held to: rounds, calls, and an answer at the end."""

from tests.brain import Brain
from tests.fake_ollama import Json, fail, say, tool_call, tool_calls


async def test_six_tool_rounds_and_then_an_answer(brain: Brain) -> None:
    def next_sum(body: Json) -> object:
        if not body["tools"]:
            return say("Con eso alcanza.")
        return tool_call("calculator", expression=f"{len(body['messages'])} + 1")

    brain.ollama.fallback = next_sum  # type: ignore[assignment]
    assert await brain.say("Sumá para siempre") == "Con eso alcanza."
    assert brain.updates.count("tool_executor") == 6
    assert len(brain.chats) == 7


async def test_the_same_call_twice_in_a_row_is_not_made_again(brain: Brain) -> None:
    again = tool_call("clock", place="Tokio")
    brain.ollama.script(again, again, "En Tokio son las 21:05.")
    assert await brain.say("¿Qué hora es en Tokio?") == "En Tokio son las 21:05."
    assert brain.updates.count("tool_executor") == 1
    assert not brain.chats[-1]["tools"]


async def test_a_call_repeated_in_one_reply_is_made_once(brain: Brain) -> None:
    twice = tool_calls(("clock", {"place": "Tokio"}), ("clock", {"place": "Tokio"}))
    brain.ollama.script(twice, "Son las 21:05.")
    await brain.say("¿Qué hora es en Tokio?")
    assert brain.updates.count("tool_executor") == 1


async def test_the_same_wrong_call_again_ends_in_an_answer(brain: Brain) -> None:
    wrong = tool_call("clock", place="Narnia")
    brain.ollama.script(wrong, wrong, "No conozco ese lugar.")
    assert await brain.say("¿Qué hora es en Narnia?") == "No conozco ese lugar."
    assert brain.updates.count("tool_executor") == 1


async def test_two_calls_in_turn_for_ever_end_in_an_answer(brain: Brain) -> None:
    def to_and_fro(body: Json) -> object:
        if not body["tools"]:
            return say("Son las 21:05 y las 13:05.")
        place = "Tokio" if len(body["messages"]) % 4 == 2 else "Roma"
        return tool_call("clock", place=place)

    brain.ollama.fallback = to_and_fro  # type: ignore[assignment]
    assert await brain.say("¿Qué hora es?") == "Son las 21:05 y las 13:05."
    assert brain.updates.count("tool_executor") == 6


async def test_of_many_calls_in_one_reply_eight_are_made(brain: Brain) -> None:
    sums = [("calculator", {"expression": f"{n} + 1"}) for n in range(30)]
    brain.ollama.script(tool_calls(*sums), "Ya.")
    assert await brain.say("Sumá") == "Ya."
    assert brain.updates.count("tool_executor") == 8


async def test_an_empty_answer_is_asked_again_without_tools(brain: Brain) -> None:
    brain.ollama.script("  ", "Acá estoy.")
    assert await brain.say("¿Estás?") == "Acá estoy."
    assert not brain.chats[1]["tools"]


async def test_a_model_that_says_nothing_gets_an_honest_sentence(brain: Brain) -> None:
    brain.ollama.script("", "")
    assert await brain.say("¿Estás?") == "No supe qué responder a eso. ¿Me lo decís de otra manera?"


async def test_a_call_the_server_cannot_parse_is_asked_again_without_tools(brain: Brain) -> None:
    brain.ollama.script(fail(500, "error parsing tool call: raw='{'"), "Son 423.")
    assert await brain.say("¿18% de 2350?") == "Son 423."
    assert not brain.chats[1]["tools"]
