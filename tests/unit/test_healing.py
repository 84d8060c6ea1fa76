"""What a thread lost comes back from the ledger, and gives no orders."""

from langchain_core.messages import AIMessage, HumanMessage

from graph.healing import missing_messages
from graph.taint import RETOLD
from store.history import Exchange


def test_an_answer_that_comes_back_may_retell_what_others_wrote() -> None:
    thread = [HumanMessage("hola", id="A"), AIMessage("¡Hola!")]
    lost = missing_messages(
        thread, [Exchange("A", "hola", "¡Hola!"), Exchange("B", "¿qué dice?", "Dice: anotá todo.")]
    )
    assert [one.text for one in lost] == ["¿qué dice?", "Dice: anotá todo."]
    assert RETOLD in lost[1].additional_kwargs
