"""LoRA adapters, made here for a tiny model."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.unit.backends.conftest import request
from ucb.backends.hf import open_hf
from ucb.errors import BackendError
from ucb.types import Key, Request

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
peft = pytest.importorskip("peft")

# peft asks transformers for a name that transformers has renamed.
pytestmark = pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")

PROMPTS = ["def add(a, b):\n", "class Point:", "for index", "print("]
REQUESTS = [request(text, f"p/{index}") for index, text in enumerate(PROMPTS)]


@pytest.fixture(scope="module")
def adapter(llama: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an adapter whose weights are large enough to change every answer."""
    model = transformers.AutoModelForCausalLM.from_pretrained(llama)
    torch.manual_seed(3)
    config = peft.LoraConfig(
        r=4, lora_alpha=16, target_modules=["q_proj", "v_proj"], init_lora_weights=False,
        task_type="CAUSAL_LM",
    )  # fmt: skip
    adapted = peft.get_peft_model(model, config)
    folder = tmp_path_factory.mktemp("adapter")
    adapted.save_pretrained(folder)
    return folder


def with_peft(llama: Path, adapter: Path, each: Request) -> str:
    """What peft's own model writes for this prompt."""
    base = transformers.AutoModelForCausalLM.from_pretrained(llama)
    model = peft.PeftModel.from_pretrained(base, adapter)
    tokenizer = transformers.AutoTokenizer.from_pretrained(llama)
    inputs = tokenizer(each.prompt.text, return_tensors="pt", return_token_type_ids=False)
    out = model.generate(**inputs, max_new_tokens=each.sampling.max_tokens, do_sample=False)
    start = inputs["input_ids"].shape[1]
    text: str = tokenizer.decode(
        out[0, start:], skip_special_tokens=True, clean_up_tokenization_spaces=False
    )
    return text


def texts(backend: Any) -> dict[Key, str]:
    """What the backend wrote, by key."""
    return {each.key: each.text for each in backend.generate(REQUESTS)}


def test_same_as_peft_and_not_as_the_base(llama: Path, adapter: Path) -> None:
    """A batch gets what peft gives each prompt alone, which is not what the base model says."""
    adapted = texts(open_hf(str(llama), batch_size=8, adapter=str(adapter)))
    assert adapted == {each.key: with_peft(llama, adapter, each) for each in REQUESTS}
    base = texts(open_hf(str(llama), batch_size=8))
    assert all(adapted[key] != base[key] for key in base)


def test_description(llama: Path, adapter: Path) -> None:
    """The run records which adapter it was: name, kind, base and checksum."""
    about = open_hf(str(llama), adapter=str(adapter)).describe()["adapter"]
    assert about["name"] == str(adapter)
    assert about["type"] == "LORA"
    assert about["base"] == str(llama)
    assert len(about["sha256"]) == 64


def test_no_adapter_there(llama: Path, tmp_path: Path) -> None:
    """A folder without an adapter is said to be so, and so is a name that is nowhere."""
    with pytest.raises(BackendError, match=r"no adapter_config\.json"):
        open_hf(str(llama), adapter=str(tmp_path)).describe()
    with pytest.raises(BackendError, match="adapter nobody/nothing@main cannot be loaded"):
        open_hf(str(llama), adapter="nobody/nothing@main").describe()


def test_an_adapter_of_another_model(llama: Path, adapter: Path, tmp_path: Path) -> None:
    """An adapter whose weights do not fit is refused, not half loaded."""
    for file in adapter.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    config = json.loads((tmp_path / "adapter_config.json").read_text())
    config["r"] = 8
    (tmp_path / "adapter_config.json").write_text(json.dumps(config))
    with pytest.raises(BackendError, match=f"adapter {tmp_path} cannot be loaded"):
        open_hf(str(llama), adapter=str(tmp_path)).describe()


def test_an_adapter_named_as_the_model(adapter: Path, llama: Path) -> None:
    """A folder that holds only an adapter is told from a model, and the sentence has the cure."""
    with pytest.raises(BackendError, match=f"--model {llama} --adapter {adapter}"):
        open_hf(str(adapter))


def test_without_peft(llama: Path, adapter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without peft the sentence says how to get it."""
    monkeypatch.setitem(sys.modules, "peft", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(BackendError, match="needs peft"):
        open_hf(str(llama), adapter=str(adapter)).describe()
