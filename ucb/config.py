"""One frozen configuration: a flag, a TOML key and a field share one name."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from ucb.errors import ConfigError
from ucb.keys import MOST_SAMPLES
from ucb.types import Sampling

Group = Literal["what", "model", "sampling", "execution", "cluster", "output"]


def _field(default: Any, group: Group, text: str, choices: tuple[str, ...] = ()) -> Any:
    return field(default=default, metadata={"group": group, "help": text, "choices": choices})


@dataclass(frozen=True, slots=True, kw_only=True)
class RunConfig:
    """Everything that decides what a run does. `run.json` holds it, resolved."""

    tasks: tuple[str, ...] = _field((), "what", "Benchmarks to run.")
    mode: str = _field("", "what", "Parity mode of the benchmark; its own protocol if not given.")
    few_shot: int | None = _field(
        None, "what", "Solved examples before each question; as many as the mode has if not given."
    )
    prompt: str = _field("", "what", "A Jinja file that asks in the place of the mode's prompt.")
    limit: int | None = _field(None, "what", "Only the first N problems.")
    data: str = _field("", "what", "A dataset file of the same format, instead of the published.")

    backend: str = _field("hf", "model", "How the model is reached.")
    model: str = _field("", "model", "Hugging Face id, local folder or file, or a built-in name.")
    style: str = _field(
        "auto",
        "model",
        "complete a file, or answer in a chat; auto: chat if the model has a chat template.",
        ("auto", "complete", "chat"),
    )
    template: str = _field("auto", "model", "Chat template: the model's own (auto) or a named one.")
    revision: str = _field("", "model", "Revision of a Hugging Face model.")
    dtype: str = _field(
        "auto", "model", "Number format of the weights.", ("auto", "float32", "bfloat16", "float16")
    )
    device: str = _field(
        "auto", "model", "Where the model runs: auto, all, cpu, mps, cuda, or cuda:0,cuda:1."
    )
    parallel: str = _field(
        "data",
        "model",
        "What several devices hold: the model each, some layers each, or a slice of every layer.",
        ("data", "layers", "tensor"),
    )
    adapter: str = _field("", "model", "LoRA adapter on top of the model: a folder or hub id.")
    quantization: str = _field("none", "model", "Shrink the weights.", ("none", "int8", "int4"))
    trust_remote_code: bool = _field(
        False, "model", "Run code that comes with the model. Only for models you trust."
    )
    batch_size: int | None = _field(
        None, "model", "Completions generated together; chosen automatically if not given."
    )
    base_url: tuple[str, ...] = _field(
        (), "model", "Where a server's API begins, such as http://localhost:8000/v1."
    )
    concurrency: int | None = _field(
        None, "model", "Requests to a server at the same time, at most; 16 if not given."
    )
    samples_per_request: int | None = _field(
        None, "model", "Samples of a prompt asked for in one request, where the server can (n)."
    )
    stream: bool = _field(False, "model", "Receive a server's answers piece by piece.")
    best_of: int | None = _field(
        None, "model", "Have the server draw this many answers and return the likeliest (TGI)."
    )
    truncate: int | None = _field(
        None, "model", "Keep only so many tokens of a prompt, the last ones (TGI)."
    )
    batch_api: bool = _field(
        False, "model", "Send everything as batch jobs: cheaper, and done within a day."
    )
    request_timeout: float = _field(600.0, "model", "Seconds to wait for an answer of a server.")
    cache: str = _field(
        "auto",
        "model",
        "Keep a server's answers and ask for none twice; auto: unless it is your own server.",
        ("auto", "on", "off"),
    )
    max_cost: float | None = _field(None, "model", "Stop before the run costs more US dollars.")
    max_tokens_total: int | None = _field(
        None, "model", "Stop before the run takes more tokens, in and out together."
    )
    price_in: float | None = _field(
        None, "model", "US dollars per million tokens read, instead of the list price."
    )
    price_out: float | None = _field(
        None, "model", "US dollars per million tokens written, instead of the list price."
    )
    samples_file: str = _field(
        "", "model", "Judge samples from this file (human-eval, evalplus or bigcode format)."
    )

    samples: int = _field(1, "sampling", "Completions per problem.")
    temperature: float = _field(0.0, "sampling", "0 is greedy decoding.")
    top_p: float = _field(1.0, "sampling", "Nucleus sampling.")
    max_tokens: int = _field(1024, "sampling", "New tokens per completion, at most.")
    seed: int = _field(0, "sampling", "Same seed, same machine: same completions.")

    sandbox: str = _field(
        "auto",
        "execution",
        "Where programs run; auto: docker if an engine and the image are there, else bubblewrap.",
        ("auto", "docker", "bubblewrap"),
    )
    workers: int | None = _field(
        None, "execution", "Programs that run at the same time; one per core if not given."
    )
    defects4j: str = _field(
        "",
        "execution",
        "Your Defects4J: its folder, its command, or a Docker image; the PATH's if not given.",
    )

    cluster: str = _field(
        "",
        "cluster",
        "Run programs and local models on the nodes of a Ray cluster: ray for the one that "
        "RAY_ADDRESS names or that runs here, ray://host:10001, or host:6379 on one of its nodes.",
    )

    out: str = _field("", "output", "Run folder; results/MODEL if not given.")
    k: tuple[int, ...] = _field((1,), "output", "Report pass@k for these k, such as 1,10.")
    allow_missing: bool = _field(
        False, "output", "Score a run with missing rows, and say so in the report."
    )

    def __post_init__(self) -> None:
        for name in (
            "limit", "batch_size", "samples", "max_tokens", "workers", "concurrency",
            "samples_per_request", "max_tokens_total", "best_of", "truncate",
        ):  # fmt: skip
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ConfigError(f"--{flag(name)} must be at least 1, not {value}.")
        for name in ("few_shot", "temperature", "max_cost", "price_in", "price_out"):
            value = getattr(self, name)
            if value is not None and value < 0:
                raise ConfigError(f"--{flag(name)} must not be negative, as {value:g} is.")
        if self.request_timeout <= 0:
            raise ConfigError(f"--request-timeout must be above 0, not {self.request_timeout:g}.")
        if not 0 < self.top_p <= 1:
            raise ConfigError(f"--top-p must be above 0 and at most 1, not {self.top_p}.")
        self._check_cluster()
        if not self.k or min(self.k) < 1:
            raise ConfigError("--k takes numbers from 1 on, such as 1,10.")
        if self.samples > MOST_SAMPLES:
            raise ConfigError(f"--samples must be at most {MOST_SAMPLES}, not {self.samples}.")
        if not self.samples_file:
            self._check_samples()

    def _check_cluster(self) -> None:
        if self.cluster and not _CLUSTER.fullmatch(self.cluster):
            raise ConfigError(
                f"--cluster must be ray, ray://host:port or host:port, not {self.cluster!r}."
            )

    def _check_samples(self) -> None:
        if max(self.k) > self.samples:
            raise ConfigError(
                f"pass@{max(self.k)} needs {max(self.k)} samples per problem and --samples is "
                f"{self.samples}. Raise --samples or lower --k."
            )
        if self.samples > 1 and self.temperature == 0:
            raise ConfigError(
                f"--samples {self.samples} at --temperature 0 would be the same completion "
                f"{self.samples} times. Set --temperature, 0.2 for instance, or --samples 1."
            )

    def sampling(self) -> Sampling:
        """Return how completions are drawn."""
        return Sampling(self.samples, self.temperature, self.top_p, self.max_tokens, self.seed)

    def model_options(self) -> dict[str, Any]:
        """Return what a backend is opened with: the model, and what differs from the default."""
        defaults = {each.name: each.default for each in fields(self)}
        given = {name: getattr(self, name) for name in MODEL_OPTIONS}
        return {n: value for n, value in given.items() if n == "model" or value != defaults[n]}

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(self).items()}


MODEL_OPTIONS = (
    "model", "template", "revision", "dtype", "device", "quantization", "trust_remote_code",
    "batch_size", "parallel", "adapter", "base_url", "concurrency", "samples_per_request",
    "stream", "best_of", "truncate", "batch_api",
    "request_timeout", "cache", "max_cost", "max_tokens_total", "price_in", "price_out",
)  # fmt: skip

MOVES_SCORES = (
    "mode", "few_shot", "prompt", "data", "backend", "model", "style", "template", "revision",
    "dtype", "quantization", "adapter", "best_of", "truncate", "temperature", "top_p",
    "max_tokens", "seed", "samples_file",
)  # fmt: skip
"""Fields that may not change when a run goes on. `samples`, `limit` and `tasks` may grow;
the rest changes how fast, not what."""

_CLUSTER = re.compile(r"ray|(ray://)?(\[[0-9a-fA-F:]+\]|[\w.-]+):\d+")

Parser = Callable[[str], Any]


def flag(name: str) -> str:
    """Return a field's name as it is written on the command line, without dashes."""
    return name.replace("_", "-")


