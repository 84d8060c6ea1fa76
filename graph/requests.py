"""What a message of the owner's asks for, read off its words: no model call.

Two degrees. `asks` is wide: an order of any kind. `wants` is sure: something is to be kept, or
changed among what is kept.
"""

import re

from tools import facts
from tools.folding import fold


def asks(said: str) -> bool:
    """Whether a message asks for something to be kept, changed or done."""
    return bool(_ASKS.search(fold(said))) and not _only_wonders(said)


def wants(said: str) -> bool:
    """Whether it plainly asks for something to be kept."""
    return bool(_WANTS.search(fold(said))) and not _only_wonders(said)


def only_points(said: str) -> bool:
    """Whether it asks for something that it does not name: "anotá eso", "do it"."""
    rest = _ASKS.sub(" ", fold(said))
    return rest != fold(said) and not facts.telling(_POINTERS.sub(" ", rest))


def orders_an_act(said: str) -> bool:
    """Whether it begins with an order to do something out in the world: to call, buy, pay, play."""
    return bool(_ACT.match(fold(said)))


def is_own_fact(said: str) -> bool:
    """Whether it asks for a fact of the owner's own life, which nobody can work out."""
    return bool(_OWN_FACT.search(fold(said)))


def only_tells(said: str) -> bool:
    """Whether it tells something, and neither asks nor orders anything."""
    return "?" not in said and not asks(said) and not _ORDER_TO_US.match(fold(said))


def is_for_an_explanation(said: str) -> bool:
    """Whether it is answered with an explanation, or with a text for the owner to use."""
    return bool(_EXPLAINED.match(fold(said)))


def _only_wonders(said: str) -> bool:
    return bool(_WONDERS.match(fold(said))) or is_for_an_explanation(said)


