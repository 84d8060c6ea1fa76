"""The people who write, and what each of their messages must get."""

import asyncio
import itertools
import re
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.simulator.config import SimulatorConfig, user_id_of
from app.simulator.envelopes import envelope, messages_value
from tests.crash.points import ROOT, Flavour
from tests.crash.wire import Json

MARK = re.compile(r"\b[qd]\d+\b")
QUESTION = re.compile(r"\bq\d+\b")  # what a model's answer repeats
SENTENCES = tomllib.loads((ROOT / "prompts/es/messages.toml").read_text(encoding="utf-8"))

# What stands in the answers to commands about reminders, notes and lists.
ANSWERS: dict[Flavour, tuple[str, ...]] = {
    "remind": ("reminder_done",),
    "remind_soon": ("reminder_done",),
    "move": ("reminder_moved",),
    "cancel": ("reminder_cancelled",),
    "undo": ("undo_none", "undo_gone", "undo_back", "undo_as_before", "undo_forgotten"),
    "note": ("note_done",),
    "note_change": ("note_changed", "note_deleted"),
    "list": ("list_begun", "list_added"),
    "list_change": ("list_ticked", "list_removed"),
    "transcribe": ("transcribe_on",),
    "voice_on": ("voice_on",),
    "comment": ("feedback_done", "feedback_none"),
    "document_delete": ("document_deleted", "document_none"),
    "choose": ("forget_several", "forget_done", "forget_none"),
}
COMMANDS: dict[Flavour, str] = {
    "clear": "/limpiar",
    "export": "/exportar",
    "transcribe": "/transcribir on",
    "voice_on": "/voz on",
    "comment": "/comentario muy bien",
    "choose": "/olvidar dato",  # fits several: they are buttons
}
PICTURES, TEXTS = "9000", "8000"  # begin the ids of files that are pictures, and documents
GONE = "gone"  # begins the ids of voice notes that Meta has no more: the sentence is said aloud
SOUND = "(aloud)"  # what the phone shows of one of ours
OPENINGS: dict[Flavour, str] = {"tool": "contá", "voice": "audio", "picture": "foto"}
NOT_HEARD = SENTENCES["voice_no_model"].partition(":")[0]  # nobody here has a model for voice

WAITING_MAX = 2  # unanswered messages before a phone holds back ...
PATIENCE_S = 3.0  # ... for this long


@dataclass
class Said:
    """One message."""

    token: str  # no other message has it
    kind: Flavour
    text: str
    wa_id: str
    post: int  # messages of one webhook share it
    began_at: float = 0.0  # the first POST that holds it left
    stored_at: float = 0.0  # 0 until a POST that holds it was answered 200
    life: int = 0  # of the process that answered so
    heard: int = 0  # answers on the phone
    refused: bool = False  # Meta will never deliver its answer

    @property
    def settled(self) -> bool:
        """Whether nothing more is to be said about it."""
        return bool(self.heard) or self.refused

    def is_answer(self, body: str) -> bool:
        """Whether `body` is about this message."""
        if self.kind == "clear":
            return SENTENCES["clear_done"] in body
        if self.kind == "erase":
            return SENTENCES["forgetme_done" if self.erases else "forgetme_confirm"] in body
        if self.kind == "export":
            return body.startswith(SENTENCES["export_done"].partition("{")[0])
        if self.kind == "remember":
            return SENTENCES["remember_done"].format(memory=self.fact) in body
        if self.kind == "forget":
            return self.forgot(body) or SENTENCES["forget_none"].format(wanted=self.fact) in body
        if self.kind == "voice":
            return NOT_HEARD in body
        if self.kind == "aloud":
            return SENTENCES["media_gone"] in body
        if keys := ANSWERS.get(self.kind):
            starts = (SENTENCES[key].partition("{")[0] for key in keys)
            # Not always at the front: what was held comes with a word about that.
            said = any(start in body for start in starts)
            return said and self.marks <= set(MARK.findall(body))
        return self.token in QUESTION.findall(body)

    def forgot(self, body: str) -> bool:
        """Whether `body` says that this message did what it asked."""
        return SENTENCES["forget_done"].format(memory=self.fact) in body

    @property
    def marks(self) -> set[str]:
        """What names the reminder or memory it is about."""
        return set(MARK.findall(self.text))

    @property
    def erases(self) -> bool:
        """Whether this is the second word that /forgetme waits for."""
        return self.kind == "erase" and self.fact != ""

    @property
    def fact(self) -> str:
        """What is remembered or forgotten."""
        return self.text.partition(" ")[2]


