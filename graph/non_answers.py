"""Replies of small models that answer nothing, seen in Qwen2.5 1.5B.

"Listo, lo recuerdo: …" once more, whatever is asked after it; "¡Claro! ¿Dónde vivo?" for "¿dónde
vivo?"; "¡Hola! ¿En qué puedo ayudarte?" for a question; "Mi número es [tu número]"; a name for a
neighbour of whom it was never told; the text of its own prompt. It is asked once more then, and
mostly knows better.
"""

import re
from collections.abc import Iterable, Sequence

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage

from graph.claim_words import DENIAL
from graph.failures import admits, failed
from graph.frames import contents, framed, heads
from graph.frozen import NOTE, own_part, own_words, recalled
from graph.orders import ORDERS
from graph.own_facts import asks_own, to_the_point, told
from graph.receipts import RECEIPT
from graph.replies import bare
from graph.requests import is_for_an_explanation, is_own_fact, only_tells
from graph.shrinking import cut_short
from graph.sources import NOT_THERE, passages_of
from graph.straying import strays
from graph.taint import NOT_DONE, OUTSIDE, STUB
from graph.window import this_turn
from tools import facts
from tools.folding import fold
from tools.when import english_words as english
from tools.when import spanish_words as spanish

ANSWER_MIN = 15  # characters of a whole answer; a shorter one may fit several messages
RECITED_MIN = 15  # characters of a sentence; a shorter one may stand in a prompt by chance
RECITED_MOST = 0.5  # of an answer: an owner's prompt may tell the model what to say
NEAREST = 2  # memories that are said by code
ASKED_MIN = 2  # words that say something; a greeting may be answered with a greeting
_PLEASANT = (
    "claro hola entendido perfecto buenas buenos dias tardes noches todo bien andas queria querias"
    " queres quieres preguntar preguntarte preguntas preguntaste saber supuesto aqui respuesta"
    " espero"
    " util entiendo ahora gracias muchas nada consulta duda hacer estas ahi listo ayuda ayudame"
    " understood now thanks sure hello hey okay good morning evening want asking asked know"
)
PLEASANT = frozenset(_PLEASANT.split())
_OFFER = (
    "puedo ayudarte ayudar asistirte servirte necesites necesitas necesitar algo aqui aca otra mas"
    " cualquier cosa help assist assistance anything else need free feel let know today there how"
)
OFFER = frozenset(_OFFER.split())
SENTENCE = re.compile(r"[.!?:\n]+")
BLANK = re.compile(r"(?<!\w)\[[^\W\d_][^\]\[\n]{1,40}\](?!\()")  # "[tu número]", and no link
NAME = re.compile(r"(?<=[\w,;)] )[A-ZÁÉÍÓÚÑ][\w'-]{2,}")  # not where a sentence begins
NUMBER = re.compile(r"\b\d[\d.,:/-]*")
YES_OR_NO = re.compile(r"\W*(?:si|no|yes)\b[^?]*")
SORRY = re.compile(
    r"\W*(?:(?:lo siento|perdon|disculpa\w*|(?:i'?m |i am )?sorry)\W+)?(?:(?:pero|but) )?"
    r"(?:no puedo (?:ayudar|asistir)(?:te)?"
    r"|i (?:cannot|can'?t|am unable to|'m unable to) (?:help|assist)(?: you)?)"
    r"(?: (?:con|with) (?:(?:eso|esto|that|this)(?: \w+)?|(?:tu|your) \w+))?\W*"
)

