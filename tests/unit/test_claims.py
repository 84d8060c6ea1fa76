"""Which sentences of an answer claim that something was or will be done; see tests/claims too."""

import pytest

from graph.claims import claims, passed_over, without
from graph.requests import asks, wants

TOLD = "me duele la cabeza"  # asks for nothing


@pytest.mark.parametrize(
    "answer",
    [
        # the first person
        "Guardé tu dirección.",
        "Te agendé el turno.",
        "Ya te lo anoté.",
        "Listo, te lo agende.",  # without the accent it takes a "listo" or "ya" before it
        "He guardado tu número.",
        "Acabo de anotar lo del viernes.",
        "Tomé nota.",
        "Lo agregué a tu lista.",
        "I've saved it.",
        "I have just scheduled the meeting.",
        "I made a note of that.",
        "Done, I've set a reminder.",
        "I've checked the milk off your list.",
        # the passive
        "Recordatorio creado para mañana.",
        "La nota fue guardada.",
        "Tu recordatorio está programado para las 9.",
        "¡Anotado!",
        "Quedó guardado.",
        "Ya está en tu agenda.",
        "Reminder set for Friday.",
        "Your alarm has been cancelled.",
        "It's saved.",
        "Noted!",
        # a promise for a time
        "Mañana te lo recuerdo.",
        "Voy a recordártelo mañana a las 9.",
        "Te aviso a las 18.",
        "Te voy a avisar el viernes.",
        "Vas a recibir un aviso.",
        "I'll remind you tomorrow.",
        "You'll get a reminder at 9.",
        # our own receipts, copied from the history
        "Listo, te aviso: pagar la luz (vie 27 nov, 18:00)",
        "Done, I will remind you: pay the bill (Fri, Nov 27, 6:00 PM)",
        # behind marks of style, and before a question
        "**Listo**, te *agendé* el turno.",
        "Te lo agendé para mañana, ¿algo más?",
        "I've saved it, anything else?",
    ],
)
def test_a_claim_is_found(answer: str) -> None:
    assert claims(answer, TOLD)


@pytest.mark.parametrize(
    "answer",
    [
        "I've checked the page: the last ferry leaves at 22:10.",  # read, not ticked
        # questions and offers
        "¿Querés que lo anote?",
        "¿Te lo agendé bien?",
        "¿Te aviso mañana?",
        "Si querés, te lo agendo.",
        "Decime la hora y te aviso mañana.",
        "Puedo guardarlo si me lo pedís.",
        "Would you like me to set a reminder?",
        "Have I saved it?",
        "If you tell me the time, I'll remind you tomorrow.",
        # explanations
        "Escribí /recordame pagar la luz el viernes y te aviso.",
        "Un recordatorio es un aviso que queda guardado.",
        "Para guardar un dato usá /recordar.",
        "Use /remind and I'll remind you at 9.",
        # what the owner or others did
        "¡Bien que lo anotaste!",
        "Ya guardaste el archivo.",
        "Messi anotó dos goles.",
        "El recital fue cancelado por lluvia.",
        "You saved the file.",
        "The show was cancelled because of the rain.",
        # a reminder of a fact
        "Te recuerdo que París es la capital de Francia.",
        "Te aviso que no soy médico.",
        # denials
        "No lo anoté.",
        "No te lo agendé todavía.",
        "No quedó guardado.",
        "I haven't saved it.",
        "I couldn't set the reminder.",
        # quotations
        "Se dice «recordatorio creado».",
        # work on a text that is no store
        "Agregué una coma y borré la otra.",
        "I added a comma and removed the dash.",
        "I made a list for you:\n- pear",
        "Te anoto los ingredientes:\n- harina",
    ],
)
def test_what_claims_nothing_is_left_alone(answer: str) -> None:
    assert not claims(answer, TOLD)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("recordame llamar al plomero", "Claro, lo he recordado para mañana a las 10."),
        ("agregá leche", "Agregué la leche."),
        ("cancelalo", "Hecho."),
        ("borralo", "Está borrado."),
        ("tené en cuenta que soy zurdo", "Lo tendré en cuenta."),
        ("add milk", "Added milk."),
        ("cancel it", "Done."),
    ],
)
def test_some_words_are_a_claim_only_where_something_was_asked_for(said: str, answer: str) -> None:
    assert claims(answer, said)
    assert not claims(answer, TOLD)


@pytest.mark.parametrize(
    ("said", "asked", "wanted"),
    [
        ("recordame pagar la luz", True, True),
        ("¿me podés recordar pagar la luz?", True, True),
        ("Che, acordate de que soy zurdo", True, True),
        ("please remember that I'm left-handed", True, True),
        ("sumá 3 y 4", True, False),
        ("create a poem", True, False),
        ("recordame cómo se hace el arroz", False, False),
        ("¿ya lo anotaste?", False, False),
        ("¿Me agendaste lo del gas?", False, False),
        ("did you save it?", False, False),
        ("¿cómo guardo una nota?", False, False),
        (TOLD, False, False),
    ],
)
def test_what_a_message_asks_for(said: str, asked: bool, wanted: bool) -> None:
    assert (asks(said), wants(said)) == (asked, wanted)


@pytest.mark.parametrize(
    ("answer", "passed"),
    [
        ("Perfecto, el viernes a las 18.", True),
        ("¿A qué hora?", False),
        ("No puedo poner recordatorios.", False),
        ("Pedilo con /recordame.", False),
        ("Decime a qué hora.", False),
        ("No te preocupes, cuenta conmigo.", True),
    ],
)
def test_an_answer_that_passes_over_a_plain_request(answer: str, passed: bool) -> None:
    assert bool(passed_over(answer, "recordame pagar la luz")) == passed
    assert not passed_over(answer, TOLD)


def test_the_rest_of_an_answer_stays() -> None:
    answer = "¡Listo! Te agendé el turno para el 3.5.\n\nSon 18.30 pesos. ¿Algo más?"
    left = without(answer, claims(answer, "agendame el turno"))
    assert left == "Son 18.30 pesos. ¿Algo más?"
