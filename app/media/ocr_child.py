"""Reads text out of pictures, in a process of its own: `python -m app.media.ocr_child`.

In: four bytes of length, big-endian, then a JPEG. Out: its rows of text as one line of JSON. It
ends when stdin does.
"""

import json
import os
import struct
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

Box = Sequence[Sequence[float]]  # four corners, (x, y) in pixels
Reader = Any  # rapidocr has no types

NICENESS = 5  # those who wait for a written answer come first
MODELS = {  # the ones in the package: nothing is fetched
    "Det": "PP-OCRv6_det_small.onnx",
    "Cls": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
    "Rec": "PP-OCRv6_rec_small.onnx",
}


def main() -> None:
    """Serve until stdin ends. What goes wrong ends the process, and so tells the parent."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints
    os.nice(NICENESS)
    reader = _reader()
    while jpeg := _next(sys.stdin.buffer):
        found = reader(jpeg)
        texts = [] if found.txts is None else zip(found.boxes.tolist(), found.txts, strict=True)
        print(json.dumps(in_rows(texts), ensure_ascii=False), file=answers, flush=True)


def in_rows(found: Iterable[tuple[Box, str]]) -> list[str]:
    """Texts from top to bottom; those side by side, as a dish and its price, in one row."""
    rows: list[list[tuple[Box, str]]] = []
    for box, text in sorted(found, key=lambda one: _middle(one[0])):
        if rows and _middle(box) - _middle(rows[-1][0][0]) < _height(rows[-1][0][0]) / 2:
            rows[-1].append((box, text))
        else:
            rows.append([(box, text)])
    return [" ".join(text for _, text in sorted(row, key=_left)) for row in rows]


def _middle(box: Box) -> float:
    return sum(y for _, y in box) / len(box)


def _height(box: Box) -> float:
    return max(y for _, y in box) - min(y for _, y in box)


def _left(one: tuple[Box, str]) -> float:
    return min(x for x, _ in one[0])


def _reader() -> Reader:
    import rapidocr

    folder = Path(rapidocr.__file__).parent / "models"
    # It blows pictures up until the shorter side is 736 pixels. 448 take a third of the time, but
    # small print is missed: 0.94 of the words of `python -m bench pictures`, not 0.98.
    paths = {f"{part}.model_path": str(folder / name) for part, name in MODELS.items()}
    return rapidocr.RapidOCR(params={**paths, "Global.log_level": "error"})


def _next(pipe: BinaryIO) -> bytes:
    """The next picture; b"" at the end."""
    head = pipe.read(4)
    return pipe.read(struct.unpack(">I", head)[0]) if len(head) == 4 else b""


if __name__ == "__main__":
    main()
