"""Reminders through the graph: by tool, by command, and by code while the model is away."""

import pytest

from graph.errors import ModelError
from store.database import Database
from store.reminders import ReminderStore
from tests.brain import OWNER, Brain, open_brain
from tests.fake_ollama import FakeOllama, fail, tool_call

ALL_THE_SAME = (
    "Si para entonces llevás más de 24 h sin escribirme, te llega igual, con la plantilla de"
    " WhatsApp."
)
LATER = "Si para entonces llevás más de 24 h sin escribirme, te lo doy con tu próximo mensaje."


@pytest.fixture
def reminders(database: Database) -> ReminderStore:
    return ReminderStore(database)


async def texts(reminders: ReminderStore) -> list[str]:
    return [one.text for one in await reminders.all(OWNER)]


async def test_the_owner_reads_the_row_whatever_the_model_says(
    brain: Brain, ollama: FakeOllama, reminders: ReminderStore
) -> None:
    call = tool_call("set_reminder", text="pagar la luz", when="el viernes a las 18")
    ollama.script(call, "Te aviso el sábado.")
    told = await brain.say("Recordame pagar la luz el viernes a las 18")
    receipt = f"Listo, te aviso: pagar la luz (vie 27 nov, 18:00)\n{LATER}"
    assert told == f"Te aviso el sábado.\n\n{receipt}"
    assert "Llamá a la herramienta set_reminder." in brain.chats[0]["messages"][-1]["content"]
    (reminder,) = await reminders.all(OWNER)
    assert (reminder.text, reminder.due_at.isoformat(), reminder.zone) == (
        "pagar la luz",
        "2026-11-27T21:00:00+00:00",
        "America/Argentina/Buenos_Aires",
    )


async def test_with_a_template_the_receipt_says_that_it_comes_all_the_same(
    ollama: FakeOllama, database: Database
) -> None:
    async with open_brain(ollama, database, reminder_template=True) as brain:
        later = await brain.say("/recordame pagar la luz el viernes a las 18")
        assert later == f"Listo, te aviso: pagar la luz (vie 27 nov, 18:00)\n{ALL_THE_SAME}"
        soon = await brain.say("/recordame salir mañana a las 9")
        assert soon == "Listo, te aviso: salir (mar 24 nov, 09:00)"


async def test_a_receipt_the_model_quotes_is_not_said_twice(
    brain: Brain, ollama: FakeOllama
) -> None:
    said = "Listo, te aviso: salir (lun 23 nov, 10:04)"
    ollama.script(tool_call("set_reminder", text="salir", when="en una hora"), said)
    assert await brain.say("Avisame en una hora que tengo que salir") == said


async def test_a_receipt_of_before_is_not_said_under_another_answer(
    brain: Brain, ollama: FakeOllama
) -> None:
    receipt = "Listo, te aviso: salir (lun 23 nov, 10:04)"
    ollama.script(tool_call("set_reminder", text="salir", when="en una hora"), "Dale.")
    await brain.say("Avisame en una hora que tengo que salir")
    ollama.script(f"El cielo dispersa el azul.\n\n{receipt}", receipt)
    assert await brain.say("¿Por qué es azul?") == "El cielo dispersa el azul."
    assert await brain.say("¿Me repetís lo del aviso?") == receipt


async def test_one_wish_is_one_reminder_however_often_the_model_calls(
    brain: Brain, ollama: FakeOllama, reminders: ReminderStore
) -> None:
    ordered, half = (
        tool_call("set_reminder", text="pagar la luz", when=when)
        for when in ("mañana a las 18", "mañana")  # in the owner's words they are the same
    )
    ollama.script(ordered, tool_call("clock", place="Tokio"), half, "Dale.")
    await brain.say("Recordame pagar la luz mañana a las 18 y decime qué hora es en Tokio")
    assert await texts(reminders) == ["pagar la luz"]


@pytest.mark.parametrize(
    ("said", "text", "when", "told"),
    [
        # the time stands in both
        (
            "Recordame pagar la luz mañana a las 18",
            "pagar la luz mañana a las 18",
            "mañana a las 18",
            "pagar la luz (mar 24 nov, 18:00)",
        ),
        # half of the time is left in the text, or left out
        (
            "Recordame pagar la luz mañana a las 18",
            "pagar la luz mañana a las 18",
            "mañana",
            "pagar la luz (mar 24 nov, 18:00)",
        ),
        (
            "Recordame pagar la luz mañana a las 18",
            "pagar la luz",
            "mañana",
            "pagar la luz (mar 24 nov, 18:00)",
        ),
        # another time belongs to the thing
        (
            "Avisame mañana a las 10 del regalo para el miércoles a las 20",
            "el regalo para el miércoles a las 20",
            "mañana a las 10",
            "el regalo para el miércoles a las 20 (mar 24 nov, 10:00)",
        ),
    ],
)
async def test_what_and_when_are_the_owners_however_the_model_cuts_them(
    brain: Brain, ollama: FakeOllama, said: str, text: str, when: str, told: str
) -> None:
    ollama.script(tool_call("set_reminder", text=text, when=when), "Dale.")
    assert (await brain.say(said)).split("\n")[2] == f"Listo, te aviso: {told}"


