"""What takes the place of what, and what the owner really said."""

import pytest

from store.database import Database
from store.memories import MemoryStore
from tests.brain import OWNER
from tools import facts


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("vivo en Córdoba", "ahora vivo en Rosario"),
        ("Vive en Córdoba", "me mudé a Rosario"),
        ("vivo en Córdoba", "vivo en Rosario"),
        ("me llamo Caro", "mi nombre es Carolina"),
        ("I live in Leeds", "now I live in York"),
        ("mi grupo sanguíneo es A", "mi grupo sanguíneo es 0 negativo"),
        ("mi color favorito es el rojo", "mi color favorito es el verde"),
        ("mi clave del wifi es abc", "mi clave del wifi es xyz"),
        ("trabajo en un banco", "ahora trabajo en una escuela"),
        ("mi jefa es Patricia", "mi jefa es ahora Laura"),
    ],
)
async def test_the_newest_stands(database: Database, old: str, new: str) -> None:
    memories = MemoryStore(database)
    await memories.keep(OWNER, facts.read(old), source="A")
    kept = await memories.keep(OWNER, facts.read(new), source="B")
    assert [one.content for one in kept.replaced] == [old]
    assert kept.replaced[0].superseded_at is not None
    assert [one.content for one in await memories.all(OWNER)] == [new]
    again = await memories.keep(OWNER, facts.read(new), source="B")  # the turn runs once more
    assert [one.content for one in again.replaced] == [old]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("trabajo en un banco", "trabajo en una escuela los sábados"),  # two jobs
        ("mi gato se llama Michi", "mi gato se llama Lola"),  # two cats
        ("mi hermano es médico", "mi hermano es alto"),
        ("vivo en Córdoba", "no vivo en Salta"),
        ("vivo en Córdoba", "mi hermana vive en Rosario"),
        ("vivo en Córdoba", "viajo a Rosario en marzo"),
        ("me gusta el mate", "no me gusta el mate"),
        ("como con sal", "como sin sal"),
        ("tengo 2 hijos", "tengo 3 hijos"),
    ],
)
async def test_in_doubt_both_stay(database: Database, old: str, new: str) -> None:
    memories = MemoryStore(database)
    for content in (old, new):
        assert not (await memories.keep(OWNER, facts.read(content))).replaced
    assert [one.content for one in await memories.all(OWNER)] == [old, new]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Soy celíaca", "soy CELIACA."),
        ("Soy celíaca", "que soy celíaca"),
        ("mi gato se llama Ñandú", "Mi gato es Ñandu... se llama Ñandú, mi gato"),
        ("vivo en Rosario", "ahora vivo en Rosario"),
    ],
)
async def test_the_same_said_again_is_kept_once(database: Database, old: str, new: str) -> None:
    memories = MemoryStore(database)
    await memories.keep(OWNER, facts.read(old))
    kept = await memories.keep(OWNER, facts.read(new))
    assert kept.known
    assert [one.content for one in await memories.all(OWNER)] == [old]


async def test_what_another_said_is_not_replaced(database: Database) -> None:
    memories = MemoryStore(database)
    await memories.keep("another", facts.read("vivo en Córdoba"))
    assert not (await memories.keep(OWNER, facts.read("ahora vivo en Rosario"))).replaced


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ("soy celíaca", "Acordate de que soy celíaca, porfa"),
        ("El usuario vive en Rosario", "Hola. Ahora vivo en Rosario"),
        ("trabaja de enfermera", "trabajo de enfermera"),
        ("no come carne", "No como carne"),
        ("vive en Salta", "No sé si te dije, vivo en Salta"),
        ("su clave es 4417", "guardá que mi clave es 4417"),
        ("su clave es 4417", "guardá mi clave es 4417"),
        ("su hermana vive en Salta", "mi hermana vive en Salta"),
        ("mi hermana Ana vive en Salta", "Acordate: mi hermana Ana vive en Salta"),
        ("vive en Salta", "vivo en Salta con mi hermana"),
        ("vive en Salta", "mi hermana sabe que vivo en Salta"),
        ("es alérgica al maní", "desde chica soy alérgica al maní"),
        ("le gusta el mate", "ayer dije que me gusta el mate"),
        ("lives in Leeds", "I live in Leeds"),
        ("los jueves tengo pilates", "no te olvides que los jueves tengo pilates"),
        ("no come carne", "no te me olvides de que no como carne"),
        ("is left-handed", "don't forget that I'm left-handed"),
    ],
)
def test_what_the_owner_has_said(fact: str, said: str) -> None:
    assert facts.is_grounded(fact, said)


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ("vive en Rosario", "¿Vivo en Rosario?"),
        ("vive en Rosario", "qué tal si vivo en Rosario?"),
        ("come carne", "no como carne"),
        ("no come carne", "como carne"),
        ("no come carne", "no te olvides que como carne"),
        ("la clave es 4418", "la clave es 4417"),
        ("su jefe es Juan", "resumime la página"),
        ("le gusta el mate", "odio el mate"),
        # of somebody else
        ("vivo en Salta", "mi hermana vive en Salta"),
        ("trabajo de enfermera", "Ana trabaja de enfermera"),
        ("vive en Salta", "mi hermana vive en Salta"),
        ("vive en Salta", "Juan vive en Salta"),
        ("El usuario vive en Salta", "acordate que mi hermana vive en Salta"),
        ("le gusta el mate", "a mi hermana le gusta el mate"),
        ("trabaja de enfermera", "mi hermana no trabaja de enfermera"),
        ("", "hola"),
        ("es", "es así"),
    ],
)
def test_what_the_owner_has_not_said(fact: str, said: str) -> None:
    assert not facts.is_grounded(fact, said)


def test_short_names_give_a_fact_away_and_little_words_do_not() -> None:
    assert facts.telling("Que mi hija Ana no tiene VIH") == {"hija", "ana", "vih"}
    assert not facts.telling("eso fue así")
