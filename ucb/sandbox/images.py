"""The images of `sandboxes/*/Dockerfile`, named after what they are made of."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from ucb.errors import SandboxError, UnknownName

_BASE = re.compile(r"^ARG BASE=(debian:(\w+)-slim)$", re.MULTILINE)
"""What a Dockerfile is made to start from: a release of Debian."""
PATIENCE = 60.0
"""Seconds that an engine may take for an answer."""
SILENT = "The Docker engine does not answer. Restart it."
_NOT_BUILT_FROM = {".toml", ".md"}
"""Files beside a Dockerfile that are no part of its image."""
_CA_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")


@dataclass(frozen=True, slots=True)
class Status:
    """One sandbox's image."""

    toolchain: str
    tag: str
    digest: str | None
    """None if it has not been built."""


def folder() -> Path:
    """Where the sandboxes are: in the checkout, or in the installed package."""
    package = Path(__file__).parents[1]
    inside = package / "_sandboxes"
    return inside if inside.is_dir() else package.parent / "sandboxes"


def toolchains() -> list[str]:
    """The sandboxes that have an image."""
    return sorted(path.parent.name for path in folder().glob("*/Dockerfile"))


def tag(toolchain: str) -> str:
    """
    The image's name: the toolchain, and a digest of its Dockerfile and what that copies.

    Raises `UnknownName`.
    """
    path = _dockerfile(toolchain)
    made_of = hashlib.sha256(path.read_bytes())
    for other in sorted(path.parent.iterdir()):
        if other.is_file() and other != path and other.suffix not in _NOT_BUILT_FROM:
            made_of.update(other.name.encode() + b"\0" + other.read_bytes())
    return f"ucb-{toolchain}:{made_of.hexdigest()[:12]}"


def base_of(toolchain: str) -> tuple[str, str]:
    """
    What the sandbox's image starts from, and the release of Debian that this is.

    Raises `UnknownName`, and `SandboxError` for a Dockerfile that does not say.
    """
    path = _dockerfile(toolchain)
    found = _BASE.search(path.read_text(encoding="utf-8"))
    if found is None:
        raise SandboxError(f"{path} lacks its first line, such as ARG BASE=debian:trixie-slim.")
    return found[1], found[2]


def _dockerfile(toolchain: str) -> Path:
    path = folder() / toolchain / "Dockerfile"
    if not path.is_file():
        raise UnknownName("sandbox image", toolchain, toolchains())
    return path


def digest(toolchain: str) -> str | None:
    """The id of the image (`sha256:…`), or None if it has not been built."""
    return inspect(tag(toolchain))


def status() -> Iterator[Status]:
    """Yield every sandbox and whether its image is there."""
    listed = _listed()
    for toolchain in toolchains():
        name = tag(toolchain)
        yield Status(toolchain, name, listed.get(name))


def _listed() -> dict[str, str]:
    """The ids of all images that are here, by name: the engine is asked once, not for each."""
    form = "{{.Repository}}:{{.Tag}} {{.ID}}"
    done = _asked(["docker", "image", "ls", "--no-trunc", "--format", form])
    lines = done.stdout.splitlines() if done.returncode == 0 else []
    return dict(line.split(" ", 1) for line in lines)


def build(
    toolchain: str, base: str | None = None, say: Callable[[str], None] = lambda _: None
) -> Status:
    """
    Build and try the image of a sandbox.

    `base` is the image to start from, or `mmdebstrap` to make one from Debian's
    packages; None takes a base made before, else Debian's own image, else makes
    one. `say` is told in sentences what takes time.

    Raises `SandboxError` with the end of what the build printed.
    """
    return _build(toolchain, _available(toolchain, base, say), say)


