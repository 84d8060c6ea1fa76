"""Spanish speech with known words: espeak-ng speaks, PyAV makes voice notes of it."""

import re
import shutil
import subprocess
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.recordings import wav_as_ogg

VOICES = ("es", "es-419")
WORDS_PER_MINUTE = 140
SENTENCES = (
    "Mañana a las nueve tengo turno con el dentista en la calle Corrientes.",
    "Agregá leche, pan y manteca a la lista del supermercado.",
    "Recordame pagar la luz el viernes a la tarde.",
    "¿Cuánto es el dieciocho por ciento de dos mil trescientos cincuenta?",
    "Mi hermana cumple años en abril y le quiero regalar un libro.",
    "El perro se llama Tango y come dos veces por día.",
    "¿Qué tiempo va a hacer el sábado en la ciudad de Mendoza?",
    "Anotá que la clave del garaje cambió la semana pasada.",
    "Ayer caminamos por la montaña hasta que se hizo de noche.",
    "Por favor, buscá un restaurante barato cerca de la estación.",
)


class NoVoice(Exception):
    """espeak-ng is not on this machine: `apt-get install espeak-ng`."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


@dataclass(frozen=True)
class Spoken:
    """A sentence and its recording."""

    text: str
    file: Path  # ogg/opus


def speak(folder: Path) -> list[Spoken]:
    """Every sentence in every voice. Raises NoVoice."""
    espeak = shutil.which("espeak-ng")
    if espeak is None:
        raise NoVoice
    spoken = []
    for voice in VOICES:
        for number, text in enumerate(SENTENCES):
            wav = folder / f"{voice}{number}.wav"
            command = [espeak, "-v", voice, "-s", str(WORDS_PER_MINUTE), "-w", str(wav), text]
            subprocess.run(command, check=True)
            file = wav.with_suffix(".ogg")
            file.write_bytes(wav_as_ogg(wav))
            spoken.append(Spoken(text, file))
    return spoken


def words(text: str) -> list[str]:
    """As they are compared: no case, no accents, no punctuation."""
    plain = unicodedata.normalize("NFD", text.lower())
    return re.findall(r"\w+", "".join(one for one in plain if not unicodedata.combining(one)))


def error_rate(expected: Sequence[str], heard: Sequence[str]) -> float:
    """Words wrong, missing and too many, over all texts, by words expected."""
    wrong = sum(_distance(words(a), words(b)) for a, b in zip(expected, heard, strict=True))
    return wrong / sum(len(words(text)) for text in expected)


def _distance(expected: list[str], heard: list[str]) -> int:
    """Levenshtein's, in words."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(expected, 1):
        above, row = row, [number]
        for at, other in enumerate(heard, 1):
            row.append(min(above[at] + 1, row[at - 1] + 1, above[at - 1] + (word != other)))
    return row[-1]
