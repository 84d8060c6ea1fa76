"""Documents to text: what people's programs write, and what wants to harm."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.media.convert.parts import Unreadable
from app.media.converting import Converted, convert, environment
from tests.documents import hostile, made
from tests.documents.made import Made, Part

W = hostile.WORD
PLACES = {"txt": "none", "csv": "none", "pdf": "number", "pptx": "number"}


async def converted(folder: Path, content: bytes, *, limit_s: float = 45) -> Converted:
    path = folder / "archivo"  # its name and type say nothing
    path.write_bytes(content)
    return await convert(path, limit_s=limit_s)


async def reason(folder: Path, content: bytes, *, limit_s: float = 45) -> str:
    try:
        await converted(folder, content, limit_s=limit_s)
    except Unreadable as error:
        return error.reason
    return hostile.READ


def said(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def words(text: str) -> list[str]:
    return text.replace(" | ", " ").replace(";", " ").split()


@pytest.mark.parametrize("document", made.documents(), ids=lambda document: document.name)
async def test_every_word_comes_out_where_it_stands(tmp_path: Path, document: Made) -> None:
    found = await converted(tmp_path, document.content)
    kind = document.name.rpartition(".")[2]
    assert (found.kind, found.cut) == (kind, False)
    assert found.pages == (len(document.parts) if kind in ("pdf", "pptx", "xlsx") else 0)
    places = {"none": [""], "number": [str(n + 1) for n in range(len(document.parts))]}.get(
        PLACES.get(kind, ""), [part.heading for part in document.parts]
    )
    assert [part.place for part in found.parts] == places
    for part, text in zip(document.parts, found.parts, strict=kind != "txt"):
        lacking = [word for word in words(part.text) if word not in text.text]
        assert not lacking


async def test_word_keeps_what_forms_boxes_tables_and_notes_say(tmp_path: Path) -> None:
    box = (
        f'<mc:AlternateContent xmlns:mc="m"><mc:Choice><w:txbxContent>{said("En la caja")}'
        f"</w:txbxContent></mc:Choice><mc:Fallback>{said('En la caja')}</mc:Fallback>"
        "</mc:AlternateContent>"
    )
    cells = "".join(f"<w:tc>{said(one)}</w:tc>" for one in "ab")
    inner = (
        f'<w:p><w:pPr><w:pStyle w:val="Ttulo2"/></w:pPr><w:r><w:t>Pagos</w:t></w:r></w:p>'
        f"<w:sdt><w:sdtContent>{said('En el formulario')}</w:sdtContent></w:sdt>"
        f"<w:p><w:r>{box}<w:t>Fuera</w:t></w:r>"
        "<w:del><w:r><w:delText>tachado</w:delText></w:r></w:del></w:p>"
        f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>"
    )
    style = '<w:style w:styleId="Ttulo2"><w:name w:val="heading 2"/></w:style>'
    styles = f"<w:styles {W}>{style}</w:styles>"
    notes = f"<w:footnotes {W}>{said('Al pie')}</w:footnotes>"
    content = hostile.docx(
        hostile.body(inner), ("word/styles.xml", styles), ("word/footnotes.xml", notes)
    )
    found = await converted(tmp_path, content)
    assert found.parts == (
        Part("Pagos", "En el formulario\nEn la caja\nFuera\na | b"),
        Part("", "Al pie"),
    )


async def test_headings_stand_under_headings(tmp_path: Path) -> None:
    text = "intro\n\n# Uno\na\n## Dos *tres*\nb\n# Cuatro\n```\n# no es título\n```\n"
    found = await converted(tmp_path, text.encode())
    assert [part.place for part in found.parts] == ["", "Uno", "Uno › Dos *tres*", "Cuatro"]
    page = "<html><h1>Uno</h1>a<h3>Dos</h3><table><tr><td>b<td>c</table><h1>Tres</h1><p>d"
    found = await converted(tmp_path, page.encode())
    assert found.parts == (Part("Uno", "a"), Part("Uno › Dos", "b | c"), Part("Tres", "d"))


async def test_a_sheet_says_its_columns_in_every_row(tmp_path: Path) -> None:
    import io
    from datetime import date

    import openpyxl

    book, buffer = openpyxl.Workbook(), io.BytesIO()
    sheet = book.worksheets[0]
    sheet.title = "Luz"
    for row in ([], ["Mes", "Vence", "Monto"], ["enero", date(2026, 1, 9), 1250.5], ["", "", 0.1]):
        sheet.append(row)
    book.save(buffer)
    found = await converted(tmp_path, buffer.getvalue())
    assert found.parts == (
        Part(
            "Luz",
            "Mes | Vence | Monto\nMes: enero | Vence: 2026-01-09 | Monto: 1250.5\nMonto: 0.1",
        ),
    )


@pytest.mark.parametrize(
    ("content", "kind", "text"),
    [
        ("el año, ñandú".encode("utf-16"), "txt", "el año, ñandú"),
        ("el año — €".encode("cp1252"), "txt", "el año — €"),
        ("\ufeffaño;mes\n1;2\n".encode(), "csv", "año | mes\naño: 1 | mes: 2"),
        (b'a,b\nuno,"Calle 5\nPiso 2"\n', "csv", "a | b\na: uno | b: Calle 5 Piso 2"),
        (b"uno, dos\ntres\ncuatro, cinco, seis", "txt", "uno, dos\ntres\ncuatro, cinco, seis"),
        (b"<!-- x --><!DOCTYPE HTML><p>a<br>b", "html", "a\nb"),
        (b'{"a": 1}', "txt", '{"a": 1}'),
    ],
)
async def test_texts_are_what_their_bytes_say(
    tmp_path: Path, content: bytes, kind: str, text: str
) -> None:
    found = await converted(tmp_path, content)
    assert (found.kind, found.parts[0].text) == (kind, text)


async def test_a_word_that_was_cut_to_fit_the_line_is_one_word(tmp_path: Path) -> None:
    lines = "BT /F 12 Tf 14 TL 72 700 Td (La resci-) Tj T* (sion del) Tj T* (contrato) Tj ET"
    found = await converted(tmp_path, hostile.one_page(lines.encode()))
    assert found.parts == (Part("1", "La rescision del contrato"),)


async def test_pages_without_text_are_said_to_be_pictures(tmp_path: Path) -> None:
    assert await reason(tmp_path, hostile.one_page(b"0 0 9 9 re f")) == "scanned"


async def test_what_is_too_long_is_cut(tmp_path: Path) -> None:
    found = await converted(tmp_path, "una línea de texto\n".encode() * 100_000)
    assert found.cut
    assert sum(len(part.text) for part in found.parts) == 1_500_000


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """The server that hostile files want to reach."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        monkeypatch.setattr(hostile, "SERVER", f"http://127.0.0.1:{server.getsockname()[1]}/")
        yield server


