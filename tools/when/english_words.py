"""The words of English."""

import re

from tools.when.folded import swaps
from tools.when.grammar import either
from tools.when.lexicon import Lexicon, numbered
from tools.when.pieces import Part

NUMBERS = numbered(
    """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
    fifteen sixteen seventeen eighteen nineteen"""
)
ONES = tuple(NUMBERS)[1:10]
TENS = numbered("twenty thirty forty fifty sixty seventy eighty ninety", first=2)
NUMBERS |= {"a": 1, "an": 1} | {ten: 10 * place for ten, place in TENS.items()}
NUMBERS |= {
    f"{ten}{dash}{one}": NUMBERS[ten] + NUMBERS[one]
    for ten in TENS
    for one in ONES
    for dash in "- "
}
HOURS = [word for word, value in NUMBERS.items() if value <= 12 and len(word) > 2]
WEEKDAYS = numbered("monday tuesday wednesday thursday friday saturday sunday")
SHORT_WEEKDAYS = {name[:3]: day for name, day in WEEKDAYS.items()}
SHORT_WEEKDAYS |= {"tues": 1, "thur": 3, "thurs": 3}
PLURALS = {f"{name}s": day for name, day in WEEKDAYS.items()}
MONTHS = numbered(
    """january february march april may june july august
    september october november december""",
    first=1,
)
ALL_MONTHS = {**MONTHS, **{name[:3]: month for name, month in MONTHS.items()}, "sept": 9}
PARTS = {
    "morning": Part.MORNING, "noon": Part.NOON, "midday": Part.NOON, "lunchtime": Part.NOON,
    "afternoon": Part.AFTERNOON, "evening": Part.EVENING, "night": Part.NIGHT,
    "midnight": Part.MIDNIGHT,
}  # fmt: skip
UNITS = {
    "second": ("second", "seconds", "sec", "secs"),
    "minute": ("minute", "minutes", "min", "mins", "m"),
    "hour": ("hour", "hours", "hr", "hrs", "h"),
    "day": ("day", "days"),
    "week": ("week", "weeks"),
    "month": ("month", "months"),
    "year": ("year", "years"),
}
SPELT_UNITS = {name: unit for unit, names in UNITS.items() for name in names}
ORDINALS = numbered(
    """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth
    fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth""",
    first=1,
)
ORDINALS |= {
    f"{ten}{dash}{one}": NUMBERS[ten] + ORDINALS[one]
    for ten in ("twenty", "thirty")
    for one in tuple(ORDINALS)[:9]
    for dash in "- "
}
ORDINALS["thirtieth"] = 30
FROM_THE_END = {"last": -1, "penultimate": -2} | {
    f"{word}{link}last": -place
    for word, place in (("second", 2), ("third", 3))
    for link in (" ", "-", " to ", "-to-")
}
QUARTERS = {"half": 2, "quarter": 1, "a quarter": 1, "and a half": 2}

NUMBER = rf"(?:\d{{1,12}}|{either(NUMBERS)})"
AMOUNT = (
    r"(?:(?P<pair>a couple(?: of)? )|(?P<quarters>a|three|3) quarters? of an? "
    r"|(?P<half>half an? |half )"
    rf"|(?P<number>{NUMBER})(?:\.(?P<decimal>\d{{1,3}}))?(?: (?P<before>and a half))? ?)COUNT"
    rf"(?P<unit>{either(SPELT_UNITS)})(?:(?P<glued>\d\d)(?:m|min)?)?(?!\w)"
    r"(?: (?P<plus>and a half)(?!\w))?"
)
COUNTED = re.sub(r"\?P<\w+>", "?:", AMOUNT.replace("COUNT", ""))

WORDS = Lexicon(
    numbers=NUMBERS,
    weekdays={**WEEKDAYS, **PLURALS, **SHORT_WEEKDAYS},
    months=ALL_MONTHS,
    ordinals={**ORDINALS, **FROM_THE_END},
    units=SPELT_UNITS,
    parts=PARTS,
    quarters=QUARTERS,
    amount=re.compile(AMOUNT.replace("COUNT", "?")),
    next_one=re.compile(r"\bnext\b"),
    this_one=re.compile(r"\bthis\b"),
)

