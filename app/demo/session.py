"""A running demo: what the terminal talks to."""

import time
from collections.abc import Callable, Iterator

import httpx

from app.demo.children import Children
from app.demo.errors import DemoError, NoAnswer
from app.demo.lines import Lines
from app.demo.options import DemoOptions
from app.demo.phone import REQUEST_TIMEOUT_S, Event, Phone
from app.demo.turn import Part, Sentences, ask
from graph.errors import ModelError, PromptError
from graph.prompts import Prompts
from tools.certificates import authorities

ANSWER_TIMEOUT_S = 120.0  # from the question
OPEN_GLANCE_S = 0.1
EARLIER = 6  # messages of the last run that are shown again


class Session:
    """The phone, the processes behind it, and the sentences that are no answers."""

    def __init__(self, options: DemoOptions, phone: Phone, children: Children) -> None:
        self.options = options
        self._phone = phone
        self._children = children
        self._sentences = _sentences(options)
        self.earlier = _said(phone.news())[-EARLIER:]

    @property
    def lines(self) -> Lines:
        """What the demo itself says."""
        return self.options.lines

    @property
    def introduction(self) -> str:
        """Who answers, said plainly."""
        settings = self.options.settings
        if self.options.own_ollama:
            return self.lines.own_ollama.format(
                model=settings.ollama_model, url=self.options.own_ollama
            )
        return self.lines.built_in.format(model=settings.embedded_model)

    def ask(
        self, text: str, glance: Callable[[float], None] = lambda waited_s: None
    ) -> Iterator[Part]:
        """Ask, and give what the assistant says as it comes, what it still owes to an earlier
        question first. NoAnswer after two minutes."""

        def look(waited_s: float) -> None:
            self._children.check()
            glance(waited_s)

        self._settle(look)
        for owed in self.late_answers():
            yield Part(owed, self._sentences.kind_of(owed), early=True)
        try:
            yield from ask(
                self._phone,
                text,
                sentences=self._sentences,
                timeout_s=ANSWER_TIMEOUT_S,
                glance=look,
            )
        except NoAnswer:
            raise NoAnswer(
                self.lines.no_answer.format(
                    seconds=round(ANSWER_TIMEOUT_S), log=self.options.log_file
                )
            ) from None

    def _settle(self, glance: Callable[[float], None]) -> None:
        """Wait, two minutes at most, until nothing is open.

        The ticks of a message may overtake the answer before it, which would pass for the answer
        to this one.
        """
        began = time.monotonic()
        url = f"{self.options.admin_url}/health"
        with httpx.Client(timeout=REQUEST_TIMEOUT_S, trust_env=False, verify=authorities()) as http:
            while (waited_s := time.monotonic() - began) < ANSWER_TIMEOUT_S:
                glance(waited_s)
                health = http.get(url).json()
                if not (health["inbox"] or health["outbox"]):
                    return
                time.sleep(OPEN_GLANCE_S)

    def late_answers(self) -> list[str]:
        """What came since the last answer: one that took too long, for instance."""
        return [event["text"] for event in _said(self._phone.news()) if event["kind"] == "outbound"]


def _sentences(options: DemoOptions) -> Sentences:
    language = options.settings.owner_language
    try:
        prompts = Prompts(options.settings.prompts_dir)
        return Sentences(
            notices=[prompts.message(language, one.kind) for one in ModelError.__subclasses__()],
            failures=[prompts.message(language, ModelError.kind)],
        )
    except PromptError as error:
        raise DemoError(str(error)) from error


def _said(events: list[Event]) -> list[Event]:
    return [event for event in events if event["kind"] in ("inbound", "outbound") and event["text"]]
