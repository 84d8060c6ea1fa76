"""One question and its answer, as they show on the phone."""

import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Literal

from app.demo.errors import NoAnswer
from app.demo.phone import Event, Phone

QUIET_S = 0.3  # after a part: a long answer comes in several
UNREAD_QUIET_S = 2.0  # the same when our message got no blue ticks, which need not come
GLANCE_S = 0.5  # how often the spinner moves and the processes are looked at

Kind = Literal["answer", "notice", "failure"]


@dataclass(frozen=True)
class Part:
    """One message of the assistant. A notice says that the answer comes later; a failure, that
    none will."""

    text: str
    kind: Kind
    early: bool = False
    """It came before the server took up our message."""


@dataclass(frozen=True)
class Sentences:
    """The fixed sentences that are no answers."""

    notices: Collection[str]
    failures: Collection[str]

    def kind_of(self, text: str) -> Kind:
        """What a message of the assistant is."""
        if text in self.notices:
            return "notice"
        return "failure" if text in self.failures else "answer"


@dataclass
class Watch:
    """Tells when the turn of one message is over.

    The server reads a message when it takes up its turn, so what arrives before that belongs to an
    earlier one: a question that the last run left open is answered first.
    """

    wamid: str
    sentences: Sentences
    read: bool = False
    answered: bool = field(default=False, init=False)
    answered_early: bool = field(default=False, init=False)

    def see(self, events: list[Event]) -> Iterator[Part]:
        """Take in what happened and give the assistant's messages in it."""
        for event in events:
            if event["kind"] == "read" and event["wamid"] == self.wamid:
                self.read = True
            elif event["kind"] == "outbound" and event["text"]:
                text = str(event["text"])
                part = Part(text, self.sentences.kind_of(text), early=not self.read)
                if part.kind != "notice":
                    self.answered = self.answered or self.read
                    self.answered_early = self.answered_early or not self.read
                yield part

    @property
    def patience_s(self) -> float | None:
        """How much longer to look for another part; None while the answer is to come."""
        if self.answered:
            return QUIET_S
        return UNREAD_QUIET_S if self.answered_early and not self.read else None


def ask(
    phone: Phone,
    text: str,
    *,
    sentences: Sentences,
    timeout_s: float,
    glance: Callable[[float], None],
) -> Iterator[Part]:
    """Write and give the parts as they come; `glance` is called with the seconds waited.

    Raises:
        NoAnswer: none in `timeout_s`. Parts that were no answer may have come before.
    """
    began = time.monotonic()
    phone.news()  # what was there before is no answer to this
    watch = Watch(phone.write(text), sentences)
    quiet_since = began
    while True:
        now = time.monotonic()
        glance(now - began)
        patience_s = watch.patience_s
        if patience_s is not None and now - quiet_since >= patience_s:
            return
        if now - began >= timeout_s:
            if watch.answered_early:
                return
            raise NoAnswer
        wait_s = GLANCE_S if patience_s is None else quiet_since + patience_s - now
        for part in watch.see(phone.news(min(wait_s, GLANCE_S))):
            quiet_since = time.monotonic()
            yield part
