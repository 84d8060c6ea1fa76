"""The words of Spanish, folded: no accents, no capitals."""

import re

from tools.when.folded import swaps
from tools.when.grammar import either
from tools.when.lexicon import Lexicon, numbered
from tools.when.pieces import Part

NUMBERS = numbered(
    """cero un dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince
    dieciseis diecisiete dieciocho diecinueve veinte veintiun veintidos veintitres veinticuatro
    veinticinco veintiseis veintisiete veintiocho veintinueve"""
)
ONES = tuple(NUMBERS)[1:10]
TENS = numbered("treinta cuarenta cincuenta sesenta setenta ochenta noventa", first=3)
NUMBERS |= {"uno": 1, "una": 1, "veintiuno": 21, "veintiuna": 21}
NUMBERS |= {ten: 10 * place for ten, place in TENS.items()}
NUMBERS |= {
    f"{ten} y {one}": NUMBERS[ten] + NUMBERS[one] for ten in TENS for one in ("uno", "una", *ONES)
}
HOURS = [word for word, value in NUMBERS.items() if value <= 24 and word not in ("un", "uno")]
WEEKDAYS = numbered("lunes martes miercoles jueves viernes sabado domingo")
SHORT_WEEKDAYS = {name[:3]: day for name, day in WEEKDAYS.items()}
PLURALS = {**WEEKDAYS, "sabados": 5, "domingos": 6}
MONTHS = numbered(
    """enero febrero marzo abril mayo junio julio agosto
    septiembre octubre noviembre diciembre""",
    first=1,
)
MONTHS["setiembre"] = 9
ALL_MONTHS = {**MONTHS, **{name[:3]: month for name, month in MONTHS.items()}, "sept": 9}
PARTS = {
    "madrugada": Part.SMALL_HOURS, "manana": Part.MORNING, "mananita": Part.MORNING,
    "mediodia": Part.NOON, "siesta": Part.SIESTA, "tarde": Part.AFTERNOON,
    "tardecita": Part.LATE_AFTERNOON, "noche": Part.NIGHT, "medianoche": Part.MIDNIGHT,
}  # fmt: skip
PARTS |= {f"{name}s": part for name, part in PARTS.items()}
EARLY = dict.fromkeys(("temprano", "tempranito", "a primera hora"), Part.EARLY)
UNITS = {
    "second": ("segundo", "segundos", "seg"),
    "minute": ("minuto", "minutos", "minutito", "minutitos", "min", "mins", "m", "'"),
    "hour": ("hora", "horas", "horita", "horitas", "h", "hs", "hr", "hrs"),
    "day": ("dia", "dias"),
    "week": ("semana", "semanas"),
    "month": ("mes", "meses"),
    "year": ("ano", "anos"),
}
ORDINALS = numbered(
    "primero segundo tercero cuarto quinto sexto septimo octavo noveno decimo undecimo duodecimo",
    first=1,
)
ORDINALS |= {"primer": 1, "tercer": 3}
ORDINALS |= {
    f"{ten}{gap}{one}": tens + ORDINALS[one] if one else tens
    for ten, tens in {"decimo": 10, "vigesimo": 20, "trigesimo": 30}.items()
    for one in ("", *ORDINALS)
    for gap in ("", " " if one else "")
    if ORDINALS.get(one, 0) < 10
}
FROM_THE_END = {"ultimo": -1, "penultimo": -2, "anteultimo": -2, "antepenultimo": -3}
QUARTERS = {"media": 2, "medio": 2, "cuarto": 1, "un cuarto": 1, "tres cuartos": 3}

NUMBER = rf"(?:\d{{1,12}}|{either(NUMBERS)})"
SPELT_UNITS = {name: unit for unit, names in UNITS.items() for name in names}
AMOUNT = (
    r"(?:(?P<pair>un par de )|(?P<quarters>un|tres) cuartos? de |(?P<half>medi[oa]) |"
    rf"(?P<number>{NUMBER})(?:[.,](?P<decimal>\d{{1,3}}))? ?)COUNT"
    rf"(?P<unit>{either(SPELT_UNITS)})(?:(?P<glued>\d\d)(?:m|min)?)?(?!\w)"
    r"(?: y (?P<plus>media|medio|cuarto|tres cuartos)(?!\w))?"
    rf"(?:(?:(?<=hora)|(?<=horas)) y (?P<loose>{NUMBER})(?!\w| ?{either(SPELT_UNITS)}\b))?"
)
COUNTED = re.sub(r"\?P<\w+>", "?:", AMOUNT.replace("COUNT", ""))

WORDS = Lexicon(
    numbers=NUMBERS,
    weekdays={**PLURALS, **SHORT_WEEKDAYS},
    months=ALL_MONTHS,
    ordinals={**ORDINALS, **FROM_THE_END},
    units=SPELT_UNITS,
    parts={**PARTS, **EARLY},
    quarters=QUARTERS,
    amount=re.compile(AMOUNT.replace("COUNT", "?")),
    next_one=re.compile(r"viene|proxim|entrante|siguiente"),
    this_one=re.compile(r"\best[ea]\b"),
)

TYPOS = {
    **swaps(("manana", "tarde", "noche", "minutos", "semana", "semanas", "todos", *WEEKDAYS)),
    **swaps(tuple(name for name in MONTHS if len(name) > 4)),
    **dict.fromkeys(("mannana", "maniana", "manan", "mnana", "manna", "mnna"), "manana"),
    "juebes": "jueves", "biernes": "viernes", "savado": "sabado", "sabdo": "sabado",
    "lunez": "lunes", "martez": "martes", "mircoles": "miercoles", "miercole": "miercoles",
    "domigo": "domingo", "febreo": "febrero", "setienbre": "setiembre", "septienbre": "septiembre",
    "novienbre": "noviembre", "dicienbre": "diciembre", "pasadomanana": "pasado manana",
    "ls": "las", "d": "de", "q": "que", "x": "por", "xa": "para", "alas": "a las",
    "finde": "fin de semana",
}  # fmt: skip

