"""English."""

import re

from tools.when.english_words import (
    ALL_MONTHS,
    MACROS,
    PLURALS,
    SHORT_WEEKDAYS,
    TYPOS,
    WEEKDAYS,
    WORDS,
)
from tools.when.errors import UNCLEAR, WHICH_DAY, WHICH_HOUR
from tools.when.grammar import Grammar, ignore
from tools.when.lexicon import also, pieces, vague
from tools.when.pieces import (
    DAYS,
    WORKING_DAYS,
    Coming,
    DayOfMonth,
    Every,
    Gone,
    Mark,
    Part,
    Relative,
    Slot,
    Steps,
    Unit,
    Weekday,
)

NOT_TIMES = (
    (r"(?:black|good|cyber|ash|super|fat|holy) (?:WEEKDAY)", ignore),
    (r"(?:at )?\d+ (?:[a-z]+ ){1,3}?STREET", ignore),
    (r"24/7|these days|one day|day by day", ignore),
)
PAST = (
    (r"the day before yesterday|yesterday", pieces(Gone())),
    (r"last (?:night|week|month|year|weekend|WEEKDAY)(?! (?:of|in))", pieces(Gone())),
    (r"(?:LEN|a while|a few [a-z]+) ago", pieces(Gone())),
)
RECURRENCES = (
    (r"EVERY now and then|every so often|from time to time|sometimes", vague(UNCLEAR, Slot.ALL)),
    (
        r"(?:twice|NUM times) (?:a|per|EVERY) (?:day|week|month|year)",
        vague(UNCLEAR, Slot.ALL, strong=True),
    ),
    (r"once (?:a|per) (?P<length>UNIT)", WORDS.every),
    (r"EVERY day,? (?:except|but)(?: for)?(?: on)? (?P<days>ANYDAYS)", WORDS.other_weekdays),
    (
        r"EVERY day,? (?:except|but)(?: for)?(?: on)? (?:the )?weekends?",
        pieces(Every(Unit.WEEK, 1, WORKING_DAYS)),
    ),
    (r"except(?: for)?(?: on)? (?:ANYDAY|(?:the )?weekends?|holidays)", vague(UNCLEAR, Slot.ALL)),
    (
        r"EVERY (?:weekday|work(?:ing)? ?day|business day)|(?:on )?weekdays",
        pieces(Every(Unit.WEEK, 1, WORKING_DAYS)),
    ),
    (r"(?:from )?(?P<first>WEEKDAY) (?:to|through|thru) (?P<last>WEEKDAY)", WORDS.weekday_range),
    (r"(?:EVERY weekend|(?:on |at )?(?:the )?weekends)", pieces(Every(Unit.WEEK, 1, (5, 6)))),
    (r"every (?P<alternate>other|second) (?P<days>WEEKDAY)(?! (?:of|in))", WORDS.every_weekdays),
    (r"(?:the )?ORD and (?:the )?ORD (?:WHICHDAY|of EVERY)", vague(UNCLEAR, Slot.ALL, strong=True)),
    (r"every (?:other|second) day", pieces(Every(Unit.DAY, 2))),
    (r"every (?:other|second) week", pieces(Every(Unit.WEEK, 2))),
    (r"every (?:other|second) month", pieces(Every(Unit.MONTH, 2))),
    (
        r"EVERY (?P<nth>ORD) (?P<kind>WHICHDAY) (?:of|in) (?:the|EVERY) month",
        also(WORDS.nth, Every(Unit.MONTH)),
    ),
    (
        r"(?:on )?(?:the )?(?P<nth>ORD) (?P<kind>WHICHDAY),? (?:(?:of|in) )?EVERY month",
        also(WORDS.nth, Every(Unit.MONTH)),
    ),
    (
        r"(?:on )?(?:the )?(?P<day>NTHDAY),? (?:of )?EVERY month",
        also(WORDS.day_of_month, Every(Unit.MONTH)),
    ),
    (r"(?:at )?the end of EVERY month", pieces(DayOfMonth(-1), Every(Unit.MONTH))),
    (
        r"EVERY (?P<month>MONTH) (?P<day>NTHDAY|\d{1,2})(?P<year>)",
        also(WORDS.date, Every(Unit.YEAR)),
    ),
    (
        r"EVERY (?P<day>NTHDAY|\d{1,2})(?: of)? (?P<month>MONTH)(?P<year>)",
        also(WORDS.date, Every(Unit.YEAR)),
    ),
    (r"EVERY (?P<weeks>NUM) (?P<days>PLURAL)", WORDS.every_weekdays),
    (r"EVERY (?P<days>ANYDAYS)", WORDS.every_weekdays),
    (r"(?:on )?(?P<days>PLURAL(?:(?:,| and|, and)(?: on)? PLURAL){0,6})", WORDS.every_weekdays),
    (r"EVERY (?P<length>LEN|UNIT(?: and a half)?)", WORDS.every),
    (r"EVERY (?P<part>PART)", also(WORDS.part, Every(Unit.DAY))),
    (r"hourly", pieces(Every(Unit.SECOND, 3600))),
    (r"daily", pieces(Every(Unit.DAY))),
    (r"weekly", pieces(Every(Unit.WEEK))),
    (r"monthly", pieces(Every(Unit.MONTH))),
    (r"yearly|annually", pieces(Every(Unit.YEAR))),
    (r"for(?: the next)? (?P<length>LEN)", WORDS.lasting),
    (r"(?:until|till) (?:SOMEHOUR|noon|midnight)", vague(UNCLEAR, Slot.ALL)),
    (r"(?:until|till)(?= )", pieces(Mark.UNTIL)),
    (
        r"(?:starting|beginning)(?= )|from(?= (?:tomorrow|today|on|next|ANYDAY|MONTH))",
        pieces(Mark.START),
    ),
)
LENGTHS = (
    (r"LEN (?:before|after)", vague(UNCLEAR, Slot.ALL, strong=True)),
    (r"(?:in|within) (?:a fortnight)", pieces(Steps(days=14))),
    (r"(?:in|within)(?: the next)? (?P<length>LEN)", WORDS.length),
    (r"(?P<length>LEN) from (?:now|today)", WORDS.length),
    (r"(?P<weeks>NUM) weeks? from (?P<day>WEEKDAY)", WORDS.weeks_from_weekday),
    (r"(?:on )?(?P<day>WEEKDAY) week", WORDS.weekday(weeks=1)),
    (r"(?:a|one) week from tomorrow|tomorrow week", pieces(Relative(8))),
    (r"(?:a|one) week from today|today week", pieces(Relative(7))),
    (r"\A(?P<length>LEN)\Z", WORDS.length),
    (
        r"in (?:a (?:while|bit|moment|sec|little while)|(?:a few|some|several) [a-z]+)",
        vague(UNCLEAR, Slot.ALL),
    ),
)
DATES = (
    (
        r"(?P<year>\d{4})-(?P<month>\d\d?)-(?P<day>\d\d?)(?:t(?P<hour>\d\d):(?P<minute>\d\d)(?::\d\d)?)?",
        WORDS.iso,
    ),
    (
        r"(?:on )?(?P<month>ANYNAME) (?P<day>NTHDAY|\d{1,2}),? (?P<of>next year)",
        WORDS.date,
    ),
    (
        r"(?:on )?(?:the )?BARE(?P<day>NTHDAY|\d{1,2})(?: of)? (?P<month>ANYNAME)YEAR?",
        WORDS.date,
    ),
    (
        r"(?:on )?(?!(?:may|march) \d+ [a-z]+s\b)(?P<month>ANYNAME) (?P<day>NTHDAY|\d{1,2})"
        r"(?![\d:]| ?[ap]\.?m\b| times)YEAR?",
        WORDS.date,
    ),
    (
        r"(?:on )?BARE(?P<day>\d{1,2})/(?P<month>\d{1,2})(?:/(?P<year>\d{4}|\d\d))?(?![\d/-])",
        WORDS.slashed,
    ),
    (
        r"(?:on )?BARE(?P<day>\d{1,2})[.-](?P<month>\d{1,2})[.-](?P<year>20\d\d)(?![\d/-])",
        WORDS.slashed,
    ),
    (
        r"(?:on )?(?:the )?(?P<nth>ORD) (?P<kind>WHICHDAY) (?:of|in) (?P<of>OFMONTH|MONTH)",
        WORDS.nth,
    ),
    (
        r"(?:on )?(?:the )?(?P<nth>ORD) (?P<kind>WHICHDAY)"
        r"(?=,? (?:(?:of|in) )?EVERY (?:(?:NUM|other|second) )?month)",
        WORDS.nth,
    ),
    (r"(?:the )?ORD WHICHDAYs?(?= (?:of|in) EVERY)", vague(WHICH_DAY, Slot.DAY, strong=True)),
    (r"(?:on )?(?:the )?(?P<nth>ORD) (?P<kind>WHICHDAY)", WORDS.nth, (Every,)),
    (
        r"(?:on |EVERY )?(?:the )?ORD (?:WEEKDAY|(?:working|business) day)",
        vague(WHICH_DAY, Slot.DAY),
    ),
    (r"(?:at |by )?(?:the )?end of (?P<of>OFMONTH|month|the year|year|MONTH)", WORDS.month_end),
    (
        r"(?:in )?(?:the )?(?:mid(?:dle of)?|beginning of|start of|early|late)[ -]"
        r"(?:the |this |next )?(?:month|year|week|MONTH)",
        vague(WHICH_DAY, Slot.DAY),
    ),
    (r"(?:on )?the (?P<day>NTHDAY) of (?P<of>OFMONTH)", WORDS.day_of_month),
    (r"(?P<of>next month),? on the (?P<day>NTHDAY)", WORDS.day_of_month),
    (
        r"(?:on|by) the (?P<day>\d{1,2}(?:st|nd|rd|th)|first)"
        r"(?! (?:floor|street|st|avenue|ave|of|time))",
        WORDS.day_of_month,
    ),
    (r"the (?P<day>\d{1,2}(?:st|nd|rd|th))DAYENDS", WORDS.day_of_month),
    (
        r"(?:on )?(?:the )?(?P<day>NTHDAY)(?= of EVERY (?:NUM|other|second) month)",
        WORDS.day_of_month,
    ),
    (r"(?:on|by) the (?P<day>NTHWORD)DAYENDS", WORDS.day_of_month),
    (r"(?:on )?the (?P<day>NTHDAY)DAYENDS", WORDS.day_of_month, (Every,)),
    (r"the (?P<day>\d{1,2}(?:st|nd|rd|th))", WORDS.day_of_month, (Weekday, Mark)),
)
WEEKS = (
    (r"(?:on )?(?P<day>WEEKDAY)(?: of)? (?P<of>next week|this week)", WORDS.weekday_in_week),
    (r"before (?:next |this )?(?:ANYDAY|tomorrow|MONTH)", vague(WHICH_DAY, Slot.DAY)),
    (r"(?:the )?WEEKDAY after next", vague(WHICH_DAY, Slot.DAY, strong=True)),
    (r"(?:on )?next (?P<day>WEEKDAY|SHORTDAY)", WORDS.weekday(Coming.AFTER_TODAY)),
    (r"(?:on|this|by|(?:this |the )?coming) (?P<day>WEEKDAY|SHORTDAY)", WORDS.weekday()),
    (r"(?P<day>mon|tues?|wed|thu|fri)(?= at \d)", WORDS.weekday()),
    (r"(?P<day>SHORTDAY)\.?,?(?= (?:\d|ANYNAME))", WORDS.weekday()),
    (r"(?P<day>WEEKDAY)", WORDS.weekday()),
    (r"(?P<of>next week|this week)", WORDS.week),
    (r"(?:on |at )?(?:the|this|next) weekend", vague(WHICH_DAY, Slot.DAY)),
    (r"(?:this|next) (?:month|year)", vague(WHICH_DAY, Slot.DAY)),
    (r"in MONTH(?! \d)", vague(WHICH_DAY, Slot.DAY)),
)
PARTS_OF_DAY = (
    (r"tonight", pieces(Relative(0), Part.NIGHT)),
    (r"this (?P<part>morning|afternoon|evening)", WORDS.today_part),
    (r"(?:in|during) the (?P<part>morning|afternoon|evening|night)", WORDS.part),
    (r"(?:at|by|around) (?P<part>noon|midday|lunchtime|midnight|night)", WORDS.part),
    (r"(?P<part>PART)", WORDS.part, (*DAYS, Every)),
    (r"(?P<part>noon|midday|midnight)", WORDS.part),
    (r"first thing(?: in the morning)?|early(?= (?:tomorrow|on|WEEKDAY))", pieces(Part.EARLY)),
    (r"early", pieces(Part.EARLY), DAYS),
)
DAY_NAMES = (
    (r"today", pieces(Relative(0))),
    (r"(?:the )?day after tomorrow", pieces(Relative(2))),
    (r"tomorrow or (?:the )?day after(?! tomorrow)", vague(WHICH_DAY, Slot.DAY, strong=True)),
    (r"(?:by )?tomorrow", pieces(Relative(1))),
)
CLOCKS = (
    (r"(?:between|from) SOMEHOUR (?:and|to) SOMEHOUR", vague(WHICH_HOUR, Slot.CLOCK)),
    (r"before (?:noon|midnight|SOMEHOUR)", vague(WHICH_HOUR, Slot.CLOCK)),
    (r"(?:before|after) EVENT", vague(WHICH_HOUR, Slot.CLOCK)),
    (r"(?:at|around|by|after) (?P<plus>half) (?P<hour>HOURNUM)", WORDS.clock),
    (r"(?:at|around|by|after|@) ?(?:about )?HOUR", WORDS.clock),
    (r"HOUR", WORDS.clock, (Mark,)),
    (r"HOUR(?= (?:in the (?:morning|afternoon|evening)|at night|tonight))", WORDS.clock),
    (r"BARE(?P<hour>\d{1,2})\.(?P<minute>\d\d)(?=\W*$|[,;])", WORDS.clock, DAYS),
    (r"BARE(?P<hour>\d{1,2})(?=\W*$|[,;])", WORDS.clock, (Relative, Weekday)),
    (r"BARE(?P<bare>)(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d))?HALF", WORDS.clock),
    (r"BARE(?P<bare>)(?P<hour>\d{1,2}):(?P<minute>\d\d)(?!\d)", WORDS.clock),
    (r"BARE(?P<bare>)(?P<hour>HOURNUM) o.?clock", WORDS.clock),
)  # fmt: skip
LATER = (
    (
        r"later(?: on)?|soon|someday|some day|some ?time|eventually|right now|now",
        vague(UNCLEAR, Slot.ALL),
    ),
)

ENGLISH = Grammar(
    macros=MACROS,
    lines=(
        *NOT_TIMES, *PAST, *RECURRENCES, *LENGTHS, *DATES, *WEEKS, *PARTS_OF_DAY, *DAY_NAMES,
        *CLOCKS, *LATER,
    ),
    typos=TYPOS,
    request=re.compile(
        r"(?:(?:hey|hi|hello|please|wasap|can you|could you|would you)[\s,!.]*)*"
        r"/?(?:remind (?:me|us)|set (?:me )?(?:an? )?(?:reminder|alarm)"
        r"|(?:don.?t|do not) let me forget|make sure i|alert me|notify me|tell me"
        r"|i need to remember|remember|reminder|remind)(?!\w)"
    ),
    opening=re.compile(r"(?i:that|to|for|about|of|and|please)(?!\w)"),
    closing=re.compile(r"(?i:(?<!\w)(?:that|to|for|of|on|at|and|or|the|please))$"),
    proper=frozenset((*WEEKDAYS, *PLURALS, *ALL_MONTHS, *SHORT_WEEKDAYS)),
)  # fmt: skip
