"""A picture made small: upright pixels, and nothing else of what the file held."""

import io
import struct
import zlib
from pathlib import Path

from PIL import Image, ImageOps

from app.errors import PictureError

FORMATS = ("JPEG", "PNG", "WEBP")  # what WhatsApp sends; the bytes decide, whatever the name says
MAX_PIXELS = 64_000_000  # of the file; with its copies some 500 MB while it is made small
MIN_SIDE = 32  # pixels; vision models crash on less (Qwen2.5-VL wants 28)
QUALITY = 85  # of the JPEG
# What Pillow raises over files that are broken, or made to break it.
BROKEN = (
    OSError,  # cut off, or none of the formats
    SyntaxError,  # a PNG's chunks
    ValueError,
    LookupError,
    TypeError,
    ArithmeticError,
    EOFError,
    MemoryError,
    struct.error,
    zlib.error,
)

# Pillow's own check only warns, up to twice its limit; ours stands before a pixel is decoded.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS


def small_jpeg(file: Path, longest: int) -> bytes:
    """The picture as a JPEG of `longest` pixels at most on its longer side. Slow: for a thread.

    Raises:
        PictureError: it cannot be used; its key says why.
    """
    try:
        with Image.open(file, formats=FORMATS) as image:
            return _written(_read(image, longest))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError("picture_too_big") from error
    except BROKEN as error:
        raise PictureError("picture_broken") from error


def _read(image: Image.Image, longest: int) -> Image.Image:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise PictureError("picture_too_big")
    image.draft("RGB", (longest, longest))  # a JPEG is decoded at a fraction of its size
    image.load()
    if image.mode.startswith("I"):  # 16 bits a pixel, which a plain conversion would cut off
        image = image.point(lambda value: value / 256).convert("L")
    image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image.thumbnail((longest, longest))
    return _upright(image)


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except BROKEN:  # odd metadata around a good picture
        return image


def _written(image: Image.Image) -> bytes:
    """On a white sheet of its own: what was transparent is white, and no metadata comes along."""
    size = max(image.width, MIN_SIDE), max(image.height, MIN_SIDE)
    sheet = Image.new("RGB", size, "white")
    sheet.paste(image, mask=image if image.mode == "RGBA" else None)
    file = io.BytesIO()
    sheet.save(file, "JPEG", quality=QUALITY)
    return file.getvalue()
