"""Pictures before a model sees them: small, upright, without metadata; and files that are none."""

import contextlib
import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from app.errors import PictureError
from app.media.picture import MIN_SIDE, small_jpeg
from tests.drawing import halves, saved


def small(folder: Path, content: bytes, longest: int = 100) -> Image.Image:
    file = folder / "0f" / "file"  # no ending: only the bytes say what it is
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content)
    return Image.open(io.BytesIO(small_jpeg(file, longest)))


def looks(image: Image.Image, x: float, y: float) -> str:
    """The colour at a place, as parts of width and height."""
    at = (round(x * (image.width - 1)), round(y * (image.height - 1)))
    red, green, blue = image.convert("RGB").getpixel(at)
    if min(red, green, blue) > 200:
        return "white"
    return "red" if red > 200 else "blue" if blue > 200 else "?"


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        ((400, 200), (100, 50)),
        ((200, 400), (50, 100)),
        ((4000, 40), (100, MIN_SIDE)),  # a vision model crashes on a thread
        ((60, 50), (60, 50)),  # never made larger
        ((1, 1), (MIN_SIDE, MIN_SIDE)),
    ],
)
def test_the_longer_side_is_made_to_fit(
    tmp_path: Path, size: tuple[int, int], shown: tuple[int, int]
) -> None:
    image = small(tmp_path, saved(Image.new("RGB", size, "red")))
    assert image.format == "JPEG"
    assert image.size == shown


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_the_bytes_say_what_format_it_is(tmp_path: Path, format_: str) -> None:
    image = small(tmp_path, saved(halves(), format_))
    assert (looks(image, 0.1, 0.5), looks(image, 0.9, 0.5)) == ("red", "blue")


@pytest.mark.parametrize(
    ("held", "top", "bottom"),
    [(6, "red", "blue"), (8, "blue", "red")],  # a quarter to the right, and to the left
)
@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_a_picture_taken_sideways_is_turned(
    tmp_path: Path, format_: str, held: int, top: str, bottom: str
) -> None:
    exif = Image.Exif()
    exif[0x0112] = held
    image = small(tmp_path, saved(halves(), format_, exif=exif))
    assert image.size == (50, 100)
    assert (looks(image, 0.5, 0.1), looks(image, 0.5, 0.9)) == (top, bottom)


def test_no_metadata_is_left(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "secreto: vive en Salta"
    exif.get_ifd(0x8825)[1] = "S"  # where it was taken
    content = saved(
        halves(), exif=exif, comment=b"secreto", icc_profile=b"secreto" * 30, dpi=(99, 99)
    )
    image = small(tmp_path, content)
    assert not image.getexif()
    assert image.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"secreto" not in small_jpeg(tmp_path / "0f" / "file", 100)


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's, about EXIF
def test_odd_metadata_around_a_good_picture_does_no_harm(tmp_path: Path) -> None:
    image = small(tmp_path, saved(halves(), exif=b"Exif\x00\x00II*\x00\xff\xff\xff\x00junk"))
    assert image.size == (100, 50)


def sixteen_bits() -> bytes:
    return saved(Image.new("I;16", (80, 40), 60_000), "PNG")


@pytest.mark.parametrize(
    "content",
    [
        saved(Image.new("RGBA", (80, 40), (255, 0, 0, 0)), "PNG"),
        saved(Image.new("RGBA", (80, 40), (0, 0, 0, 0)), "WEBP"),
        saved(Image.new("P", (80, 40), 0), "PNG", transparency=0),
        saved(Image.new("LA", (80, 40), (0, 0)), "PNG"),
        sixteen_bits(),
        saved(Image.new("CMYK", (80, 40), (0, 0, 0, 0))),
        saved(Image.new("L", (80, 40), 255)),
        saved(Image.new("1", (80, 40), 1), "PNG"),
    ],
)
def test_what_is_transparent_or_light_is_white(tmp_path: Path, content: bytes) -> None:
    assert looks(small(tmp_path, content), 0.5, 0.5) == "white"


def png_bomb(width: int, height: int) -> bytes:
    """A PNG that says how large it is and holds hardly anything."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(100_000), 9)
    end = chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + end


def many_words() -> bytes:
    """A PNG whose text is a bomb of its own."""
    plain = saved(halves(), "PNG")
    text = b"Comment\x00\x00" + zlib.compress(bytes(80_000_000), 9)
    chunk = struct.pack(">I", len(text)) + b"zTXt" + text
    chunk += struct.pack(">I", zlib.crc32(b"zTXt" + text))
    return plain[:33] + chunk + plain[33:]


WHOLE = saved(halves(2000, 1000), quality=95)


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (png_bomb(10_000, 10_000), "picture_too_big"),
        (png_bomb(65_000, 65_000), "picture_too_big"),
        (png_bomb(2**31 - 1, 2**31 - 1), "picture_too_big"),
        (many_words(), "picture_broken"),
        (WHOLE[: len(WHOLE) // 2], "picture_broken"),
        (WHOLE[:20], "picture_broken"),
        (saved(halves(), "PNG")[:-40], "picture_broken"),
        (saved(halves(), "WEBP")[:-40], "picture_broken"),
        (b"", "picture_broken"),
        (b"\xff\xd8\xff", "picture_broken"),
        (b"%PDF-1.7\n", "picture_broken"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "picture_broken"),
        # Pillow reads these as well; WhatsApp does not send them, so nothing but risk is lost.
        (saved(halves(), "GIF"), "picture_broken"),
        (saved(halves(), "TIFF"), "picture_broken"),
        (saved(halves(), "BMP"), "picture_broken"),
        (saved(halves(), "EPS"), "picture_broken"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_reason(
    tmp_path: Path, content: bytes, key: str
) -> None:
    with pytest.raises(PictureError) as refused:
        small(tmp_path, content)
    assert refused.value.key == key


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's, about EXIF
def test_odd_bytes_never_raise_anything_else(tmp_path: Path) -> None:
    """Each file with one byte changed, all along its head: a picture, or a reason."""
    for format_ in ("JPEG", "PNG", "WEBP"):
        exif = Image.Exif()
        exif[0x0112] = 6
        whole = saved(halves(40, 20), format_, exif=exif)
        for place in range(0, min(len(whole), 400)):
            content = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
            with contextlib.suppress(PictureError):
                small(tmp_path, content)