def build_all(
    wanted: Sequence[str],
    base: str | None = None,
    jobs: int = 2,
    say: Callable[[str], None] = lambda _: None,
) -> Iterator[Status]:
    """
    Build images as `build` does, `jobs` at a time, and yield each when it is done.

    Raises `SandboxError` when all others are done, with what the first that failed
    printed, and the names of all that did.
    """
    for toolchain in wanted:
        tag(toolchain)  # A wrong name is told before anything is built.
    # Images share few bases: each is made once, before they are built.
    bases = {base_of(toolchain): toolchain for toolchain in wanted}
    start = {of: _available(toolchain, base, say) for of, toolchain in bases.items()}
    failed: dict[str, SandboxError] = {}
    with ThreadPoolExecutor(jobs) as pool:
        building = {
            pool.submit(_build, toolchain, start[base_of(toolchain)], say): toolchain
            for toolchain in wanted
        }
        for done in as_completed(building):
            try:
                yield done.result()
            except SandboxError as error:
                failed[building[done]] = error
    if failed:
        names = ", ".join(sorted(failed))
        raise SandboxError(f"Not built: {names}. {next(iter(failed.values()))}")


def _build(toolchain: str, base: str, say: Callable[[str], None]) -> Status:
    name = tag(toolchain)
    say(f"Building {name} from {base} …")
    command = ["docker", "build", "--network", "host", "--build-arg", f"BASE={base}", "--tag", name]
    if _CA_BUNDLE.is_file():
        # For package registries behind a proxy of one's own; it does not stay in the image.
        command += ["--secret", f"id=ca,src={_CA_BUNDLE}"]
    _run([_builder(), *command[1:], str(folder() / toolchain)], BUILDKIT)
    _run(["docker", "run", "--rm", "--network", "none", "--entrypoint", "python3", name, "-c", ""])
    return Status(toolchain, name, digest(toolchain))


BUILDKIT = {"DOCKER_BUILDKIT": "1"}


def _builder() -> str:
    """A docker command that has BuildKit: a client without buildx may stand first on the path."""
    found = [shutil.which("docker", path=entry) for entry in os.get_exec_path()]
    clients = list(dict.fromkeys(client for client in found if client))
    for client in clients:
        done = subprocess.run(
            [client, "build", "--help"],
            check=False,
            capture_output=True,
            text=True,
            env={**os.environ, **BUILDKIT},
        )
        if done.returncode == 0 and "--secret" in done.stdout:
            return client
    if clients:
        raise SandboxError("No docker client here has BuildKit. Install docker-buildx.")
    raise SandboxError("There is no docker command. Install Docker, or use bubblewrap.")


def _available(toolchain: str, wanted: str | None, say: Callable[[str], None]) -> str:
    """The image to start from, fetched or made if need be."""
    published, suite = base_of(toolchain)
    local = f"ucb-base:{suite}"
    if wanted == "mmdebstrap":
        return _make_base(suite, local, say)
    if wanted is not None:
        return wanted
    if inspect(local):
        return local
    if inspect(published):
        return published
    say(f"Fetching {published} …")
    pull = ["docker", "pull", "--quiet", published]
    if subprocess.run(pull, check=False, capture_output=True).returncode == 0:
        return published
    say("No image registry answers: making the base image from Debian's packages.")
    return _make_base(suite, local, say)


def _make_base(suite: str, name: str, say: Callable[[str], None]) -> str:
    if shutil.which("mmdebstrap") is None:
        raise SandboxError("mmdebstrap is missing. Run `apt-get install mmdebstrap`.")
    say(f"Making {name} with mmdebstrap …")
    with tempfile.TemporaryDirectory(prefix="ucb-base-") as work:
        archive = str(Path(work) / "base.tar")
        _run(["mmdebstrap", "--variant=minbase", suite, archive])
        _run(["docker", "import", archive, name])
    return name


def inspect(image: str) -> str | None:
    """The id of any image (`sha256:…`), or None if it is not here."""
    done = _asked(["docker", "image", "inspect", image])
    if done.returncode:
        return None
    return str(json.loads(done.stdout)[0]["Id"])


def _asked(command: list[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command, check=False, capture_output=True, text=True, timeout=PATIENCE
        )
    except FileNotFoundError:
        raise SandboxError(
            "There is no docker command. Install Docker, or use bubblewrap."
        ) from None
    except subprocess.TimeoutExpired:
        raise SandboxError(SILENT) from None


def _run(command: list[str], environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(
        command,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **(environment or {})},
    )
    if done.returncode:
        end = "\n".join(done.stdout.strip().splitlines()[-15:])
        raise SandboxError(f"`{' '.join(command[:2])}` failed:\n{end}")