@pytest.mark.parametrize(
    "file", [one for one in hostile.files() if not one.dear], ids=lambda file: file.name
)
async def test_what_wants_to_harm_ends_in_words(
    tmp_path: Path, listener: socket.socket, file: hostile.Hostile
) -> None:
    end, text = hostile.READ, hostile.CANARY
    try:
        found = await converted(tmp_path, file.content())
        text = "\n".join(part.text for part in found.parts)
    except Unreadable as error:
        end = error.reason
    assert end in file.ends
    assert hostile.CANARY in text
    assert len(text) <= 1_500_000
    assert first_line(hostile.SECRET) not in text
    with pytest.raises(BlockingIOError):
        listener.accept()
    assert names(tmp_path) == ["archivo"]


def first_line(path: str) -> str:
    return Path(path).read_text().split("\n")[0]


def names(folder: Path) -> list[str]:
    return [one.name for one in folder.iterdir()]


async def test_what_takes_too_long_is_killed(tmp_path: Path) -> None:
    assert await reason(tmp_path, made.documents()[0].content, limit_s=0.01) == "heavy"


async def test_who_is_cancelled_leaves_nothing_running(tmp_path: Path) -> None:
    path = tmp_path / "tubo"
    os.mkfifo(path)
    others = child_ids()
    writer = os.open(path, os.O_RDWR)  # nothing is ever written: the child waits
    task = asyncio.create_task(convert(path))
    while not (children := child_ids() - others):  # noqa: ASYNC110 - it is there when it is there
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    os.close(writer)
    assert not children & child_ids()


def child_ids() -> set[str]:
    task = Path(f"/proc/self/task/{os.getpid()}/children")
    return set(task.read_text().split())


CONFINED = "from app.media.convert import limits; limits.confine(); "


@pytest.mark.parametrize(
    "deed",
    [
        "open('nuevo', 'w')",
        "open('archivo', 'ab')",
        "import os; os.remove('archivo')",
        "import os; os.rename('archivo', 'otro')",
        "import os; os.mkdir('carpeta')",
        "import os; os.system('touch nuevo')",
        "import os; os.fork()",
        "import os; os.execv('/bin/true', ['true'])",
        "import subprocess; subprocess.run(['true'])",
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import socket; socket.getaddrinfo('ejemplo.example', 80)",
        "import ctypes; ctypes.CDLL(None)",
    ],
)
def test_a_confined_process_can_do_nothing_outside(tmp_path: Path, deed: str) -> None:
    (tmp_path / "archivo").write_text("a")
    code = CONFINED + deed
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(),
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert "PermissionError: a document must not cause" in done.stderr
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("archivo", "a")]


@pytest.mark.skipif(sys.platform != "linux", reason="macOS does not enforce it")
def test_a_confined_process_gets_so_much_memory() -> None:
    code = CONFINED + "bytearray(1 << 30)"
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True)
    assert b"MemoryError" in done.stderr
    assert done.returncode == 1


def test_the_child_knows_none_of_our_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHATSAPP_ACCESS_TOKEN", "secreto")
    assert environment().keys() == {"PYTHONPATH", "PYTHONSAFEPATH", "PYTHONUTF8"}
