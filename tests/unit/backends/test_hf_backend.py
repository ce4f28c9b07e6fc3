"""The Hugging Face backend, on tiny models with random weights."""

from __future__ import annotations

import importlib.util
import json
import logging
import math
import random
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.unit.backends.conftest import request
from ucb.backends import Backend
from ucb.backends.hf import open_hf
from ucb.errors import BackendError, ConfigError, UnknownName
from ucb.types import Completion, Finish, Key, Prompt, Request, Sampling, Style

transformers = pytest.importorskip("transformers")
torch = pytest.importorskip("torch")

COMMIT = "0123456789abcdef0123456789abcdef01234567"
PROMPTS = ["def add(a, b):\n", "class Point:", "for index", "if x > 3:\n    " * 60, "x", "print("]


def asked(samples: int = 1, **options: Any) -> list[Request]:
    """A request for each prompt and sample."""
    return [
        request(text, f"p/{index}", sample, **options)
        for index, text in enumerate(PROMPTS)
        for sample in range(samples)
    ]


def texts(backend: Backend, requests: Iterable[Request]) -> dict[Key, str]:
    """What the backend wrote, by key."""
    return {completion.key: completion.text for completion in backend.generate(requests)}


def plainly(folder: Path, each: Request) -> str:
    """What transformers writes for this prompt alone, the way its documentation says."""
    model = transformers.AutoModelForCausalLM.from_pretrained(folder)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    inputs = tokenizer(each.prompt.text, return_tensors="pt", return_token_type_ids=False)
    out = model.generate(**inputs, max_new_tokens=each.sampling.max_tokens, do_sample=False)
    start = inputs["input_ids"].shape[1]
    text: str = tokenizer.decode(
        out[0, start:], skip_special_tokens=True, clean_up_tokenization_spaces=False
    )
    return text


