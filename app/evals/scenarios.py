"""Scenario files: what the owner writes, and what a right answer certainly has.

docs/evals.md describes the form. Every problem of every file is found before anything runs.
"""

import hashlib
import tomllib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from langchain_core.tools import BaseTool
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.evals.errors import ScenarioError

Area = Literal["chat", "memory", "tools", "reminders", "refusals", "injection", "smalltalk"]
AREAS: tuple[str, ...] = get_args(Area)  # in the order of the table
NOW = datetime(2026, 11, 24, 10, 0)  # a Tuesday, on the owner's wall clock
COMMAND = "/"

Text = Annotated[str, Field(min_length=1, pattern=r"\S")]
# "a|b" is a or b. A number stands there in any notation, rounded where it has decimals.
Words = Annotated[str, Field(pattern=r"^[^|\s][^|]*(\|[^|\s][^|]*)*$")]
Count = Annotated[int, Field(ge=0)] | Annotated[float, Field(ge=0)]
Half = Literal["tuning", "final"]
Language = Literal["es", "en"]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Turn(_Row):
    """One message of the owner's, and what is expected of its answer."""

    say: Text
    at: str = ""  # on the owner's wall clock; "": a minute after the one before
    forwarded: str = ""  # by somebody else, and quoted by `say`
    tool: str | None = None  # this one and no other; "": none; None: any
    arguments: dict[str, int | float | str | list[Words]] = {}  # see app.evals.arguments
    contains: list[Words | Count] = []
    lacks: list[Words] = []

    @model_validator(mode="after")
    def _arguments_have_a_tool(self) -> Self:
        if self.arguments and not self.tool:
            raise ValueError("arguments without a tool")
        return self

    @model_validator(mode="after")
    def _at_is_a_time(self) -> Self:
        if self.at:
            _wall(self.at)
        return self

    @property
    def is_command(self) -> bool:
        """Run by code: no model is asked."""
        return self.say.startswith(COMMAND)

    @property
    def written_at(self) -> datetime | None:
        """Without a zone: the owner's."""
        return _wall(self.at) if self.at else None

    @property
    def expects(self) -> bool:
        return self.tool is not None or bool(self.contains or self.lacks)


class Case(_Row):
    """Some turns of one conversation, from an empty house."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    half: Half
    language: Language
    area: Area
    now: str = NOW.isoformat()  # on the owner's wall clock
    passes: Annotated[int, Field(ge=1, le=20)] = 1  # all of so many tries
    memories: list[Text] = []
    gives: dict[str, Text] = {}  # tool -> its result, whatever it is asked
    turns: Annotated[list[Turn], Field(min_length=1)]
    remembers: list[Words] = []
    forgets: list[Words] = []

    @model_validator(mode="after")
    def _can_fail(self) -> Self:
        if not (self.remembers or self.forgets or any(turn.expects for turn in self.turns)):
            raise ValueError("expects nothing: no answer could be wrong")
        _wall(self.now)
        return self

    @property
    def starts_at(self) -> datetime:
        """Without a zone: the owner's."""
        return _wall(self.now)

    @property
    def digest(self) -> str:
        """The same while nothing about the case changes, its half apart."""
        whole = self.model_dump_json(exclude={"half"})
        return hashlib.sha256(whole.encode()).hexdigest()[:16]


def _wall(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        raise ValueError(f"{text} is no time such as 2026-11-24T10:00") from None


def load(folder: Path, tools: Mapping[str, BaseTool]) -> list[Case]:
    """All cases of a folder's TOML files. Raises ScenarioError with everything that is wrong."""
    problems: list[str] = []
    cases: list[Case] = []
    seen: dict[str, Path] = {}
    for path in sorted(folder.rglob("*.toml")):
        for number, row in enumerate(_rows(path, problems), 1):
            case = _case(row, f"{path}: {_name(row, number)}", problems)
            if case is None:
                continue
            where = f"{path}: case {case.id}"
            problems += [f"{where}: {one}" for one in _wrong_tools(case, tools)]
            if case.id in seen:
                problems.append(f"{where}: the id is taken in {seen[case.id]}")
            seen[case.id] = path
            cases.append(case)
    if problems:
        raise ScenarioError(problems)
    if not cases:
        raise ScenarioError([f"{folder}: holds no cases"])
    return cases


def chosen(
    cases: Sequence[Case],
    *,
    half: str = "all",
    areas: Collection[str] = (),
    ids: Collection[str] = (),
    limit: int | None = None,
) -> list[Case]:
    """Those that are asked for, in the order that they are run in.

    A language at a time: each has a front of its own, which the model reads once. `limit` takes as
    many, spread over all of them. Cases that are named are run whatever their half.
    """
    if unknown := set(ids) - {case.id for case in cases}:
        raise ScenarioError([f"there is no case {', '.join(sorted(unknown))}"])
    found = [
        case
        for case in cases
        if (case.id in ids if ids else half in ("all", case.half))
        and (not areas or case.area in areas)
    ]
    if limit is not None and limit < len(found):
        found = [found[index * len(found) // limit] for index in range(limit)]
    if not found:
        raise ScenarioError(["no case is left to run: look at --half, --area and --limit"])
    return sorted(found, key=lambda case: (case.language != "es", AREAS.index(case.area)))


def _rows(path: Path, problems: list[str]) -> list[Any]:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:  # TOMLDecodeError says the line
        problems.append(f"{path}: {error}")
        return []
    rows = data.get("case")
    if set(data) != {"case"} or not isinstance(rows, list):
        problems.append(f"{path}: must hold [[case]] and nothing else")
        return []
    return rows


def _name(row: Any, number: int) -> str:
    named = row.get("id") if isinstance(row, dict) else None
    return f"case {named}" if named else f"case number {number}"


def _case(row: Any, where: str, problems: list[str]) -> Case | None:
    try:
        return Case.model_validate(row)
    except ValidationError as error:
        for one in error.errors():
            field = ".".join(str(part) for part in one["loc"])
            problems.append(
                ": ".join(filter(None, [where, field, one["msg"].removeprefix("Value error, ")]))
            )
        return None


def _wrong_tools(case: Case, tools: Mapping[str, BaseTool]) -> list[str]:
    """Names of tools and arguments that do not exist: such a case could never pass."""
    named = [*case.gives, *(turn.tool for turn in case.turns if turn.tool)]
    wrong = [f"there is no tool {name}" for name in dict.fromkeys(named) if name not in tools]
    for turn in case.turns:
        if turn.tool and turn.tool in tools:
            unknown = turn.arguments.keys() - tools[turn.tool].args.keys()
            wrong += [f"{turn.tool} has no argument {name}" for name in sorted(unknown)]
    return wrong
