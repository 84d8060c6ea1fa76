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


def holds_back(said: str) -> bool:
    """Whether it asks whether something was done, says that it was, or that it should not be."""
    folded = fold(said)
    return bool(
        _only_wonders(said)
        or ("?" in said and _WHETHER_DONE.match(folded))
        or _DONT.match(folded)
        or _I_DID.match(said.lower())
    )


def orders_an_act(said: str) -> bool:
    """Whether it begins with an order to do something out in the world: to call, buy, pay, play."""
    folded = fold(said)
    return bool(_ACT.match(folded)) and ("?" not in said or bool(_ASKS_US.match(folded)))


def is_own_fact(said: str) -> bool:
    """Whether it asks for a fact of the owner's own life, which nobody can work out."""
    folded = fold(said)
    return bool(_OWN_FACT.search(folded)) and not _GIVEN.search(folded)


def only_tells(said: str) -> bool:
    """Whether it tells something, and neither asks nor orders anything."""
    folded = fold(said)
    asked = asks(said) or _ORDER_TO_US.match(folded) or _ASKS_WITHOUT_MARK.match(folded)
    return "?" not in said and not asked


def begins_as_question(said: str) -> bool:
    """Whether its first word asks: how, what, when."""
    return bool(_ASKS_FIRST.match(fold(said)))


def is_for_an_explanation(said: str) -> bool:
    """Whether it is answered with an explanation, or with a text for the owner to use."""
    return bool(_EXPLAINED.match(fold(said)))


def _only_wonders(said: str) -> bool:
    return bool(_WONDERS.match(fold(said))) or is_for_an_explanation(said)


