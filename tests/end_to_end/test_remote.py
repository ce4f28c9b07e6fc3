"""Runs against a real server on loopback, through the official SDKs, from prompt to score."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.commands import ucb
from tests.servers import transformers_serve
from tests.servers.api_stub import Stub
from tests.servers.llama import MODEL, Llama, serving
from ucb import plugins
from ucb.types import Finish, Key, Prompt, Request, Sampling, Style

pytest.importorskip("openai", reason="the openai extra is not installed: pip install 'ucb[openai]'")
pytest.importorskip(
    "anthropic", reason="the anthropic extra is not installed: pip install 'ucb[anthropic]'"
)
CANARY = "sk-canary-abcdefghij-never-to-be-seen"
ROWS = Path("humaneval") / "completions.jsonl"


@pytest.fixture(scope="module")
def llama() -> Iterator[Llama]:
    """llama.cpp with SmolLM2."""
    pytest.importorskip("xllamacpp", reason="llama.cpp is not installed: pip install xllamacpp")
    with serving() as server:
        yield server


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    monkeypatch.setenv("ANTHROPIC_API_KEY", CANARY)


def rows(out: Path) -> dict[str, dict[str, Any]]:
    """The completions of a run, by problem."""
    found = map(json.loads, (out / ROWS).read_text().splitlines())
    return {f"{row['problem']} {row['sample']}": row for row in found}


@pytest.mark.model
@pytest.mark.bubblewrap
@pytest.mark.parametrize(
    ("backend", "path", "style", "more"),
    [
        ("openai", "/v1", "chat", ()),
        ("openai", "/v1", "complete", ("--stream",)),
        ("anthropic", "", "chat", ("--stream",)),
    ],
)
def test_from_prompts_to_scores(
    llama: Llama, tmp_path: Path, backend: str, path: str, style: str, more: tuple[str, ...]
) -> None:
    """A model behind a server is measured like any other."""
    out = tmp_path / "run"
    done = ucb(
        "run", "humaneval", "--backend", backend, "--model", MODEL, "--style", style,
        "--base-url", f"{llama.root}{path}", "--limit", "3", "--max-tokens", "32",
        "--sandbox", "bubblewrap", "--out", out, *more,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "To be asked: 3 completions" in done.stderr
    scores = json.loads((out / "humaneval" / "scores.json").read_text())
    assert scores["expected"] == scores["present"] == 3
    for row in rows(out).values():
        assert 0 < row["tokens_out"] <= 32
        assert row["tokens_in"] > 50
        assert row["seconds"] > 0
        assert row["cost"] == 0.0
    about = json.loads((out / "run.json").read_text())
    assert about["model"]["base_url"] == f"{llama.root}{path}"
    assert about["generation"]["calls"] == 3
    assert CANARY not in "".join(p.read_text() for p in out.rglob("*.json*"))


@pytest.mark.model
@pytest.mark.parametrize(("name", "path"), [("openai", "/v1"), ("anthropic", "")])
def test_what_a_real_server_says(llama: Llama, name: str, path: str) -> None:
    """Prefill, stop sequences and an overflow of the window, in the server's own words."""
    backend = plugins.backend(name, model=MODEL, base_url=(llama.root + path,))

    def ask(prompt: Prompt) -> Any:
        return next(iter(backend.generate([Request(Key("p", 0), prompt, Sampling(max_tokens=16))])))

    begun = ask(Prompt("What is 2 + 3?", Style.CHAT, prefill="2 + 3 ="))
    assert begun.text.lstrip().startswith("5")
    stopped = ask(Prompt("Count from one to nine.", Style.CHAT, ("\n", ",", " ")))
    assert not any(stop in stopped.text for stop in ("\n", ",", " "))
    full = ask(Prompt("x = 1\n" * 3000, Style.CHAT))
    assert (full.text, full.finish) == ("", Finish.LENGTH)


