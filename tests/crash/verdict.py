"""What became of every message of a lane, and which kill is to blame."""

import contextlib
import sqlite3
from collections import Counter
from dataclasses import dataclass, field

from tests.crash.meta import Accepted
from tests.crash.phone import SENTENCES, SOUND, Phone, Said
from tests.crash.product import Product

NONE = "(no kill)"
# Said besides the answers; whatever else we said is counted as unexplained.
NOTICES = frozenset({"model_missing", "cost_warning", "while_away", "reminder_due"})
EXPORTED = frozenset({"wasap.md", "wasap.json"})  # files, by what they are called
STORES = ("wasap.db", "checkpoints.db")
# One answer may be to several of these.
MERGED = frozenset({"chat", "tool", "voice", "aloud", "picture", "document"})


@dataclass
class Counts:
    """What one point has on its conscience."""

    kills: int = 0
    missed: int = 0  # killed somewhere else, as the point was not reached in time
    seconds: float = 0.0
    lost: int = 0
    out_of_order: int = 0
    duplicates: int = 0
    misreported: int = 0  # an answer that is not true: "nothing like it" about what was deleted
    asked_again: int = 0  # model calls whose answer it cost
    ran_again: int = 0  # tool calls whose result it cost


@dataclass
class Verdict:
    """Counts by point, figures, and what must not be, in words."""

    points: dict[str, Counts] = field(default_factory=dict)
    figures: Counter[str] = field(default_factory=Counter)
    defects: list[str] = field(default_factory=list)

    def at(self, point: str) -> Counts:
        """The line of a point."""
        return self.points.setdefault(point, Counts())

    def total(self, name: str) -> int:
        """Over all points."""
        return sum(int(getattr(counts, name)) for counts in self.points.values())

    @property
    def kept(self) -> bool:
        """Whether all that is promised was kept."""
        return not (
            self.defects
            or self.total("lost")
            or self.total("out_of_order")
            or self.total("misreported")
            or self.total("duplicates") > max(1, self.total("kills") / 1000)
        )


def judge(product: Product, verdict: Verdict) -> None:
    """Add what happened on one data folder."""
    for death in product.deaths:
        counts = verdict.at(death.point)
        counts.kills += death.reached
        counts.missed += not death.reached
        counts.seconds += death.seconds
    _Trial(product, verdict).run()