# All of it for folded text, so without accents.
_END = r"(?:a|e|i|as|es|ar|er|ir|en)?(?:me|te|se|lo|la|los|las|le|les|nos)*\b"
_ASKS = re.compile(
    r"\b(?:record|recuerd)(?:a|e|as|es|ar)?me(?:lo|la)?\b(?! (?:a )?(?:como|cual|cuant|donde"
    r"|quien))|\bme (?:\w+ )?(?:recordar|recordas|recuerdas|recuerdes|recordes)\b"
    rf"|\b(?!\w+aste\b)(?:acord|acuerd|avis|anot|guard|agend|apunt|registr|program|reprogram"
    rf"|agreg|agregu|anad|cancel|borr|elimin|tach|tild|marc|memoriz|despert|despiert|pospon|pon"
    rf"|pong|sac|saqu|quit|sum|cambi|mov|muev|pas|cre|mand|envi|reserv|llam|compr|pag|crea){_END}"
    r"|\b(?:hace|haz|haga)(?:me|le)? un|\btom\w{1,4} nota\b|\bno te olvides|\bque sepas\b"
    r"|\bten(?:e|ga|gas)? en cuenta\b|\bno te vayas a olvidar\b"
    r"|\b(?:remind|remember|note|save|add|set|schedule|book|jot|write (?:it |this |that )?down|put"
    r"|keep in mind|(?:don't|let me) forget|cancel|delete|remove|move|change|mark|tick|cross"
    r"|create|make|log|flag|store|notify|wake|keep (?:this|that|it|my|track)|tell me (?:in|at"
    r"|when|tomorrow)|let me know|snooze|text|send|email|order)\b"
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
    r"|que)\s+(?:me )?)(?:(?:record|recuerd)(?:a|e|es|as|ar)?me(?:lo|la)?\b|recordar\b|recuerdes\b"
    rf"|(?:acord|acuerd)a(?:te|me)\b|avisa(?:me|rme)\b|agend(?:a|as|ar|es)(?:me|lo|la|melo)?\b"
    r"|anota(?:me|lo|la|melo|r)?\b|apunta(?:me|lo|la|r)?\b|guarda(?:me|lo|la|r)?\b(?! silencio)"
    r"|registra(?:lo|la|r)?\b|no te olvides (?:de )?que|tene en cuenta que|ten en cuenta que"
    r"|que sepas que|me (?:recordas|recuerdas|avisas|anotas|agendas|guardas|despertas|despiertas)\b"
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
_TO_US = r"(?:me |nos )?(?:podes|podrias|puedes|can you|could you|would you)\W+"
_CLITICS = r"(?:me|nos|te|se|lo|la|los|las|le|les)"
# "Comprá" and "compreme", but neither "compré" nor "comprar", with which a question begins.
_ACT = re.compile(
    r"\W*(?:(?:che|dale|hola|porfa|por favor|please|hey)\W+)*(?:"
    r"(?!llamame\b|(?:mand|envi|sub|baj)[ai](?:me|nos)\b)"
    rf"(?:(?:llam|telefone|compr|deposit|mand|envi|reserv|apag|baj|alquil|contrat|pag|cerr|cierr)"
    rf"(?:a{_CLITICS}*|u?e{_CLITICS}+)"
    rf"|(?:prend|encend|enciend)[ea]{_CLITICS}*"
    rf"|(?:reproduc|pid|ped|abr|sub|transf[ei]r|transfier|imprim)[eia]{_CLITICS}*"
    rf"|pon(?:e|eme|enos|ga|gale)\b(?= (?:la |el |un poco de |algo de )?(?:musica|radio|tele|luz"
    r"|aire|cancion|tema|disco|play)))\b"
    rf"|(?:{_TO_US})(?:llam|telefone|compr|pag|deposit|mand(?!arme)|envi(?!arme)|reserv|apag|prend"
    rf"|encend|baj|sub|alquil|contrat|cerr|abr|ped|transfer|imprim|reproduc|pon)[aei]r{_CLITICS}*\b"
    rf"|(?:{_TO_US})?(?!call me\b|send me\b|book (?:recomm|sugg|idea)|close friends|open source"
    r"|buy or\b|order (?:of|these|the)\b|print\W*\(|play (?:a |an )?(?:\w+ )?(?:game|question|role)"
    r"|play with me)(?:call|phone|ring|buy|order|book|pay|transfer|wire|send|play"
    r"|turn (?:the |my )?(?:[\w ]{1,30} )?(?:on|off|up|down)|open|close|print|rent|hire)\b)"
)
_ASKS_US = re.compile(rf"\W*(?:[\w,]+\W+){{0,2}}(?:{_TO_US})")
_WHETHER_DONE = re.compile(
    r"\W*(?:y |che |pero )*(?:ya |me |te |lo |la )*\w+(?:aste|iste|uste)s?\b"
)
# "No me avises más" cancels, "no te olvides" and "que no se me pase" ask.
_DONT = re.compile(
    r"\W*(?:che |y |pero |todavia |ya |i )*(?:no|nunca|don['’]?t|do not|never)\b"
    r"(?! (?:te (?:me )?olvid|me (?:dejes|av|recuerd|hag|despiert)|hace falta"
    r"|es necesario|quiero (?:que|mas)|forget|let me|remind|ping|text|wake|need))"
)
_I_DID = re.compile(  # with its accent: "anote" is no past
    r"\W*(?:(?:ya|hoy|ayer|recién|anoche|le|lo|la|me|te|les|los|las)\s+)*\w+[éí]\b"
)
_NOW = (
    r"(?: (?:yo|ahora|actualmente|por (?:mes|hora|semana|dia|ano)|al (?:mes|ano)"
    r"|de (?:pie|zapatos?)))*"
)
_OWN_FACT = re.compile(
    r"\b(?:como se llama|quien es|cuantos anos tiene|cuando cumple(?: anos)?|(?:donde|de que)"
    r" (?:vive|trabaja)|a que \w+ va) mis?\b(?! (?:diputad|intendente|presidente))"
    rf"|\b(?:cuanto|que numero|donde|de que|en que) (?:yo )?(?:gano|peso|mido|calzo|vivo"
    rf"|trabajo){_NOW}\W*$"
    r"|\b(?:cuando|donde|en que \w+|con quien) (?:naci|cumplo anos|me (?:case|mude|recibi|jubile"
    r"|opere|separe))\b|\bque (?:edad|talle) tengo\b|\bcomo me llamo\b"
    r"|\b(?:cual|que) (?:es|era) (?:la|mi|el) (?:clave|contrasena|password|pin) (?:de|del)\b"
    r"|\bwhat(?:'?s| is| was) (?:the|my) (?:\w+ )?(?:password|passcode|pin)\b"
    r"|\b(?:what is the name of|what'?s the name of|how old is|where does) my\b"
    r"|\bwhat(?:'?s| is) my (?:\w+ )?(?:name|size|address|number|birthday|age|weight|height"
    r"|salary)\b|\bwho (?:is|was) my (?!congress|representative|senator)|\bhow (?:old|tall) am i\b"
    r"|\bwhere was i born\b|\b(?:where|when|how much|what year) (?:do|did) i (?:live|work|earn"
    r"|weigh|marry|move|graduate|get married)\b"
)
_GIVEN = re.compile(r"\b(?:si|if)\b")  # what it is to be worked out from
_ASKS_WITHOUT_MARK = re.compile(
    r"\W*(?:y |che |pero )?(?:que|quien|cual|como|donde|cuando|cuant[oa]s?|por que|what|who"
    r"|which|how|where|when|why|sinonimos?|receta|capital|chiste|plantilla|(?:quiero|necesito"
    r"|tengo que)\b)\b"
)
_ASKS_FIRST = re.compile(
    r"\W*(?:(?:y|che|pero|hola|disculpa|hey|hi)\W+)*(?:a |de |con |en |para |por |cada |since )?"
    r"(?:que|quien(?:es)?|cual(?:es)?|como|donde|cuando|cuant[oa]s?|what|who|which|how|where|when"
    r"|why)\b"
)
# "Escribime", "contame", "explicá": what is done in words.
_ORDER_TO_US = re.compile(
    r"\W*(?:(?:che|dale|bueno|porfa|por favor|please|hey|y)\W+)*"
    r"(?:\w+[aei](?:me|nos|les?|l[oa]s?)(?:lo|la)?\b"
    r"|(?:escribi|conta|explica|deci|traduci|resumi|inventa|arma|corregi|calcula|defini|elegi"
    r"|compara|completa|ordena|repeti|busca)\b"
    r"|(?:write|tell|explain|give|translate|summari[sz]e|make|name|list|describe|suggest|sort"
    r"|order|define|compare|choose|draft)\b)"
)
# A question for what is or how it is done; asking it is no request.
_WONDERS = re.compile(
    r"\W*(?:y )?(?:a )?(?:como|que|cual|cuando|donde|quien|por que|ya|te acordas|te acuerdas|how"
    r"|did|do|does|what|which|when|where|who|why|is|are|was|were|have|has)\b.*\?\s*$"
)
# What is answered with an explanation, or with a text for the owner to use.
_EXPLAINED = re.compile(
    r"\W*(?:y |che |please )?(?:como|how|que (?:significa|es|quiere)|what (?:does|is)|what['’]s"
    r"|traduc|translat|correg|fix|redact|rewrite|reescrib|proofread|escrib\w* un"
    r"|(?:hace|arma|deja)(?:me|nos)? un (?:\w+ )?(?:texto|mensaje|mail)"
    r"|write (?:me )?(?:a|an)\b)"
)
