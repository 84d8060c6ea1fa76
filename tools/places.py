"""Time zones by the names people use: cities, countries and IANA names, in Spanish and English.

City and country names come from CLDR (babel); the tables below add what CLDR does not know.
"""

from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from babel.core import get_global

from tools.dates import LOCALES, locale_of
from tools.folding import fold

# Where most people mean one zone of a country that has several.
MAIN_ZONES = {
    "AR": "America/Argentina/Buenos_Aires", "AU": "Australia/Sydney", "BR": "America/Sao_Paulo",
    "CA": "America/Toronto", "CL": "America/Santiago", "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia", "DE": "Europe/Berlin", "EC": "America/Guayaquil", "ES": "Europe/Madrid",
    "ID": "Asia/Jakarta", "KZ": "Asia/Almaty", "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur", "NZ": "Pacific/Auckland", "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow", "UA": "Europe/Kyiv", "US": "America/New_York", "UZ": "Asia/Tashkent",
}  # fmt: skip
# Well-known places that lend their name to no zone.
OTHER_PLACES = {
    "America/Argentina/Buenos_Aires": ("baires", "caba", "rosario", "la plata", "mar del plata"),
    "America/Bogota": ("medellin", "cali", "cartagena"),
    "America/Chicago": ("houston", "dallas", "austin", "texas"),
    "America/Guayaquil": ("quito",),
    "America/La_Paz": ("santa cruz de la sierra", "cochabamba"),
    "America/Lima": ("cusco", "arequipa"),
    "America/Los_Angeles": ("california", "las vegas", "san diego", "san francisco", "seattle"),
    "America/Mexico_City": ("cdmx", "df", "guadalajara", "puebla"),
    "America/Montevideo": ("punta del este",),
    "America/New_York": ("atlanta", "boston", "eeuu", "filadelfia", "florida", "miami", "ny", "nyc",
                         "orlando", "philadelphia", "usa", "washington", "washington dc"),
    "America/Santiago": ("santiago de chile", "valparaiso", "vina del mar"),
    "America/Sao_Paulo": ("brasilia", "florianopolis", "rio", "rio de janeiro", "san pablo"),
    "America/Toronto": ("montreal", "ottawa", "quebec"),
    "Asia/Dubai": ("abu dabi", "abu dhabi", "emiratos"),
    "Asia/Jerusalem": ("tel aviv",),
    "Asia/Kolkata": ("bombay", "delhi", "mumbai", "new delhi", "nueva delhi"),
    "Asia/Seoul": ("corea", "korea"),
    "Asia/Shanghai": ("beijing", "pekin"),
    "Asia/Tokyo": ("kioto", "kyoto", "osaka"),
    "Atlantic/Canary": ("islas canarias", "tenerife"),
    "Europe/Amsterdam": ("holanda", "holland"),
    "Europe/Berlin": ("frankfurt", "hamburgo", "munich"),
    "Europe/Istanbul": ("ankara",),
    "Europe/Lisbon": ("oporto", "porto"),
    "Europe/London": ("edimburgo", "england", "escocia", "gran bretana", "inglaterra", "scotland",
                      "uk"),
    "Europe/Madrid": ("barcelona", "bilbao", "malaga", "sevilla", "valencia", "zaragoza"),
    "Europe/Moscow": ("san petersburgo",),
    "Europe/Rome": ("florencia", "florence", "milan", "napoles", "naples", "venecia", "venice"),
    "Europe/Zurich": ("geneva", "ginebra"),
    "Pacific/Auckland": ("wellington",),
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A zone and the name to show for it."""

    zone: str  # IANA
    name: str


def find(text: str, language: str) -> Place | None:
    """The place a person means: "Tokio", "nueva york", "Córdoba, Argentina", "Asia/Tokyo"."""
    for candidate in (text, text.split(",")[0], text.split("(")[0]):
        wanted = fold(candidate.replace("_", " ")).removesuffix(" city")
        if zone := _zones_by_name().get(wanted):
            return Place(zone, _shown(candidate, zone, language))
    return None


def _shown(asked: str, zone: str, language: str) -> str:
    """The asked name, with its country: a wrong guess ("Córdoba") is then seen at once."""
    name = asked.strip()
    if "/" in name:
        name = city_of(zone, language)
    country = _country_of(zone, language)
    return f"{name} ({country})" if country and fold(country) != fold(name) else name


def city_of(zone: str, language: str) -> str:
    """The city a zone is called after, in a language."""
    exemplar = locale_of(language).time_zones.get(_cldr_name(zone), {}).get("city")
    return str(exemplar or zone.rpartition("/")[2].replace("_", " "))


def _country_of(zone: str, language: str) -> str:
    return str(locale_of(language).territories.get(territory_of(zone), ""))


def territory_of(zone: str) -> str:
    """The country a zone lies in, as two letters; empty for UTC and the like."""
    territory = str(get_global("zone_territories").get(_cldr_name(zone), ""))
    return territory if territory != "001" else ""


def _main_zone(territory: str, zones: set[str]) -> str | None:
    if territory in MAIN_ZONES:
        return MAIN_ZONES[territory]
    inside = [zone for zone in get_global("territory_zones").get(territory, []) if zone in zones]
    return inside[0] if len(inside) == 1 else None


def _cldr_name(zone: str) -> str:
    """CLDR keeps the oldest name of a zone: America/Cordoba for America/Argentina/Cordoba."""
    return str(get_global("zone_aliases").get(zone, zone))


@cache
def _zones_by_name() -> dict[str, str]:
    """Folded name -> zone. Later entries win: cities over countries, our own table over both."""
    zones = available_timezones()
    names: dict[str, str] = {}
    for language in LOCALES:
        for territory, name in locale_of(language).territories.items():
            if main := _main_zone(territory, zones):
                names[fold(name)] = main
    for zone in sorted(zones):
        names[fold(zone.replace("_", " "))] = zone
        if "/" in zone and not zone.startswith(("Etc/", "posix/", "right/", "SystemV/")):
            names.setdefault(fold(zone.rpartition("/")[2].replace("_", " ")), zone)
    for language in LOCALES:
        for zone in sorted(zones & locale_of(language).time_zones.keys()):
            if city := locale_of(language).time_zones[zone].get("city"):
                names[fold(city)] = zone
    for zone, places in OTHER_PLACES.items():
        names.update(dict.fromkeys(places, zone))
    return names
