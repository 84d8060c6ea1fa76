"""Markdown to WhatsApp's markup."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.whatsapp_text import to_whatsapp
from tests.unit.markdown_grammar import Piece, documents

FIXED = [
    # Bold, both ways Markdown writes it
    ("Son **423** pesos", "Son *423* pesos"),
    ("Son __423__ pesos", "Son *423* pesos"),
    ("**Título:** texto", "*Título:* texto"),
    ("**a**, **b** y **c**.", "*a*, *b* y *c*."),
    # Signs touch it from outside: WhatsApp renders that
    ("¡**ojo**!", "¡*ojo*!"),
    ("(**a**) «**b**»", "(*a*) «*b*»"),
    ("✅ **Hecho**: listo", "✅ *Hecho*: listo"),
    ("✅**¡Hecho!**🎉", "✅*¡Hecho!*🎉"),
    ("مرحبا **بك** هنا", "مرحبا *بك* هنا"),
    # A letter or an accent touches it: WhatsApp would show the stars
    ("**H**ola", "Hola"),
    ("super**mercado** y", "supermercado y"),
    ("e\u0301**x** y", "e\u0301x y"),
    ("~~mil~~lón", "millón"),
    # So it would here, but a space makes it right. CommonMark knows no bold there; gemma does.
    ("**Nota:**mañana", "*Nota:* mañana"),
    ("**Nota: **mañana", "*Nota:* mañana"),
    ("Dice: **sí** o **no: **quizás", "Dice: *sí* o *no:* quizás"),
    ("Es**¡ya!**", "Es *¡ya!*"),
    # Italic and bold at once
    ("***ojo***", "_*ojo*_"),
    ("**muy *muy* caro**", "*muy _muy_ caro*"),
    ("~~viejo~~ nuevo", "~viejo~ nuevo"),
    ("**Precio**: ~~$100~~ **$80**", "*Precio*: ~$100~ *$80*"),
    # Markup does not reach over a line's end in WhatsApp
    ("**uno\ndos**", "*uno*\n*dos*"),
    # Line breaks: two spaces, a backslash, HTML
    ("uno  \ndos", "uno\ndos"),
    ("uno\\\ndos", "uno\ndos"),
    ("uno<br>dos<br/>\ntres", "uno\ndos\ntres"),
    # Code: the language goes, what is inside stays as it is
    ("```python\nx = **1**\n```", "```\nx = **1**\n```"),
    ("~~~\na\n\n  b\n~~~", "```\na\n\n  b\n```"),
    ("    sangría", "```\nsangría\n```"),
    ("``a`b``", "```a`b```"),
    # A fence that the model forgot to close, or closed too well
    ("```\na", "```\na\n```"),
    ("```\na\n`````\nb", "```\na\n```\nb"),
    # Code begun on the fence's own line is not a language
    ("```print(1)\n```", "```\nprint(1)\n```"),
    # Markdown quoted as code: there is no longer fence to put around
    ("````\n```py\nx\n```\n````", "```py\nx\n```"),
    ("````\n```py\nx\n````", "```py\nx\n```"),
    # Code in a list's item
    ("1. uno\n\n   ```sh\n   ls\n   ```\n2. dos", "1. uno\n\n   ```\n   ls\n   ```\n2. dos"),
    # Headings
    ("# Receta\nHarina", "*Receta*\nHarina"),
    ("## **Receta** de *pan*", "*Receta de _pan_*"),
    ("### 🛒 Lista ###", "*🛒 Lista*"),
    ("Receta\n======", "*Receta*"),
    ("Gastos\n---\nLuz", "*Gastos*\nLuz"),
    # Not a title: a sentence that is ruled off
    ("¿Cómo va?\n---\nChau", "¿Cómo va?\n\nChau"),
    ("uno\ndos\n---\ntres", "uno\ndos\n\ntres"),
    # Lists
    ("* pan\n* leche", "- pan\n- leche"),
    ("+ pan\n+ leche", "- pan\n- leche"),
    ("1) uno\n2) dos", "1. uno\n2. dos"),
    # Numbered by Markdown: every item has the same number
    ("1. uno\n1. dos", "1. uno\n2. dos"),
    ("* pan\n    * de molde\n* leche", "- pan\n  - de molde\n- leche"),
    # As gemma indents
    ("*   **Pan:** uno\n    *   chico", "- *Pan:* uno\n  - chico"),
    ("* **punto**", "- *punto*"),
    ("1. **Batir**\n   * huevos\n2. **Hornear**", "1. *Batir*\n   - huevos\n2. *Hornear*"),
    ("> * pan\n> * **leche**", "> - pan\n> - *leche*"),
    # Links
    ("[Clima](https://a.ar/x_y)", "Clima (https://a.ar/x_y)"),
    ("[https://a.ar](https://a.ar)", "https://a.ar"),
    ("[a.ar](https://www.a.ar/)", "https://www.a.ar/"),
    ("[a [b]](https://es.w.org/M_(p))", "a [b] (https://es.w.org/M_(p))"),
    ("<https://a.ar/ñandú>", "https://a.ar/ñandú"),
    ("<ana@a.ar>", "ana@a.ar"),
    ("[ana@a.ar](mailto:ana@a.ar)", "ana@a.ar"),
    ('[Clima](https://a.ar "hoy")', "Clima (hoy: https://a.ar)"),
    ("![un mapa](https://a.ar/m.png)", "un mapa (https://a.ar/m.png)"),
    ("![](https://a.ar/m.png)", "https://a.ar/m.png"),
    ("**[Clima](https://a.ar)**", "*Clima (https://a.ar)*"),
    # A `_` after an address would be taken for a part of it
    ("_[Clima](https://a.ar/x)_", "Clima (https://a.ar/x)"),
    # Addresses in bold, and with underscores that a model escaped
    ("**https://a.ar/x_y**.", "*https://a.ar/x_y*."),
    ("https://a.ar/a\\_b\\_c", "https://a.ar/a_b_c"),
    # Tables
    (
        "| Día | Mín | Máx |\n|---|---|---|\n| Lunes | 8 | **20** |\n| Martes | | 21 |",
        "*Día*\n- *Lunes* · Mín: 8 · Máx: *20*\n- *Martes* · Máx: 21",
    ),
    # A cell that no title stands over, a row with nothing in it, a table without rows
    ("a|b\n-|-\n1|2|3", "*a*\n- *1* · b: 2 · 3"),
    ("|a|b|\n|-|-|\n|1|2|\n| | |", "*a*\n- *1* · b: 2"),
    ("|a|b|\n|-|-|", "*a · b*"),
    # Lines, links and pipes in cells
    (
        "|a|b|\n|-|-|\n|x<br>y|[z](https://a.ar)|\n|p\\|q|`r`|",
        "*a*\n- *x / y* · b: z (https://a.ar)\n- *p|q* · b: `r`",
    ),
    # A thematic break is an empty line
    ("uno\n\n---\n\ndos", "uno\n\ndos"),
    ("uno\n***\ndos", "uno\n\ndos"),
    # Entities and escapes are markup too
    ("pan &amp; queso, 2 \\* 3", "pan & queso, 2 * 3"),
    ("\\[1\\] y \\(no\\)", "[1] y (no)"),
    # Sums, as qwen writes them
    ("\\[ 2350 \\times 0.18 = 423 \\]", "2350 × 0.18 = 423"),
    ("Da \\( \\frac{1}{2} + x^2 \\).", "Da 1/2 + x²."),
    ("$$\n\\sqrt{a+b} \\approx 4\n$$", "√(a+b) ≈ 4"),
    ("son $5 \\cdot 3$", "son 5 · 3"),
    ("\\[\\boxed{15\\%}\\]", "15%"),
]

LEFT_ALONE = [
    "Hola, ¿qué tal? 👋",
    # WhatsApp's own markup
    "*negrita* _cursiva_ ~tachado~ `código`",
    "```\nx = 1\n```",
    "```x = 1```",
    "> una cita\n> de dos líneas",
    "- pan\n- leche",
    "1. uno\n2. dos",
    "Hay que comprar:\n- pan\n- leche\nNada más.",
    "uno\n\ndos\ntres",
    # Numbers that name something, and lists that go on
    "Cuál:\n\n2. soy celíaca\n7. no como carne",
    "3. tres\n4. cuatro",
    "1. uno\n2. dos\n\n1. otro uno\n2. otro dos",
    "1. uno\n\nUn rato después:\n\n2. dos",
    # Not markup at all
    "2 * 3 * 4 = 24",
    "2*3*4 y 2**3**4",
    "f(**a, **b)",
    "un_nombre_con_guiones y 5*3",
    "- [ ] regar\n- [x] barrer",
    "2024. Fue un buen año.",
    "+ 5",
    "-5 grados",
    "#hashtag y C#",
    "[nota]: llamar a Ana",
    "Eso dice la fuente[^1].\n\n[^1]: El diario",
    "a < b y <b>html</b>",
    "<div>\nhola\n</div>",
    "`**así**` y `<br>`",
    "cuesta $5 y $10",
    # Addresses
    "https://a.ar/_x_?a=1&b=2*3*4",
    "https://a.ar/__init__/~~x y (http://a.ar/__y__).",
    "son **dos asteriscos sueltos",
    # Characters of several code points
    "👩‍👩‍👧‍👦 🇦🇷 👍🏽 ❤️ e\u0301",
    "שלום, *עולם*!",
    # All markup: better shown than sent empty
    "---",
    "#",
]

# What an escape, an entity or a code block in code is, only fresh Markdown tells.
TOLD_ONCE = {"````\n```py\nx\n```\n````", "````\n```py\nx\n````"}


@pytest.mark.parametrize(("markdown", "expected"), FIXED)
def test_markdown_becomes_whatsapp(markdown: str, expected: str) -> None:
    assert to_whatsapp(markdown) == expected


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_needs_no_change_stays(text: str) -> None:
    assert to_whatsapp(text) == text


@pytest.mark.parametrize("markdown", [markdown for markdown, _ in FIXED])
def test_doing_it_twice_changes_nothing(markdown: str) -> None:
    once = to_whatsapp(markdown)
    if markdown not in TOLD_ONCE:
        assert to_whatsapp(once) == once


def test_quotes_nested_beyond_reason_keep_their_text() -> None:
    assert "fondo" in to_whatsapp("> " * 200 + "fondo")


@given(st.text(alphabet="abñ12 *_~#>|-+[]()<&;\\!.:\n\t", max_size=200))
def test_no_letter_is_lost(markdown: str) -> None:
    def letters(text: str) -> str:
        return "".join(sorted(filter(str.isalpha, text)))

    assert letters(to_whatsapp(markdown)) == letters(markdown)


@given(st.text(max_size=300))
def test_any_text_is_taken(text: str) -> None:
    assert bool(to_whatsapp(text)) == bool(text.strip())


@given(st.text(alphabet="abñÁ12  ,.;:¡!¿?'\"%", max_size=80))
def test_a_sentence_without_markup_is_the_same_beside_markup(text: str) -> None:
    sentence = f"A{text}"
    assert to_whatsapp(f"{sentence}\n\n*b*") == f"{to_whatsapp(sentence)}\n\n*b*"


def letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


@given(documents)
def test_nothing_of_what_a_model_writes_is_lost(document: Piece) -> None:
    assert letters(to_whatsapp(document.markdown)) == letters(document.shown)


@given(documents)
def test_what_is_converted_stays(document: Piece) -> None:
    once = to_whatsapp(document.markdown)
    assert to_whatsapp(once) == once


@given(documents)
def test_no_markdown_is_left(document: Piece) -> None:
    lines = to_whatsapp(document.markdown).split("```")[::2]  # not the code
    assert not any(mark in line for line in lines for mark in ("](http", "|---", "\n#", "~~"))
