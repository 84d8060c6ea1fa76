"""What runs WasAP for good: the files for systemd and launchd, and the image's health check."""

import configparser
import json
import os
import plistlib
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.stack import PHONE_NUMBER_ID, ROOT, Stack, free_port, wait_healthy

UNIT = ROOT / "deploy" / "wasap.service"
AGENT = ROOT / "deploy" / "local.wasap.plist"
EXIT_S = 8  # within which WasAP ends, whatever runs

Run = tuple[list[str], Path]  # the command, and where it starts


def unit() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[method-assign,assignment]
    parser.read(UNIT)
    return parser


def systemd(home: Path) -> Run:
    service = {name: text.replace("%h", str(home)) for name, text in unit()["Service"].items()}
    return shlex.split(service["ExecStart"]), Path(service["WorkingDirectory"])


def launchd(home: Path) -> Run:
    agent = plistlib.loads(AGENT.read_bytes())
    return agent["ProgramArguments"], Path("/")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with WasAP in ~/wasap, as docs/deploy.md has it."""
    program = tmp_path / "wasap" / ".venv" / "bin" / "wasap"
    program.parent.mkdir(parents=True)
    program.symlink_to(Path(sys.executable).with_name("wasap"))
    (tmp_path / "Library" / "Logs").mkdir(parents=True)
    return tmp_path


@pytest.mark.parametrize("named", [systemd, launchd])
def test_the_command_serves_and_ends_in_time(home: Path, named: Callable[[Path], Run]) -> None:
    port = free_port()
    settings = {
        "WHATSAPP_ACCESS_TOKEN": "token",
        "WHATSAPP_PHONE_NUMBER_ID": PHONE_NUMBER_ID,
        "WHATSAPP_VERIFY_TOKEN": "verify",
        "WHATSAPP_APP_SECRET": "secret",
        "ALLOWED_NUMBERS": "+54 9 11 2222-3333",
        "OLLAMA_BASE_URL": "http://127.0.0.1:9",
        "PORT": str(port),
        "ADMIN_PORT": "0",
    }
    lines = [f"{name}={value}\n" for name, value in settings.items()]
    (home / "wasap" / ".env").write_text("".join(lines))
    command, folder = named(home)
    log = home / "Library" / "Logs" / "wasap.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={"HOME": str(home), "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
            stdout=output,
            stderr=output,
        )
    try:
        wait_healthy(f"http://127.0.0.1:{port}", process, log)
        while '"brain_ready"' not in log.read_text():  # its imports cannot be stopped half-way
            assert process.poll() is None
            time.sleep(0.02)
        process.terminate()
        assert process.wait(EXIT_S) == 0
    finally:
        process.kill()
        process.wait()
    assert '"stopped"' in log.read_text()
    assert (home / "wasap" / "data" / "wasap.db").is_file()


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_understands_the_unit(home: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", UNIT],
        env={"HOME": str(home), "PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout + done.stderr == ""


def test_both_start_by_themselves_again_and_wait_for_the_end() -> None:
    service, agent = unit()["Service"], plistlib.loads(AGENT.read_bytes())
    assert service["Restart"] == "on-failure"
    assert agent["KeepAlive"] == {"SuccessfulExit": False}
    assert unit()["Install"]["WantedBy"] == "default.target"
    assert agent["RunAtLoad"] is True
    assert int(service["TimeoutStopSec"]) > EXIT_S < agent["ExitTimeOut"]
    # A model server that got the signal too could not finish the last answer.
    assert service["KillMode"] == "mixed"
    assert int(service["UMask"], 8) == agent["Umask"] == 0o077


@pytest.fixture(scope="module")
def contained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """WasAP as it listens in a container."""
    with Stack(tmp_path_factory.mktemp("deploy"), HOST="0.0.0.0") as stack:  # noqa: S104 - so it does
        yield stack


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere 127.0.0.1 is alone")
def test_from_elsewhere_only_the_public_port_is_there(contained: Stack) -> None:
    elsewhere = "127.0.0.2"  # an address of this machine that is not 127.0.0.1
    assert httpx.get(f"http://{elsewhere}:{contained.port}/health").is_success
    assert contained.health()["http"] == 200
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((elsewhere, contained.admin_port))


def test_the_health_check_of_the_image_tells_a_server_from_none(contained: Stack) -> None:
    check = re.search(r"^HEALTHCHECK .*\\\n +CMD (.*)$", (ROOT / "Dockerfile").read_text(), re.M)
    assert check
    _, *arguments = json.loads(check[1])
    for port, code in ((contained.port, 0), (free_port(), 1)):
        asked = [sys.executable, *arguments]
        env = {"PORT": str(port)}
        assert subprocess.run(asked, env=env, capture_output=True).returncode == code
