"""Spanish as spoken in Argentina, Mexico and Spain."""

import re

from tools.when.errors import ONE_TIME, UNCLEAR, WHICH_DAY, WHICH_HOUR
from tools.when.grammar import Grammar, ignore
from tools.when.lexicon import also, pieces, vague
from tools.when.pieces import (
    DAYS,
    WORKING_DAYS,
    Clock,
    Coming,
    DayOfMonth,
    Every,
    Gone,
    Mark,
    Part,
    Relative,
    Slot,
    Unit,
    Weekday,
)
from tools.when.spanish_words import ALL_MONTHS, MACROS, PARTS, PLURALS, TYPOS, WORDS

NTH_DAY = r"(?P<day>NTHWORD(?! que)|NUMERAL|NUM)"
BARE_DAY = r"(?P<day>primero(?! que)|1(?:o|°|ro|er)|NUM)"

NOT_TIMES = (
    (r"hoy en dia|(?:a|al) dia de hoy|hoy por hoy|santo domingo|24/7", ignore),
    (r"STREET (?:el )?(?:primero|NUM|NUMERAL) de MONTH(?: \d+)?", ignore),
    (r"(?:el )?\d{1,2} de MONTH (?!20\d\d\b)\d{2,5}(?![\d:.h])(?! ?(?:hs|horas|am|pm))", ignore),
    (r"\d+/\d+ (?:de )?(?:kilos?|kg|litros?|tazas?|cucharadas?|docenas?|hora)", ignore),
    (r"(?:lo )?de (?:ayer|anoche|anteayer)", ignore),
)
PAST = (
    (r"ayer|anteayer|antes de ayer|antier|anoche|antenoche", pieces(Gone())),
    (r"hace (?:LEN|un rato|un ratito|mucho|poco|un[oa]s [a-z]+)", pieces(Gone())),
    (r"(?:el |la )?(?:WEEKDAY|semana|mes|ano|fin de semana) pasad[oa]", pieces(Gone())),
)
RECURRENCES = (
    (r"cada tanto|de vez en cuando|a veces|cada vez", vague(UNCLEAR, Slot.ALL)),
    (
        r"(?:NUM|varias) veces (?:por|al|a la) (?:dia|semana|mes|ano)",
        vague(UNCLEAR, Slot.ALL, strong=True),
    ),
    (r"una vez (?:por|al|a la) (?P<length>UNIT)", WORDS.every),
    (
        r"todos los dias,? (?:menos|excepto|salvo) (?:(?:el|los) )?(?P<days>PLURALS)",
        WORDS.other_weekdays,
    ),
    (
        r"todos los dias,? (?:menos|excepto|salvo) (?:(?:el|los) )?fin(?:es)? de semana",
        pieces(Every(Unit.WEEK, 1, WORKING_DAYS)),
    ),
    (
        r"(?:excepto|salvo|menos) (?:(?:el|los|las?) )?(?:PLURAL|fin(?:es)? de semana|feriados?)",
        vague(UNCLEAR, Slot.ALL),
    ),
    (
        r"(?:(?:todos )?los |cada )?dias? WORKDAY|entre semana",
        pieces(Every(Unit.WEEK, 1, WORKING_DAYS)),
    ),
    (r"(?:de |los )?(?P<first>WEEKDAY) a (?P<last>WEEKDAY)", WORDS.weekday_range),
    (r"(?:(?:todos )?los fines|cada fin) de semana", pieces(Every(Unit.WEEK, 1, (5, 6)))),
    (
        r"(?:cada|(?:todos )?los) (?P<nth>ORD)s? (?P<kind>WHICHDAY) (?:del?|de cada) mes",
        also(WORDS.nth, Every(Unit.MONTH)),
    ),
    (r"cada (?P<weeks>NUM) (?P<days>PLURAL)", WORDS.every_weekdays),
    (r"cada (?P<alternate>otro) (?P<days>WEEKDAY)", WORDS.every_weekdays),
    (
        r"un (?P<days>WEEKDAY)(?P<alternate> si,?(?: y)? (?:otro|el otro|un WEEKDAY) no)",
        WORDS.every_weekdays,
    ),
    (r"(?:todos los|cada|los) (?P<days>PLURALS)(?P<alternate> por medio)?", WORDS.every_weekdays),
    (r"(?:el )?(?P<days>WEEKDAY)(?P<alternate> por medio)", WORDS.every_weekdays),
    (
        r"dia por medio|un dia si,?(?: y)? (?:otro|un dia|el otro) no|cada tercer dia",
        pieces(Every(Unit.DAY, 2)),
    ),
    (r"semana por medio|una semana si,?(?: y)? (?:otra|la otra) no", pieces(Every(Unit.WEEK, 2))),
    (r"mes por medio", pieces(Every(Unit.MONTH, 2))),
    (r"(?:el )?ORD y (?:el )?ORD (?:PLURAL|dias?)", vague(UNCLEAR, Slot.ALL, strong=True)),
    (
        r"(?:(?:el|cada|(?:todos )?los) )?(?P<nth>ORD)s? (?P<kind>WHICHDAY),? OFALL",
        also(WORDS.nth, Every(Unit.MONTH)),
    ),
    (
        r"todos los fines de mes|(?:a )?fin de cada mes|cada fin de mes",
        pieces(DayOfMonth(-1), Every(Unit.MONTH)),
    ),
    (rf"(?:el|los)(?: dias?)? {NTH_DAY} OFALL", also(WORDS.day_of_month, Every(Unit.MONTH))),
    (
        rf"(?:cada|todos los)(?: dias?)? {NTH_DAY} (?:del?|de cada) mes",
        also(WORDS.day_of_month, Every(Unit.MONTH)),
    ),
    (
        rf"(?:cada|todos los) {NTH_DAY} de (?P<month>MONTH)(?P<year>)",
        also(WORDS.date, Every(Unit.YEAR)),
    ),
    (
        rf"el {NTH_DAY} de (?P<month>MONTH) de (?:cada ano|todos los anos)(?P<year>)",
        also(WORDS.date, Every(Unit.YEAR)),
    ),
    (r"(?:cada|tod[ao]s l[ao]s) (?P<length>LEN|UNIT)", WORDS.every),
    (r"(?:cada|tod[ao]s l[ao]s) (?P<part>PART)", also(WORDS.part, Every(Unit.DAY))),
    (r"todos los santos dias|a diario|diariamente", pieces(Every(Unit.DAY))),
    (r"semanalmente", pieces(Every(Unit.WEEK))),
    (r"mensualmente", pieces(Every(Unit.MONTH))),
    (r"anualmente", pieces(Every(Unit.YEAR))),
    (r"(?:durante|por)(?: l[ao]s proxim[ao]s)? (?P<length>LEN)", WORDS.lasting),
    (r"hasta las? SOMEHOUR|(?:desde|hasta) MONTH", vague(UNCLEAR, Slot.ALL)),
    (r"de MONTH", vague(UNCLEAR, Slot.ALL), (Every,)),
    (r"hasta(?= (?:el|la|fin|manana|pasado|WEEKDAY|NUM de))", pieces(Mark.UNTIL)),
    (
        r"desde(?= (?:el|las?|hoy|manana|pasado|WEEKDAY|NUM de) )"
        r"|(?:a partir|empezando|arrancando|comenzando)(?= )",
        pieces(Mark.START),
    ),
)
LENGTHS = (
    (r"LEN (?:antes|despues)", vague(UNCLEAR, Slot.ALL, strong=True)),
    (r"(?:en|dentro de|de aca a|de aqui a)(?: l[ao]s proxim[ao]s)? (?P<length>LEN)", WORDS.length),
    (r"(?P<length>LEN) desde ahora", WORDS.length),
    (
        # "18 hs" and "18 horas" alone are a clock.
        r"\A(?!\d+(?:[.,]\d+)? ?(?:hs|hrs|h)(?:\b|\d)|(?:1[3-9]|2[0-3]) horas\Z)(?P<length>LEN)\Z",
        WORDS.length,
    ),
    (
        r"(?:en|dentro de) (?:un (?:rato|ratito|toque|momento|momentito)|breve|poco"
        r"|(?:un[oa]s|vari[oa]s|algun[oa]s|poc[oa]s) [a-z]+)",
        vague(UNCLEAR, Slot.ALL),
    ),
)
DATES = (
    (
        r"(?:el |los )(?:dias? )?NUM(?:, NUM)* y (?:el )?NUM(?:NOTHINGCOUNTED| OFALL)",
        vague(ONE_TIME, Slot.DAY, strong=True),
    ),
    (
        rf"(?:el )?{NTH_DAY} (?:de )?(?P<month>ANYNAME) del (?P<of>ano COMING|proximo ano)",
        WORDS.date,
    ),
    (
        rf"(?:el )?(?P<of>ano COMING|proximo ano),? (?:el )?{NTH_DAY} (?:de )?(?P<month>ANYNAME)",
        WORDS.date,
    ),
    (
        r"(?P<year>\d{4})-(?P<month>\d\d?)-(?P<day>\d\d?)(?:t(?P<hour>\d\d):(?P<minute>\d\d)(?::\d\d)?)?",
        WORDS.iso,
    ),
    (
        r"(?:(?:el|para el|este)(?: dia| proximo)? |NOPLACE)BARE"
        r"(?P<day>primero|NUM|NUMERAL) (?:de )?(?P<month>ANYNAME)\b\.?YEAR?",
        WORDS.date,
    ),
    # Not the room of a girl called Abril.
    (r"(?:(?:el|para el) )?(?P<day>(?!cuarto )NTHWORD) de (?P<month>MONTH)YEAR?", WORDS.date),
    (rf"del {NTH_DAY} de (?P<month>MONTH)(?P<year>)", WORDS.date, (Clock, Part, Mark)),
    (rf"del {NTH_DAY} de MONTH", ignore),
    (
        r"(?:(?:el|para el) )?BARE(?P<day>\d{1,2})/(?P<month>\d{1,2})"
        r"(?:/(?P<year>\d{4}|\d\d))?(?![\d/-])",
        WORDS.date,
    ),
    (
        r"(?:el|para el) (?P<day>\d{1,2})-(?P<month>\d{1,2})(?:-(?P<year>\d{4}|\d\d))?(?![\d/-])",
        WORDS.date,
    ),
    (
        r"(?:el )?BARE(?P<day>\d{1,2})[.-](?P<month>\d{1,2})[.-](?P<year>20\d\d)(?![\d/-])",
        WORDS.date,
    ),
    (
        r"(?:el )?(?P<nth>ORD) (?P<kind>WHICHDAY) del? (?P<of>OFMONTH|MONTH)",
        WORDS.nth,
    ),
    (
        r"(?:el )?(?P<nth>ORD) (?P<kind>WHICHDAY)(?=,? (?:de )?(?:cada|todos los) (?:NUM )?mes)",
        WORDS.nth,
    ),
    (
        r"(?:el )?ORDs? (?:WHICHDAY|dias)(?= de (?:cada|todos))",
        vague(WHICH_DAY, Slot.DAY, strong=True),
    ),
    (r"(?:el )?(?P<nth>ORD) (?P<kind>WHICHDAY)", WORDS.nth, (Every,)),
    (r"(?:(?:el|cada|todos los) )?ORDs? (?:dia habil|PLURAL)", vague(WHICH_DAY, Slot.DAY)),
    (
        r"(?:a |para |el )?fin(?:al)?(?:es)? del? (?P<of>ONEOF|MONTH)",
        WORDS.month_end,
    ),
    (
        r"(?:a )?(?:mediados|principios?|comienzos?|inicios?) del? (?:ONEOF|MONTH|(?:la )?semana)",
        vague(WHICH_DAY, Slot.DAY),
    ),
    (rf"(?:(?:el|para el)(?: dia)?|dia) {NTH_DAY} del? (?P<of>OFMONTH)", WORDS.day_of_month),
    (
        rf"(?:el )?(?P<of>mes COMING|proximo mes),? (?:el (?:dia )?|dia ){NTH_DAY}",
        WORDS.day_of_month,
    ),
    (
        rf"(?:(?:el|para el)(?: dia)?|dia) (?!(?:\d{{3}}|3[2-9]|[4-9]\d)){BARE_DAY}NOTHINGCOUNTED",
        WORDS.day_of_month,
    ),
    (r"NOPLACE(?:el|para el)(?: dia)? (?P<day>LATEWORD|NUMERAL)TIMEBEHIND", WORDS.day_of_month),
    (r"(?:el )?(?:dia )?(?P<day>NTHWORD)TIMEBEHIND", WORDS.day_of_month, (Every,)),
    (rf"(?:el|los)(?: dias?)? {NTH_DAY}(?= de cada NUM meses)", WORDS.day_of_month),
    (rf"del {BARE_DAY}NOTHINGCOUNTED", WORDS.day_of_month, (Clock, Part, Mark)),
    (r"(?P<day>\d{1,2})NOTHINGCOUNTED", WORDS.day_of_month, (Weekday,)),
)
WEEKS = (
    (r"(?:de )?hoy en ocho(?: dias)?", pieces(Relative(7))),
    (r"(?:de )?hoy en quince(?: dias)?", pieces(Relative(14))),
    (r"(?:de )?manana en ocho(?: dias)?", pieces(Relative(8))),
    (r"(?:del|el) (?P<day>WEEKDAY) en ocho(?: dias)?", WORDS.weekday(weeks=1)),
    (r"(?:el )?(?P<day>WEEKDAY) de (?P<of>esta semana|NEXTWEEK)", WORDS.weekday_in_week),
    (
        r"(?:hoy|manana|WEEKDAY) no,|no (?:hoy|manana|el WEEKDAY),?(?= (?:sino|el|pasado|pero))",
        vague(WHICH_DAY, Slot.DAY, strong=True),
    ),
    (
        r"el otro WEEKDAY|no,? el (?:otro|siguiente)|la otra semana",
        vague(WHICH_DAY, Slot.DAY, strong=True),
    ),
    (
        r"antes del? (?:proximo )?"
        r"(?:WEEKDAY|manana|hoy|NUM de MONTH|\d{1,2}(?:/\d{1,2})?|fin de (?:mes|semana|ano))",
        vague(WHICH_DAY, Slot.DAY),
    ),
    (r"(?:(?:el|este|para el) )?proximo (?P<day>WEEKDAY)", WORDS.weekday(Coming.AFTER_TODAY)),
    (r"(?:(?:el|este|para el) )?(?P<day>WEEKDAY) COMING", WORDS.weekday(Coming.AFTER_TODAY)),
    (r"(?:el|este|para el)(?: dia)? (?P<day>WEEKDAY)", WORDS.weekday()),
    (r"(?:(?:el|para el) )?(?P<day>SHORTDAY)\.?,?(?= \d)", WORDS.weekday()),
    (r"del?(?: dia)? (?P<day>WEEKDAY)", WORDS.weekday(), (Clock, Part, Mark)),
    (r"del?(?: dia)? WEEKDAY", ignore),
    (r"NONAME(?P<day>domingo)TIMEBEHIND", WORDS.weekday()),
    (r"NONAME(?P<day>lunes|martes|miercoles|jueves|viernes|sabado)", WORDS.weekday()),
    (r"(?:de |para )?(?P<of>NEXTWEEK|esta semana)", WORDS.week),
    (
        r"(?:(?:el|este|para el) )?(?:proximo )?fin de semana(?: COMING)?",
        vague(WHICH_DAY, Slot.DAY),
    ),
    (
        r"(?:(?:el )?proximo|este) (?:mes|ano)|(?:el )?(?:mes|ano) COMING",
        vague(WHICH_DAY, Slot.DAY),
    ),
    (r"(?:en|para) MONTH(?! \d)", vague(WHICH_DAY, Slot.DAY)),
)
PARTS_OF_DAY = (
    (r"esta (?P<part>PART)", WORDS.today_part),
    (r"(?:a|por|en|durante) la (?P<part>PART)|(?:al?|a la) (?P<noon>mediodia|medianoche)",
     lambda match: PARTS[match["part"] or match["noon"]]),
    (r"la (?P<part>PART)(?= del? (?:WEEKDAY|hoy|manana|NUM))", WORDS.part),
    (r"(?:de la|del) (?P<part>PART)", WORDS.part, (Clock,)),
    (r"del dia(?! (?:WEEKDAY|NUM|de))", pieces(Part.NOON), (Clock,)),  # Mexico's "a las 12 del día"
    (r"de (?P<part>tarde|noche|madrugada)", WORDS.part, (*DAYS, Every, Clock)),
    (r"\Ade (?P<part>tarde|noche)", WORDS.part),
    (r"(?:(?:bien|muy|re) )?(?P<part>EARLY)", WORDS.part, (*DAYS, Every, Part)),
    (r"(?P<part>tarde|noche|mediodia|madrugada)", WORDS.part, (*DAYS, Every)),
    (r"a primera hora|\Atempran(?:o|ito)\Z", pieces(Part.EARLY)),
    (r"(?:de la|del) PART", ignore),
)  # fmt: skip
DAY_NAMES = (
    (r"(?:para )?hoy(?: mismo)?|el dia de hoy", pieces(Relative(0))),
    (r"el dia de manana", pieces(Relative(1))),
    (
        r"(?:para )?pasado(?: manana|(?= (?:a|por|en) las? ))|(?<=manana [oy] )pasado|\Apasado\Z",
        pieces(Relative(2)),
    ),
    (r"de manana", pieces(Relative(1)), (Clock, Part, Mark)),
    (r"de hoy", pieces(Relative(0)), (Clock, Part, Mark)),
    (r"de (?:manana|hoy)", ignore),
    (r"(?<!\bla )(?<!\buna )(?<!\bmedia )(?:para )?manana(?: mismo)?", pieces(Relative(1))),
)
CLOCKS = (
    (r"entre las? SOMEHOUR y (?:las? )?SOMEHOUR", vague(WHICH_HOUR, Slot.CLOCK)),
    (r"de (?:las? )?SOMEHOUR a (?:las? )?SOMEHOUR", vague(WHICH_HOUR, Slot.CLOCK)),
    (
        r"antes de las? (?:SOMEHOUR|PART)|antes del? (?:mediodia|medianoche)|a ultima hora",
        vague(WHICH_HOUR, Slot.CLOCK),
    ),
    (
        r"(?:antes|despues|luego) (?:de la|del?) EVENT|a la hora (?:de la|del?) EVENT",
        vague(WHICH_HOUR, Slot.CLOCK),
    ),
    (
        r"(?:cuando )?(?:falten? |al? )?(?P<less>un cuarto|cuarto|NUM)(?: minutos)?"
        r" para las? (?P<hour>NUM)",
        WORDS.clock,
    ),
    (
        r"(?:a|para|sobre|hacia|desde|como a|despues de|alrededor de|a eso de|cerca de|tipo)"
        r" las? ?HOUR",
        WORDS.clock,
    ),
    (r"tipo HOUR", WORDS.clock),
    (r"(?:de )?las? HOUR", WORDS.clock, (Mark,)),
    (r"\A(?:las? |(?=\w+ (?:y|menos) ))HOUR\Z", WORDS.clock),
    (r"HOUR(?= (?:de la|del) PART)", WORDS.clock),
    (r"BARE(?P<hour>\d{1,2})[.,](?P<minute>\d\d)NOTHINGCOUNTED", WORDS.clock, DAYS),
    (r"BARE(?P<hour>\d{1,2})(?=\W*$|[,;])", WORDS.clock, (Relative,)),
    (r"BARE(?P<bare>)(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d))?HALF", WORDS.clock),
    (r"BARE(?<!\bde )(?P<bare>)(?P<hour>\d{1,2})[:h](?P<minute>\d\d)SUFFIX?", WORDS.clock),
    (
        r"BARE(?<!\bde )(?P<bare>)(?P<hour>\d{1,2})(?:\.(?P<minute>\d\d))? ?(?:hs|hrs|h)\b\.?",
        WORDS.clock,
    ),
    (r"BARE(?<!\bde )(?P<bare>)(?P<hour>1[3-9]|2[0-3]) horas", WORDS.clock),
)
LATER = (
    (
        r"(?:un (?:poco|rato) )?mas tarde|luego|despues|al rato|ahorita|ahora|pronto|enseguida"
        r"|mas adelante|algun dia|un[oa]? de estos dias|un dia de estos",
        vague(UNCLEAR, Slot.ALL),
    ),
)

