"""Moments in words, in the owner's language and zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time

LOCALES = {"es": "es_AR", "en": "en_US"}


def locale_of(language: str) -> Locale:
    return Locale.parse(LOCALES.get(language, LOCALES["en"]))


def day_in_words(moment: datetime, zone: str, language: str) -> str:
    """ "lunes, 23 de noviembre de 2026" """
    local = moment.astimezone(ZoneInfo(zone))
    return format_date(local.date(), format="full", locale=locale_of(language))


def clock_in_words(moment: datetime, zone: str, language: str) -> str:
    """ "09:05" in Spanish, "9:05 AM" in English."""
    local = moment.astimezone(ZoneInfo(zone))
    pattern = "HH:mm" if language == "es" else "h:mm a"
    return format_time(local.time(), format=pattern, locale=locale_of(language))
