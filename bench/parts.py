"""The parts of the table, in its order; a new one is a line here and a module with `run`."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.figures import Figure

FOUNDATION = "Foundation"
DELIVERY = "Delivery"
MEMORY = "Memory and context"
TOOLS = "Tools"
MEDIA = "Media and formatting"
PROMPTS = "Prompts and models"
DATA = "Data at rest"
PAGE = "Phone page"


@dataclass(frozen=True)
class Part:
    """Figures that one command measures. `blind` ends the sentence "Does not show ..."."""

    name: str
    group: str
    measures: str
    blind: str
    command: str = ""  # where it is not `python -m bench NAME`
    module: str = ""  # where it is not called as the part is
    options: Mapping[str, Any] = field(default_factory=dict)
    long: bool = False  # measured only when it is named

    @property
    def how(self) -> str:
        """The command."""
        return self.command or f"python -m bench {self.name}"

    def run(self, folder: Path, **options: Any) -> list[Figure]:
        """Measure, with an empty folder to work in. Not for those that `elsewhere` measures."""
        module = importlib.import_module(f"bench.{self.module or self.name}")
        figures: list[Figure] = module.run(folder, **self.options, **options)
        return figures

    @property
    def elsewhere(self) -> bool:
        """Whether a command that is not `python -m bench` measures it."""
        return not self.how.startswith("python -m bench ")


def _tested(name: str, group: str, measures: str, blind: str, *, long: bool = False) -> Part:
    return Part(name, group, measures, blind, module="tested", options={"part": name}, long=long)


PARTS = (
    Part("foundation", FOUNDATION, "the webhook, the start, a plain turn",
         "what a real model and a real network add: both ends are stand-ins on this machine"),
    Part("load", DELIVERY, "many senders at once",
         "real turns, which wait for a model far longer than for us"),
    Part("crash", DELIVERY, "kill -9 at every commit and every outside call",
         "a power cut, a disk that lies about what it has written, or Meta itself",
         command="make crash", long=True),
    Part("soak", DELIVERY, "untidy webhooks: twins, batches, disorder, restarts",
         "more than some dozen people, or more than an hour",
         command="python -m tests.crash.soak", long=True),
    Part("faults", DELIVERY, "a model and a Graph API in every known kind of trouble",
         "trouble of a kind that nobody has described yet", command="make faults", long=True),
    Part("fuzz", DELIVERY, "mutated webhooks and forged signatures",
         "a flood: bodies come as fast as they are answered", command="make fuzz", long=True),
    _tested("database", DELIVERY, "a database locked for 35 s, a full disk, a read-only folder",
            "a disk that breaks, or network file systems", long=True),
    Part("facts", MEMORY, "twelve facts told across thirty turns",
         "whether a model makes use of what stands in its prompt"),
    Part("prefix", MEMORY, "how much of a prompt the model has read already",
         "other models and machines; the characters hold for all, tokens and seconds for the 1.5B"),
    Part("growth", MEMORY, "five hundred turns of one person",
         "years, or pictures and documents, which are files"),
    Part("retrieval", MEMORY, "memories found by questions about them",
         "larger embedders, or people who ask otherwise than the one who wrote the questions"),
    _tested("erasure", MEMORY, "byte searches for what was deleted",
            "copies made before: backups, and what Meta holds"),
    Part("phrases", TOOLS, "phrases of time with their exact instants",
         "phrases that nobody has thought of"),
    Part("schedules", TOOLS, "generated schedules, all time zones, downtimes",
         "a machine whose own clock is wrong", command="python -m tests.schedules", long=True),
    Part("claims", TOOLS, "a model that says that it did what it did not",
         "lies in words that are not on the list, or in other languages",
         command="make claims", long=True),
    Part("injections", TOOLS, "a model that obeys every text it reads",
         "what an owner taps without reading it", command="make injections", long=True),
    _tested("ssrf", TOOLS, "forms of URLs that lead to private addresses",
            "a private service that answers at a public address"),
    Part("requests", TOOLS, "messages that ask for a tool, and that ask for none",
         "other people's messages: one person wrote them, who had not seen what it was fitted to"),
    Part("choice", TOOLS, "tool choice of the built-in 1.5B, the half to tune with",
         "requests that were not tuned with", long=True),
    Part("choice-final", TOOLS, "tool choice of the built-in 1.5B, the half kept back",
         "other models, and what people really ask", module="choice",
         command="python -m bench choice --final", options={"final": True}, long=True),
    Part("documents", MEDIA, "documents found, and hostile ones read",
         "scanned pages, which hold no text"),
    Part("lookups", MEDIA, "what a small model is asked of documents, looked up by code",
         "documents of other people: the bounds were chosen with these questions in view"),
    Part("pictures", MEDIA, "texts on pictures read by OCR",
         "photographs of real paper, or handwriting: the texts are drawn"),
    Part("speech", MEDIA, "voice notes against faster-whisper called directly",
         "people: a robot voice speaks, which Whisper understands worse", long=True),
    _tested("formatting", MEDIA, "Markdown to the markup of WhatsApp",
            "how a phone shows it"),
    Part("prompts", PROMPTS, "prompts edited while it runs",
         "the time in which a real model reads its new front"),
    Part("eval", PROMPTS, "the scenarios of evals/ with the built-in 1.5B",
         "larger models, which do better, or what people really ask", long=True),
    Part("bfcl", PROMPTS, "a sample of the Berkeley Function-Calling Leaderboard, ours and bare",
         "whole conversations, or what this house's own tools do", module="bfcl.run", long=True),
    Part("backup", DATA, "backups wiped and restored, and killed half-way",
         "a medium that rots: `wasap verify` finds that"),
    Part("cipher", DATA, "what encryption costs", "processors without AES instructions"),
    Part("phone", PAGE, "the page with the chat in a browser", "a phone on a slow network"),
)  # fmt: skip


def named(name: str) -> Part:
    """Raises KeyError."""
    return {part.name: part for part in PARTS}[name]