@pytest.fixture(scope="module")
def folders(llama: Path, save_model: Callable[[Any], Path], tokenizer: Any) -> dict[str, Path]:
    """Tiny models of kinds that keep their past in different ways."""
    size = {"vocab_size": len(tokenizer), "bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 1}
    layers = {"hidden_size": 64, "num_hidden_layers": 2, "initializer_range": 0.4}
    heads = {"num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 96}
    return {
        "full attention": llama,
        "learned positions": save_model(
            transformers.GPT2Config(**size, n_embd=64, n_layer=2, n_head=4, initializer_range=0.4)
        ),
        "sliding window": save_model(
            transformers.MistralConfig(**size, **layers, **heads, sliding_window=8)
        ),
        "recurrent": save_model(transformers.MambaConfig(**size, **layers, state_size=8)),
    }


@pytest.mark.parametrize(
    "kind", ["full attention", "learned positions", "sliding window", "recurrent"]
)
def test_same_as_transformers_alone(folders: dict[str, Path], kind: str) -> None:
    """A batch of unequal prompts gets what transformers gives to each prompt by itself."""
    requests = asked()
    expected = {each.key: plainly(folders[kind], each) for each in requests}
    assert len(set(expected.values())) > 3
    assert texts(open_hf(str(folders[kind]), batch_size=8), requests) == expected


@pytest.mark.parametrize("temperature", [0.0, 0.8])
def test_company_does_not_matter(llama: Path, temperature: float) -> None:
    """In any order, in part, or in other batches, a request gets the same completion."""
    requests = asked(samples=5, temperature=temperature, top_p=0.95)
    backend = open_hf(str(llama), batch_size=16)
    assert backend.describe()["batch_invariant"]
    whole = texts(backend, requests)
    assert len(whole) == len(requests)
    for seed in range(3):
        some = random.Random(seed).sample(requests, 7 + seed)
        assert texts(backend, some) == {each.key: whole[each.key] for each in some}
    assert texts(open_hf(str(llama), batch_size=16), requests) == whole


def test_samples_and_seeds_differ(llama: Path) -> None:
    """Samples of one prompt differ from each other, and a new seed changes them all."""
    backend = open_hf(str(llama), batch_size=8)
    first = texts(backend, asked(samples=4, temperature=1.0))
    other = texts(backend, asked(samples=4, temperature=1.0, seed=1))
    assert len(set(first.values())) > len(first) * 0.8
    assert all(first[key] != other[key] for key in first if first[key])


def test_prompt_is_read_once_for_its_samples(llama: Path) -> None:
    """Ten samples of a prompt cost one reading of it."""
    backend = open_hf(str(llama), batch_size=16)
    backend.describe()
    read: list[int] = []

    def note(_: Any, __: Any, kwargs: dict[str, Any]) -> None:
        if kwargs["input_ids"].shape[1] > 1:
            read.append(kwargs["input_ids"].shape[0])

    backend._model.base_model.register_forward_pre_hook(note, with_kwargs=True)  # type: ignore[attr-defined]
    texts(backend, [request("def add", "p", sample, temperature=1.0) for sample in range(10)])
    assert read == [1]


def chances(folder: Path, prompt: Prompt) -> dict[str, float]:
    """The logarithm of each choice's probability, its forms read one by one behind the prompt."""
    model = transformers.AutoModelForCausalLM.from_pretrained(folder)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    text, special = prompt.text, True
    if prompt.style is Style.CHAT:
        asked, special = [{"role": "user", "content": prompt.text}], False
        text = tokenizer.apply_chat_template(asked, tokenize=False, add_generation_prompt=True)
    before = tokenizer(text, add_special_tokens=special)["input_ids"]
    start = len(before)
    found = {}
    for choice in prompt.choices:
        total = 0.0
        for form in (choice, choice.title(), f" {choice}", f" {choice.title()}"):
            ids = tokenizer(text + form, add_special_tokens=special)["input_ids"]
            if ids[:start] != before:  # Joined with the prompt's end.
                continue
            with torch.no_grad():
                logs = model(torch.tensor([ids])).logits[0].double().log_softmax(dim=-1)
            total += math.exp(sum(float(logs[i - 1, ids[i]]) for i in range(start, len(ids))))
        found[choice] = math.log(total)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("style", list(Style))
@pytest.mark.parametrize(
    "kind", ["full attention", "learned positions", "sliding window", "recurrent"]
)
def test_choices(folders: dict[str, Path], kind: str, style: Style) -> None:
    """Each is as likely as its forms together, behind the text or in the assistant's turn."""
    choices = ("print", "def")
    requests = [
        replace(each, prompt=Prompt(each.prompt.text, style, choices=choices))
        for each in asked(samples=2, temperature=0.5)
    ]
    done = list(open_hf(str(folders[kind]), batch_size=4).generate(requests))
    by_key = {each.key: each for each in done}
    assert len(done) == len(requests)
    for each in requests[::2]:
        expected = chances(folders[kind], each.prompt)
        for sample in range(2):
            assert by_key[each.key._replace(sample=sample)].choices == pytest.approx(
                expected, abs=1e-4
            )


def test_choices_change_no_text(llama: Path) -> None:
    """What is written does not depend on what else is asked, and who asks for none gets none."""
    plain = {c.key: c for c in open_hf(str(llama), batch_size=8).generate(asked())}
    requests = [replace(r, prompt=replace(r.prompt, choices=("yes", "no"))) for r in asked()]
    weighed = {c.key: c for c in open_hf(str(llama), batch_size=8).generate(requests)}
    assert {key: c.text for key, c in plain.items()} == {key: c.text for key, c in weighed.items()}
    assert all(c.choices is None for c in plain.values())
    assert all(c.choices and set(c.choices) == {"yes", "no"} for c in weighed.values())


def test_choices_at_the_end_of_the_window(llama: Path) -> None:
    """One that the window has no room for is not weighed; the completion is made all the same."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(llama)
    text = "x = " * 600
    ids = tokenizer(text)["input_ids"]
    prompt = Prompt(tokenizer.decode(ids[1:511]), Style.COMPLETE, choices=("yes", "no"))
    (completion,) = open_hf(str(llama)).generate([Request(Key("p", 0), prompt, Sampling())])
    assert completion.tokens_in is not None
    assert 509 <= completion.tokens_in < 512
    assert completion.choices is None
    assert completion.finish is Finish.LENGTH


def test_stop_sequences(llama: Path) -> None:
    """A row ends before its own stop sequence, and its neighbours go on."""
    backend = open_hf(str(llama), batch_size=8)
    free = {c.key: c for c in backend.generate(asked())}
    long = max(free.values(), key=lambda c: len(c.text))
    stop = long.text[5:7]
    index = int(long.key.problem.removeprefix("p/"))
    requests = asked()
    requests[index] = request(PROMPTS[index], long.key.problem, stop=(stop,))
    stopped = {c.key: c for c in backend.generate(requests)}
    cut = stopped.pop(long.key)
    assert cut.text == long.text[: long.text.index(stop)]
    assert cut.finish is Finish.STOP
    assert (cut.tokens_out or 0) < (long.tokens_out or 0)
    assert all(stopped[key].text == free[key].text for key in stopped)


def test_counts_and_times(llama: Path) -> None:
    """Tokens and seconds of the completions add up to the statistics."""
    backend = open_hf(str(llama), batch_size=4)
    assert backend.statistics() == {}
    done = list(backend.generate(asked(max_tokens=9)))
    assert all(c.finish is Finish.LENGTH and c.tokens_out == 9 for c in done if c.tokens_out != 1)
    figures = backend.statistics()
    assert figures["generated_tokens"] == sum(c.tokens_out or 0 for c in done)
    assert figures["prompt_tokens"] == sum(c.tokens_in or 0 for c in done)
    assert sum(c.seconds or 0 for c in done) <= figures["seconds"] * 1.01
    assert figures["peak_memory_mib"] > 0


def test_window(llama: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A prompt that fills the window gets an empty completion; a long one gets the rest of it."""
    backend = open_hf(str(llama), batch_size=4)
    full, long = request("x " * 900, "full"), request("\n" * 500, "long", max_tokens=400)
    done: dict[str, Completion] = {c.key.problem: c for c in backend.generate([full, long])}
    assert (done["full"].text, done["full"].finish) == ("", Finish.LENGTH)
    assert "full" in caplog.text
    assert (done["long"].tokens_in or 0) + (done["long"].tokens_out or 0) <= 512


class Memory:
    """Makes a model run out of memory when a step has more rows than this."""

    def __init__(self, rows: int, error: Callable[[], None]) -> None:
        self.rows = rows
        self.error = error

    def __call__(self, _: Any, __: Any, kwargs: dict[str, Any]) -> None:
        if kwargs["input_ids"].shape[0] > self.rows:
            self.error()


def cuda_full() -> None:
    """What torch raises when an accelerator is full."""
    raise torch.OutOfMemoryError("CUDA out of memory.")


def cpu_full() -> None:
    """What torch really raises when it asks for more memory than any machine has."""
    torch.empty(1 << 60, dtype=torch.int8)


@pytest.mark.slow
@pytest.mark.parametrize("error", [cuda_full, cpu_full])
def test_smaller_batches_when_memory_is_full(
    llama: Path, error: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    """Batches are halved until they fit, and each request is still answered once, the same."""
    expected = texts(open_hf(str(llama), batch_size=4), asked(samples=3, temperature=0.7))
    backend = open_hf(str(llama), batch_size=16)
    backend.describe()
    model = backend._model.base_model  # type: ignore[attr-defined]
    model.register_forward_pre_hook(Memory(4, error), with_kwargs=True)
    with caplog.at_level(logging.WARNING, logger="ucb"):
        done = list(backend.generate(asked(samples=3, temperature=0.7)))
    assert {c.key: c.text for c in done} == expected
    assert len(done) == len(expected)
    assert backend.statistics()["batch_size"] == 4
    assert "batches of 4" in caplog.text


def test_not_even_one_fits(llama: Path) -> None:
    """When a single completion does not fit the sentence says what to lower."""
    backend = open_hf(str(llama), batch_size=2)
    backend.describe()
    model = backend._model.base_model  # type: ignore[attr-defined]
    model.register_forward_pre_hook(Memory(0, cuda_full), with_kwargs=True)
    with pytest.raises(BackendError, match="Lower --max-tokens"):
        list(backend.generate(asked()))


def test_other_errors_are_not_swallowed(llama: Path) -> None:
    """An error that is not about memory is not taken for one."""

    def broken() -> None:
        raise RuntimeError("a bug")

    backend = open_hf(str(llama), batch_size=2)
    backend.describe()
    model = backend._model.base_model  # type: ignore[attr-defined]
    model.register_forward_pre_hook(Memory(0, broken), with_kwargs=True)
    with pytest.raises(RuntimeError, match="a bug"):
        list(backend.generate(asked()))


def test_settings_that_come_with_a_model_are_not_used(llama: Path, tmp_path: Path) -> None:
    """A checkpoint's own sampling settings, such as a repetition penalty, do not move a score."""
    folder = tmp_path / "model"
    folder.mkdir()
    for file in llama.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    transformers.GenerationConfig(
        repetition_penalty=5.0, eos_token_id=1, pad_token_id=1
    ).save_pretrained(folder)
    assert texts(open_hf(str(folder), batch_size=8), asked()) == texts(
        open_hf(str(llama), batch_size=8), asked()
    )


def test_styles(llama: Path) -> None:
    """A model with a chat template prefers to chat, and answers one."""
    backend = open_hf(str(llama), batch_size=4)
    assert backend.preferred is Style.CHAT
    chat = Request(Key("c", 0), Prompt("hi", Style.CHAT), Sampling(max_tokens=4))
    assert len(list(backend.generate([chat]))) == 1


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"dtype": "float7"}, BackendError, "bfloat16"),
        ({"quantization": "int3"}, BackendError, "int4"),
        ({"device": "abacus"}, BackendError, "Use auto"),
        ({"device": "cuda:99"}, BackendError, "no device 'cuda:99'"),
        ({"template": "alpacca"}, UnknownName, "alpaca"),
        ({"model": ""}, ConfigError, "smollm2-135m"),
        ({"model": "no-such-person/no-such-model"}, BackendError, "cannot be loaded"),
        ({"model": "smollm2-135"}, BackendError, "Did you mean 'smollm2-135m'"),
    ],
)
def test_mistakes_get_a_sentence(
    llama: Path, options: dict[str, str], error: type[Exception], words: str
) -> None:
    """What cannot work is said when the backend is opened, before any weights are read."""
    with pytest.raises(error, match=words):
        open_hf(**{"model": str(llama), **options})