@dataclass
class _Trial:
    product: Product
    verdict: Verdict

    def run(self) -> None:
        sends: dict[str, list[Accepted]] = {}
        for send in self.product.meta.sends:
            sends.setdefault(send.number, []).append(send)
        for number, phones in self.product.people():
            for phone in phones:
                self._lost(phone)
            self._order(sends.get(number, []))
        self._duplicates()
        self._books()
        self._model()
        self._tools()
        self._notices()
        self._stores()
        said = [one for phone in self.product.phones for one in phone.said]
        figures = self.verdict.figures
        figures["messages"] += len(said)
        figures["answers"] += len({one.part for one in self.product.meta.sends})
        figures["webhooks posted"] += self.product.meta.deliveries
        figures["model calls"] += len(self.product.model.asked)
        figures["summaries"] += self.product.model.summaries
        figures["refused by Meta"] += sum(one.refused and not one.heard for one in said)

    def _blame(self, life: int) -> Counts:
        """The kill that ended this life."""
        deaths = self.product.deaths
        return self.verdict.at(deaths[life].point if 0 <= life < len(deaths) else NONE)

    def _defect(self, text: str) -> None:
        self.verdict.defects.append(f"{self.product.name}: {text}")

    def _lost(self, phone: Phone) -> None:
        for message in phone.said:
            if not message.stored_at:
                self._defect(f"{message.token} was never taken: {self.product.meta.last_status}")
            elif not (message.heard or message.refused):
                self._blame(message.life).lost += 1
                self._defect(f"{message.token} ({message.text}) was taken and never answered")

    def _order(self, sends: list[Accepted]) -> None:
        """Answers of one person, first copies only, against the order in which they wrote."""
        heard: set[str] = set()
        last_in_post: dict[int, int] = {}
        newest: Said | None = None  # the latest to leave of those answered so far
        for send in sends:
            if send.part in heard:
                continue
            heard.add(send.part)
            for message in self.product.answered_by(send.number, send.part, send.body):
                late = newest is not None and 0 < message.stored_at < newest.began_at
                number = int(message.token[1:])
                if late or number < last_in_post.get(message.post, 0):
                    self._blame(send.life - 1).out_of_order += 1
                    self._defect(f"{message.token} was answered too late, at part {send.part}")
                last_in_post[message.post] = number
                if newest is None or message.began_at > newest.began_at:
                    newest = message

    def _books(self) -> None:
        """What the product says it sent is on that person's phone, and no command shares a turn."""
        took = {(one.part, one.number, one.wamid) for one in self.product.meta.sends}
        for part, number, wamid in self.product.query(
            "SELECT o.id || '-' || o.created_at, c.phone_number, o.wa_id FROM outbox o"
            " JOIN conversations c ON c.id = o.conversation_id"
            " WHERE o.state IN ('sent', 'delivered', 'read')"
        ):
            if (part, number, wamid) not in took:
                self._defect(f"part {part} is sent by the books, and not on the phone")
        for send in self.product.meta.sends:
            answered = self.product.answered_by(send.number, send.part, send.body)
            if len(answered) > 1 and any(one.kind not in MERGED for one in answered):
                self._defect(f"part {send.part} answers several commands")

    def _duplicates(self) -> None:
        first: dict[str, Accepted] = {}
        texts: dict[str, str] = {}
        for send in self.product.meta.sends:
            before = first.setdefault(send.part, send)
            if before is not send:
                self._blame(before.life).duplicates += 1
                if before.life == send.life and not before.answer_lost:
                    self._defect(f"part {send.part} was sent twice with nothing in between")
                if before.reported_at and before.reported_at < send.at:
                    self._defect(f"part {send.part} was sent again after a status about it")
                continue
            for message in self.product.answered_by(send.number, send.part, send.body):
                if (other := texts.setdefault(message.token, send.part)) != send.part:
                    self._defect(f"{message.token} has two answers: parts {other}, {send.part}")
                if message.kind == "forget" and not message.forgot(send.body):
                    self._blame(send.life - 1).misreported += 1

    def _model(self) -> None:
        for life, count in self.product.model.again().items():
            self._blame(life).asked_again += count
        for question in self.product.model.asked_too_late:
            self._defect(f"the model was asked {question} after its answer had been sent")
        for problem in self.product.model.broken_threads:
            self._defect(f"thread: {problem}")

    def _tools(self) -> None:
        ran: dict[str, int] = {}
        for line in self.product.tool_runs.read_text(encoding="utf-8").splitlines():
            call, life = line.split()[0], int(line.split()[-1])
            if call in ran:
                self._blame(ran[call]).ran_again += 1
            ran[call] = life
        self.verdict.figures["tool calls"] += len(ran)

    def _notices(self) -> None:
        known = {SENTENCES[name].partition("{")[0] for name in NOTICES}
        for body, count in self.product.notices.items():
            if any(body.startswith(start) for start in known):
                self.verdict.figures["notices"] += count
            elif body == SOUND:
                self.verdict.figures["sounds"] += count
            elif body in EXPORTED:
                asked = sum(
                    one.kind == "export" for phone in self.product.phones for one in phone.said
                )
                self.verdict.figures["files"] += count
                if count > asked:
                    self._defect(f"{body} sent {count} times, and asked for {asked} times")
            else:
                self._defect(f"said {count} times, and no answer: {body[:100]!r}")

    def _stores(self) -> None:
        if self.product.exit_code != 0:
            tail = self.product.log_tail()
            self._defect(f"exit code {self.product.exit_code} at SIGTERM\n{tail}")
        for name in STORES:
            with contextlib.closing(sqlite3.connect(self.product.folder / "data" / name)) as db:
                if (found := db.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
                    self._defect(f"{name}: {found}")
        media = self.product.folder / "data" / "media"
        for (name,) in self.product.query("SELECT sha256 FROM media"):
            if not (media / name[:2] / name).is_file():
                self._defect(f"the file {name} is in the books, and not on the disk")
        for words, query in _MUST_BE_EMPTY.items():
            if rows := self.product.query(query):
                self._defect(f"{words}: {rows[:3]}")


_MUST_BE_EMPTY = {
    "messages left open": "SELECT wa_id FROM inbox WHERE state <> 'done'",
    "parts left open": "SELECT id, state FROM outbox"
    " WHERE state NOT IN ('sent', 'delivered', 'read', 'failed')",
    "reminders said twice": "SELECT substr(key, 1, instr(substr(key, 10), ':') + 9) AS one,"
    " count(*) FROM outbox WHERE key LIKE 'reminder:%' GROUP BY one HAVING count(*) > 1",
    "reminders done and never said": "SELECT id FROM reminders WHERE state = 'done' AND NOT EXISTS"
    " (SELECT 1 FROM outbox WHERE key = 'reminder:' || reminders.id || ':' || reminders.due_at)",
    "turns that took back two changes": "SELECT undone_by FROM undo WHERE undone_by IS NOT NULL"
    " GROUP BY undone_by HAVING count(DISTINCT source) > 1",
    "notes saved twice": "SELECT content, count(*) FROM notes"
    " GROUP BY conversation_id, content HAVING count(*) > 1",
    "things twice on a list": "SELECT text, count(*) FROM list_items"
    " GROUP BY list_id, text HAVING count(*) > 1",
    "turns twice in the history": "SELECT turn_id, role, count(*) AS n FROM messages"
    " GROUP BY turn_id, role HAVING n > 1",
}
