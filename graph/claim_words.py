"""What claims, promises, offers and denials look like, in Spanish and English.

For text in lower case with its accents: "guardé" is a claim, "guarde" another mood. The patterns of
a tuple are tried on one clause, with the colon at its end if it has one.
"""

import re

_HEDGE = "".join(
    rf"(?<!\bno {one})" for one in ("", "te ", "lo ", "la ", "se ", "te lo ", "te la ")
)

NOUN = re.compile(
    r"\b(?:recordatorios?|avisos?|alarmas?|notas|(?:la|tu|una) nota|listas?|agenda|calendario"
    r"|eventos?|turnos?|citas?|reuni[oó]n|pendientes?|tareas?|memoria|recuerdos|temporizador"
    r"|alertas?"
    r"|reminders?|your notes?|the note|a note|lists?|alarms?|alerts?|calendar|events?|appointments?"
    r"|meetings?|tasks?|memory|timers?|to-?dos?)\b"
)
TIME = re.compile(
    r"\b(?:mañana|pasado|hoy|lunes|martes|miércoles|jueves|viernes|sábado|domingo|(?:a"
    r"|para) las? (?:\d+|una|dos)"
    r"|en (?:un|una|dos|tres|cinco|diez|media|\d+)|esta (?:noche|tarde)|mediodía|cada|todos los"
    r"|antes|más tarde|el día|tomorrow|today|tonight|\w+day|at (?:\d+|noon|six|seven|eight|nine"
    r"|ten)"
    r"|in (?:a|an|one|two|ten|half|\d+)|every|later|noon|morning|beforehand|before)\b|\d[:h]"
    r"|\d ?[ap]m"
)

# Spanish. Participles and stems, for several tenses at once.
_LEAD = (
    r"^\W*(?:(?:ok|okay|listo|perfecto|genial|dale|bien|bueno|claro|hecho|sí|ya|por supuesto"
    r"|buen[ií]simo|excelente|y|entonces|ahora)\W+)*"
)
_KEPT = r"(?:guardad|anotad|agendad|apuntad|registrad|memorizad|almacenad|reprogramad)[oa]s?"
_MADE = (
    r"(?:programad|agregad|añadid|sumad|cread|configurad|cancelad|borrad|eliminad|actualizad"
    r"|activad"
    r"|marcad|tildad|tachad|movid|quitad|sacad|puest|modificad|cambiad|vaciad|iniciad"
    r"|confirmad)[oa]s?"
)
_KEEP_STEM = r"(?:guard|anot|agend|apunt|registr|memori[zc]|almacen|reprogram)"
_KEEP_INF = rf"{_KEEP_STEM}ar"
_MAKE_INF = (
    r"(?:programar|agregar|añadir|sumar|crear|configurar|cancelar|borrar|eliminar|actualizar"
    r"|activar"
    r"|marcar|tildar|tachar|mover|quitar|sacar|poner|cambiar|dejar)"
)
_PRONOUNS = r"(?:(?:te|me|se|lo|la|los|las|le|les) )*"
_REMIND = r"(?:recordar|avisar|despertar|notificar|alertar|escribir)"
_OURS = r"(?:recordatorio|nota|aviso|alarma|temporizador|alerta)s?"

_BY_HAND = (
    r"llamado|transferido|comprado|reservado|pagado|pedido|enviado|mandado|apagado|prendido"
    r"|encendido|reproducido"
)
_BY_HAND_PASSIVE = (
    r"(?:realizad|hech|completad|comprad|reservad|pagad|transferid|enviad|apagad|prendid|encendid)"
    r"[oa]s?"
)

# English.
_I = (
    r"\bi(?:['’]ve| have)?"
    r"(?: (?:just|already|now|also|gone ahead and|went ahead and|successfully))*"
)
_I_WILL = (
    r"\bi(?:['’]ll| will|['’]m going to| am going to|['’]m gonna)"
    r"(?: (?:also|definitely|make sure to|be sure to|go ahead and|gladly|then))*"
)
_LEAD_EN = (
    r"^\W*(?:(?:ok|okay|done|sure|sure thing|great|perfect|got it|all right|alright|yes|of course"
    r"|and|just|now)\W+)*"
)
_KEPT_EN = (
    r"(?:saved|noted|scheduled|memori[sz]ed|recorded|stored|logged|jotted|rescheduled|snoozed)"
)
_MADE_EN = (
    r"(?:set|set up|added|created|removed|deleted|cancell?ed|moved|updated|changed|marked|put|made"
    r"|ticked|crossed|checked(?=.*\boff\b)|dropped|cleared|activated|started|flagged|emptied|renamed"
    r"|confirmed)"
)
_OURS_EN = r"(?:reminder|note|alarm|alert|timer|memory)s?"
_TO_STORE_EN = (
    r" (?:to|on|in|from|off) (?:your|the|my) (?:\w+ )?"
    r"(?:list|notes?|calendar|memory|reminders|agenda)"
)

