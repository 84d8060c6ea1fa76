"""Sums that people put in words, where a small model takes the wrong sign.

"Fuimos 7 y salió 98.700, ¿cuánto pone cada uno?": Qwen2.5 1.5B works out (98.700 / 7) * 2, and it
divides the dollars whose price in pesos is asked for.
"""

import re
from collections.abc import Sequence

from tools.folding import fold
from tools.when import spanish_words as spanish

_NUMBER = r"(?<![\d/:,.-])\d+(?:[.,]\d+)*(?![\d/:-])"
_SCALES = {
    **dict.fromkeys(("mil", "luca", "lucas", "k"), 1_000),
    **dict.fromkeys(("palo", "palos", "millon", "millones"), 1_000_000),
}
_AMOUNT = rf"({_NUMBER})(?:\s?({'|'.join(_SCALES)})\b)?"
_SHARE = re.compile(rf"({_NUMBER})\s*(?:%|por ?ciento\b|percent\b)")
_AMOUNTS = re.compile(_AMOUNT)
_FOREIGN = r"(?:dolar(?:es)?|dollars?|bucks|usd|u\$[sd]|verdes|euros?|eur|real(?:es)?)\b"

_EACH = re.compile(
    r"\bcuanto\b\D{0,25}\b(?:cada un[oa]|c/u|por cabeza|por persona|por barba)"
    r"|\bhow much\b\D{0,30}\b(?:each|per person|apiece|per head)\b"
)
_HEADS = re.compile(
    rf"\b(?:somos|fuimos|eramos|entre|we are|we were|we're|for|between|among) ({_NUMBER})(?!\s?%)"
    rf"|({_NUMBER}) (?:personas|amig[oa]s|people|of us|friends)\b"
)
_ON_TOP = re.compile(r"\b(?:propina|tip|recargo|interes(?:es)?|iva|vat|tax|aumento)\b")
_WITH_IT = re.compile(
    r"\b(?:en total|el total|pago|pagamos|pagar|queda|quedaria|in total|altogether"
    r"|total (?:bill|is)|the total|do (?:we|i) (?:pay|owe))\b"
)
_OFF = re.compile(r"\b(?:descuento|rebaja|off|discount)\b")
_PRICE = re.compile(
    r"\bcuanto (?:me |nos |le )?(?:queda|sale|cuesta|pago|termina|vale|saldria|quedaria|seria)\w*\b"
    r"|\b(?:precio final|final price)\b|\bhow much (?:do (?:we|i) pay|is (?:it|that)|will|would)\b"
)
# Then the share is in the amount already, or only the share is asked for.
_OTHERWISE = re.compile(
    r"\binclu\w+|\b(?:sin|without)\b|\boriginal\w*|\bantes\b|\bbefore\b"
    r"|\b(?:de|of|in) (?:propina|tip|tax|iva|vat|recargo|interes)\W*$"
)
_SUMMED = re.compile(r"\b(?:mas|plus)\b|\bcada (?!un[oa]\b)")
_RATE = re.compile(rf"\b(?:a|at|vale|sale)\s+\$?\s?{_AMOUNT}")
_SOLD = re.compile(rf"{_AMOUNT}\s*{_FOREIGN}")
_FOR_PESOS = re.compile(r"\b(?:cuantos pesos|en pesos|how many pesos|in pesos)\b")
_FOR_FOREIGN = re.compile(rf"\b(?:cuant[oa]s|how many) {_FOREIGN}")
_VALUES = {
    **{word: str(value) for word, value in spanish.NUMBERS.items() if 0 < value <= 12},
    **{"medio": "0.5", "media": "0.5"},
}
# "3 kilos de papa a 1200 el kilo": many of a price each, and of what is one, one.
_BOUGHT = re.compile(
    rf"(?<![\d.,])({_NUMBER}|{'|'.join(_VALUES)}) (?!%)([a-z ]{{2,40}}?) a \$? ?{_AMOUNT}"
    r"(?: (?:pesos|mangos|cada un[oa]|c/u|el kilo|la unidad|el litro|la docena|el paquete))*"
)
_IN_ALL = re.compile(
    r"\bcuanto (?:gaste|gastamos|es|seria|fue|sale|salio|pague|pagamos|tengo que pagar|pago|suma"
    r"|cuesta|me sale|da|va|sumo)\b(?: (?:en total|todo|al final|eso|la cuenta))*|\ben total\b"
)
_MINUTES_OF = re.compile(
    rf"\bcuantos minutos (?:son|hay en|tienen?|es) (?:({'|'.join(_VALUES)}|\d{{1,2}}) )?"
    r"horas?(?: y (media|cuarto|tres cuartos|(\d{1,2}) minutos?))?\W*$"
)