CANNOT = re.compile(  # of no use where a tool has just found it
    r"\W*(?:lo siento|perdon|disculpa\w*|(?:i'?m |i am )?sorry)\W+(?:(?:pero|but) )?"
    r"(?:no puedo|i (?:cannot|can'?t|am unable|'m unable))"
)
CANNOT_SEE = re.compile(
    r"\bno (?:puedo|tengo)\b.{0,40}\b(?:imagen|foto|captura|archivo|documento|pdf|texto)"
    r"|\b(?:can'?t|cannot|unable to)\b.{0,40}\b(?:image|picture|photo|screenshot|file|document"
    r"|pdf|text)"
)
ERROR = re.compile(  # "Lo siento por el error anterior": there was none
    r"\W*(?:lo siento|perdon|disculp\w+|(?:i'?m |i )?(?:sorry|apologi[sz]e))(?: for| por)?"
    r" (?:el|la|los|any|the) (?:error|confusion|inconveniente|molestia|malentendido"
    r"|misunderstanding)"
)
SELF = re.compile(
    r"\basistente (?:personal|virtual)|\b(?:personal|virtual) assistant"
    r"|\b(?:soy|como|i am|i'?m|as) (?:un|una|an?) (?:asistente|modelo de lenguaje"
    r"|inteligencia artificial|ai\b|language model)|^\W*(?:soy|como) asistente\b"
)
DO_YOU_REMEMBER = re.compile(  # not about us
    r"\W*(?:y |che |vos )*(?:(?:te )?acord(?:as|ate)|te acuerdas|recordas|recuerdas"
    r"|(?:que |donde |como )?te (?:dije|conte)|do you remember)\b"
)
TO_US = re.compile(
    r"\b(?:vos|sos|eres|tu|tus|te|podes|puedes|you|your|asistente|assistant|ia|ai)\b"
)
WHICH = re.compile(
    r"\b(?:de que|que (?:te )?(?:dije|conte)|quien(?:es)?|como se llama\w*|cual(?:es)?|donde"
    r"|que (?:dias?|numero|talle|nombre|direccion|marca|color|modelo|fecha|tamano)"
    r"|cuando|a que hora|cuant[oa]s?"
    r"|who|whose|which|where|when|what(?:'?s| is| are)?)\b"
)
ASKS_BACK = re.compile(
    r"\?\W*$|\b(?:proporcion\w+|mas (?:detalles|informacion)|more (?:details|information))\b"
)
I_AM_IN_IT = re.compile(r"\b(?:yo|mis?|me|conozco|tengo|uso|i|i'?m|my)\b")
ASKS_VALUE = re.compile(
    r"\b(?:que hora|horarios?|opening hours|que dias?|que fecha|cuant[oa]s?"
    r"|cuando(?! (?:puedas|quieras|termin\w+))"
    r"|how (?:much|many|long)|what time|(?:what|which) day|when)\b"
)
_NAMES = {
    *(spanish.PLURALS | spanish.MONTHS | spanish.PARTS | spanish.NUMBERS),
    *(english.WEEKDAYS | english.MONTHS | english.NUMBERS),
} - {"un", "uno", "una", "a", "an"}  # articles, too
VALUE = re.compile(
    rf"\d|\b(?:{'|'.join(sorted(_NAMES))}|la una|hoy|mediados|gratis|siempre|nunca|todos los dias"
    r"|today|tomorrow|noon|midnight|free|daily|never|every day)s?\b"
)
CURT = re.compile(
    r"\W*(?:listo|hecho|ok|okay|dale|claro|perfecto|entendido|guardado|done|sure|got it|ready)\W*"
)
AN_ORDER = re.compile(r"\b(?:ordenes|instruccion(?:es)?|orders|instructions?|commands?)\b")
NEVER_TOLD = re.compile(r"\b(?:nunca|jamas|todavia|never|yet)\b")
TO_TRANSLATE = re.compile(
    r"\b(?:traduc\w+|como (?:se )?(?:dice|digo)|translat\w+|how (?:do|would) (?:you|u|i) say)\b"
)
AGAIN = re.compile(r"\b(?:otra vez|de nuevo|repet\w+|como\?|again|repeat)")
A_CHOICE = re.compile(r" (?:o|u|or) |:\s*\w|\W*(?:es verdad|verdadero|true)\b")
A_TEXT = re.compile(
    r"\b(?:carta|mail|email|correo|mensaje|modelo|plantilla|cv|curriculum|texto|recibo|contrato"
    r"|invitacion|letter|template|message|text|sms|note|draft|funcion|codigo|programa|python|script)\b"
)
OF_WHOM = re.compile(r"\b(?:(?:de|a|con) quien|whose)\b")
STEM = 5  # letters, for "sábado" and "sábados"
EXCERPT_MAX = 400  # characters of an outside text that are said by code