# Claims wherever they stand.
DONE = (
    rf"{_HEDGE}\b{_KEEP_STEM}é\b(?! silencio)",  # "guardé"; "guarde" is another mood,
    rf"(?:\bya|{_LEAD}) ?(?:te )?(?:lo |la )?{_KEEP_STEM}e\W*$",  # unless "ya lo anote"
    r"\btom[éo] nota\b|\bhe tomado nota\b|\bsumé\b.*\blista\b",
    rf"{_HEDGE}\bhe {_KEPT}",
    rf"\bacabo de {_KEEP_INF}",
    rf"{_LEAD}(?:todo |eso |lo )?(?:te |se )?(?:ha sido|han sido|qued[oóa]n?|quedaron|está|están"
    rf"|fue)"
    rf" (?:\w+ )?{_KEPT}",
    rf"{_HEDGE}\b(?:quedó|quedaron|dej[oé]|tener) (?:agendad|anotad|apuntad|guardad)[oa]s?",
    r"\bte (?:lo|la|los|las) dej[oé] en (?:la|tu) (?:agenda|lista)|\ben tu (?:agenda"
    r"|calendario)\W*$",
    rf"\b{_OURS}\b(?:(?! que )[^,;:])* (?:está|están|fue|fueron|qued[aó]n?|quedaron|ha sido"
    rf"|han sido) (?:ya )?"
    rf"(?:{_KEPT}|{_MADE}|list[oa])",
    rf"\b{_OURS} (?:{_KEPT}|{_MADE})\b(?! por\b)",
    rf"{_LEAD}(?:anotad|agendad|apuntad)[oa]s?\b",
    rf"{_LEAD}(?:{_KEPT}|{_MADE})(?:\W*$| (?:para|a la|a tu|en la lista|en tus?|en mi)\b)",
    rf"\b(?:{_KEPT}|{_MADE}) (?:a|en) (?:la|tu|mi) (?:\w+ )?(?:lista|agenda|calendario|memoria"
    rf"|notas)",
    rf"\b(?:ya|ahora) (?:tenés|tienes) (?:un|una|el|la|tu) (?:\w+ )?{_OURS}",
    rf"\btu {_OURS} (?:es|será|queda|sonará) ",
    r"\best(?:á|án) (?:ya )?en (?:tus notas|tu lista|tu agenda|tu calendario|mi memoria)",
    r"\bse (?:agreg|guard|anot|agend|registr|añadi|cre)(?:ó|aron|eron)\b.*\b(?:tu|tus)\b",
    # what no tool does: "transferí" and "pedí" are also what one tells somebody to do
    r"\b(?:le|les) (?:mandé|envié|escribí|avisé)\b|\breservé\b|\bllamé (?:al?|por)\b|\bcompré\b"
    r"|\bpagué\b|\b(?:ya|te|le|les) (?:transferí|pedí)\b|\b(?:apagué|prendí|encendí|reproduje)\b",
    rf"{_HEDGE}\bhe (?:{_BY_HAND})\b",
    r"\bestoy (?:llamando|transfiriendo|comprando|reservando|reproduciendo|apagando|prendiendo"
    r"|encendiendo|pidiendo|mandando|enviando)\b",
    rf"\b(?:llamada|transferencia|compra|reserva|pago|pedido|entradas?|música|luz)\b[^,;:]* (?:está"
    rf"|están|fue|fueron|ha sido|quedó) (?:ya )?(?:{_BY_HAND_PASSIVE})",
    rf"{_I} {_KEPT_EN}\b(?! (?:you|me) )",
    rf"{_I} (?:wrote|written) (?:it|that|this)? ?down",
    rf"{_I} ma(?:d|k)e a note",
    rf"{_I} (?:sent|emailed|texted|booked|ordered|called|paid|transferred|bought|purchased|wired"
    rf"|turned (?:on|off)|switched (?:on|off))\b(?! you\b)",
    r"\bi(?:['’]m| am) (?:now )?(?:calling|transferring|buying|booking|ordering|playing|sending"
    r"|turning (?:on|off))\b(?! you\b)",
    rf"{_LEAD_EN}{_KEPT_EN}(?: (?:it|that|this|them|down))*(?:\W*$| for\b|{_TO_STORE_EN})",
    rf"{_LEAD_EN}(?:added|set|created|removed|deleted|cancell?ed|updated)"
    rf"(?: (?:it|that|them))?(?:\W*$| for\b|{_TO_STORE_EN})",
    rf"\b{_OURS_EN}\b[^,;:]*? (?:is|are|was|were|has been|have been) (?:now |all |already )?"
    rf"(?:{_KEPT_EN}|{_MADE_EN}|in place|active|ready)",
    rf"\b{_OURS_EN} (?:{_KEPT_EN}|{_MADE_EN})\b(?! by\b)",
    r"\b(?:it|that|this|they|everything)(?:['’]s| is| are| has been| have been)(?: now| all"
    r"| already)*"
    rf" (?:saved|noted\b(?! (?:in|by))|(?:added|put){_TO_STORE_EN}|all set)",
    r"(?:['’]s| is| are) (?:now |already )?(?:on|in) your (?:\w+ )?(?:list|calendar|notes|agenda)",
    rf"\byou now have (?:a|an|your) (?:\w+ )?{_OURS_EN}",
    r"\byour (?:\w+ )?(?:idea|address|size|number|appointment|meeting)\b.* (?:is"
    r"|has been) (?:now )?"
    rf"(?:{_KEPT_EN}|{_MADE_EN})",
)
# Claims where something stored is named, or the owner has asked for it.
DONE_OF_OURS = (
    r"\b(?:agregu|program|configur|cancel|borr|elimin|quit|saqu|cambi|actualic|marqu|tild|tach"
    r"|cre|dej|activ|ajust|modifiqu|adelant|pas)é\b|\b(?:añadí|moví|puse|pospuse|incluí)\b",
    rf"\bhe (?:{_MADE}|hecho)|\bse (?:ha|han) (?:{_KEPT}|{_MADE})",
    r"\b(?:ya|ahora) (?:no )?(?:está|están|figura|figuran|aparece) en",
    rf"\bacabo de {_MAKE_INF}",
    rf"{_I} {_MADE_EN}\b|\b(?:added|put|moved){_TO_STORE_EN}",
    r"\bconsider[aá] (?:el|la|lo) .*(?:puest|hech)[oa]",
)
# Claims where the owner has asked, for the whole answer says no more.
DONE_AS_ASKED = (
    rf"\b(?:está|están|fue|fueron|quedó|ha sido) (?:ya )?(?:{_KEPT}|{_MADE})",
    rf"{_HEDGE}\bqued[aó]n? (?:{_KEPT}|{_MADE})",
    rf"{_LEAD}(?:{_KEPT}|{_MADE})\b|(?<!\bno )\b(?:{_KEPT}|{_MADE})\W*$",
    r"\b(?:está|quedó) (?:ya |todo )?(?:hech|list)[oa]\b|(?:['’]s| is| been) (?:all "
    r"|already )?done\b",
    rf"{_LEAD}(?:nuevo |nueva )?(?:{_OURS}|{_OURS_EN})\s*:",
    r"[✅☑✔]",
    rf"{_LEAD}lo (?:recuerdo|cambié|cancelé|olvidé)(?::|$)|\blo he recordado\b",
    r"\b(?:consider it done|dalo por hecho|will do|lo haré)\b",
    rf"(?:['’]s| is| are|['’]s been| has been) (?:now |all )?(?:{_KEPT_EN}|{_MADE_EN}|gone"
    rf"|started)\b",
    r"\b(?:is|are) (?:now )?(?:on|in) (?:your|the) (?:\w+ )?(?:list|calendar|notes)"
    r"|\btimer started\b",
    rf"{_LEAD_EN}(?:{_KEPT_EN}|{_MADE_EN})\b",
    rf"\b(?:has|have) been {_MADE_EN}",
)
# Promises: the future, and the present that stands for it.
WILL = (
    rf"\b(?:voy|vamos) a {_KEEP_INF}(?!.*:$)",
    r"\b(?:voy|vamos) a record[aá]r(?:lo|la|telo|tela)?\b(?! (?:como|cómo))",
    rf"\b{_KEEP_STEM}aré\b",
    r"\bestoy (?:guardando|anotando|agendando|registrando)\b",
    rf"{_LEAD}{_PRONOUNS}(?:agendo|anoto|apunto|guardo)\b(?!.*:$)",
    r"\bte (?:lo|la|los|las) (?:agendo|anoto|apunto|guardo|agrego|sumo|pongo)\b",
    r"\b(?:vas a recibir|recibirás|te va a llegar|te llegará|va a sonar|sonará)\b.*"
    rf"\b(?:{_OURS}|mensaje|notificación)\b",
    r"\bme encargo (?:yo )?de (?:record|avis|anot|agend)",
    rf"{_I_WILL} (?:remember|save|store|jot)\b",
    rf"\b(?:you['’]ll|you will) (?:get|receive|have) (?:a|an|your) (?:\w+ )?(?:{_OURS_EN}"
    rf"|notification|ping)",
)
WILL_IN_TIME = (
    r"\bte (?:(?:lo|la|los|las) )?(?:recuerdo|aviso|despierto|notifico|escribo|hago acordar)\b"
    r"(?! que\b)",
    rf"\bte (?:mando|pongo|envío|dejo) (?:un|una|el|la) (?:\w+ )?{_OURS}",
    rf"\b{_PRONOUNS}(?:voy a|va a) (?:{_REMIND}|mandar un)",
    rf"\bvoy a {_REMIND}te",
    r"\bte (?:(?:lo|la) )?(?:recordaré|avisaré|despertaré|notificaré|escribiré|llamaré)\b",
    rf"{_I_WILL} (?:remind|notify|alert|ping|nudge|wake|text|message|let)\b(?: you\b(?! that\b))?",
    rf"{_I_WILL} (?:send|give) you a(?:n)? (?:\w+ )?{_OURS_EN}",
    r"\band (?:will|i['’]ll) remind you\b",
)
WILL_OF_OURS = (
    r"\b(?:lo|la|los|las) (?:agrego|sumo|pongo|cancelo|borro|elimino|saco|quito|tacho|cambio"
    r"|muevo)\b",
    rf"\bvoy a {_MAKE_INF}",
    r"\b(?:agreg|añadir|cancel|borr|elimin|pondr|cambi)(?:ar)?é\b",
    r"\b(?:lo|la) (?:tendré|tengo) (?:en cuenta|presente)|\bme acordaré\b|\bno (?:se |lo "
    r"|la )?(?:me )?(?:voy a )?olvid",
    r"\bi won['’]t forget\b|\byou['’]ll hear from me\b",
    rf"{_I_WILL} (?:note|add|set|schedule|record|keep|put|create|cancel|delete|remove|make|mark"
    rf"|book)\b",
)

