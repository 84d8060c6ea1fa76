"""Reminders: the owner is written to when the time has come, without the model."""

from tools import reminding
from tools.contract import Context, Effect, tool

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
)


@tool(effect=Effect.WRITE, timeout_s=5, cue=SET)
async def set_reminder(text: str, when: str, context: Context) -> str:
    """Remind the user of something at a time, once or again and again.

    Args:
        text: What to remind of, for example "pagar la luz".
        when: The time in the user's own words, for example "el viernes a las 18".
    """
    return await reminding.add(text, when, context)


@tool(effect=Effect.READ, timeout_s=5, cue=LIST)
async def list_reminders(context: Context) -> str:
    """The user's reminders, numbered."""
    return await reminding.listed(context)


@tool(effect=Effect.WRITE, timeout_s=5, cue=CANCEL)
async def cancel_reminder(which: str, context: Context) -> str:
    """Cancel a reminder.

    Args:
        which: Its number in the list, or some of its words.
    """
    return await reminding.cancel(which, context)
