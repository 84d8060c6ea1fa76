"""Office files: a zip of XML. Nothing is unpacked to the disk, names in it are only names.

lxml reads them with entities unresolved (billion laughs, files of this machine), no DTD, no network
and bounded depth.
"""

import posixpath
import zipfile
from collections.abc import Iterator, Mapping
from typing import IO, Any

from lxml import etree

MAX_XML = 200 << 20  # bytes of one part, unpacked
SAFE: dict[str, Any] = {
    "resolve_entities": False,
    "load_dtd": False,
    "no_network": True,
    "huge_tree": False,
}
RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


def local(tag: object) -> str:
    """A tag without its namespace: the strict and the usual form of the format differ in those."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def opened(package: zipfile.ZipFile, name: str, *, most: int = MAX_XML) -> IO[bytes]:
    """A part. Raises KeyError where there is none, MemoryError for more than `most` bytes."""
    info = package.getinfo(name)
    if info.file_size > most:
        raise MemoryError(name)
    return package.open(info)


def walked(package: zipfile.ZipFile, name: str) -> Iterator[tuple[str, Any]]:
    """ "start" and "end" of each element of a part, in its order; bounded memory if the caller
    clears what has ended."""
    with opened(package, name) as stream:
        yield from etree.iterparse(stream, events=("start", "end"), **SAFE)


def forget(element: Any) -> None:
    """It has been read: give back its memory, and that of what stood before it."""
    element.clear(keep_tail=True)
    while element.getprevious() is not None:
        del element.getparent()[0]


def related(package: zipfile.ZipFile, name: str) -> Mapping[str, tuple[str, str]]:
    """What a part refers to inside the package: id -> last word of the type, name."""
    folder, base = posixpath.split(name)
    found = {}
    try:
        with opened(package, f"{folder}/_rels/{base}.rels") as stream:
            tree = etree.parse(stream, etree.XMLParser(**SAFE))
    except KeyError:
        return {}
    for one in tree.iter(RELATION):
        if one.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join(folder, one.get("Target", "")))
            kind = one.get("Type", "").rpartition("/")[2]
            found[one.get("Id", "")] = (kind, target.lstrip("/"))
    return found
