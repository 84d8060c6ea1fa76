"""The few facts of a GGUF file that Ollama's API shows. They stand at its front, in a few KB.

Layout: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (versions 2 and 3).
"""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from app.embedded.errors import NotAModel

MAX_ITEMS = 1 << 20  # a larger count before the tokenizer is damage, not data

_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?"}
_SCALARS |= {10: "<Q", 11: "<q", 12: "<d"}
_STRING, _ARRAY = 8, 9

_QUANTIZATIONS = {0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1"}
_QUANTIZATIONS |= {10: "Q2_K", 11: "Q3_K_S", 12: "Q3_K_M", 13: "Q3_K_L", 14: "Q4_K_S"}
_QUANTIZATIONS |= {15: "Q4_K_M", 16: "Q5_K_S", 17: "Q5_K_M", 18: "Q6_K", 32: "BF16"}


@dataclass(frozen=True)
class GgufFacts:
    """What the header says."""

    name: str
    family: str
    parameter_size: str
    quantization: str
    context_length: int


def read_facts(path: Path) -> GgufFacts:
    """Read the front of a GGUF file. Raises NotAModel."""
    try:
        with path.open("rb") as file:
            keys = _keys_before_the_tokenizer(file)
    except OSError as error:
        raise NotAModel(f"{path} cannot be read: {error.strerror}.") from error
    except (struct.error, ValueError, KeyError, RecursionError) as error:
        raise NotAModel(f"{path} is not a model in GGUF format.") from error
    family = str(keys.get("general.architecture", "unknown"))
    return GgufFacts(
        name=str(keys.get("general.name", "")),
        family=family,
        parameter_size=str(keys.get("general.size_label", "")),
        quantization=_QUANTIZATIONS.get(keys.get("general.file_type", -1), "unknown"),
        context_length=int(keys.get(f"{family}.context_length", 0)),
    )


def _keys_before_the_tokenizer(file: BinaryIO) -> dict[str, Any]:
    """The tokenizer's lists come last and hold 150,000 words: they are never read."""
    if file.read(4) != b"GGUF" or _number(file, "<I") not in (2, 3):
        raise ValueError("not GGUF")
    _number(file, "<Q")  # tensors
    keys: dict[str, Any] = {}
    for _ in range(_number(file, "<Q")):
        name = _text(file)
        if name.startswith("tokenizer."):
            break
        keys[name] = _value(file, _number(file, "<I"))
    return keys


def _value(file: BinaryIO, kind: int) -> Any:
    if kind == _STRING:
        return _text(file)
    if kind == _ARRAY:
        item = _number(file, "<I")
        return [_value(file, item) for _ in range(_count(file))]
    return _number(file, _SCALARS[kind])


def _number(file: BinaryIO, form: str) -> Any:
    return struct.unpack(form, file.read(struct.calcsize(form)))[0]


def _count(file: BinaryIO) -> int:
    count = int(_number(file, "<Q"))
    if count > MAX_ITEMS:
        raise ValueError("absurd length")
    return count


def _text(file: BinaryIO) -> str:
    return file.read(_count(file)).decode("utf-8", "replace")