@pytest.mark.model
@pytest.mark.parametrize("style", list(Style))
@pytest.mark.parametrize("stream", [False, True])
def test_choices_beside_the_hf_backend(llama: Llama, style: Style, stream: bool) -> None:
    """A real server's likely first tokens give about what the same weights give as floats."""
    prompt = Prompt("Is 7 a prime number? Answer yes or no:", style, choices=("yes", "no"))
    one = Request(Key("p", 0), prompt, Sampling(max_tokens=4))
    url = (f"{llama.root}/v1",)
    remote = plugins.backend("openai", model=MODEL, base_url=url, stream=stream)
    local = plugins.backend("hf", model=MODEL, device="cpu")
    theirs, ours = (next(iter(each.generate([one]))).choices for each in (remote, local))
    assert theirs == pytest.approx(ours, abs=0.5)


@pytest.mark.model
def test_greedy_completions_beside_the_hf_backend(llama: Llama) -> None:
    """
    Both read the same prompt, token for token, and begin alike where arithmetic allows.

    llama.cpp multiplies with the file's 4-bit weights and 8-bit activations; the hf
    backend with floats made of the same weights. So a near tie may fall either way.
    """
    pytest.importorskip("torch", reason="the hf extra is not installed: pip install 'ucb[hf]'")
    texts = ("def add(a, b):\n    return a", "import os\nimport s", "for i in range(10):\n    ")
    requests = [
        Request(Key(f"p/{n}", 0), Prompt(text, Style.COMPLETE, ("\n",)), Sampling(max_tokens=8))
        for n, text in enumerate(texts)
    ]
    served = plugins.backend("openai", model=MODEL, base_url=(f"{llama.root}/v1",))
    local = plugins.backend("hf", model=MODEL, device="cpu")
    there = {each.key: each for each in served.generate(requests)}
    here = {each.key: each for each in local.generate(requests)}
    assert {k: e.tokens_in for k, e in there.items()} == {k: e.tokens_in for k, e in here.items()}
    assert there[Key("p/0", 0)].text == here[Key("p/0", 0)].text == " + b"


@pytest.mark.model
def test_greedy_completions_of_a_second_server(tmp_path: Path) -> None:
    """The server of transformers, with the same floats, completes as the hf backend does."""
    for module in ("torch", "fastapi", "uvicorn"):
        pytest.importorskip(module, reason="needs pip install 'transformers[serving]'")
    task = plugins.task("humaneval")
    requests = [
        Request(Key(p.id, 0), task.prompt(p, style), Sampling(max_tokens=12))
        for style, p in zip(Style, task.problems(), strict=False)
    ]
    folder = tmp_path / "model"
    transformers_serve.save_model(folder)
    local = plugins.backend("hf", model=MODEL, device="cpu", dtype="float32")
    here = {each.key: each for each in local.generate(requests)}
    with transformers_serve.serving(folder) as root:
        served = plugins.backend("openai", model=str(folder), base_url=(f"{root}/v1",))
        there = {each.key: each for each in served.generate(requests)}
    for key, expected in here.items():
        found = there[key]
        assert (found.text, found.finish) == (expected.text, expected.finish)
        assert found.tokens_in == expected.tokens_in


@pytest.mark.model
def test_a_real_server_is_killed_and_the_run_goes_on(tmp_path: Path) -> None:
    """One sentence when the server dies; with a server again, the same command does the rest."""
    pytest.importorskip("xllamacpp", reason="llama.cpp is not installed: pip install xllamacpp")
    out = tmp_path / "run"

    def command(root: str) -> list[object]:
        return [
            "generate", "humaneval", "--backend", "openai", "--model", MODEL, "--base-url",
            f"{root}/v1", "--limit", "4", "--max-tokens", "16", "--concurrency", "1",
            "--out", out,
        ]  # fmt: skip

    with serving() as server:
        first = ucb(*command(server.root)[:-1], out, "--limit", "2")
        assert first.returncode == 0, first.stderr
        server.kill()
        dead = ucb(*command(server.root))
    assert dead.returncode == 3
    assert "cannot be reached" in dead.stderr
    assert "Traceback" not in dead.stderr
    before = rows(out)
    with serving() as server:
        done = ucb(*command(server.root))
    assert done.returncode == 0, done.stderr
    assert len(rows(out)) == 4
    assert before.items() <= rows(out).items()


