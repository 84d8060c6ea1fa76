"""Pictures for tests: drawn here, with letters that have all the accents of Spanish."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import reportlab
from PIL import Image, ImageDraw, ImageFont

FONT = Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"  # reportlab ships Bitstream Vera
MARGIN = 40  # pixels


def saved(image: Image.Image, format_: str = "JPEG", **more: Any) -> bytes:
    """The bytes of a file."""
    file = io.BytesIO()
    image.save(file, format_, **more)
    return file.getvalue()


def written(
    lines: Sequence[str], *, size: int = 30, ink: str = "black", paper: str = "white"
) -> Image.Image:
    """A sheet with these lines; `size`: pixels of a letter."""
    font = ImageFont.truetype(str(FONT), size)
    width = round(max(font.getlength(line) for line in lines)) + 2 * MARGIN
    step = size * 2
    image = Image.new("RGB", (width, step * len(lines) + 2 * MARGIN), paper)
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        draw.text((MARGIN, MARGIN + number * step), line, fill=ink, font=font)
    return image


def halves(width: int = 400, height: int = 200) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), "red")
    image.paste("blue", (width // 2, 0, width, height))
    return image
