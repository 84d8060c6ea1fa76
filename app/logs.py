"""Structured logs: one event a line, numbers masked, no texts above DEBUG."""

import contextlib
import io
import logging
import sys
import traceback
from typing import TextIO, cast

import structlog


class _Stderr(io.TextIOBase):
    """Standard error, which may be on a full disk: a lost line must not cost a message."""

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError):
            sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            sys.stderr.flush()


def _places(exc_info: structlog.typing.ExcInfo) -> str:
    """What failed where, with its causes; what an error says or holds may be somebody's words."""
    error: BaseException | None = exc_info[1]
    told: list[str] = []
    while error is not None:
        where = "".join(traceback.format_tb(error.__traceback__))
        told.append(f"{where}{type(error).__module__}.{type(error).__qualname__}")
        error = error.__cause__ or error.__context__
    return "\n".join(reversed(told))


def set_up(level: str, fmt: str) -> None:
    """Send structlog and the standard library's records to stderr in one form."""
    errors = structlog.processors.format_exc_info
    if level != "DEBUG":
        errors = structlog.processors.ExceptionRenderer(_places)
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.EventRenamer("action"),
        errors,
    ]
    renderer: structlog.typing.Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    if fmt == "console":
        # Its own way with errors shows the locals of every frame: texts and the token.
        plain = structlog.dev.plain_traceback
        renderer = structlog.dev.ConsoleRenderer(event_key="action", exception_formatter=plain)
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _Stderr())),
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)  # libraries log request lines at INFO, tokens and texts at DEBUG
    if level != "DEBUG":  # it quotes the lines of a server that it cannot read
        logging.getLogger("mcp").setLevel(logging.CRITICAL)


def mask(number: str) -> str:
    """Enough of an id to tell two apart, not enough to call."""
    return f"…{number[-3:]}" if len(number) > 3 else "…"


def tail(wa_id: str) -> str:
    """Enough of a WhatsApp id to find it again; its front is the phone number in base64."""
    return wa_id[-12:]