def test_an_interrupt_keeps_what_is_paid_for(tmp_path: Path, monkeypatch: Any) -> None:
    """Ctrl-C stores what has arrived and caches what arrives; nothing is asked twice."""
    # With a cache of its own, the run would fetch the dataset again.
    dataset = tmp_path / "data.jsonl"
    problems = list(plugins.task("humaneval").problems())[:30]
    dataset.write_text("".join(json.dumps(dict(each.row)) + "\n" for each in problems))
    monkeypatch.setenv("UCB_CACHE_DIR", str(tmp_path / "cache"))
    with Stub(latency=0.2) as stub:
        argv = [
            sys.executable, "-m", "ucb", "generate", "humaneval", "--backend", "openai", "--model",
            "m", "--base-url", f"{stub.root}/v1", "--cache", "on", "--concurrency", "4",
            "--data", str(dataset), "--out", str(tmp_path / "run"),
        ]  # fmt: skip
        process = subprocess.Popen(argv, stderr=subprocess.PIPE, text=True)
        while len(stub.seen) < 10 and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        assert process.returncode == 130, said
        assert "Waiting up to 60 s" in said
        assert CANARY not in said
        assert "Traceback" not in said
        done = subprocess.run(argv, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        assert len(rows(tmp_path / "run")) == 30
        assert stub.billed.total() == 30
        assert set(stub.billed.values()) == {1}
        everything = "".join(p.read_text() for p in tmp_path.rglob("*.json*"))
        assert CANARY not in everything + done.stderr


def test_a_budget_stops_a_run_and_a_higher_one_goes_on(tmp_path: Path) -> None:
    """Exit code 11 and a sentence; what the folder holds counts when the run goes on."""
    with Stub() as stub:
        stub.tokens = (100, 100)

        def run(tokens: int) -> subprocess.CompletedProcess[str]:
            return ucb(
                "generate", "humaneval", "--backend", "openai", "--model", "m", "--limit", "30",
                "--base-url", f"{stub.root}/v1", "--max-tokens", "100", "--out", tmp_path / "run",
                "--max-tokens-total", tokens,
            )  # fmt: skip

        stopped = run(4000)
        assert stopped.returncode == 11, stopped.stderr
        assert "--max-tokens-total 4000 is reached" in stopped.stderr
        held = len(rows(tmp_path / "run"))
        assert 10 < held <= 20  # Of 200 tokens each.
        told = json.loads((tmp_path / "run" / "run.json").read_text())["generation"]
        assert told["generated_tokens"] == 100 * held
        assert run(4000).returncode == 11
        assert len(rows(tmp_path / "run")) == held
        assert run(100_000).returncode == 0
        assert len(rows(tmp_path / "run")) == stub.billed.total() == 30


def test_a_dry_run_estimates_without_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a paid run would cost is said before anything is asked."""
    monkeypatch.delenv("OPENAI_API_KEY")
    done = ucb(
        "run", "humaneval", "--backend", "openai", "--model", "gpt-4o-mini", "--samples", "10",
        "--temperature", "0.8", "--max-tokens", "1000", "--dry-run", "--out", tmp_path / "run",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "To be asked: 1640 completions: about " in done.stdout
    assert "at most 1,640,000 out, at most about $0.99 " in done.stdout
    assert (
        "($0.15 in, $0.6 out per million tokens, list price of early 2026, unconfirmed)"
        in done.stdout
    )
    started = ucb("run", "humaneval", "--backend", "openai", "--model", "gpt-4o-mini",
                  "--sandbox", "bubblewrap", "--limit", "1", "--out", tmp_path / "run")  # fmt: skip
    assert started.returncode == 3
    assert "OPENAI_API_KEY is not set" in started.stderr