def is_no_answer(text: str, messages: Sequence[AnyMessage], *, prompts: str) -> bool:
    """Whether `text` leaves the newest message of the owner without an answer, as it seems.

    `prompts` is what a model is told in every talk.
    """
    said = _said(messages)
    if TO_TRANSLATE.search(fold(said)) and bare(text) in bare(said):
        return True
    return says_nothing(text, messages, prompts=prompts) or (
        len(bare(text)) >= ANSWER_MIN
        and (
            _is_echo(text, said)
            or _talks_of_itself(text, said)
            or _passes_over_what_is_known(text, said, messages)
            or passes_over_what_is_left(text, messages)
        )
    )


def says_nothing(text: str, messages: Sequence[AnyMessage], *, prompts: str) -> bool:
    """Whether it is none for certain: an honest sentence is better."""
    said = _said(messages)
    if asks_own(said) and _makes_up(text, said, messages):
        return True
    if shown(messages) and (CANNOT_SEE.search(fold(text)) or _was_said(text, messages)):
        return True
    if strays(text, said, this_turn(messages), _known(messages)):
        return True
    left = _left(messages)
    if _is_curt(text, messages) or (left and _talks_of_orders(text, said, left)):
        return True
    return len(bare(text)) >= ANSWER_MIN and bool(
        _answered_something_else(text, said, messages)
        or _only_offers(text, said)
        or _leaves_blanks(text, said, messages)
        or _recites(text, prompts)
        or _only_is_sorry(text, said, messages)
        or _knows_from_nowhere(text, said, messages)
        or _passes_over_what_was_found(text, said, messages)
        or (failed(this_turn(messages)) and not admits(text))
        or _passes_over_our_result(text, said, this_turn(messages))
        or (what_is_known(messages) and _passes_over_what_is_known(text, said, messages))
    )


def passes_over_what_is_left(text: str, messages: Sequence[AnyMessage]) -> bool:
    """Whether a text was read, orders were left out of it, and not a word of the rest is said.

    That of a page in another language may be an answer all the same.
    """
    left = _left(messages)
    shared = _stems(facts.unsaid(left, _said(messages))) & _stems(facts.says(text))
    return bool(left) and not shared and not NOT_THERE.search(fold(text))


def passed_over(text: str, messages: Sequence[AnyMessage]) -> list[str]:
    """The memories nearest to a question, where a reply asks for more instead of using them."""
    passes = _passes_over_what_is_known(text, _said(messages), messages)
    is_for_more = ASKS_BACK.search(fold(text))
    return recalled(_newest(messages))[:NEAREST] if passes and is_for_more else []


def result_in_hand(turn: Sequence[AnyMessage]) -> str:
    """What a tool found that only we write: as good as an answer where the model has none."""
    last = turn[-1] if turn else None
    if not isinstance(last, ToolMessage) or last.status != "success":
        return ""
    return "" if last.additional_kwargs.keys() & {OUTSIDE, RECEIPT, NOT_DONE} else last.text


def shown(messages: Sequence[AnyMessage]) -> str:
    """What came with the owner's message: what a picture shows, how a document begins."""
    return framed(_newest(messages).text)


def excerpt_in_hand(messages: Sequence[AnyMessage]) -> str:
    """How what others wrote begins, where it has just been read; "" where nothing was."""
    texts = [framed(one.text) for one in _found(this_turn(messages))]
    text = texts[-1] if texts else shown(messages)
    return cut_short(text, EXCERPT_MAX)


