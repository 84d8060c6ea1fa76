"""Sums that people put in words, where a small model takes the wrong sign.

"Fuimos 7 y salió 98.700, ¿cuánto pone cada uno?": Qwen2.5 1.5B works out (98.700 / 7) * 2, and it
divides the dollars whose price in pesos is asked for.
"""

import re
from collections.abc import Sequence
from fractions import Fraction

from tools.folding import fold
from tools.notation import read_number

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
_SOLD = re.compile(rf"{_AMOUNT}\s*{_FOREIGN}")
_FOR_PESOS = re.compile(r"\b(?:cuantos pesos|en pesos|how many pesos|in pesos)\b")
_PESOS = re.compile(rf"{_AMOUNT}\s*pesos\b")
_FOR_FOREIGN = re.compile(rf"\b(?:cuant[oa]s|how many) {_FOREIGN}")


def in_words(text: str, language: str) -> str:
    """The expression that a message asks for; "" where it is none of these."""
    said = fold(text)
    shares = _SHARE.findall(said)
    amounts = _AMOUNTS.findall(_SHARE.sub(" ", said))
    if not shares and len(amounts) == 2:
        return _of_two(said, amounts, language)
    if len(shares) == 1 and len(amounts) == 1:
        if _ON_TOP.search(said) and _WITH_IT.search(said):
            return f"{_written(*amounts[0])} + {shares[0]}%"
        if _OFF.search(said) and _PRICE.search(said):
            return f"{_written(*amounts[0])} - {shares[0]}%"
    return ""


def _of_two(said: str, amounts: Sequence[tuple[str, str]], language: str) -> str:
    if _EACH.search(said):
        few, whole = sorted(amounts, key=lambda one: _size(one, language))
        return f"{_written(*whole)} / {_written(*few)}"
    for given, asked, sign in ((_SOLD, _FOR_PESOS, "*"), (_PESOS, _FOR_FOREIGN, "/")):
        if (found := given.search(said)) and asked.search(said):
            amount = (found[1], found[2] or "")
            rate = next((one for one in amounts if one != amount), amount)
            return f"{_written(*amount)} {sign} {_written(*rate)}"
    return ""


def _size(amount: tuple[str, str], language: str) -> Fraction:
    return read_number(amount[0], language) * _SCALES.get(amount[1], 1)


def _written(number: str, scale: str) -> str:
    """ "45", "lucas" as "(45 * 1000)"."""
    return f"({number} * {_SCALES[scale]})" if scale else number
