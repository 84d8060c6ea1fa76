"""A server on encrypted databases: encrypted in mid-life, and closed to every other key."""

from pathlib import Path

from tests.fake_ollama import echo
from tests.stack import Stack


def test_a_server_goes_on_with_its_key_and_stays_closed_to_another(tmp_path: Path) -> None:
    key, other = tmp_path / "wasap.key", tmp_path / "other.key"
    other.write_text("otra clave")
    with Stack(tmp_path) as stack:
        stack.ollama.fallback = echo
        stack.write("/recordar soy celíaca")
        stack.replies(1)
        stack.write("me llamo Carla")
        stack.replies(1)
        stack.settings["DATABASE_KEY_FILE"] = str(key)
        refused = stack.wasap("encrypt")
        assert (refused.returncode, key.exists()) == (1, False)
        assert "está en uso" in refused.stderr
        stack.stop()
        refused = stack.wasap("serve", DATABASE_KEY_FILE=str(other))
        assert refused.returncode == 1
        assert "no está cifrado" in refused.stderr
        assert stack.wasap("encrypt").returncode == 0
        for path in (str(other), ""):
            refused = stack.wasap("serve", DATABASE_KEY_FILE=path)
            assert refused.returncode == 1
            assert "clave" in refused.stderr
            assert "Traceback" not in refused.stderr
            assert "otra clave" not in refused.stderr + refused.stdout
        stack.start()
        stack.write("¿qué sabés de mí?")
        stack.replies(1)
        told = "\n".join(message["content"] for message in stack.ollama.chats[-1]["messages"])
        assert "me llamo Carla" in told
        stack.write("/memorias")
        assert "celíaca" in stack.replies(1)[0]
        stack.kill()
        left = b"".join(path.read_bytes() for path in (tmp_path / "data").glob("*.db*"))
        assert b"Carla" not in left
        assert "celíaca".encode() not in left
        stack.start()
        stack.write("/exportar")
        stack.until(lambda: len(stack.graph_calls()) and stack.is_idle())
        assert key.read_text().strip() not in stack.log.read_text()