def what_is_known(messages: Sequence[AnyMessage]) -> list[str]:
    """What the owner told, in the note to a question whether we remember it; to a question of whom
    something is, what has a word of it."""
    newest = _newest(messages)
    said = own_words(newest)
    folded = fold(said)
    if "?" in said and DO_YOU_REMEMBER.match(folded):
        return recalled(newest)
    if asks_own(said) and (pointed := to_the_point(said, recalled(newest))):
        return pointed
    if "?" not in said or not OF_WHOM.search(folded):
        return []
    words = facts.telling(said)
    return [one for one in recalled(newest) if words - facts.unsaid(said, one)]


def _newest(messages: Sequence[AnyMessage]) -> AnyMessage:
    humans = (one for one in reversed(messages) if isinstance(one, HumanMessage))
    return next(humans, HumanMessage(""))


def _said(messages: Sequence[AnyMessage]) -> str:
    return own_part(_newest(messages))


def _known(messages: Sequence[AnyMessage]) -> str:
    """What came with the newest message and is remembered for it, the day, and what tools found
    that are no search in documents."""
    newest, turn = _newest(messages), this_turn(messages)
    note = newest.additional_kwargs.get(NOTE, {})
    came = [*heads(newest.text), *contents(newest.text), *recalled(newest)]
    results = [one.text for one in turn if isinstance(one, ToolMessage) and not passages_of([one])]
    return " ".join([*came, str(note.get("day", "")), str(note.get("time", "")), *results])


def _is_echo(text: str, said: str) -> bool:
    says = facts.telling(text) - PLEASANT
    says_more = says & facts.unsaid(text, said) or YES_OR_NO.fullmatch(fold(text))
    says_more = says_more or NOT_THERE.search(fold(text))
    return bool(says) and not says_more and not A_CHOICE.search(fold(said))


def _answered_something_else(text: str, said: str, messages: Sequence[AnyMessage]) -> bool:
    """Word for word what another message got, and not a word to this one."""
    asks = facts.telling(said) - PLEASANT
    if not asks or AGAIN.search(fold(said)) or _denies(text) or asks - facts.unsaid(said, text):
        return False
    asked, got = "", set[str]()
    for message in messages:
        if isinstance(message, HumanMessage):
            asked = bare(own_words(message))
        elif isinstance(message, AIMessage) and bare(message.text) == bare(text):
            got.add(asked)
    return bool(got - {bare(said)})


def _was_said(text: str, messages: Sequence[AnyMessage]) -> bool:
    """Whether an earlier message was answered with just this."""
    return any(isinstance(one, AIMessage) and bare(one.text) == bare(text) for one in messages)


def _only_offers(text: str, said: str) -> bool:
    says = facts.telling(text)
    offers = bool(says & OFFER) and not says - PLEASANT - OFFER
    return offers and len(facts.telling(said) - PLEASANT - OFFER) >= ASKED_MIN


def _only_is_sorry(text: str, said: str, messages: Sequence[AnyMessage]) -> bool:
    if ERROR.match(fold(text)):
        return True
    if _found(this_turn(messages)) and CANNOT.match(fold(text)):
        return not VALUE.search(fold(text))
    asked = "?" in said or only_tells(said) or failed(this_turn(messages))
    is_text = is_for_an_explanation(said) or A_TEXT.search(fold(said))
    return bool((asked or is_text) and SORRY.fullmatch(fold(text)))


def _talks_of_itself(text: str, said: str) -> bool:
    asks = len(facts.telling(said) - PLEASANT) >= ASKED_MIN
    to_us = TO_US.search(DO_YOU_REMEMBER.sub("", fold(said), count=1))
    return asks and bool(SELF.search(fold(text))) and not to_us


def _passes_over_what_is_known(text: str, said: str, messages: Sequence[AnyMessage]) -> bool:
    """Whether the note has what may be the answer, and not a word of it is said."""
    if this_turn(messages):  # what a tool found may be the answer
        return False
    known = what_is_known(messages)
    asks = WHICH.search(fold(said)) or text.rstrip().endswith("?")  # "¿Qué te gusta?", back
    if not known and "?" in said and asks and I_AM_IN_IT.search(fold(said)):
        known = recalled(_newest(messages))
    words = facts.unsaid(" ".join(known), said)
    says_no = _denies(text) and not SELF.search(fold(text)) and not asks_own(said)
    return bool(words) and not words & facts.says(text) and not says_no


