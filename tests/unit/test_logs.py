"""What a line about an error says of the message that met it."""

import logging
from collections.abc import Iterator

import pytest
import structlog

from app import logs


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def fail() -> None:
    text = "".join(reversed("oiranac"))
    try:
        raise KeyError(text)
    except KeyError as error:
        raise ValueError(f"cannot read {text}") from error


@pytest.mark.parametrize("fmt", ["json", "console"])
@pytest.mark.parametrize("logger", ["ours", "a library's"])
def test_an_error_is_told_without_its_words(
    fmt: str, logger: str, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.set_up("INFO", fmt)
    log = structlog.get_logger() if logger == "ours" else logging.getLogger("library")
    try:
        fail()
    except ValueError:
        log.exception("turn_failed")
    line = capsys.readouterr().err
    assert "canario" not in line
    for told in ("turn_failed", "ValueError", "KeyError", "test_logs.py"):
        assert told in line


def test_for_whoever_asks_for_texts_it_is_told_with_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.set_up("DEBUG", "json")
    try:
        fail()
    except ValueError:
        structlog.get_logger().exception("turn_failed")
    assert "cannot read canario" in capsys.readouterr().err
