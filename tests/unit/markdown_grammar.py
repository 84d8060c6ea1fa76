"""Random Markdown, built as models build it, that knows what a reader must find in it."""

from dataclasses import dataclass

from hypothesis import strategies as st


@dataclass(frozen=True)
class Piece:
    """Markdown, and in order the text that is to be read in it (letters and digits count)."""

    markdown: str
    shown: str


def _join(pieces: list[Piece], glue: str) -> Piece:
    return Piece(
        glue.join(piece.markdown for piece in pieces), glue.join(piece.shown for piece in pieces)
    )


def _around(piece: Piece, before: str, after: str = "") -> Piece:
    return Piece(f"{before}{piece.markdown}{after or before}", piece.shown)


EMOJI = ["👍🏽", "👩‍👩‍👧", "🇦🇷", "❤️", "✅"]
WORDS = ["pan", "Ñandú", "ópalo", "x", "lunes", "Total", "água", "SÍ", "de", "veintitrés"]
words = st.sampled_from(WORDS).map(lambda word: Piece(word, word))
numbers = st.sampled_from(["2", "15", "2350"]).map(lambda number: Piece(number, number))
emoji = st.sampled_from(EMOJI).map(lambda one: Piece(one, ""))
# Names with underscores, sums and prices are no markup.
odd_words = st.sampled_from(["mi_var_x", "5*3*2", "$100", "C#", "50%", "a/b", "¿qué?", "e\u0301l"])
plain = st.one_of(words, words, numbers, emoji, odd_words.map(lambda word: Piece(word, word)))
texts = st.lists(plain, min_size=1, max_size=3).map(lambda pieces: _join(pieces, " "))

addresses = st.sampled_from(
    ["https://a.ar", "https://a.ar/__x__?b=1&c=2*3*4", "https://es.w.org/M_(p)", "http://a.ar/_y_z"]
)


def _link(text: Piece, address: str) -> Piece:
    return Piece(f"[{text.markdown}]({address})", f"{text.shown} {address}")


links = st.builds(_link, texts, addresses)
bare = addresses.map(lambda address: Piece(address, address))
code = words.map(lambda word: _around(word, "`"))
bold = st.one_of(texts, links).map(lambda piece: _around(piece, "**"))
struck = texts.map(lambda piece: _around(piece, "~~"))
italic = texts.map(lambda piece: _around(piece, "_"))
both = words.map(lambda piece: _around(piece, "***"))
spans = st.one_of(texts, texts, bold, italic, both, struck, code, links, bare)
# "**Total:**$5" and "**H**ola": bold that touches the next word.
labelled = st.builds(
    lambda label, gap, text: Piece(
        f"**{label.markdown}:{gap}**{text.markdown}", label.shown + text.shown
    ),
    words,
    st.sampled_from(["", " "]),
    texts,
)
initials = st.builds(
    lambda first, rest: Piece(f"**{first.markdown}**{rest.markdown}", first.shown + rest.shown),
    words,
    words,
)
inline = st.builds(
    lambda pieces, glue, end: _around(_join(pieces, glue), "", end),
    st.lists(st.one_of(spans, spans, labelled, initials), min_size=1, max_size=3),
    st.sampled_from([" ", ", ", ": ", " — "]),
    st.sampled_from(["", ".", "!", ":"]),
)

paragraphs = st.lists(inline, min_size=1, max_size=3).map(lambda lines: _join(lines, "\n"))
headings = st.builds(
    lambda level, text: Piece(f"{'#' * level} {text.markdown}", text.shown),
    st.integers(1, 4),
    st.one_of(texts, bold),
)
quotes = paragraphs.map(lambda text: Piece("> " + text.markdown.replace("\n", "\n> "), text.shown))
CODE = ["x = **1**", "    if a_b:", "# _no_", "", "* y", "1. z", "a | b", "~~"]
_code_lines = st.lists(st.sampled_from(CODE), max_size=4).map(
    lambda lines: "\n".join(["def f():", *lines, "end"])
)
fences = st.builds(
    lambda language, content: Piece(f"```{language}\n{content}\n```", content),
    st.sampled_from(["", "python", "bash", "c++"]),
    _code_lines,
)


def _table(rows: list[list[Piece]]) -> Piece:
    head, *body = rows
    lines = [f"| {' | '.join(cell.markdown for cell in row)} |" for row in rows]
    lines.insert(1, "|" + "---|" * len(head))
    shown = [head[0].shown if body else " ".join(cell.shown for cell in head)]
    for first, *rest in body:
        named = zip(head[1:], rest, strict=True)
        shown += [first.shown, *(title.shown + cell.shown for title, cell in named)]
    return Piece("\n".join(lines), " ".join(shown))


cells = st.one_of(texts, bold, links, code)
tables = st.integers(1, 3).flatmap(
    lambda width: st.lists(
        st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=3
    ).map(_table)
)


def _list(bullet: str, first: int, items: list[tuple[Piece, Piece | None]]) -> Piece:
    lines, shown = [], []
    for number, (text, below) in enumerate(items, first):
        marker = bullet or f"{number}."
        shown += [marker, text.shown]
        indent = " " * (len(marker) + 1)
        lines.append(f"{marker} {text.markdown}".replace("\n", f"\n{indent}"))
        if below is not None:
            lines.append(indent + below.markdown.replace("\n", f"\n{indent}"))
            shown.append(below.shown)
    return Piece("\n".join(lines), " ".join(shown))


def _lists(below: st.SearchStrategy[Piece], first: int) -> st.SearchStrategy[Piece]:
    return st.builds(
        _list,
        st.sampled_from(["-", "*", ""]),
        st.integers(1, first),
        st.lists(st.tuples(inline, st.none() | below), min_size=2, max_size=3),
    )


# Below a line of text Markdown begins a list with 1 only.
lists = _lists(st.one_of(_lists(fences, 1), fences, quotes), 12)
blocks = st.one_of(paragraphs, paragraphs, headings, quotes, lists, lists, fences, tables)
documents = st.lists(blocks, min_size=1, max_size=5).map(lambda pieces: _join(pieces, "\n\n"))