def kinds() -> dict[str, tuple[type, bool]]:
    """Return, for each field, its plain type and whether it holds several values."""
    found: dict[str, tuple[type, bool]] = {}
    for name, hint in get_type_hints(RunConfig).items():
        if get_origin(hint) is tuple:
            found[name] = (get_args(hint)[0], True)
        elif isinstance(hint, UnionType):
            found[name] = (next(t for t in get_args(hint) if t is not type(None)), False)
        else:
            found[name] = (hint, False)
    return found


def load(path: Path) -> dict[str, Any]:
    """
    Read a TOML configuration, or a `run.json`.

    Raises `ConfigError` with the file and the key for anything that is not a
    field of `RunConfig` or not of its type.
    """
    try:
        text = path.read_text(encoding="utf-8")
        table = json.loads(text).get("config") if path.suffix == ".json" else tomllib.loads(text)
    except OSError as error:
        raise ConfigError(f"The configuration {path} cannot be read: {error.strerror}.") from error
    except (ValueError, AttributeError) as error:
        raise ConfigError(f"The configuration {path} is damaged: {error}.") from error
    if not isinstance(table, dict):
        raise ConfigError(f"The configuration {path} holds no table of settings.")
    return {name: _typed(path, name, value) for name, value in table.items()}


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> RunConfig:
    """Build the configuration: `over` (flags) wins against `base` (a file), then defaults."""
    return RunConfig(**{**base, **over})


def _typed(path: Path, name: str, value: Any) -> Any:
    known = kinds()
    if name not in known:
        close = get_close_matches(name.replace("-", "_"), known)
        hint = f" Did you mean {close[0]!r}?" if close else f" Known: {', '.join(known)}."
        raise ConfigError(f"{path}: {name!r} is not a setting.{hint}")
    kind, several = known[name]
    if several:
        values = value if isinstance(value, list) else [value]
        return tuple(_one(path, name, kind, each) for each in values)
    optional = next(f for f in fields(RunConfig) if f.name == name).default is None
    if value is None and optional:
        return None
    return _one(path, name, kind, value)


def _one(path: Path, name: str, kind: type, value: Any) -> Any:
    if kind is float and type(value) is int:
        value = float(value)
    choices = next(f for f in fields(RunConfig) if f.name == name).metadata["choices"]
    if type(value) is not kind or (choices and value not in choices):
        wanted = f"one of {', '.join(choices)}" if choices else f"a value of type {kind.__name__}"
        raise ConfigError(f"{path}: {name} must be {wanted}, not {value!r}.")
    return value