async def test_the_model_lists_and_cancels(
    brain: Brain, ollama: FakeOllama, reminders: ReminderStore
) -> None:
    await brain.say("/recordame sacar la basura hoy a las 20")
    await brain.say("/recordame pagar la luz el viernes a las 18")
    ollama.script(tool_call("list_reminders"), "Tenés dos.")
    assert await brain.say("¿Qué recordatorios tengo?") == "Tenés dos."
    assert brain.chats[-1]["messages"][-1]["content"] == (
        "Tus recordatorios:\n"
        "1. sacar la basura (lun 23 nov, 20:00)\n"
        "2. pagar la luz (vie 27 nov, 18:00)"
    )
    ollama.script(tool_call("cancel_reminder", which="luz"), "Hecho.")
    told = await brain.say("Cancelá el recordatorio de la luz")
    assert told == "Hecho.\n\nListo, lo cancelé: pagar la luz (vie 27 nov, 18:00)"
    assert await texts(reminders) == ["sacar la basura"]


@pytest.mark.parametrize(
    ("text", "when", "question"),
    [
        ("pagar la luz", "el viernes a las 5 y medai", "¿A qué hora?"),
        ("pagar la luz", "ayer a las 9", "Eso ya pasó."),
        ("pagar la luz", "pronto", "¿Cuándo exactamente?"),
        ("pagar la luz", "", "No veo para cuándo es."),
        (" ", "mañana a las 9", "¿Qué querés que te recuerde?"),
        ("luz " * 200, "mañana a las 9", "Ese recordatorio es demasiado largo."),
    ],
)
async def test_what_is_not_clear_is_asked(
    brain: Brain, ollama: FakeOllama, reminders: ReminderStore, text: str, when: str, question: str
) -> None:
    ollama.script(tool_call("set_reminder", text=text, when=when), "¿Cuándo?")
    assert await brain.say("Recordame eso") == "¿Cuándo?"
    assert brain.chats[-1]["messages"][-1]["content"].startswith(question)
    assert await texts(reminders) == []


async def test_commands_list_move_and_cancel_by_number_and_by_words(
    brain: Brain, reminders: ReminderStore
) -> None:
    assert await brain.say("/recordatorios") == "No tenés recordatorios."
    assert await brain.say("/recordame tomar la pastilla todos los días hábiles a las 8") == (
        f"Listo, te aviso: tomar la pastilla (todos los días hábiles a las 8:00)\n{LATER}"
    )
    assert await brain.say("/remind pagar la luz en dos horas") == (
        "Listo, te aviso: pagar la luz (lun 23 nov, 11:04)"
    )
    assert await brain.say("/recordatorios cambiar 2 mañana a las 9") == (
        "Listo, lo cambié: pagar la luz (mar 24 nov, 09:00)"
    )
    assert await brain.say("/recordatorios cambiar la pastilla al jueves a las 21") == (
        f"Listo, lo cambié: tomar la pastilla (jue 26 nov, 21:00)\n{LATER}"
    )
    assert await brain.say("/recordatorios cancelar la del gas") == (
        "No encontré ningún recordatorio así: la del gas"
    )
    assert await brain.say("/recordatorios cancelar #2") == (
        "Listo, lo cancelé: pagar la luz (mar 24 nov, 09:00)"
    )
    assert await texts(reminders) == ["tomar la pastilla"]
    assert brain.chats == []


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("/recordame", "Decime qué y cuándo"),
        ("/recordame pagar la luz", "No veo para cuándo es."),
        ("/recordame mañana a las 9", "¿Qué querés que te recuerde?"),
        ("/recordatorios cancelar 7", "No encontré ningún recordatorio así: 7"),
        ("/recordatorios cancelar 0", "No encontré ningún recordatorio así: 0"),
        ("/recordatorios cancelar pagar", "Hay varios así. Decime el número:\n1. pagar la luz ("),
        ("/recordatorios cancelar agua pagar", "Listo, lo cancelé: pagar el agua"),
        ("/recordatorios cancelar el de la luz", "Listo, lo cancelé: pagar la luz"),
        ("/recordatorios cambiar la luz al sábado a las 10", "Listo, lo cambié: pagar la luz"),
        ("/recordatorios cambiar 1", "No veo para cuándo es."),
        ("/recordatorios cambiar 1 ayer", "Eso ya pasó."),
        ("/recordatorios inventar 1", "Podés escribir /recordatorios"),
    ],
)
async def test_commands_that_cannot_be_done_say_why(brain: Brain, text: str, reply: str) -> None:
    await brain.say("/recordame pagar la luz el viernes a las 18")
    await brain.say("/recordame pagar el agua el viernes a las 19")
    assert (await brain.say(text)).startswith(reply)