# For an answer to an order that no tool carries out: of anything at all.
ANY_PROMISE = re.compile(
    r"\b\w{2,}(?:aré|eré|iré)\b|\bvoy a \w+r\w{0,4}\b|\bestoy (?!escuch|pens|dese)\w+ndo\b"
    rf"|{_I_WILL}|\bi(?:['’]m| am) (?:now )?(?!listen|think|hop)\w+ing\b"
    r"|(?:^|[.!?¡\n]\s*)\W*(?:listo|hecho|done)\b"
)
# What is no claim.
# Makes a promise an offer, or an explanation of how things work.
OFFER = re.compile(
    r"\bsi (?:me|te|lo|la|le|quer|quier|prefer|prefier|neces|hace falta|gust|dese|confirm)"
    r"|\bcuando (?:me|quieras|puedas|tengas|sepas)|\b(?:en cuanto|apenas|una vez que) (?:me|tengas)"
    r"|\b(?:dec[ií]me|dime|p[aá]same|m[aá]ndame|confirmame|confírmame|contame|cuéntame|escrib[ií]me"
    r"|escríbeme|ped[ií]me|pídeme|indicame|indícame)\b(?! .*\bya\b)"
    r"|\bme (?:digas|pidas|indiques|escribas|mandes|pases|cuentes)|\b(?:quieras|necesites"
    r"|prefieras)\b"
    r"|\b(?:puedo|podría|querés que|quieres que|i can|i could|want me to|would you)\b"
    r"|\b(?:if|when|once|whenever|as soon as|anything) you|\byou (?:ask|want|need|tell|choose"
    r"|like|say|give)\b"
    r"|\b(?:tell|give|send) me\b|(?:^|\s)/[a-z]+"
)
DENIAL = re.compile(
    r"\b(?:no|ni|not|cannot|unable|sorry|perdón|lamento|lo siento|falta|necesito|please|tell me"
    r"|need)\b"
    r"|n['’]t\b|(?:^|\s)/[a-z]|\b(?:decime|dime|pasame|pásame|indicame|indícame)\b"
)
REASSURANCE = re.compile(
    r"\bno (?:te preocupes|hay (?:problema|drama)|problem|worries)\b|\bya no (?:existe|está"
    r"|figura|te|va)\b|\bdon['’]t worry\b"
)
# A list or note that the answer itself is.
COMPOSED = re.compile(
    r"\b(?:make|made|created?|wrote|hice|creé|crear|armé|escribí|preparé)\b.*\b(?:list|not)\w*"
)
# What says "done" and no more.
BARE = re.compile(
    r"\W*(?:(?:ok|okay|sí|yes|muy bien|perfecto|perfect|great|genial|dale|claro|sure|got it"
    r"|por supuesto"
    r"|of course)\W+)*(?:listo|hecho|ya está|done|all set|all done|cancelad[oa]|añadid[oa]"
    r"|agregad[oa]|eliminad[oa]|borrad[oa])?\W*",
    re.IGNORECASE,
)
SAYS_DONE = re.compile(r"\b(?:listo|hecho|ya está|done|all set|all done)\b")
