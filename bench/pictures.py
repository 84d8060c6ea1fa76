"""Spanish texts on drawn pictures: how many words OCR reads, how fast, in how much memory."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageFilter

from app.media.eyes import OCR_SIDE, VISION_SIDE
from app.media.ocr import INSTALLED, Ocr
from app.media.picture import small_jpeg
from bench.figures import Figure, median
from tests.drawing import saved, written
from tools.folding import fold

PROMISED = 0.95  # of the words, accents and all
ROUNDS = 3
MIB = 1 << 20


@dataclass(frozen=True)
class Sheet:
    """A text and how it is drawn."""

    lines: tuple[str, ...]
    size: int = 30  # pixels of a letter
    ink: str = "black"
    paper: str = "white"
    quality: int = 85
    spoil: Callable[[Image.Image], Image.Image] = lambda image: image


def _turned(image: Image.Image) -> Image.Image:
    return image.rotate(4, expand=True, fillcolor="white", resample=Image.Resampling.BICUBIC)


def _blurred(image: Image.Image) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(1.5))


def _noisy(image: Image.Image) -> Image.Image:
    noise = Image.effect_noise(image.size, 60).convert("RGB")
    return Image.blend(image, noise, 0.3)


SHEETS = (
    Sheet(("PROHIBIDO ESTACIONAR", "Lunes a viernes de 8 a 20"), 60, "white", "darkred"),
    Sheet(("Menú del día: milanesa con puré", "$ 9.800", "Flan casero con dulce de leche")),
    Sheet(("Farmacia Núñez", "Ibuprofeno 600 mg", "Tomá 1 cada 8 horas, con comida"), 24),
    Sheet(("TOTAL A PAGAR: $ 45.320,50", "Vencimiento: 10/12/2026", "Medidor 77120"), 18),
    Sheet(("Se alquila departamento", "2 ambientes, balcón, expensas bajas"), 40, quality=20),
    Sheet(("¿Perdiste un gato gris?", "Llamá al 11 4455-6677"), spoil=_turned),
    Sheet(("Reunión de consorcio", "miércoles 9 a las 19:30 en el hall"), spoil=_blurred),
    Sheet(("Wi-Fi del café", "red: LaEsquina", "clave: mañanas2026"), spoil=_noisy),
    Sheet(("Che, no te olvides: comprá pañales, leche y algodón", "Besos, Sofía"), 22, "navy"),
    Sheet(("Horario de atención", "Sábados y feriados: cerrado"), 28, "#777777", "#eeeeee"),
)


def run(folder: Path) -> list[Figure]:
    """Recall, seconds and memory; nothing where the extra `ocr` is not installed."""
    if not INSTALLED:
        return []
    files = [folder / str(number) for number in range(len(SHEETS))]
    for file, sheet in zip(files, SHEETS, strict=True):
        drawn = written(sheet.lines, size=sheet.size, ink=sheet.ink, paper=sheet.paper)
        file.write_bytes(saved(sheet.spoil(drawn), quality=sheet.quality))
    return [*asyncio.run(_read(files)), _photo(folder)]


async def _read(files: list[Path]) -> list[Figure]:
    ocr = Ocr()
    try:
        jpegs = [small_jpeg(file, OCR_SIDE) for file in files]
        began = time.perf_counter()
        await ocr.read(jpegs[0])
        first_s = time.perf_counter() - began
        texts, seconds = [], []
        for jpeg in jpegs * ROUNDS:
            began = time.perf_counter()
            texts.append(await ocr.read(jpeg))
            seconds.append(time.perf_counter() - began)
        memory = _peak_mib(ocr)
    finally:
        await ocr.aclose()
    pairs = [(sheet.lines, text) for sheet, text in zip(SHEETS, texts, strict=False)]
    words = sum(len(_words(" ".join(lines))) for lines, _ in pairs)
    found, folded = (_found(pairs, key) for key in (str, fold))
    recall = found / words
    missed = [word for lines, text in pairs for word in _missed(lines, text)]
    return [
        Figure(
            "words read on pictures",
            recall,
            "",
            f">= {PROMISED:.2f}",
            recall >= PROMISED,
            note=f"{len(SHEETS)} pictures, {words} words; accents aside {folded / words:.3f};"
            f" missed: {' '.join(missed) or 'none'}",
        ),
        Figure("text of a picture", median(seconds), "ms", "", True, note="median, loaded"),
        Figure("text of the first picture", first_s * 1000, "ms", "", True, note="with loading"),
        Figure("memory of the reader of texts", memory, "MiB", "", True, note="peak, a child"),
    ]


def _photo(folder: Path) -> Figure:
    """How long a photo of twelve megapixels takes to be made small."""
    file = folder / "photo"
    file.write_bytes(saved(_noisy(Image.new("RGB", (4000, 3000), "orange")), quality=80))
    seconds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        small_jpeg(file, VISION_SIDE)
        seconds.append(time.perf_counter() - began)
    note = f"{file.stat().st_size / MIB:.1f} MiB, in a thread"
    return Figure("photo of 12 megapixels made small", median(seconds), "ms", "", True, note=note)


def _words(text: str) -> list[str]:
    return re.findall(r"[\w$]+", text.casefold())


def _found(pairs: list[tuple[tuple[str, ...], str]], key: Callable[[str], str]) -> int:
    wanted = ((Counter(_words(key(" ".join(lines)))), text) for lines, text in pairs)
    return sum((one & Counter(_words(key(text)))).total() for one, text in wanted)


def _missed(lines: tuple[str, ...], text: str) -> list[str]:
    return list((Counter(_words(" ".join(lines))) - Counter(_words(text))).elements())


def _peak_mib(ocr: Ocr) -> float:
    """Of the child so far; Linux says it."""
    assert ocr._child is not None
    status = Path(f"/proc/{ocr._child.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
