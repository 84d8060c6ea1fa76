"""Reminders: the owner is written to when the time has come, without the model."""

import re
from typing import Any

from tools import facts, reminding
from tools.choosing import EMPTY
from tools.contract import Context, Effect, tool
from tools.folding import fold
from tools.when import WhenError, split

SET = (
    r"\b(?:recordame|recordarme|recuerdame|haceme acordar|acordame|avisame|avisarme|remind me"
    r"|me (?:recordas|recuerdas|avisas)(?! (?:que|cual|como|cuando|donde|quien))"
    r"|me (?:haces|podes hacer|puedes hacer) acordar|hacerme acordar|me podes (?:recordar|avisar)"
    r"|(?:pone|hace|set|create|make)(?:me)? (?:un|a) (?:recordatorio|aviso|reminder)"
    r"|(?:ping|nudge|alert) me (?:in|at|on|tomorrow|when)|(?:don't|dont) let me forget"
    r"|que no (?:me olvide|se me olvide|se me pase))\b"
)
LIST = (
    r"\b(?:que|cuales|mostra(?:me)?|decime|ver|list\w*|what|which|show)\b.*"
    r" (?:recordatorios|reminders)\b"
    r"|\b(?:tengo|hay) (?:algun|algunos|que)? ?(?:recordatorio|aviso)s?\b"
    r"|\b(?:que|todo lo que)(?: me)? (?:tenes|tienes) que (?:avisarme|recordarme|avisar|recordar)\b"
)
CANCEL = (
    r"\b(?:cancel|borr|elimin|sac|quit|delete|remove)\w*\b.*"
    r" (?:recordatorio|reminder|aviso)s?\b"
    r"|\bcancel(?:a|ame|ar)? (?:el|la|the) (?:del?\b|numero \d|number \d|\d|(?:primer|segund|tercer"
    r"|ultim)[oa]?\b|(?:first|second|third|last)\b)"
    r"|\b(?:ya )?no (?:hace falta|es necesario) que me (?:avises|recuerdes|hagas acordar)\b"
)
# "el recordatorio de la pastilla", "el de la luz", "no me hagas acordar de regar"
_ABOUT = re.compile(
    r"\b(?:recordatorios?|avisos?|acordar|reminders?|el(?= del? ))"
    r"(?: de(?:l| la| los| las)?| sobre| about| for| to) (?P<what>.+?)"
    r"(?:,? (?:por favor|please))?(?:[,.;!?]|$)",
    re.IGNORECASE,
)


_WORD = re.compile(r"\w+")
_NO_NAME = re.compile(r"(?:\d|hoy|manana|ayer|es[aeo]\b|est[aeo]\b|today|tomorrow|that|this|it\b)")


def meant(arguments: dict[str, Any], own_words: str, language: str) -> dict[str, Any]:
    """What and when as the owner said it, where the model made up a part: Qwen2.5 1.5B takes the
    first reminder of a talk for all that follow, or leaves the hour in the text."""
    try:
        request = split(own_words, language)
    except WhenError:
        return arguments
    text, when = str(arguments.get("text", "")), str(arguments.get("when", ""))
    if not request.phrase or not (request.asked or re.search(SET, fold(own_words))):
        return arguments
    if f" {fold(when)} " not in f" {fold(own_words)} " or fold(when) in fold(request.phrase):
        when = request.phrase
    # Where the request does not begin the sentence, what it is about may stand before it: "puse la
    # torta en el horno, avisame en 40 minutos" is best told by the model.
    told = request.asked and request.text
    if told and (facts.unsaid(text, own_words) or fold(when) in fold(text)):
        text = request.text
    return {**arguments, "text": text, "when": when}


def meant_by_name(arguments: dict[str, Any], own_words: str, language: str) -> dict[str, Any]:
    """The one that the owner named: Qwen2.5 1.5B cancels "el recordatorio"."""
    which, about = fold(str(arguments.get("which", ""))), _ABOUT.search(own_words)
    if not about:
        return arguments
    words, named = set(which.split()) - EMPTY, fold(about["what"])
    # Words of the model's own it may have from the list; of the owner's it may have the wrong ones.
    is_copied = words <= set(_WORD.findall(fold(own_words)))
    if words and (not is_copied or words & set(_WORD.findall(named)) or _NO_NAME.match(named)):
        return arguments
    return {**arguments, "which": about["what"]}


@tool(effect=Effect.WRITE, timeout_s=5, cue=SET, meant=meant)
async def set_reminder(text: str, when: str, context: Context) -> str:
    """Remind the user of something at a time, once or again and again.

    Args:
        text: What to remind of, as in the message, without the time.
        when: Day and hour, word for word as in the message.
    """
    return await reminding.add(text, when, context)


@tool(effect=Effect.READ, timeout_s=5, cue=LIST, whole=True)
async def list_reminders(context: Context) -> str:
    """The user's reminders, numbered."""
    return await reminding.listed(context)


@tool(effect=Effect.WRITE, timeout_s=5, cue=CANCEL, meant=meant_by_name)
async def cancel_reminder(which: str, context: Context) -> str:
    """Cancel a reminder.

    Args:
        which: What it is about, as in the message, or its number.
    """
    return await reminding.cancel(which, context)
