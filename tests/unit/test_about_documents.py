"""Which messages are about the documents, by their words."""

from datetime import UTC, datetime

import pytest

from store.documents import Document
from tools.about_documents import (
    asks_for_list,
    asks_for_whole,
    besides,
    named,
    named_as_known,
)

AT = datetime(2026, 11, 26, tzinfo=UTC)
CONTRACT, MANUAL = (
    Document(number, name, "pdf", 3, False, AT)
    for number, name in enumerate(("contrato de alquiler.pdf", "manual lavarropas LX-800.pdf"), 1)
)
BOTH = (CONTRACT, MANUAL)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("qué documentos tengo?", True),
        ("¿Cuáles son mis archivos?", True),
        ("mostrame mis documentos", True),
        ("listame los pdf que te mandé", True),
        ("qué archivos te pasé", True),
        ("which documents do I have?", True),
        ("show me my files please", False),
        ("list my files", True),
        ("¿qué documentos tengo que llevar a migraciones?", False),
        ("qué documentos necesito para el pasaporte?", False),
        ("what documents do I have to bring?", False),
        ("buscá en mis documentos el fiador", False),
    ],
)
def test_the_list_is_asked_for(text: str, asked: bool) -> None:
    assert asks_for_list(text) == asked


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("resumilo", True),
        ("de qué trata?", True),
        ("me hacés un resumen?", True),
        ("qué dice?", True),
        ("what is it about?", True),
        ("summarize it", True),
        ("cuánto dice que sale?", False),
    ],
)
def test_the_whole_is_asked_for(text: str, asked: bool) -> None:
    assert asks_for_whole(text) == asked


@pytest.mark.parametrize(
    ("text", "names", "known", "words"),
    [
        ("¿qué dice el contrato de la mora?", [CONTRACT], [CONTRACT], {"mora"}),
        ("según los contratos, ¿cuánto pago?", [CONTRACT], [CONTRACT], {"pago"}),
        ("¿conviene firmar un contrato?", [CONTRACT], [], {"conviene", "firmar"}),
        ("el lavarropas LX-800 pierde agua", [MANUAL], [MANUAL], {"pierde", "agua"}),
        ("¿cuál es la mora del contrato?", [CONTRACT], [CONTRACT], {"mora"}),
        ("¿por qué gotea el lavarropas?", [MANUAL], [], {"gotea"}),
        ("resumime mi contrato de alquiler", [CONTRACT], [CONTRACT], set[str]()),
        ("¿cómo va todo?", [], [], {"todo"}),
    ],
)
def test_which_are_named_and_what_is_asked_of_them(
    text: str, names: list[Document], known: list[Document], words: set[str]
) -> None:
    assert named(text, BOTH) == names
    assert named_as_known(text, BOTH) == known
    assert besides(text, names) == words
