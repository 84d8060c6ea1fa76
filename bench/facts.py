"""Twelve facts told across thirty turns: are they in front of the model when it is asked?"""

from pathlib import Path

from bench.figures import Figure
from bench.talk import SUBJECTS, Body, as_text, is_summary
from graph.gauge import START_CHARS_PER_TOKEN
from graph.model import NUM_PREDICT
from tests.fake_ollama import Answer, say
from tests.stack import Stack

FACTS = (  # (turn, what is told, what must be there, the question)
    (1, "Me llamo Carla Benítez.", "Carla Benítez", "¿Cómo me llamo?"),
    (3, "Nací en Tandil en 1984.", "Tandil", "¿Dónde nací?"),
    (5, "El cumple de mi hermano Bruno es el 9 de julio.", "9 de julio", "¿Cuándo cumple Bruno?"),
    (8, "La clave del portón de la cochera es 4471.", "4471", "¿Cuál es la clave del portón?"),
    (10, "Mi médica es la doctora Oyarzábal.", "Oyarzábal", "¿Quién es mi médica?"),
    (12, "Quiero bajar 6 kilos antes de marzo.", "6 kilos", "¿Cuánto quiero bajar?"),
    (15, "Nos mudamos a la calle Pringles 1230.", "Pringles 1230", "¿A qué calle nos mudamos?"),
    (17, "Le presté el taladro a Nacho.", "Nacho", "¿A quién le presté el taladro?"),
    (20, "El viaje a Bariloche sale 850 mil pesos.", "850 mil", "¿Cuánto sale el viaje?"),
    (23, "Soy alérgica a la penicilina.", "penicilina", "¿A qué soy alérgica?"),
    (26, "Mi peluquera atiende en Almagro.", "Almagro", "¿Dónde atiende mi peluquera?"),
    (29, "Prometiste buscarme recetas con quinoa.", "quinoa", "¿Qué me prometiste?"),
)
TURNS = 30


def run(folder: Path) -> list[Figure]:
    """One figure."""
    told = {turn: fact for turn, fact, _, _ in FACTS}
    with Stack(folder) as stack:
        stack.ollama.fallback = _answer
        for turn in range(TURNS):
            _say(stack, told.get(turn, f"{SUBJECTS[turn % len(SUBJECTS)]} ({turn})"))
        missed = []
        for _, _, key, question in FACTS:
            _say(stack, question)
            asked = [body for body in stack.ollama.chats if not is_summary(body)]
            if key not in as_text(asked[-1]):
                missed.append(key)
    found = len(FACTS) - len(missed)
    return [
        Figure(
            "facts in front of the model when asked",
            found,
            "",
            f"{len(FACTS)} of {len(FACTS)}",
            not missed,
            note=f"{TURNS} turns, scripted model; missed: {', '.join(missed) or 'none'}",
        )
    ]


def _say(stack: Stack, text: str) -> None:
    before = len(stack.answers(0))
    stack.write(text)
    stack.answers(before + 1)


def _answer(body: Body) -> Answer:
    """Sees its prompt and nothing else: a summary is what the prompt holds, line by line."""
    if not is_summary(body):
        return say("Anotado, gracias por contarme.")
    known = body["messages"][0]["content"].rpartition("estos mensajes:\n")
    said = [one["content"] for one in body["messages"][1:-1] if one["role"] == "user"]
    lines = [line.partition("\n")[0] for line in said if not line.startswith("¿")]
    whole = "\n".join([known[2] if known[1] else "", *lines]).strip()
    return say(whole[: int(NUM_PREDICT * START_CHARS_PER_TOKEN)])  # no model writes more
