"""Replies of small models that answer nothing, seen in Qwen2.5 1.5B.

"Listo, lo recuerdo: …" once more, whatever is asked after it; "¡Claro! ¿Dónde vivo?" for "¿dónde
vivo?"; "¡Hola! ¿En qué puedo ayudarte?" for a question; "Mi número es [tu número]"; a name for a
neighbour of whom it was never told; the text of its own prompt. It is asked once more then, and
mostly knows better.
"""

import re
from collections.abc import Sequence

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage

from graph.frozen import own_words
from graph.receipts import RECEIPT
from graph.replies import bare
from graph.taint import NOT_DONE, OUTSIDE
from tools import facts
from tools.folding import fold

ANSWER_MIN = 15  # characters of a whole answer; a shorter one may fit several messages
RECITED_MIN = 15  # characters of a sentence; a shorter one may stand in a prompt by chance
RECITED_MOST = 0.5  # of an answer: an owner's prompt may tell the model what to say
ASKED_MIN = 2  # words that say something; a greeting may be answered with a greeting
_PLEASANT = (
    "claro hola entendido perfecto buenas buenos dias tardes noches todo bien andas queria querias"
    " queres quieres preguntar preguntas preguntaste saber sure hello hey okay good morning evening"
    " want asking asked know"
)
PLEASANT = frozenset(_PLEASANT.split())
_OFFER = (
    "puedo ayudarte ayudar asistirte servirte necesites necesitas necesitar algo aqui aca otra mas"
    " cualquier cosa help assist assistance anything else need free feel let know today there how"
)
OFFER = frozenset(_OFFER.split())
SENTENCE = re.compile(r"[.!?:\n]+")
BLANK = re.compile(r"\[[^\W\d_][^\]\[\n]{1,40}\](?!\()")  # "[tu número]", and no link
MINE = re.compile(r"\b(?:mi|mis|my)\b")
FACT = re.compile(  # nothing that could be worked out
    r"\b(?:como se llama|quien es|cuantos anos tiene|cuando cumple(?: anos)?|donde (?:vive|trabaja)"
    r"|what is the name of|what'?s the name of|who is|who'?s|how old is|where does) (?:mis?|my)\b"
)
NAME = re.compile(r"(?<=[\w,;)] )[A-ZÁÉÍÓÚÑ][\w'-]{2,}")  # not where a sentence begins
NUMBER = re.compile(r"\b\d[\d.,:/-]*")
YES_OR_NO = re.compile(r"\W*(?:si|no|yes)\b[^?]*")
SORRY = re.compile(
    r"\W*(?:(?:lo siento|perdon|disculpa\w*|(?:i'?m |i am )?sorry)\W+)?(?:(?:pero|but) )?"
    r"(?:no puedo ayudarte|i (?:cannot|can'?t|am unable to|'m unable to) (?:help|assist)(?: you)?)"
    r"(?: (?:con|with) (?:eso|esto|that|this))?\W*"
)


def is_no_answer(text: str, messages: Sequence[AnyMessage], *, prompts: str) -> bool:
    """Whether `text` leaves the newest message of the owner without an answer, as it seems.

    `prompts` is what a model is told in every talk.
    """
    said = _said(messages)
    return says_nothing(text, messages, prompts=prompts) or (
        len(bare(text)) >= ANSWER_MIN
        and (_is_echo(text, said) or _only_is_sorry(text, said) or _makes_up(text, said, messages))
    )


def says_nothing(text: str, messages: Sequence[AnyMessage], *, prompts: str) -> bool:
    """Whether it is none for certain: an honest sentence is better."""
    said = _said(messages)
    return len(bare(text)) >= ANSWER_MIN and bool(
        _answered_something_else(text, said, messages)
        or _only_offers(text, said)
        or _leaves_blanks(text, messages)
        or (FACT.search(fold(said)) and _makes_up(text, said, messages))
        or _recites(text, prompts)
    )


def result_in_hand(turn: Sequence[AnyMessage]) -> str:
    """What a tool found that only we write: as good as an answer where the model has none."""
    last = turn[-1] if turn else None
    if not isinstance(last, ToolMessage) or last.status != "success":
        return ""
    return "" if last.additional_kwargs.keys() & {OUTSIDE, RECEIPT, NOT_DONE} else last.text


def _said(messages: Sequence[AnyMessage]) -> str:
    return next((own_words(one) for one in reversed(messages) if isinstance(one, HumanMessage)), "")


def _is_echo(text: str, said: str) -> bool:
    says = facts.telling(text) - PLEASANT
    says_more = says & facts.unsaid(text, said) or YES_OR_NO.fullmatch(fold(text))
    return bool(says) and not says_more


def _answered_something_else(text: str, said: str, messages: Sequence[AnyMessage]) -> bool:
    """Word for word what another message got."""
    asked, got = "", set[str]()
    for message in messages:
        if isinstance(message, HumanMessage):
            asked = bare(own_words(message))
        elif isinstance(message, AIMessage) and bare(message.text) == bare(text):
            got.add(asked)
    return bool(got - {bare(said)})


def _only_offers(text: str, said: str) -> bool:
    says = facts.telling(text)
    offers = bool(says & OFFER) and not says - PLEASANT - OFFER
    return offers and len(facts.telling(said) - PLEASANT) >= ASKED_MIN


def _only_is_sorry(text: str, said: str) -> bool:
    return "?" in said and bool(SORRY.fullmatch(fold(text)))


def _leaves_blanks(text: str, messages: Sequence[AnyMessage]) -> bool:
    blanks = BLANK.findall(text)
    return bool(blanks) and not any(blanks[0] in message.text for message in messages)


def _makes_up(text: str, said: str, messages: Sequence[AnyMessage]) -> bool:
    """Whether a question about the owner's own things gets names or numbers from nowhere."""
    if "?" not in said or not MINE.search(fold(said)):
        return False
    named = NAME.findall(text)
    if not NUMBER.search(said):  # what is worked out from a number is no invention
        named += NUMBER.findall(text)
    known = facts.says(" ".join(message.text for message in messages))
    return bool(named) and not facts.says(" ".join(named)) & known


def _recites(text: str, prompts: str) -> bool:
    sentences = [bare(one) for one in SENTENCE.split(fold(text))]
    told = bare(fold(prompts))
    recited = sum(len(one) for one in sentences if len(one) >= RECITED_MIN and one in told)
    return recited > RECITED_MOST * sum(map(len, sentences))