def _passes_over_what_was_found(text: str, said: str, messages: Sequence[AnyMessage]) -> bool:
    """Whether a number or a day was asked for and found, and none is said."""
    found = " ".join(framed(one.text) for one in _found(this_turn(messages)))
    asks = ASKS_VALUE.search(fold(said)) and VALUE.search(fold(found))
    return bool(asks) and not VALUE.search(fold(text)) and not NOT_THERE.search(fold(text))


def _is_curt(text: str, messages: Sequence[AnyMessage]) -> bool:
    """Whether a text of others was read, and "Done." is all that is said of it."""
    return bool(CURT.fullmatch(fold(text)) and _found(this_turn(messages)))


def _talks_of_orders(text: str, said: str, left: str) -> bool:
    """Whether an answer is about the orders that were left out of what was read."""
    return bool(AN_ORDER.search(fold(text)) and not AN_ORDER.search(fold(f"{left} {said}")))


def _left(messages: Sequence[AnyMessage]) -> str:
    """What was read without the orders in it; "" where there were none."""
    found = _found(this_turn(messages))
    return " ".join(framed(one.text) for one in found if ORDERS in one.additional_kwargs)


def _stems(words: Iterable[str]) -> set[str]:
    return {word[:STEM] for word in words}


def _passes_over_our_result(text: str, said: str, turn: Sequence[AnyMessage]) -> bool:
    """Whether a list, a sum or a time is there, and not a word or a number of it is said."""
    result = facts.says(result_in_hand(turn))
    says_no = _denies(text) and facts.telling(said) - facts.unsaid(said, text)  # "no hay leche"
    return bool(result) and not result & facts.says(text) and not says_no


def _found(turn: Sequence[AnyMessage]) -> list[ToolMessage]:
    """What tools of this turn have read of others."""
    results = [one for one in turn if isinstance(one, ToolMessage) and one.status == "success"]
    return [one for one in results if one.additional_kwargs.get(OUTSIDE, STUB) != STUB]


def _leaves_blanks(text: str, said: str, messages: Sequence[AnyMessage]) -> bool:
    is_text = is_for_an_explanation(said) or A_TEXT.search(fold(said))  # a letter has some
    blanks = [] if is_text else BLANK.findall(text)
    return bool(blanks) and not any(blanks[0] in message.text for message in messages)


def _makes_up(text: str, said: str, messages: Sequence[AnyMessage]) -> bool:
    """Whether a question about the owner's own things gets names or numbers from nowhere."""
    named = NAME.findall(text)
    if not NUMBER.search(said):  # what is worked out from a number is no invention
        named += NUMBER.findall(text)
    said_before = told(messages)
    near = [] if this_turn(messages) else to_the_point(said, said_before)
    known = facts.says(" ".join(near or said_before))
    return bool(named) and not facts.says(" ".join(named)) & known


def _knows_from_nowhere(text: str, said: str, messages: Sequence[AnyMessage]) -> bool:
    """Whether a fact of the owner's life is not denied, and not a word of it was ever told."""
    if not is_own_fact(said) or this_turn(messages) or _denies(text):
        return False
    return not facts.unsaid(text, said) & facts.says(" ".join(told(messages)))


def _denies(text: str) -> bool:
    return bool(DENIAL.search(text.lower()) or NEVER_TOLD.search(fold(text)))


def _recites(text: str, prompts: str) -> bool:
    sentences = [bare(one) for one in SENTENCE.split(fold(text))]
    ours = bare(fold(prompts))
    recited = sum(len(one) for one in sentences if len(one) >= RECITED_MIN and one in ours)
    return recited > RECITED_MOST * sum(map(len, sentences))
