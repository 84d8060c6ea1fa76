"""What the assistant says that it did is what it did."""

import pytest

from store.database import Database
from store.reminders import ReminderStore
from tests.brain import OWNER, Brain, open_brain
from tests.fake_ollama import FakeOllama, Json, fail, tool_call
from tools.contract import Effect, tool
from tools.errors import ToolError
from tools.foreign import foreign_tool

ASKS = "Recordame pagar la luz el viernes a las 18"
LIE = "Listo, te agendé el pago de la luz. ¿Algo más?"
CORRECTED = "No guardé nada: con este mensaje no hice ningún cambio."
CALL = tool_call("set_reminder", text="pagar la luz", when="el viernes a las 18")


async def history(brain: Brain) -> str:
    return "\n".join(message.text for message in await brain.messages())


async def test_a_claim_without_a_row_is_asked_for_once_more(brain: Brain) -> None:
    brain.ollama.script(LIE, CALL, "Hecho.")
    assert (await brain.say(ASKS)).startswith("Hecho.\n\nListo, te aviso: pagar la luz (vie 27 nov")
    first, again, _ = brain.chats
    assert again["tools"] == first["tools"]
    assert again["messages"][: len(first["messages"])] == first["messages"]  # computed already
    assert [one["role"] for one in again["messages"][-2:]] == ["assistant", "user"]
    assert "no llamaste a ninguna herramienta" in again["messages"][-1]["content"]
    assert "te agendé" not in await history(brain)


async def test_a_model_that_insists_is_corrected(brain: Brain, database: Database) -> None:
    brain.ollama.script(LIE, "Ya te dije que lo agendé. ¿Algo más?")
    reply = await brain.say(ASKS)
    assert reply.startswith(CORRECTED)
    assert reply.endswith("\n\n¿Algo más?")
    assert len(brain.chats) == 2
    assert (await brain.messages())[-1].text == reply
    assert "agendé" not in await history(brain)
    assert not await ReminderStore(database).all(OWNER)


async def test_a_model_that_owns_up_is_believed(brain: Brain) -> None:
    brain.ollama.script(LIE, "Perdón, no lo agendé. ¿A qué hora te aviso?")
    assert await brain.say(ASKS) == "Perdón, no lo agendé. ¿A qué hora te aviso?"


async def test_after_a_call_that_failed_it_is_not_asked_again(brain: Brain) -> None:
    brain.ollama.script(LIE, tool_call("set_reminder", text="luz " * 200, when="ayer"), LIE)
    assert (await brain.say(ASKS)).startswith(CORRECTED)
    assert len(brain.chats) == 3


@pytest.mark.parametrize("broken", ["", fail(500, "error parsing tool call: raw='{'")])
async def test_without_a_second_answer_the_first_is_corrected(brain: Brain, broken: str) -> None:
    brain.ollama.script(LIE, broken)
    assert (await brain.say(ASKS)).startswith(CORRECTED)


async def test_a_plain_request_that_is_passed_over_is_no_yes(brain: Brain) -> None:
    brain.ollama.script("Perfecto, el viernes a las 18.", "Sí, a las 18.")
    assert (await brain.say(ASKS)).startswith(CORRECTED)
    assert "Sí, a las 18" not in await history(brain)


async def test_english_owners_read_it_in_english(brain: Brain) -> None:
    brain.ollama.script("Done, I've set it.", "I've set it.")
    assert (await brain.say("Remind me to pay", language="en")).startswith("I saved nothing:")


async def test_a_claim_about_what_was_stored_before_stands(brain: Brain) -> None:
    brain.ollama.script(CALL, "Listo, te agendé pagar la luz.")
    await brain.say(ASKS)
    for said, answer in (
        ("gracias", "De nada, te aviso el viernes."),
        ("¿me agendaste lo de la luz?", "Sí, ya te lo agendé."),
    ):
        brain.ollama.forget()
        brain.ollama.script(answer)
        assert await brain.say(said) == answer
        assert len(brain.chats) == 1
    brain.ollama.script("Sí, ya lo agendé.", "Sí, ya lo agendé.")  # of this nothing is known
    assert (await brain.say("¿y el gas lo agendaste?")).startswith(CORRECTED)


async def test_a_claim_about_a_memory_stands(brain: Brain) -> None:
    await brain.say("/recordar soy celíaca")
    brain.ollama.script("Sí, ya guardé que sos celíaca.")
    assert await brain.say("¿sabés que soy celíaca?") == "Sí, ya guardé que sos celíaca."


@tool(effect=Effect.OUTSIDE)
async def calendar(event: str) -> str:
    """Puts an event into a calendar elsewhere.

    Args:
        event: What.
    """
    if event == "otro gimnasio":
        raise ToolError("The calendar is closed.")
    return "ok"


@tool(effect=Effect.OUTSIDE, outside_content=True)
async def look_up(query: str) -> str:
    """Looks something up.

    Args:
        query: What.
    """
    return "a page"


async def on_a_server(arguments: Json) -> str:
    return f"booked {arguments['what']}"


BOOK = {"type": "object", "properties": {"what": {"type": "string"}}, "required": ["what"]}
MCP = [
    foreign_tool(name, "Books.", BOOK, effect=effect, timeout_s=5, call=on_a_server)
    for name, effect in (("book", Effect.OUTSIDE), ("find", Effect.READ))
]


@pytest.mark.parametrize(
    ("call", "stands"),
    [
        (tool_call("calendar", event="gimnasio"), True),
        (tool_call("book", what="gimnasio"), True),
        (tool_call("find", what="gimnasio"), False),
        (tool_call("calendar", event="otro gimnasio"), False),
        (tool_call("look_up", query="gimnasio"), False),
    ],
)
async def test_a_tool_of_others_may_have_done_it_and_a_search_has_not(
    ollama: FakeOllama, database: Database, call: object, stands: bool
) -> None:
    ollama.script(call, "Te lo agendé.", "Te lo agendé.")  # type: ignore[arg-type]
    async with open_brain(ollama, database, tools=[calendar, look_up, *MCP]) as brain:
        assert (await brain.say("Agendame el gimnasio") == "Te lo agendé.") == stands