@dataclass
class Phone:
    """One sender. Order is judged between webhooks that did not overlap, and inside one."""

    number: str
    config: SimulatorConfig
    tag: str
    said: list[Said] = field(default_factory=list)
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    _settled: int = 0  # messages at the front of `said` that are answered

    def write(self, kind: Flavour, number: int) -> Said:
        """A new message."""
        kind, text = self._words(kind, number)
        message = Said(f"q{number}", kind, text, f"wamid.{self.tag}.{number}", len(self.said))
        self.said.append(message)
        return message

    def webhook(self, messages: list[Said]) -> Json:
        """A webhook with these messages and no other."""
        return envelope(self.config, [self.value(messages)])

    def value(self, messages: list[Said]) -> Json:
        """These messages as Meta lays them out; they leave now."""
        for message in messages:
            if not message.began_at:
                message.post, message.began_at = messages[0].post, time.monotonic()
        return messages_value(
            self.config,
            [self._on_the_wire(message) for message in messages],
            name="Carla",
            number=self.number,
            user_id=user_id_of(self.number),
        )

    def stored(self, messages: list[Said], life: int) -> None:
        """They were taken by this life."""
        for message in messages:
            if not message.stored_at:
                message.stored_at, message.life = time.monotonic(), life

    def waiting(self) -> list[Said]:
        """Messages without an answer, taken or not."""
        while self._settled < len(self.said) and self.said[self._settled].settled:
            self._settled += 1
        return [one for one in self.said[self._settled :] if not one.settled]

    def unanswered(self) -> list[Said]:
        """Messages that were taken and have no answer yet."""
        return [one for one in self.waiting() if one.stored_at]

    async def ready(self) -> None:
        """Until it feels like writing again."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while len(self.unanswered()) >= WAITING_MAX:
                    self.heard.clear()
                    await self.heard.wait()
        except TimeoutError:
            return

    def deleted_by(self, message: Said) -> set[str]:
        """Marks that must not be read again, now that `message` is answered."""
        if message.kind == "forget":
            return message.marks
        if message.kind != "clear" and not message.erases:
            return set()
        before = itertools.takewhile(lambda one: one is not message, self.said)
        chats = ("chat", "tool", "picture", "document")
        return {one.token for one in before if one.kind in chats}

    def _words(self, kind: Flavour, number: int) -> tuple[Flavour, str]:
        known = (
            list(itertools.islice(self._remembered(), 2)) if kind in ("forget", "choose") else []
        )
        if kind == "forget" and known:
            return kind, f"/olvidar {known[0].fact}"
        if kind in ("remember", "forget") or (kind == "choose" and len(known) < 2):
            kind = "remember"
            return kind, f"/recordar dato d{number:06}"  # of one length: none is part of another
        if kind in COMMANDS:
            return kind, COMMANDS[kind]
        if kind == "erase":
            asked = [one for one in self.said if one.kind == "erase"]
            second = bool(asked) and not asked[-1].erases
            return kind, "/borrarme sí" if second else "/borrarme"
        if kind in ("note", "note_change"):
            return self._about_notes(kind, number)
        if kind in ("list", "list_change"):
            return self._about_lists(kind, number)
        if kind in ("document", "document_delete"):
            return self._about_documents(kind, number)
        if kind in ANSWERS:
            return self._about_reminders(kind, number)
        return kind, f"{OPENINGS.get(kind, 'hola')} q{number}"

    def _about_reminders(self, kind: Flavour, number: int) -> tuple[Flavour, str]:
        if kind == "remind_soon":
            return kind, f"/recordame dato d{number:06} en 1 segundo"
        if kind == "undo" and number % 2:
            return kind, "/deshacer"
        known = self._newest("remind", "move", "cancel")
        if kind == "cancel" and known:
            return kind, f"/recordatorios cancelar dato {known}"
        if kind == "move" and known:
            return kind, f"/recordatorios cambiar dato {known} mañana a las 10"
        return "remind", f"/recordame dato d{number:06} mañana a las 9"

    def _about_notes(self, kind: Flavour, number: int) -> tuple[Flavour, str]:
        known = self._newest("note", "note_change")
        if kind == "note_change" and known:
            change = f"cambiar dato {known}: dato {known} de nuevo"
            return kind, f"/notas {change if number % 2 else f'borrar dato {known}'}"
        return "note", f"/notas nueva dato d{number:06}"

    def _about_lists(self, kind: Flavour, number: int) -> tuple[Flavour, str]:
        known = self._newest("list", "list_change")
        if kind == "list_change" and known:
            return kind, f"/listas {'tachar' if number % 2 else 'sacar'} dato {known}"
        return "list", f"/listas agregar dato d{number:06} al súper"

    def _about_documents(self, kind: Flavour, number: int) -> tuple[Flavour, str]:
        known = self._newest("document", "document_delete")
        if kind == "document_delete" and known:
            return kind, f"/documentos borrar {known}"
        return "document", f"documento d{number:06} q{number}"

    def _newest(self, made_by: Flavour, *changed_by: Flavour) -> str:
        """The mark of the newest thing made, unless something was asked about it since."""
        for one in reversed(self.said):
            if one.kind in (*changed_by, "undo", "erase"):
                break
            if one.kind == made_by and one.heard:
                return MARK.findall(one.text)[0]
        return ""

    def _remembered(self) -> Iterator[Said]:
        gone = {one.fact for one in self.said if one.kind == "forget"}
        takes = ("undo", "erase")  # those before one of these may be gone
        last = max((at for at, one in enumerate(self.said) if one.kind in takes), default=-1)
        for one in self.said[last + 1 :]:
            if one.kind == "remember" and one.heard and one.fact not in gone:
                yield one

    def _on_the_wire(self, message: Said) -> Json:
        content: Json = {"type": "text", "text": {"body": message.text}}
        if message.kind in ("voice", "aloud"):
            media_id = f"{GONE if message.kind == 'aloud' else ''}{message.token[1:]}"
            audio = {"id": media_id, "mime_type": "audio/ogg; codecs=opus", "voice": True}
            content = {"type": "audio", "audio": audio}
        if message.kind == "picture":
            image = {"id": f"{PICTURES}{message.token[1:]}", "mime_type": "image/jpeg"}
            content = {"type": "image", "image": {**image, "caption": message.text}}
        if message.kind == "document":
            mark = MARK.findall(message.text)[0]
            file = {"id": f"{TEXTS}{message.token[1:]}", "mime_type": "text/plain"}
            named = {**file, "filename": f"{mark}.txt", "caption": message.text}
            content = {"type": "document", "document": named}
        return {
            "from": self.number,
            "id": message.wa_id,
            "timestamp": str(int(time.time())),
            **content,
        }
