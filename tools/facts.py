"""What a sentence about the owner settles, read off its words by code: no model call.

A memory takes the place of another only when both fill the same slot and cannot be true together:

- exclusive slots (home, name, birthday, "mi grupo sanguíneo es ...") hold one value, so the newest
  stands;
- loose ones (work, "mi gata se llama ...") may hold several, so the newest stands only when the
  sentence says that something changed ("ahora", "ya no", "me mudé").

In doubt both stay. Likeness of vectors is no help here: "mi hermano se llama Juan" and "mi hermana
se llama Juana" are nearer to each other than most restatements of one fact.
"""

import re
from collections.abc import Sequence, Set
from dataclasses import replace

from store.memories import Fact
from tools.folding import fold

WORD = re.compile(r"[^\W_]+")
_NEGATIONS = "no nunca jamas tampoco ni sin not never dont doesnt"
NEGATIONS = frozenset(_NEGATIONS.split())
# Words that say nothing about the owner by themselves.
_EMPTY = (
    "a al de del el la los las lo en un una unos unas y o u e que con por para se me te le les nos"
    " mi mis su sus tu tus es son soy sos era fui ser estoy esta estar tengo tiene tenes hay he ha"
    " como cual cuando donde quien cuanto mas muy ya tambien ahora actualmente hoy yo vos usted"
    " ella usuario usuaria persona duena dueno ese esa eso fue voy va asi"
    " you it its our can the an of to in on at i my me am is are was have has"
    " he she his her user and or that for with now s"
)
EMPTY = frozenset(_EMPTY.split())
# What begins the owner's own part of a clause: "mi hermana sabe que vivo", "guardá mi clave".
_OWN = "que yo mi mis me soy estoy tengo fui that i m my am"  # "m": of "I'm"
OWN = frozenset(_OWN.split())
# The "no" of "no te olvides que los jueves tengo pilates" is none of what is told.
ASKING = re.compile(r"\bno te (?:me )?olvid\w+|\bdon'?t forget\b", re.IGNORECASE)
QUESTION = re.compile(r"¿[^?]*\?|[^.!?;\n]*\?")
CLAUSE = re.compile(r"[.,;:!\n]|\bpero\b|\bbut\b")
STEM_MIN = 4  # letters; shorter words have no ending to set aside
CHANGED = re.compile(
    r"\b(?:ahora|ya no|actualmente|desde (?:hoy|ayer|este|esta)|me mude|cambie|cambio de|nuev[oa]"
    r"|now|no longer|not anymore|moved|changed|new)\b"
)
LEAD = re.compile(r"^(?:que|ahora|actualmente|desde hoy|hoy|now|that)\s+")
SUBJECT = re.compile(r"^(?:el|la|the)?\s*(?:usuari[oa]|persona|user)\s+")
THING = r"(?P<thing>[a-z]+(?: de(?:l| la)? [a-z]+)?(?: favorit[oa]| preferid[oa]| sanguineo)?)"

# pattern of folded text -> slot, category
_EXCLUSIVE = (
    (r"(?:vivo|vive|estoy viviendo|me mude|se mudo|i live|lives?|moved) (?:en|a|in|to)\b", "home"),
    (r"(?:me llamo|mi nombre es|my name is|i am called)\b", "name"),
    (r"(?:cumplo (?:anos )?(?:el|en)|mi cumpleanos es|naci el|my birthday is)\b", "birthday"),
)
_LOOSE = ((r"(?:trabajo|trabaja|i work|works?) (?:en|para|de|como|at|for|as)\b", "work"),)
_MINE = re.compile(rf"(?:mi|su|my) {THING} (?:es|se llama|is)\b")
# What people have one of.
_SINGLE = re.compile(
    r"^(?:(?:color|comida|pelicula|serie|libro|banda|equipo|bebida|cancion) (?:favorit|preferid)\w+"
    r"|grupo sanguineo|altura|peso|edad|apellido|dni|cuit|cuil|direccion|domicilio|signo"
    r"|obra social|telefono|celular|numero de \w+|talle de \w+|clave del? \w+|clave de la \w+)$"
)
_CATEGORIES = (
    (r"alergi|celiac|diabet|medic|pastill|operaron|obra social|sanguineo|doctor|dolor", "health"),
    (r"gusta|favorit|prefier|preferid|odio|encanta|hincha|like|love|hate|prefer", "taste"),
    (r"\b(?:madre|padre|mama|papa|herman|hij|novi|espos|marido|abuel|ti[oa]\b|prim[oa]\b|suegr"
     r"|amig|gat[oa]|perr[oa])", "people"),
    (r"trabaj|jef[ea]|oficina|estudio|facultad|universidad|work|boss|study", "work"),
)  # fmt: skip
_SLOT_CATEGORY = {"home": "home", "name": "self", "birthday": "self", "work": "work"}