async def test_undo_takes_back_one_change_after_the_other(
    brain: Brain, reminders: ReminderStore
) -> None:
    assert await brain.say("/deshacer") == "No hay ningún cambio de la última hora para deshacer."
    await brain.say("/recordame pagar la luz hoy a las 20")
    await brain.say("/recordatorios cambiar 1 hoy a las 21")
    await brain.say("/recordatorios cancelar 1")
    assert (
        await brain.say("/deshacer") == "Deshecho. Está otra vez: pagar la luz (lun 23 nov, 21:00)"
    )
    assert (
        await brain.say("/undo") == "Deshecho. Quedó como antes: pagar la luz (lun 23 nov, 20:00)"
    )
    assert await texts(reminders) == ["pagar la luz"]
    assert await brain.say("/deshacer") == "Deshecho. Ya no está: pagar la luz (lun 23 nov, 20:00)"
    assert await texts(reminders) == []
    assert (await brain.say("/deshacer")).startswith("No hay ningún cambio")


async def test_nobody_sees_or_undoes_what_is_not_theirs(brain: Brain) -> None:
    await brain.say("/recordame pagar la luz mañana a las 9")
    other = "5493514445566"
    assert await brain.say("/recordatorios", sender=other) == "No tenés recordatorios."
    assert await brain.say("/recordatorios cancelar 1", sender=other) == "No tenés recordatorios."
    assert (await brain.say("/deshacer", sender=other)).startswith("No hay ningún cambio")


async def test_clear_forgets_what_could_be_undone(brain: Brain, database: Database) -> None:
    await brain.say("/recordame pagar la luz mañana a las 9")
    await brain.say("/recordatorios cancelar 1")
    await brain.say("/limpiar")
    assert (await brain.say("/deshacer")).startswith("No hay ningún cambio")
    assert await database.read(lambda db: db.execute("SELECT * FROM undo").fetchall()) == []


async def test_what_others_wrote_sets_nothing_while_the_model_is_away(
    brain: Brain, ollama: FakeOllama, reminders: ReminderStore
) -> None:
    ollama.script(fail(404, "model not found"))
    with pytest.raises(ModelError):
        await brain.say("recordame pagar la luz mañana a las 9", quoted="che")
    assert await texts(reminders) == []


async def test_a_plain_request_is_done_by_code_while_the_model_is_away(
    brain: Brain, ollama: FakeOllama, reminders: ReminderStore
) -> None:
    ollama.script(fail(404, "model not found"))
    told = "Listo, te aviso: pagar la luz (mar 24 nov, 09:00)"
    assert await brain.say("recordame pagar la luz mañana a las 9") == told
    assert [one.text for one in (await brain.messages())[-1:]] == [told]
    assert (await brain.state())["intent"] == "offline"
    # The thread goes on as if the model had said it.
    assert await brain.say("Gracias") == "Entendido."
    assert brain.chats[-1]["messages"][-2]["content"] == told
    assert await texts(reminders) == ["pagar la luz"]


@pytest.mark.parametrize(
    "text",
    [
        "mañana a las 9 tengo que pagar la luz",
        "recordame pagar la luz",
        "recordame pagar la luz el lunes a las 9 y el martes a las 10",
        "recordame a qué hora juega Boca mañana",
        "recordame pagar la luz mañana a las 9\n¿y qué hora es en Roma?",
        "Hola",
    ],
)
async def test_what_code_does_not_understand_waits_for_the_model(
    brain: Brain, ollama: FakeOllama, reminders: ReminderStore, text: str
) -> None:
    ollama.script(fail(404, "model not found"))
    with pytest.raises(ModelError):
        await brain.say(text)
    assert await texts(reminders) == []


async def test_a_turn_that_began_with_the_model_is_not_taken_from_it(
    brain: Brain, ollama: FakeOllama, reminders: ReminderStore
) -> None:
    call = tool_call("set_reminder", text="pagar la luz", when="mañana a las 9")
    ollama.script(call, fail(404, "model not found"))
    with pytest.raises(ModelError):
        await brain.say("recordame pagar la luz mañana a las 9")
    ollama.script("Anotado.")
    assert (await brain.resume()).startswith("Anotado.\n\nListo, te aviso: pagar la luz")
    assert await texts(reminders) == ["pagar la luz"]


async def test_a_number_that_was_read_stays_the_same(
    brain: Brain, reminders: ReminderStore
) -> None:
    for what in ("uno en 1 hora", "dos en 2 horas", "tres en 3 horas"):
        await brain.say(f"/recordame {what}")
    first = (await reminders.all(OWNER))[0]
    assert await reminders.fire(first, "⏰ uno", None)
    assert await brain.say("/recordatorios") == (
        "Tus recordatorios:\n2. dos (lun 23 nov, 11:04)\n3. tres (lun 23 nov, 12:04)"
    )
    assert (await brain.say("/recordatorios cancelar el 2")).startswith("Listo, lo cancelé: dos")
