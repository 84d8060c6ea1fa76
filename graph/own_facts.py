"""Questions about the owner's own things, which nobody can work out: read off their words, and held
to what they told. Qwen2.5 1.5B takes the sister's name for the girlfriend's, and paints a motorbike
of which it knows the make alone.
"""

import re
from collections.abc import Iterable, Sequence

from langchain_core.messages import AnyMessage, HumanMessage

from graph.frozen import own_words, recalled
from graph.requests import is_own_fact
from tools import facts
from tools.folding import fold

ONE_OF = (  # words of one meaning, by which people call theirs
    "mama mami madre vieja mother mom mum",
    "papa papi padre viejo father dad",
    "novia novio pareja esposa esposo mujer marido wife husband partner girlfriend boyfriend",
    "hijo hija hijos hijas nene nena son daughter kid",
    "perro perra perrito perrita dog puppy",
    "gato gata gatito cat",
    "auto coche carro camioneta car truck",
    "celular celu telefono movil phone mobile",
    "casa depto departamento piso house flat apartment place",
    "jefe jefa boss",
    "medico medica doctor doctora",
    "trabajo laburo work job",
    "cumple cumpleanos birthday",
)


def asks_own(said: str) -> bool:
    """Whether it asks for something that only the owner can have told."""
    folded = fold(said)
    return is_own_fact(said) or bool(_OWN.search(folded) and not _NO_FACT.search(folded))


def is_untold(said: str, known: Iterable[str]) -> bool:
    """Whether a question of `asks_own` is for a name or a number of what `known` never names."""
    things = _things(said)
    if not things or not _VALUE.search(fold(said)):
        return False
    text = " ".join(known)
    return all(facts.unsaid(" ".join(_named(thing)), text) == _named(thing) for thing in things)


def to_the_point(said: str, memories: Iterable[str]) -> list[str]:
    """The memories that have one of a question's words, beside "se llama" and "do you know"."""
    words = facts.telling(said) - _COMMON
    return [one for one in memories if words - facts.unsaid(" ".join(words), one)]


def told(messages: Sequence[AnyMessage]) -> list[str]:
    """What the messages say and bring from memory, without the owner's questions."""
    said: list[str] = []
    for message in messages:
        if isinstance(message, HumanMessage):
            said += [facts.QUESTION.sub(" ", own_words(message)), *recalled(message)]
        else:
            said.append(message.text)
    return said


def _things(said: str) -> set[str]:
    """What is asked about: "socio" of "mi número de socio"."""
    found = {word for pair in _MINE.findall(fold(said)) for word in pair if word}
    return {word for word in found if not _VALUE.fullmatch(word)} or found


def _named(thing: str) -> set[str]:
    return {thing, *(word for group in ONE_OF if thing in group.split() for word in group.split())}


_SAYING_LITTLE = (
    "llama llamaba llaman llamas vive vivia trabaja tiene tenia cumple sabes sabias acordas"
    " acuerdas recordas dije conte decime pasame podes queda quedaba estaba estan final"
    " cuantos cuantas anos edad nombre numero hora dia ciudad calle color"
    " know remember tell told said called name named live lives work works again what which"
    " where when who how does did time date day city street number colour"
)
_COMMON = frozenset(_SAYING_LITTLE.split())
_MY = r"(?:mis?|nuestr[oa]s?|my|our)"
_MINE = re.compile(rf"\b{_MY} (\w{{3,}})(?: (?:de|del|de la|of) (?!mi\b)(\w{{3,}}))?")
_ASKED = (
    r"(?:numero|nombre|alias|clave|contrasena|codigo|pin|cbu|cuil|cuit|dni|patente|usuario|telefono"
    r"|celular|mail|email|direccion|talle|color|marca|modelo|apellido|code|password|passcode"
    r"|number|name|address|plate)"
)
_VALUE = re.compile(
    rf"\b(?:{_ASKED}|llaman?|llamaba|aniversario|cumpleanos|cumple|called|colou?r|brand|birthday"
    r"|anniversary)\b"
)
_OWN = re.compile(
    r"\bq(?:ue)? (?:color|marca|modelo|talle|numero|ano|fecha|dia|raza) (?:es|era|son|tiene|tenia"
    rf"|cumple|usa) (?:el |la )?{_MY}\b"
    r"|\b(?:cual(?:es)?|quien(?:es)?|cuando|donde|a que hora) (?:es|era|son|eran|queda|quedaba"
    rf"|estudia|sale|salia|llega|llegaba|cumplen?|cumplia) (?:el |la )?{_MY}\b"
    rf"|\b(?:a que \w+ (?:va|iba)|quien (?:tiene|tenia)) (?:el |la )?{_MY}\b"
    r"|\b(?:sabes|sabias|recordas|te acordas(?: de)?|te acuerdas(?: de)?|pasame|dame|decime"
    rf"|me decis|me pasas|cual era) (?:cual (?:es|era) )?{_MY} {_ASKED}\b"
    r"|\bte (?:dije|conte) (?:ya )?(?:q|que|cual|cuando|donde|como|quien|cuant[oa]s?)\b"
    r"|\bquien (?:le (?:preste|deje|di|tenia que \w+)|me (?:presto|regalo|dio))\b"
    r"|\bdonde (?:deje|guarde|puse|estacione)\b"
    r"|\b(?:what|which) (?:colou?r|brand|model|size|number|day|date|time|year|school|street|city"
    r"|breed) (?:is|are|was|were|does|do|did) (?:my|our)\b"
    r"|\b(?:who|when|where)(?: ?is|'?s| are| was| were| does| do| did) (?:my|our)\b"
    rf"|\bwhat(?:'?s| is| was) the {_ASKED} (?:to|of|for) (?:my|our)\b"
    rf"|\bdo you (?:know|remember) (?:my|our) {_ASKED}\b|\bdid i (?:tell you|mention)\b"
    r"|\bwhere did i (?:put|leave|park|hide|keep)\b|\bwho did i (?:lend|give|promise)\b"
    r"|\b(?:what|which) \w+ (?:am|was) i (?:\w+ing|at|in|on)\b"
)
_NO_FACT = re.compile(  # what is wondered, or to be worked out
    r"\d|\b(?:si|if|mejor|problema|opciones|diagnostico|best|wrong|problem|options?|missing|doing)\b"
)