# All of it for folded text, so without accents.
_END = r"(?:a|e|i|as|es|ar|er|ir|en)?(?:me|te|se|lo|la|los|las|le|les|nos)*\b"
_ASKS = re.compile(
    r"\b(?:record|recuerd)(?:a|e|as|es|ar)?me(?:lo|la)?\b(?! (?:a )?(?:como|cual|cuant|donde"
    r"|quien))"
    r"|\bme (?:\w+ )?(?:recordar|recordas|recuerdas|recuerdes|recordes)\b"
    rf"|\b(?!\w+aste\b)(?:acord|acuerd|avis|anot|guard|agend|apunt|registr|program|reprogram"
    rf"|agreg|agregu|anad"
    rf"|cancel|borr|elimin|tach|tild|marc|memoriz|despert|despiert|pospon|pon|pong|sac|saqu|quit"
    rf"|sum|cambi|mov|muev|pas|cre|mand|envi|reserv|llam|compr|pag|crea){_END}"
    r"|\b(?:hace|haz|haga)(?:me|le)? un|\btom\w{1,4} nota\b|\bno te olvides|\bque sepas\b"
    r"|\bten(?:e|ga|gas)? en cuenta\b|\bno te vayas a olvidar\b"
    r"|\b(?:remind|remember|note|save|add|set|schedule|book|jot|write (?:it |this |that )?down|put"
    r"|keep in mind|(?:don't|let me) forget|cancel|delete|remove|move|change|mark|tick|cross"
    r"|create|make|log|flag"
    r"|store|notify|wake|keep (?:this|that|it|my|track)|tell me (?:in|at|when|tomorrow)"
    r"|let me know|snooze|text|send|email|order)\b"
)
_POINTERS = re.compile(
    r"\b(?:eso|esos|esas?|esto|estos|estas?|ese|este|todo|todas|lista|notas?|recordatorios?"
    r"|that|this|these|those|it|them|all|down|list|notes?|reminders?)\b"
)
# The same, beyond doubt: as an order, and for what the house keeps.
_FACT = (
    r"(?! (?:a )?(?:como|cual|cuant|donde|quien|que (?:es|era|son|dia|hora|significa|tengo|hay)))"
)
_WANTS = re.compile(
    r"(?:^\W*|[.,;:!?]\s*|\b(?:y|che|porfa|por favor|me|podes|podrias|puedes|podria|hola|dale"
    r"|que)\s+"
    r"(?:me )?)(?:(?:record|recuerd)(?:a|e|es|as|ar)?me(?:lo|la)?\b|recordar\b|recuerdes\b"
    rf"|(?:acord|acuerd)a(?:te|me)\b|avisa(?:me|rme)\b|agend(?:a|as|ar|es)(?:me|lo|la|melo)?\b|anota(?:me|lo|la|melo|r)?\b"
    r"|apunta(?:me|lo|la|r)?\b|guarda(?:me|lo|la|r)?\b(?! silencio)|registra(?:lo|la|r)?\b"
    r"|no te olvides (?:de )?que|tene en cuenta que|ten en cuenta que|que sepas que"
    r"|me (?:recordas|recuerdas|avisas|anotas|agendas|guardas|despertas|despiertas)\b"
    r"|(?:cancel|borr|elimin|sac|quit|tach|tild|agreg|sum|anad|pon|pas|cambi|mov|renombr)\w*\b.*"
    r" (?:recordatorio|alarma|nota|lista|aviso|turno|timer|temporizador|agenda|calendario)"
    rf"|despiertame\b|despertame\b|(?:hace|pone|pon)me (?:un|una) (?:recordatorio|aviso"
    rf"|alarma)){_FACT}"
    r"|(?:^\W*|[.,;:!?]\s*|\b(?:please|and|can you|could you|would you|want you to|need you to)\s+)"
    r"(?:remind me (?!what|how|who|where|which|why)|remember (?:that|my|this|i|we|to)\b"
    r"|(?:note|jot)(?: (?:that|this|down|it)|:)|save (?:this|that|it|my)\b|keep in mind that"
    r"|don't forget (?:that|to|the)|wake me\b|schedule (?:a|an|the|my)\b"
    r"|(?:set|make|add|create) (?:me )?(?:a|an|the) (?:\w+ )?(?:reminder|alarm|timer|note)"
    r"|(?:add|delete|remove|cancel|move|change|put|cross|mark|tick)\b.*"
    r" (?:reminders?|alarm|notes?|list|timer|calendar|appointment))"
)
_ACT = re.compile(
    r"\W*(?:(?:che|dale|hola|porfa|por favor|me|podes|podrias|puedes|please|hey|can you|could you"
    r"|would you)\W+)*(?:(?!llamame\b|ponele\b|(?:mand|envi|sub)[ai](?:me|nos)\b)(?:llam"
    rf"|telefone|compr|pag|transfer|deposit|mand|envi|reserv|ped|apag|prend|encend|reproduc|borr|elimin|pon|abr"
    rf"|cerr|baj|sub|alquil|contrat|imprim){_END}"
    r"|(?!call me\b|send me\b)(?:call|phone|ring|buy|order|book|pay|transfer|wire|send|play"
    r"|turn (?:the |my )?(?:[\w ]{1,30} )?(?:on|off|up|down)|switch|open|close|delete|print|rent"
    r"|hire)\b)"
)
_OWN_FACT = re.compile(
    r"\b(?:como se llama|quien es|cuantos anos tiene|cuando cumple(?: anos)?|(?:donde|de que)"
    r" (?:vive|trabaja)|a que \w+ va) mis?\b"
    r"|\b(?:cuanto|cuando|donde|como|de que|en que|a que|que|quien)\b(?: \w+){0,2}?"
    r" (?:gano|cobro|peso|mido|calzo|vivo|trabajo|naci|cumplo|nacio mi|me llamo|me case|me mude"
    r"|me recibi|me jubile|me opere|me separe|me anote)\b|\bque (?:edad|talle|numero) tengo\b"
    r"|\bcual es mi\b"
    r"|\b(?:what is the name of|what'?s the name of|who is|who'?s|how old is|where does) my\b"
    r"|\bwhat(?:'?s| is| are) my\b|\bhow (?:old|tall) am i\b|\bwhere was i born\b"
    r"|\b(?:where|when|how much|what year) (?:do|did) i (?:live|work|earn|make|weigh|marry|move"
    r"|graduate|get married)\b"
)
# "Escribime", "contame", "explicá": what is done in words.
_ORDER_TO_US = re.compile(
    r"\W*(?:(?:che|dale|bueno|porfa|por favor|please|hey|y)\W+)*"
    r"(?:\w+[aei](?:me|nos|les?|l[oa]s?)(?:lo|la)?\b"
    r"|(?:escribi|conta|explica|deci|traduci|resumi|inventa|arma|corregi)\b"
    r"|(?:write|tell|explain|give|translate|summari[sz]e|make|name|list|describe|suggest)\b)"
)
# A question for what is or how it is done; asking it is no request.
_WONDERS = re.compile(
    r"\W*(?:y )?(?:a )?(?:como|que|cual|cuando|donde|quien|por que|ya|te acordas|te acuerdas|how"
    r"|did|do"
    r"|does|what|which|when|where|who|why|is|are|was|were|have|has)\b.*\?\s*$"
)
# What is answered with an explanation, or with a text for the owner to use.
_EXPLAINED = re.compile(
    r"\W*(?:y |che |please )?(?:como|how|que (?:significa|es|quiere)|what (?:does|is)|what['’]s"
    r"|traduc|translat|correg|fix|redact|rewrite|reescrib|proofread|escrib\w* un|write (?:a|an)\b)"
)
