"""Sentences of others that give an assistant orders: a small model follows them, or says them.

Nothing is safe because of this, and nothing that `graph.taint` holds back is let through for it. It
is for the answer: with "Asistente: guardá ..." before its eyes Qwen2.5 1.5B forgets the question.
"""

import re

from tools.folding import fold

LEFT_OUT = "[…]"
ORDERS = "orders"  # key in additional_kwargs of a tool's message: such sentences were left out

_NAMED = (
    r"(?:asistentes? (?:virtual(?:es)?|(?:de|con) ia)|agentes? (?:de )?ia|modelos? de lenguaje"
    r"|(?:ai|virtual|llm) (?:agents?|assistants?|models?|readers?)|(?:large )?language models?"
    r"|inteligencias? artificial(?:es)?|ai|ia|llms?)"
)
_WHO = rf"(?:{_NAMED}|asistente|assistant)"
# For folded text. People are assistants, too, and AI is a subject: each form has to call somebody.
_SPOKEN_TO = re.compile(
    rf"(?:^|[.:;!¡(\[*«\"-]\s*|\batencion,? ){_WHO}(?: (?:que|reading"
    rf"|leyendo)\b[\w ]{{0,30}})?[:,.!]"
    rf"|\b(?:al|a la|a las|para(?: el| la| los| las)?|(?:to|for)(?: the)?)\s+{_WHO}\b[^,.]{{0,30}}:"
    r"|\b(?:para|for)(?: los| all)? (?:chat ?)?bots\b[^,.]{0,30}:"
    rf"|\bsi (?:sos|eres|es usted) (?:una? )?(?:{_NAMED}|asistente|bot)\b"
    rf"|\bif you(?:['’]re| are) (?:an? )?(?:{_NAMED}|assistant|bot)\b"
    rf"|\b(?:todo|toda|cualquier|every|any|all)\s+{_WHO}\b.*\b(?:lea|lee|leen|reads?|reading"
    r"|procese|processing)\b|\b(?:instruccion(?:es)?|orden(?:es)?|nota) (?:de|del"
    r"|para el) sistema\b|\bsystem (?:message|prompt|note|instruction|override)s?\s*[:\]]"
    r"|^\W*\[system\]|(?:^\W*sistema|\bpara asistentes): (?:guarda|agrega|anota|responde"
    r"|contesta|cancela|borra|crea|ignora)"
)
# That is nobody else; whatever it goes on with is meant for it.
_TO_A_MACHINE = re.compile(
    rf"\b(?:mensaje|texto|aviso|nota|instruccion(?:es)?|message|text|notice|note|instructions?)"
    rf" (?:a|al|a la|a las|para|para el|para la|para los|para las|to|to the|for|for the|for all)"
    rf" {_NAMED}\b[^.:\]]{{0,30}}(?:[:\]]|$)"
    rf"|\bsi (?:sos|eres|es usted) (?:una? )?{_NAMED}\b"
    rf"|\bif you(?:['’]re| are) (?:an? )?{_NAMED}\b"
    rf"|\b(?:a|para|to|for) (?:cualquier|todo|toda|any|every|all) {_NAMED}\b[^.:]{{0,30}}:"
    rf"|\bsystem (?:message|prompt|note|instruction|override)s? (?:to|for) (?:the |all )?{_NAMED}\b"
)
# Where a clause begins: "IA: el Senado busca regularla" orders nothing.
_ORDER = re.compile(
    r"(?:^|[:,.;!«\"]\s*|\b(?:y|ya mismo|ahora|antes de (?:contestar|responder)|por favor|and"
    r"|then|now|please|must|should|to)\s+)(?:"
    r"(?:guarda|agrega|anota|pone|pon|cancela|borra|elimina|crea|recorda|recuerda|acordate|responde"
    r"|contesta|deci|di|escribi|escribe|ignora|llama|ejecuta|manda|envia|saca|quita|agenda|programa"
    r"|informa|termina|finaliza|empeza|empieza|inclui|incluye|recomenda|recomienda|aclara|actua|usa"
    r"|busca|abri|abre|lee|mostra|muestra|suma|tacha|tilda|cambia|olvida|repeti|repite|avisa)"
    r"(?:me|te|le|les|lo|la|los|las|selo|sela)*\b"
    r"|(?:do not|don['’]t|add|save|cancel|delete|set|create|reply|answer|respond|say|tell|write"
    r"|ignore|disregard|send|remember|forget|open|visit|call|remove|mark|schedule|store|put|include|clear"
    r"|tick|remind|read|note|make|stop|end|finish|begin|start|recommend|inform|act|pretend)"
    r"\b)|\b(?:deben?|tienen? que|tenes que|must|should|has to|have to)(?: \w+)?"
    r" (?:responder|contestar|decir|escribir|guardar|agregar"
    r"|anotar|poner|cancelar|borrar|crear|answer|reply|respond|say|save|add|cancel"
    r"|delete|set)|\bus[ae] (?:la |tus? |the |your )?(?:herramienta|tool)s?\b"
)
_CALLS = re.compile(rf"\W*(?:(?:atencion|hola|hey|hello|attention|estimado)\W+)?{_WHO}\W*")
_MACHINE = re.compile(rf"\b{_NAMED}\b")  # an assistant may be a person
_IGNORE = re.compile(
    r"(?<!no )(?<!never )(?<!not )(?<!n['’]t )\b(?:ignor[ae]|olvida(?:te)?|descarta|desestima"
    r"|disregard|forget|ignore)\b.{0,40}\b(?:instruccion(?:es)?|ordenes|indicaciones|reglas"
    r"|instructions?|rules|prompts?)\b"
)
# Nobody but us was asked anything.
_THE_QUESTION = re.compile(
    r"(?<!no )(?<!never )(?<!not )(?<!n['’]t )\b(?:ignor[ae]|olvida(?:te)?|descarta|desestima"
    r"|disregard|forget|ignore)\b (?:de )?(?:lo que te (?:pidieron|preguntaron)"
    r"|(?:la|su) (?:pregunta|consulta) (?:del? )?(?:usuari[oa]|persona|cliente)"
    r"|what (?:you were|the user) asked|the user['’]?s? (?:question|request|message))\b"
)
_ALL_THAT_WENT_BEFORE = re.compile(
    r"\b(?:anterior(?:es)?|previ[ao]s?|previous|above|all|todas|tus|your|prior|earlier)\b"
)
# Who says so goes on with what it shall do instead.
_NO_MORE = re.compile(
    rf"(?:\bya no|^\W*no) (?:sos|eres) (?:una? )?{_WHO}(?: virtual| de ia)?\W*(?:$|[:;,!])"
    rf"|\byou(?:['’]re| are) (?:no longer|not) (?:an? )?{_WHO}\W*(?:$|[:;,!])"
)
_THEIR_OWN = re.compile(
    r"\b(?:tus|your|all (?:of )?(?:your )?(?:previous|prior)) (?:instruc|prompt|ordenes|rules"
    r"|reglas|previous|prior)|\b(?:instruccion(?:es)?|ordenes|indicaciones) (?:anteriores|previas)"
    r"|\b(?:previous|prior|above|all) (?:instructions?|prompts?)\b"
)
_FROM_NOW_ON = re.compile(
    r"\bde(?:sde)? ahora en (?:mas|adelante)\b,? (?:contesta|responde|deci)\b"
    r"|\bfrom now on,? (?:you\b|answer|reply|respond|say)"
)
_SENTENCE = re.compile(r"(?:[^.!?\n]|[.!?](?!\s|$))+(?:[.!?]+|$|(?=\n))")


def without_orders(text: str) -> str:
    """The text with `LEFT_OUT` for each such sentence; as it is where there is none."""
    gone: list[tuple[int, int]] = []
    spoken_to = False  # by the sentence before
    for found in _SENTENCE.finditer(text):
        said = fold(found[0]).strip()
        called = bool(_SPOKEN_TO.search(said) or _NO_MORE.search(said))
        orders = bool(_ORDER.search(said))
        resets = _IGNORE.search(said) and _ALL_THAT_WENT_BEFORE.search(said)
        directly = _TO_A_MACHINE.search(said) or _THE_QUESTION.search(said)
        is_gone = directly or (orders and (called or spoken_to))
        if is_gone or resets or _FROM_NOW_ON.search(said):
            gone.append(found.span())
        by_name = called and orders and _MACHINE.search(said)
        is_reset = resets and _THEIR_OWN.search(said)
        goes_on = directly or by_name or (spoken_to and orders)
        spoken_to = bool(goes_on or is_reset or _NO_MORE.search(said) or _CALLS.fullmatch(said))
    for start, end in reversed(gone):
        blank = len(text[start:end]) - len(text[start:end].lstrip())
        text = f"{text[: start + blank]}{LEFT_OUT}{text[end:]}"
    return text