def test_damaged_weights(llama: Path, tmp_path: Path) -> None:
    """A weights file that cannot be read is a sentence, not a traceback."""
    for file in llama.iterdir():
        kept = 200 if file.suffix == ".safetensors" else None
        (tmp_path / file.name).write_bytes(file.read_bytes()[:kept])
    backend = open_hf(str(tmp_path))
    with pytest.raises(BackendError, match="cannot be loaded"):
        backend.describe()


def test_quantization_needs_its_library(llama: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without bitsandbytes the sentence says how to get it."""
    monkeypatch.setitem(sys.modules, "bitsandbytes", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(BackendError, match="pip install bitsandbytes"):
        open_hf(str(llama), quantization="int8").describe()


@pytest.mark.parametrize(("method", "package"), [("gptq", "optimum"), ("awq", "gptqmodel")])
def test_quantized_checkpoints(llama: Path, tmp_path: Path, method: str, package: str) -> None:
    """A checkpoint that comes quantized is loaded as it is, or the missing package is named."""
    folder = quantized(llama, tmp_path, {"quant_method": method, "bits": 4, "group_size": 128})
    if importlib.util.find_spec(package) is None:
        with pytest.raises(BackendError, match=f"pip install {package}"):
            open_hf(str(folder)).describe()


def test_quantizing_what_is_quantized(llama: Path, tmp_path: Path) -> None:
    """Asking to quantize a checkpoint that comes quantized is a mistake, not a second rounding."""
    folder = quantized(llama, tmp_path, {"quant_method": "gptq", "bits": 4})
    with pytest.raises(BackendError, match=r"quantized already \(gptq\)"):
        open_hf(str(folder), quantization="int8").describe()


def quantized(llama: Path, folder: Path, how: dict[str, Any]) -> Path:
    """A copy of the model whose configuration says that it is quantized."""
    for file in llama.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"quantization_config": how}))
    return folder


@pytest.mark.parametrize("revision", ["", "main", COMMIT])
def test_a_hub_model_is_recorded_by_its_commit(
    llama: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, revision: str
) -> None:
    """Whatever the revision is called, the run records the commit that was loaded."""
    snapshot = tmp_path / "models--someone--tiny" / "snapshots" / COMMIT
    snapshot.parent.mkdir(parents=True)
    snapshot.symlink_to(llama)
    refs = tmp_path / "models--someone--tiny" / "refs"
    refs.mkdir()
    (refs / "main").write_text(COMMIT)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    about = open_hf("someone/tiny", revision=revision).describe()
    assert (about["model"], about["revision"]) == ("someone/tiny", COMMIT)


def test_a_revision_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A revision that cannot be had is a sentence, never another revision."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(BackendError, match="cannot be loaded"):
        open_hf("someone/tiny", revision="v9")


def test_without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without torch the backend's module imports, and opening says what to install."""
    for name in list(sys.modules):
        if name.startswith("ucb.backends.hf_"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(BackendError, match=r"pip install 'ucb\[hf\]'"):
        open_hf("gpt2")