TYPOS = {
    **swaps(("tomorrow", "tonight", "minutes", *WEEKDAYS)),
    **swaps(tuple(name for name in MONTHS if len(name) > 4)),
    **dict.fromkeys(("tommorow", "tomorow", "tommorrow", "tomorrrow", "tomorro"), "tomorrow"),
    **dict.fromkeys(("tmrw", "tmr", "tmw"), "tomorrow"),
    **dict.fromkeys(("wensday", "wednsday", "wendsday", "wensdy"), "wednesday"),
    "tusday": "tuesday", "thurday": "thursday", "thursay": "thursday", "satuday": "saturday",
    "saterday": "saturday", "tonite": "tonight", "febuary": "february", "evry": "every",
}  # fmt: skip

MACROS = {
    "NUM": rf"(?:{NUMBER}(?!\w))",
    "LEN": rf"(?:{COUNTED}(?:(?:,| and|) {COUNTED}){{0,2}})",
    "UNIT": either(SPELT_UNITS),
    "WEEKDAY": either(WEEKDAYS),
    "ANYDAY": rf"(?:{either({**WEEKDAYS, **PLURALS})}|{either(SHORT_WEEKDAYS)}(?!\w))",
    "ANYDAYS": r"(?:ANYDAY(?:(?:,| and|, and)(?: on)? ANYDAY){0,6})",
    "SHORTDAY": either(SHORT_WEEKDAYS),
    "PLURAL": either(PLURALS),
    "MONTH": either(MONTHS),
    "ANYNAME": rf"(?:{either(ALL_MONTHS)}\b\.?)",
    "NTHWORD": either(ORDINALS),
    "ORD": rf"(?:{either(FROM_THE_END)}|NTHDAY)",
    "PART": either(PARTS),
    "NTHDAY": r"(?:\d{1,2}(?:st|nd|rd|th)|NTHWORD)",
    # Not the fifth floor.
    "DAYENDS": r"(?=\W*$|[,;.]| (?:at|in the|by|to(?! last))\b)",
    "WHICHDAY": r"(?:WEEKDAY|(?:working|business) day|day)",
    "YEAR": r"(?:,? (?P<year>\d{4})(?![\d:.]))",
    "EVERY": r"(?:every|each)",
    "OFMONTH": r"(?:the month|this month|next month)",
    "BARE": r"(?<![\d$:/#-])(?<!\d[.,])",
    "STREET": r"(?:street|st|avenue|ave|road|rd|lane|ln|boulevard|blvd|drive|square|way|place"
    r"|court)",
    "EVENT": r"(?:breakfast|lunch|dinner|supper|work|school|class|church|bed"
    r"|the (?:meeting|gym|game))",
    "HALF": r"(?: ?(?P<half>[ap])(?:\.? ?m\b\.?))",
    "HOURNUM": r"(?:\d{1,3}(?![\d%])|" + either(HOURS) + r"\b)",
    "SOMEHOUR": r"(?:HOURNUM(?:[:.]\d\d)?(?: ?[ap]\.? ?m\b\.?)?)",
    "MINUTES": either(["ten", "fifteen", *tuple(TENS)[:4]]),
    "HOUR": r"(?:(?P<plus>half|a quarter|quarter|NUM)(?: minutes)? past "
    r"|(?P<less>a quarter|quarter|NUM)(?: minutes)? to )?(?P<hour>HOURNUM)"
    r"(?:(?:[:.](?=\d)| (?=[a-z]))(?P<minute>\d\d(?!\d)|MINUTES(?!\w)))?"
    r"(?: ?o.?clock|ish)?HALF?(?P<orelse> or (?:at )?\d{1,2}(?!\w))?",
}
