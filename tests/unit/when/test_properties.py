"""What holds for any text at all, nonsense made of time words above all."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from tools.when import WhenError, english_words, in_words, next_after, read, spanish_words, split

ZONES = (
    "America/Argentina/Buenos_Aires", "America/Mexico_City", "Europe/Madrid", "America/New_York",
    "America/Santiago", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu", "Etc/GMT+12",
)  # fmt: skip
NUMBERS = """
    0 1 5 8 08 12 13 18 24 25 30 31 32 99 999999999999 8:30 18:30 18hs 8pm 12am 5/12 29/2 13/13
    1/1/2020 31/12/9999 2026-12-05 2026-12-05T18:00 1º 5th 31st 1h30 20' 99:99 $5 3%
"""
GLUE = """
    el la los las a de del en por para que viene cada todos dia ano y o menos media cuarto hoy
    mañana pasado ayer hasta desde durante este esta fin habil medio si no antes despues hace
    dentro vez partir recordame luz Domingo calle the at on in of to from until for every other
    next last this today tomorrow tonight ago and or half quarter past before after starting
    once times remind me « » " . , ?
"""
WORDS = st.sampled_from(
    [
        *spanish_words.PLURALS, *spanish_words.ALL_MONTHS, *spanish_words.PARTS,
        *spanish_words.SPELT_UNITS, *spanish_words.ORDINALS, *list(spanish_words.NUMBERS)[:25],
        *english_words.WEEKDAYS, *english_words.ALL_MONTHS, *english_words.PARTS,
        *english_words.SPELT_UNITS, *english_words.ORDINALS, *list(english_words.NUMBERS)[:25],
        *NUMBERS.split(), *GLUE.split(),
    ]
)  # fmt: skip
NONSENSE = st.lists(WORDS, min_size=1, max_size=9).map(" ".join)
TEXTS = NONSENSE | st.text(max_size=80)
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


@settings(max_examples=250)
@given(text=TEXTS, now=MOMENTS, zone=st.sampled_from(ZONES), language=st.sampled_from(["es", "en"]))
def test_any_text_is_a_time_to_come_or_a_named_refusal(
    text: str, now: datetime, zone: str, language: str
) -> None:
    try:
        when = read(text, now=now, zone=zone, language=language)
    except WhenError:
        return
    assert when.due_at > now
    assert next_after(when, now) == when.due_at
    following = next_after(when, when.due_at)
    assert following is None if not when.rule else following is None or following > when.due_at
    assert when.spans
    assert all(0 <= start < end <= len(text) for start, end in when.spans)
    assert in_words(when, now=now, language=language)
    assert split(text, language).phrase