MACROS = {
    "NUM": rf"(?:{NUMBER}(?!\w))",
    "LEN": rf"(?:(?:{COUNTED}|horas? y (?:media|cuarto))(?:(?:,| y|) {COUNTED}){{0,2}})",
    "UNIT": either(SPELT_UNITS),
    "WEEKDAY": either(WEEKDAYS),
    "PLURAL": either(PLURALS),
    "PLURALS": r"(?:PLURAL(?:(?:,| y| e)(?: los| el)? PLURAL){0,6})",
    "SHORTDAY": either(SHORT_WEEKDAYS),
    "MONTH": either(MONTHS),
    "ANYNAME": either(ALL_MONTHS),
    "NTHWORD": either(ORDINALS),
    # "El cuarto" and "el segundo" are rather something else, as long as no month comes with them.
    "LATEWORD": either([word for word, place in ORDINALS.items() if place > 5]),
    "NUMERAL": r"(?:\d{1,2}(?:o|°|ro|er|do|to|mo|vo|no))",
    "ORD": rf"(?:NTHWORD|NUMERAL|{either(FROM_THE_END)})",
    "WHICHDAY": r"(?:dia habil|dia|PLURAL)",
    "PART": either(PARTS),
    "EARLY": either(EARLY),
    "WORKDAY": r"(?:habil(?:es)?|laborables?|laborales?|de semana)",
    "YEAR": r"(?:,?(?: del?)? (?P<year>20\d\d|(?<=de )\d{4}|(?<=del )\d{4})(?![\d:.]))",
    "COMING": r"(?:que viene|proxim[oa]|entrante|siguiente)",
    "NEXTWEEK": r"(?:la )?(?:semana COMING|proxima semana)",
    "ONEOF": r"(?:(?:este |proximo )?(?:mes|ano)(?: COMING)?)",
    "OFMONTH": r"(?:este mes|mes COMING|proximo mes|mes)",
    "OFALL": r"(?:(?:de )?(?:cada mes|todos los meses))",
    # A number that is neither part of a longer one nor a price.
    "BARE": r"(?<![\d$:/#-])(?<!\d[.,])",
    # Behind these a day's bare name is a person or a place: "llamar a Domingo".
    "NONAME": r"(?<!\ba )(?<!\bcon )(?<!\bde )(?<!\bdon )(?<!\bsan )(?<!\bsanto )",
    "NOPLACE": r"(?<!\ba )(?<!\ben )(?<!\bpor )(?<!\bla )(?<!\bsobre )",
    "STREET": r"(?:calle|avenida|avda?\.?|plaza|plazoleta|paseo|pasaje|estacion|hospital|escuela"
    r"|colegio|club|barrio|banco|esquina|ruta|parque|puente|linea|cine|teatro|bar|hotel|autopista)",
    "EVENT": r"(?:almorzar|almuerzo|comer|comida|cenar|cena|desayunar|desayuno|merendar|merienda"
    r"|siesta|trabajar|trabajo|laburo|clases?|misa|escuela|colegio|facultad|reunion|partido|dormir|gimnasio)",
    # What shows that a bare "domingo" is a day: the end, or more time behind it.
    "TIMEBEHIND": r"(?=\W*$|[,;.]"
    r"| (?:al? |(?:a|por|en|de) las? |\d|temprano|tarde|noche|que viene))",
    # Not the tenth: "el 10 de Boca", "el 5%", "el 8 hs".
    "NOTHINGCOUNTED": r"(?!\w|[.,:/-]\d| ?%| por ciento| pesos| \d| ?(?:hs|hrs|horas|am|pm)\b"
    r"| de (?!este\b|tarde\b|noche\b)| del (?!mes))",
    "SUFFIX": r"(?: ?(?:hs|hrs|horas|hora|h)\b\.?)",
    "HALF": r"(?: ?(?P<half>[ap])(?:\.? ?m\b\.?))",
    "HOURNUM": r"(?:\d{1,3}(?![\d%])|" + either(HOURS) + r"\b)",
    "SOMEHOUR": r"(?:HOURNUM(?:[:.]\d\d)?SUFFIX?(?: y (?:media|cuarto))?(?: ?[ap]\.? ?m\b\.?)?)",
    "MINUTES": r"(?:diez|quince|veinte|veinticinco|(?:treinta|cuarenta|cincuenta)(?: y cinco)?)",
    # Between hour and minutes: "8:30", "8 treinta", and "8 30" where nothing can be counted by it.
    "COLON": r"(?:[:.,h](?=\d)| (?=[a-z])| (?=\d\d(?:\W*$|[,;]| (?:de la|del)\b)))",
    "HOUR": r"(?P<hour>HOURNUM)(?:COLON(?P<minute>\d\d(?!\d)|MINUTES(?!\w)))?SUFFIX?"
    r"(?: y (?P<plus>media|cuarto|NUM)(?: minutos)?(?!\w)"
    r"| menos (?P<less>un cuarto|cuarto|NUM)(?!\w))?"
    r"(?: en punto| y pico)?SUFFIX?HALF?(?:(?= y (?P<odd>[a-z]+))|)"
    r"(?P<orelse> o (?:las )?\d{1,2}(?!\w))?",
}
