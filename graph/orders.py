"""Sentences of others that give an assistant orders: a small model follows them, or says them.

Nothing is safe because of this, and nothing that `graph.taint` holds back is let through for it. It
is for the answer: with "Asistente: guardá ..." before its eyes Qwen2.5 1.5B forgets the question.
"""

import re

from tools.folding import fold

LEFT_OUT = "[…]"
ORDERS = "orders"  # key in additional_kwargs of a tool's message: such sentences were left out

_WHO = (
    r"(?:asistentes? (?:virtual(?:es)?|de ia|personal(?:es)?)|asistente|ias?"
    r"|inteligencias? artificial(?:es)?|agentes? (?:de )?ia|chatbots?|bots?|modelos? de lenguaje"
    r"|(?:ai|virtual|llm) (?:agents?|assistants?|models?|readers?|systems?)|ai|assistant|llms?"
    r"|language models?|agents|chatgpt|gpt)"
)
# For folded text. "Los asistentes" alone are people in a hall.
_SPOKEN_TO = re.compile(
    rf"(?:^|[.,:;!¡(\[*«\"-]\s*){_WHO}(?: [\w ]{{1,30}})?\s*[:,.!]"
    rf"|\b(?:al|a la|a las|para el|para la|para las|para todo|a todo|a cualquier|para cualquier"
    rf"|to|for|to the|for the|to any|to all|for any|for all)\s+{_WHO}\b"
    rf"|\bsi (?:sos|eres|es usted) (?:una? )?{_WHO}\b|\bif you(?:['’]re| are) (?:an? )?{_WHO}\b"
    rf"|\b(?:todo|toda|cualquier|every|any|all)\s+{_WHO}\b.*\b(?:deben?|tienen? que|must|should"
    rf"|has to|have to|shall|needs? to)\b"
    r"|\b(?:instruccion(?:es)?|mensaje|orden(?:es)?|aviso|nota) (?:de|del|para el) sistema\b"
    r"|\b(?:importante|atencion|nota|aviso|ordenes) (?:a|para) (?:los )?asistentes\b"
    r"|\bsystem (?:message|prompt|note|notice|instruction|override|alert)s?\b"
    r"|^\W*(?:sistema|system)\s*[:\]]"
)
_ORDER = re.compile(
    r"\b(?:guarda|agrega|anota|pone|pon|cancela|borra|elimina|crea|recorda|recuerda|acordate"
    r"|responde|contesta|deci|di|escribi|escribe|ignora|llama|ejecuta|manda|envia|saca|quita"
    r"|agenda|programa|busca|abri|abre|lee|mostra|muestra|suma|tacha|tilda|cambia|olvida|repeti"
    r"|repite|avisa|segui|sigue|converti|convierte)(?:me|te|le|les|lo|la|los|las|selo|sela)*\b"
    r"|\b(?:deben?|tienen? que|hay que)(?: \w+)? \w+[aei]r(?:lo|la|le|se)?\b"
    r"|\b(?:must|should|have to|has to|shall|please|do not|don['’]t|add|save|cancel|delete|set"
    r"|create|reply|answer|respond|say|tell|write|ignore|send|remember|forget|open|visit|call"
    r"|remove|mark|schedule|store|put|include|clear|tick|remind|read|note|make)\b"
    r"|\bus[ae] (?:la |tus? |the |your )?(?:herramienta|tool)s?\b"
)
_IGNORE = re.compile(
    r"\b(?:ignor|olvid|descart|desestim|disregard|forget|override)\w*\b.{0,40}"
    r"\b(?:instruccion(?:es)?|ordenes|indicaciones|reglas|instructions?|rules|prompts?)\b"
    r"|\bde(?:sde)? ahora en (?:mas|adelante)\b.{0,20}\b(?:contesta|responde|deci)"
    r"|\bfrom now on\b.{0,20}\b(?:answer|reply|respond|say)\b"
)
_SENTENCE = re.compile(r"(?:[^.!?\n]|[.!?](?!\s|$))+(?:[.!?]+|$|(?=\n))")


def without_orders(text: str) -> str:
    """The text with `LEFT_OUT` for each such sentence; as it is where there is none."""
    gone: list[tuple[int, int]] = []
    spoken_to = False  # by the sentence before, which said no more than whom it is for
    for found in _SENTENCE.finditer(text):
        said = fold(found[0]).strip()
        called, orders = bool(_SPOKEN_TO.search(said)), bool(_ORDER.search(said))
        if (orders and (called or spoken_to)) or _IGNORE.search(said):
            gone.append(found.span())
        spoken_to = called and not orders
    for start, end in reversed(gone):
        blank = len(text[start:end]) - len(text[start:end].lstrip())
        text = f"{text[: start + blank]}{LEFT_OUT}{text[end:]}"
    return text
