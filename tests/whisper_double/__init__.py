"""Stands in for faster-whisper where its weights are not: see `faster_whisper.py` beside this.

The folder goes first on PYTHONPATH of the product; the listening process imports from there.
"""

from pathlib import Path


def settings(folder: Path, said: str = "") -> dict[str, str]:
    """Environment variables with which the product hears `said` in every sound that is not silent.

    `folder` is where "the weights" lie; `say` changes what is heard.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.bin").touch()
    say(folder, said)
    root = Path(__file__).parents[2]
    return {
        "PYTHONPATH": f"{Path(__file__).parent}:{root}",
        "WHISPER_MODEL": str(folder),
        "WHISPER_IDLE_S": "600",
    }


def say(folder: Path, said: str) -> None:
    """From now on this is heard."""
    (folder / "said.txt").write_text(said, encoding="utf-8")


def listened(folder: Path) -> int:
    """How often somebody listened."""
    log = folder / "listened.txt"
    return len(log.read_text().splitlines()) if log.exists() else 0