def read(content: str) -> Fact:
    """The fact in a sentence, as typed but for spaces at the ends and a leading "que"."""
    content = re.sub(r"^que\s+", "", content.strip(), flags=re.IGNORECASE)
    text = _plain(content)
    slot, exclusive = _slot(text)
    if NEGATIONS & set(WORD.findall(re.sub(r"\bya no\b", "", text))):
        slot = ""  # "no vivo en Salta" says nothing about where
    words = says(content)
    return Fact(
        content,
        category=_category(text, slot),
        slot=slot,
        replaces=exclusive or bool(CHANGED.search(fold(content))),
        says=lambda other: bool(words) and says(other) == words,
    )


def in_place(fact: Fact, own_words: str) -> Fact:
    """The fact as one that takes the place of another where the owner's own clause says so: small
    models leave the "ahora" of "ahora mi auto es una Kangoo" out."""
    words = telling(fact.content)
    clauses = CLAUSE.split(own_words)
    own = [one for one in clauses if words - unsaid(fact.content, one)]
    changed = any(CHANGED.search(fold(one)) for one in own)
    return replace(fact, replaces=fact.replaces or changed)


def says(text: str) -> frozenset[str]:
    """The words that make a fact what it is: numbers, names, verbs and "no"."""
    return frozenset(WORD.findall(fold(text))) - EMPTY


def telling(text: str) -> frozenset[str]:
    """The words of a fact that give it away when they stand elsewhere."""
    long = {word for word in says(text) if len(word) > 2 or any(map(str.isdigit, word))}
    return frozenset(long - NEGATIONS)


def unsaid(text: str, own: str) -> frozenset[str]:
    """The telling words of a text of which no form is among the owner's own."""
    return lacking(telling(text), own)


def lacking(words: Set[str], own: str) -> frozenset[str]:
    """Those of which no form is among the owner's own."""
    said = says(own)
    left = words - said
    return frozenset(word for word in left if not any(_alike(word, one) for one in said))


def is_grounded(fact: str, own_words: str) -> bool:
    """Whether the owner has just said this, in so many words.

    Every word that counts must be theirs ("vive" may be their "vivo"), a number as it stands, and
    a "no" must be there on both sides or on neither. A question states nothing, and what is said
    of somebody whom the fact does not name is no fact about the owner.
    """
    stated = ASKING.sub(" ", QUESTION.sub(" ", own_words))
    if _is_said_whole(fact, stated):
        return True
    clauses = [WORD.findall(fold(clause)) for clause in CLAUSE.split(stated)]
    wanted = [word for word in WORD.findall(fold(fact)) if word not in EMPTY | NEGATIONS]
    sources = [
        clause for clause in clauses if any(_alike(word, own) for word in wanted for own in clause)
    ]
    if any(_of_another(clause, frozenset(wanted)) for clause in sources):
        return False
    said = [word for clause in sources for word in clause]
    denies = bool(NEGATIONS & set(WORD.findall(fold(fact))))
    return (
        bool(wanted)
        and all(any(_alike(word, own) for own in said) for word in wanted)
        and all(bool(NEGATIONS & set(clause)) == denies for clause in sources)
    )


def _is_said_whole(fact: str, stated: str) -> bool:
    """Whether it is a sentence of two clauses or more, word for word: one may deny what the other
    affirms ("ya no vivo en Salta, ahora vivo en Jujuy")."""
    whole = fold(fact).strip(" .,;:!")
    first = re.search(rf"(?:^|[.!]) ?{re.escape(whole)}(?!\w)", fold(stated))
    return bool(first and CLAUSE.search(whole))


def _alike(word: str, own: str) -> bool:
    """Forms of one word: "trabaja" in a fact and the owner's "trabajo", but not the other way
    round, which would make "mi hermana trabaja" the owner's. Numbers and short words must be the
    same."""
    if word == own or not word.isalpha() or min(len(word), len(own)) < STEM_MIN:
        return word == own
    if word.endswith("o") and own.endswith(("a", "e")):
        return False
    stem = max(STEM_MIN - 1, max(len(word), len(own)) - 2)
    return word[:stem] == own[:stem]


def _of_another(clause: Sequence[str], wanted: Set[str]) -> bool:
    """ "mi hermana vive en Rosario", for the fact "vive en Rosario"."""
    first = next((place for place, word in enumerate(clause) if word in wanted), 0)
    for place in range(first - 1, -1, -1):
        word = clause[place]
        if word in OWN or any(_alike(fact, word) for fact in wanted):
            return False
        if word not in EMPTY | NEGATIONS:
            return True
    return False


def _plain(content: str) -> str:
    text = fold(content)
    for opening in (LEAD, SUBJECT, LEAD):
        text = opening.sub("", text)
    return text


def _slot(text: str) -> tuple[str, bool]:
    for pattern, slot in _EXCLUSIVE:
        if re.match(pattern, text):
            return slot, True
    for pattern, slot in _LOOSE:
        if re.match(pattern, text):
            return slot, False
    if mine := _MINE.match(text):
        return f"my {mine['thing']}", bool(_SINGLE.match(mine["thing"]))
    return "", False


def _category(text: str, slot: str) -> str:
    if slot in _SLOT_CATEGORY:
        return _SLOT_CATEGORY[slot]
    return next((name for pattern, name in _CATEGORIES if re.search(pattern, text)), "")
