"""Stands in for piper where no voice is: see `piper.py` beside this.

The folder goes first on PYTHONPATH of the product; the speaking process imports from there.
"""

from pathlib import Path

HERE = Path(__file__).parent


def settings(folder: Path) -> dict[str, str]:
    """Environment variables with which the product has a voice; `folder` is where it lies."""
    folder.mkdir(parents=True, exist_ok=True)
    model = folder / "es_AR-double-low.onnx"
    model.touch()
    model.with_name(f"{model.name}.json").write_text('{"espeak": {"voice": "es"}}')
    return {"PYTHONPATH": f"{HERE}:{HERE.parents[1]}", "VOICE_MODEL": str(model)}


def trouble(folder: Path, kind: str) -> None:
    """From now on the voice does this: "die", "hang", "fail"; "" ends it."""
    (folder / "trouble.txt").write_text(kind)


def said(folder: Path) -> list[str]:
    """The texts that were said, oldest first; each on one line."""
    log = folder / "said.txt"
    return log.read_text(encoding="utf-8").splitlines() if log.exists() else []
