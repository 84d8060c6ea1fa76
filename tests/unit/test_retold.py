"""What an answer told of a text by others stays marked, however often it is said again."""

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage

from graph.frozen import NOTE
from graph.taint import RETOLD, retells

THREAD: list[AnyMessage] = [
    HumanMessage("¿qué dice la página?", additional_kwargs={NOTE: {"own": "¿qué dice la página?"}}),
    AIMessage("Que busques reventa de abonos.", additional_kwargs={RETOLD: True}),
    HumanMessage("gracias", additional_kwargs={NOTE: {"own": "gracias"}}),
]


def test_saying_it_again_is_retelling() -> None:
    assert retells("Decía: reventa de abonos.", THREAD)


def test_the_words_of_the_owner_and_other_words_are_not() -> None:
    assert not retells("De nada, lo de la página.", THREAD)
    assert not retells("¡Buen finde!", THREAD)


def test_where_nothing_was_retold_nothing_is() -> None:
    assert not retells("Decía: reventa de abonos.", THREAD[:1])