SPANISH = Grammar(
    macros=MACROS,
    lines=(
        *NOT_TIMES, *PAST, *RECURRENCES, *LENGTHS, *DATES, *WEEKS, *PARTS_OF_DAY, *DAY_NAMES,
        *CLOCKS, *LATER,
    ),
    typos=TYPOS,
    request=re.compile(
        r"(?:(?:che|hola|porfa|por favor|dale|wasap)[\s,!.]*)*"
        r"/?(?:recorda(?:me|melo|nos)|recuerda(?:me|melo|nos)|record[aá]?rme|acorda(?:te|me)|acuerdate"
        r"|avisa(?:me|nos)|ha(?:ce|z)me (?:acordar|recordar)"
        r"|me (?:recordas|recuerdas|avisas|haces acordar)"
        r"|(?:que )?no (?:se )?me (?:olvide|pase|olvido)|no me dejes olvidar"
        r"|(?:necesito|quiero) que me (?:recuerdes|avises)"
        r"|pon(?:eme|me) (?:una? )?(?:recordatorio|alarma|aviso)"
        r"|(?:un )?recordatorio|recordar)(?!\w)"
    ),
    opening=re.compile(r"(?i:que|de|para|y|por favor|porfa|sin falta)(?!\w)"),
    closing=re.compile(r"(?i:(?<!\w)(?:que|de|para|a|y|o|el|la|por favor|porfa|sin falta))$"),
    proper=frozenset((*PLURALS, *ALL_MONTHS, "miércoles", "sábado", "sábados")),
)  # fmt: skip
