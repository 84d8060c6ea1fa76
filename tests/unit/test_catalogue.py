"""The catalogue that ships, and how names find files."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.embedded.catalogue import (
    WheelSource,
    catalogue,
    find_weights,
    speech_files,
    weights_file,
)
from app.embedded.cli import model_cli
from app.embedded.errors import ModelNotOnDisk, UnknownModel
from app.embedded.settings import EmbeddedSettings

SHA256 = re.compile(r"[0-9a-f]{64}")


def test_every_entry_is_complete() -> None:
    known = catalogue()
    assert known.default in known.models
    assert {"qwen2.5-coder-1.5b", "qwen2.5-coder-0.5b", "smollm2-135m"} <= set(known.models)
    for weights in known.models.values():
        assert SHA256.fullmatch(weights.sha256)
        assert weights.sources
        assert weights.licence


def test_what_listens_is_complete_and_a_folder_of_the_owners_stands_for_itself(
    tmp_path: Path,
) -> None:
    known = catalogue()
    assert {"whisper-base", "whisper-small"} <= set(known.speech)
    for speech in known.speech.values():
        assert {"model.bin", "config.json", "tokenizer.json"} <= {one.name for one in speech.files}
        assert all(SHA256.fullmatch(one.sha256) and one.sources for one in speech.files)
    with pytest.raises(ModelNotOnDisk, match="wasap model fetch whisper-base"):
        speech_files(tmp_path, "base")
    with pytest.raises(UnknownModel, match="whisper-enormous"):
        speech_files(tmp_path, "enormous")
    with pytest.raises(UnknownModel):
        speech_files(tmp_path, str(tmp_path / "mine"))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "model.bin").touch()
    assert speech_files(tmp_path, str(tmp_path / "mine")) == (tmp_path / "mine", None)


def test_the_slices_make_up_the_file() -> None:
    spoken = [blob for speech in catalogue().speech.values() for blob in speech.files]
    for weights in [*catalogue().models.values(), *spoken]:
        for source in weights.sources:
            if not isinstance(source, WheelSource):
                continue
            count = len(source.sha256)
            assert (count - 1) * source.slice_bytes < weights.size_bytes
            assert weights.size_bytes <= count * source.slice_bytes
            assert all(SHA256.fullmatch(sha256) for sha256 in source.sha256)
            assert len(set(source.sha256)) == count


def test_a_name_is_a_file_only_when_it_is_all_there(tmp_path: Path) -> None:
    weights = catalogue().get("smollm2-135m:latest")
    assert find_weights(tmp_path, weights.name) is None
    with pytest.raises(ModelNotOnDisk, match="wasap model fetch smollm2-135m"):
        weights_file(tmp_path, weights.name)
    path = weights.file(tmp_path)
    path.write_bytes(b"cut off")
    assert find_weights(tmp_path, weights.name) is None
    with path.open("wb") as file:
        file.truncate(weights.size_bytes)
    assert find_weights(tmp_path, weights.name) == path


def test_a_path_stands_for_itself(tmp_path: Path) -> None:
    mine = tmp_path / "mine.gguf"
    with pytest.raises(UnknownModel):
        weights_file(tmp_path, str(mine))
    mine.write_bytes(b"GGUF")
    assert find_weights(tmp_path, str(mine)) == mine


def test_models_dir_is_read_without_any_other_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODELS_DIR", "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert EmbeddedSettings().models_dir == tmp_path / "wasap" / "models"
    monkeypatch.setenv("MODELS_DIR", str(tmp_path / "mine"))
    assert EmbeddedSettings().models_dir == tmp_path / "mine"


def test_the_commands_say_what_is_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODELS_DIR", str(tmp_path))
    monkeypatch.setenv("EMBEDDED_MODEL", "smollm2-135m")
    monkeypatch.setenv("COLUMNS", "120")
    run = CliRunner().invoke
    missing = run(model_cli, ["path"])
    assert missing.exit_code == 1
    assert "wasap model fetch smollm2-135m" in missing.output
    assert run(model_cli, ["path", "nope"]).exit_code == 1
    assert "no model called nope" in run(model_cli, ["fetch", "nope"]).output
    assert re.search(r"smollm2-135m .*98 MB .*no", run(model_cli, ["list"]).stdout)
    weights = catalogue().get("smollm2-135m")
    with weights.file(tmp_path).open("wb") as file:
        file.truncate(weights.size_bytes)
    assert re.search(r"smollm2-135m .*98 MB .*yes", run(model_cli, ["list"]).stdout)
    assert run(model_cli, ["path"]).stdout.strip() == str(weights.file(tmp_path))
    assert re.search(r"whisper-base .*148 MB .*no", run(model_cli, ["list"]).stdout)
    assert "wasap model fetch whisper-base" in run(model_cli, ["path", "whisper-base"]).output
    mine = tmp_path / "mine"
    mine.touch()
    refused = run(model_cli, ["fetch", "whisper-base", "--from", str(mine)])
    assert refused.exit_code == 1
    assert "is a folder of files" in refused.output
