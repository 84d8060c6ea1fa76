"""The chat in the terminal, and its two ways without one."""

import sys

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from app.demo import browser
from app.demo.errors import NoAnswer
from app.demo.lines import EXITS, Lines
from app.demo.session import Session
from app.demo.turn import Part

LONG_WAIT_S = 8.0  # then the spinner says why


def chat(session: Session) -> int:
    """Talk until the person leaves."""
    console = Console(highlight=False)
    lines = session.lines
    prompt = _prompt(console, lines)
    _welcome(console, session)
    while True:
        _show_late(console, session)
        try:
            text = input(prompt).strip()
            if text.lower() in EXITS:
                break
            _show_late(console, session)  # what came while the person was typing
            if text:
                _exchange(console, session, text)
        except (EOFError, KeyboardInterrupt):
            console.print()
            break
    console.print(lines.bye, style="dim")
    return 0


def ask_one(session: Session, message: str, errors: Console) -> int:
    """Ask one thing: the answer alone goes to standard output."""
    answers: list[Part] = []
    with errors.status(session.lines.typing.format(seconds=0)) as status:
        for part in session.ask(message, lambda s: status.update(_typing(session.lines, s))):
            if part.kind == "answer":
                answers.append(part)
            elif part.kind == "failure":
                errors.print(session.lines.failed.format(said=part.text), markup=False)
            else:
                errors.print(part.text, markup=False)
    # What came early answers an earlier question, unless nothing else came.
    ours = [part.text for part in answers if not part.early] or [part.text for part in answers]
    if ours:
        sys.stdout.write("\n\n".join(ours) + "\n")
    return 0 if answers else 1


def sample(session: Session) -> int:
    """A short conversation for a place without a terminal."""
    code = 0
    for question in session.lines.sample:
        _say(f"{session.lines.you}: {question}")
        try:
            parts = list(session.ask(question))
        except NoAnswer as error:
            _say(str(error))
            return 1
        for part in parts:
            _say(f"{session.lines.wasap}: {part.text}")
        if not any(part.kind == "answer" for part in parts):
            code = 1
    return code


def _prompt(console: Console, lines: Lines) -> str:
    """The prompt for input(), which must print it itself for line editing to know its width."""
    plain = f"{lines.you}: "
    try:
        import readline  # noqa: F401 - arrows and history in input()
    except ImportError:
        return plain
    # readline counts what stands between \x01 and \x02 as having no width.
    return f"\x01\x1b[1;36m\x02{plain}\x01\x1b[0m\x02" if console.color_system else plain


def _show_late(console: Console, session: Session) -> None:
    for text in session.late_answers():
        _show(console, session.lines, text)


def _exchange(console: Console, session: Session, text: str) -> None:
    lines = session.lines
    try:
        with console.status(_typing(lines, 0), spinner="dots") as status:
            for part in session.ask(text, lambda s: status.update(_typing(lines, s))):
                _show(console, lines, part.text)
    except NoAnswer:
        console.print(lines.still_waiting, style="yellow")


def _welcome(console: Console, session: Session) -> None:
    lines = session.lines
    console.print(session.introduction, style="yellow")
    console.print(lines.how_to_leave, style="dim")
    console.print(lines.page.format(url=session.options.page_url), style="dim", soft_wrap=True)
    if session.options.opens_browser:
        browser.show(session.options.page_url)
    if session.earlier:
        console.print(lines.earlier, style="dim")
    for event in session.earlier:
        who = lines.you if event["kind"] == "inbound" else lines.wasap
        console.print(Text(f"{who}: {event['text']}", style="dim"))
    console.print()


def _show(console: Console, lines: Lines, text: str) -> None:
    console.print(Text.assemble((f"{lines.wasap}: ", "bold green"), text))


def _typing(lines: Lines, waited_s: float) -> str:
    line = lines.typing_long if waited_s >= LONG_WAIT_S else lines.typing
    return f"[green]{lines.wasap}[/] " + escape(line.format(seconds=int(waited_s)))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