def _bought(said: str) -> str:
    """ "3 kilos de papa a 1200 y un maple a 3500, ¿cuánto gasté?": what was bought, summed up."""
    found = list(_BOUGHT.finditer(said))
    if not found or not _IN_ALL.search(said) or _SHARE.search(said):
        return ""
    told = _AMOUNTS.findall(said)
    used = sum(2 if one[1][0].isdigit() else 1 for one in found)
    if used != len(told):  # there is more in it than this
        return ""
    return " + ".join(
        f"{_VALUES.get(one[1], one[1])} * {_written(one[3], one[4] or '')}" for one in found
    )


def _minutes(spoken: re.Match[str]) -> str:
    hours, part, more = spoken.groups()
    minutes = {"media": "30", "cuarto": "15", "tres cuartos": "45"}.get(part or "", more or "0")
    return f"{_VALUES.get(hours or 'una', hours)} * 60 + {minutes}"


def in_words(text: str) -> str:
    """The expression that a message asks for; "" where it is none of these."""
    said = fold(text)
    if spoken := _MINUTES_OF.search(said):
        return _minutes(spoken)
    if bought := _bought(said):
        return bought
    if _OTHERWISE.search(said):
        return ""
    shares = _SHARE.findall(said)
    amounts = _AMOUNTS.findall(_SHARE.sub(" ", said))
    if not shares and len(amounts) == 2 and not _SUMMED.search(said):
        return _shared_out(said, amounts) or _changed(said, amounts)
    if len(shares) == 1 and len(amounts) == 1:
        if _ON_TOP.search(said) and _WITH_IT.search(said):
            return f"{_written(*amounts[0])} + {shares[0]}%"
        if _OFF.search(said) and _PRICE.search(said):
            return f"{_written(*amounts[0])} - {shares[0]}%"
    return ""


def _shared_out(said: str, amounts: Sequence[tuple[str, str]]) -> str:
    """ "Somos 4 y gastamos 45 lucas, ¿cuánto pone cada uno?" """
    heads = _HEADS.search(said)
    if not heads or not _EACH.search(said):
        return ""
    number = heads[1] or heads[2]
    whole = [one for one in amounts if one != (number, "")]
    return f"{_written(*whole[0])} / {number}" if len(whole) == 1 else ""


def _changed(said: str, amounts: Sequence[tuple[str, str]]) -> str:
    """ "Tengo 150 dólares, si me los toman a 1480 ¿cuántos pesos son?" """
    rates = _RATE.findall(said)
    others = [one for one in amounts if one not in rates]
    if len(rates) != 1 or len(others) != 1:
        return ""
    if _FOR_PESOS.search(said) and _SOLD.findall(said) == others:
        return f"{_written(*others[0])} * {_written(*rates[0])}"
    is_foreign = _FOR_FOREIGN.search(said) and not _SOLD.search(said)
    return f"{_written(*others[0])} / {_written(*rates[0])}" if is_foreign else ""


def _written(number: str, scale: str) -> str:
    """ "45", "lucas" as "(45 * 1000)"."""
    return f"({number} * {_SCALES[scale]})" if scale else number
