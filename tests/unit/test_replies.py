"""What is left of what a model says, and of what it says again."""

import pytest

from graph.replies import without_repeats
from tests.brain import Brain
from tests.fake_ollama import tool_call


@pytest.mark.parametrize(
    ("text", "of_result", "left"),
    [
        ("¡Perfecto! Son 423.\n\nSon 423.", True, "¡Perfecto! Son 423.\n\nSon 423."),  # too short
        ("El total son 423 pesos.\n\nSon 423 pesos.", True, "El total son 423 pesos."),
        # Without a tool only what stands twice in a row goes
        ("Julia cumple en abril.\n\nJulia cumple en abril.", False, "Julia cumple en abril."),
        ("El total son 423 pesos.\n\nSon 423 pesos.", False, None),
        ("Ay, mi amor lejano.\n\nTe busco.\n\nAy, mi amor lejano.", False, None),
    ],
)
def test_what_is_said_again_goes(text: str, of_result: bool, left: str | None) -> None:
    assert without_repeats(text, of_result=of_result) == (text if left is None else left)


@pytest.mark.parametrize(
    "again", ["Lo recuerdo: Fideo es mi perro.", "¡Listo! ¡Recuerda! Fideo es mi perro."]
)
async def test_what_a_receipt_says_is_said_once(brain: Brain, again: str) -> None:
    call = tool_call("remember", fact="Fideo es mi perro")
    brain.ollama.script(call, f"{again}\n\n¿Algo más?")
    said = await brain.say("Acordate de que Fideo es mi perro")
    assert said == "¿Algo más?\n\nListo, lo recuerdo: Fideo es mi perro"
