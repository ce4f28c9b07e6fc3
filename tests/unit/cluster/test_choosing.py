"""Which runs use a cluster, and what is said where there is none."""

from __future__ import annotations

import builtins
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from ucb import plugins
from ucb.cluster.backend import places_of
from ucb.cluster.connection import Connection, Node
from ucb.cluster.fleet import Place
from ucb.config import RunConfig
from ucb.errors import ConfigError, SandboxError

DOCS = Path(__file__).parents[3] / "docs" / "cluster"


@pytest.mark.parametrize(
    "address",
    ["", "ray", "ray://head:10001", "10.0.0.1:6379", "ray://[fd00::1]:10001", "a-b.example:1"],
)
def test_addresses(address: str) -> None:
    """What names a cluster is taken as it is."""
    assert RunConfig(cluster=address).cluster == address


@pytest.mark.parametrize("address", ["slurm", "ray://head", "http://head:10001", "head:", "a b:1"])
def test_what_is_no_address_is_a_sentence(address: str) -> None:
    """Before anything is started."""
    with pytest.raises(ConfigError, match="--cluster must be ray, ray://host:port or host:port"):
        RunConfig(cluster=address)


def test_models_that_run_here_go_to_the_nodes() -> None:
    """A backend that asks a server stays with the driver."""
    local = {
        name for name in ("hf", "vllm", "openai", "anthropic", "tgi") if plugins.is_local(name)
    }
    assert local == {"hf", "vllm"}


def test_without_ray_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """And it is a mistake of the request: nothing was run."""
    real = builtins.__import__

    def without(name: str, *arguments: Any) -> Any:
        if name == "ray":
            raise ModuleNotFoundError("No module named 'ray'", name="ray")
        return real(name, *arguments)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ConfigError, match=r"pip install 'ucb\[ray\]'"):
        Connection("ray")


class _Unjoined:
    """Stands for Ray before anything has joined a cluster."""

    def is_initialized(self) -> bool:
        return False


def test_an_address_where_nothing_listens_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At once: Ray itself would try for minutes."""
    monkeypatch.setattr("ucb.cluster.connection._module", _Unjoined)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # And does not listen.
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(SandboxError, match=f"No Ray cluster answers at {address}: Connection"):
            Connection(address)


def test_where_models_run() -> None:
    """One on each GPU; on nodes without one only where no node has any."""
    plain, two = Node("a", "10.0.0.1", 0), Node("b", "10.0.0.2", 2)
    assert places_of([plain], whole=False) == [Place(plain)]
    assert places_of([plain, two], whole=False) == [Place(two, 0, 1), Place(two, 1, 1)]
    assert places_of([plain, two], whole=True) == [Place(two, 0, 2)]


def test_the_slurm_recipe_is_a_shell_script() -> None:
    """It starts Ray on the first node and on the others, and ends with the run."""
    script = DOCS / "slurm.sh"
    subprocess.run(["bash", "-n", str(script)], check=True)
    text = script.read_text()
    assert text.index("ray start --head") < text.index("ray start --address")
    assert 'ucb run "$@" --cluster' in text


def test_the_kubernetes_recipe_is_a_ray_cluster() -> None:
    """The head runs nothing; its image is the workers'."""
    manifest = yaml.safe_load((DOCS / "kuberay.yaml").read_text())
    assert (manifest["apiVersion"], manifest["kind"]) == ("ray.io/v1", "RayCluster")
    head = manifest["spec"]["headGroupSpec"]
    assert head["rayStartParams"]["num-cpus"] == "0"
    images = {
        container["image"]
        for group in (head, *manifest["spec"]["workerGroupSpecs"])
        for container in group["template"]["spec"]["containers"]
    }
    assert len(images) == 1
