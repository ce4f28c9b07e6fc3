"""
Runs inside a peer's virtual environment: the prompts it asks, as checksums.

    python peer_prompts.py evalplus      pip install evalplus==0.3.1
    python peer_prompts.py lm-eval       pip install lm-eval==0.4.13 jinja2 pyyaml

`UCB_DATA_DIR` names the folder of public datasets. A checksum is the sha256 of
the prompts of a whole dataset in its order, joined by NUL; a chat's prompt and
the prefill of its answer are joined by SOH.
"""

from __future__ import annotations

import ast
import gzip
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

DATA = Path(os.environ["UCB_DATA_DIR"])


def checksum(prompts: Iterable[str]) -> str:
    """Return the sha256 of prompts joined by NUL."""
    return hashlib.sha256("\0".join(prompts).encode()).hexdigest()


def _rows(name: str) -> list[dict[str, Any]]:
    with gzip.open(DATA / name, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


class _Tokenizer:
    """Writes a chat as the user's message, SOH, and the assistant's."""

    chat_template = "any"

    def apply_chat_template(self, messages: list[dict[str, str]], **_: Any) -> str:
        """Join the messages."""
        return "\1".join(message["content"] for message in messages)


def evalplus() -> dict[str, str]:
    """Ask as `evalplus.codegen` does."""
    import evalplus as package  # noqa: PLC0415
    from evalplus.provider.utility import make_raw_chat_prompt  # noqa: PLC0415

    source = ast.parse(Path(package.__file__).with_name("codegen.py").read_text())
    # Breadth first: the usual wording comes before that of the modes for speed.
    said: dict[str, Any] = {}
    for node in ast.walk(source):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            said.setdefault(ast.unparse(node.targets[0]), node.value.value)
    found = {}
    files = {"humaneval-plus": "HumanEvalPlus-v0.1.10", "mbpp-plus": "MbppPlus-v0.2.0"}
    for name, file in files.items():
        prompts = [row["prompt"].strip() + "\n" for row in _rows(f"evalplus/{file}.jsonl.gz")]
        found[f"{name} complete"] = checksum(prompts)
        found[f"{name} chat"] = checksum(
            make_raw_chat_prompt(
                text, said["instruction_prefix"], said["response_prefix"], _Tokenizer()
            )
            for text in prompts
        )
    return found


def lm_eval() -> dict[str, str]:
    """Fill the templates of its task files as its own `apply_template` does."""
    import lm_eval  # noqa: PLC0415
    import yaml  # noqa: PLC0415
    from jinja2 import BaseLoader, Environment, StrictUndefined  # noqa: PLC0415

    class Loader(yaml.SafeLoader):
        """Reads what it does not know as nothing."""

    Loader.add_multi_constructor("", lambda *_: None)
    tasks = Path(lm_eval.__file__).parent / "tasks"
    # The environment of `lm_eval.utils`, which cannot be imported without torch and more.
    environment = Environment(
        loader=BaseLoader(), undefined=StrictUndefined, keep_trailing_newline=True
    )

    def filled(template: str) -> Callable[[dict[str, Any]], str]:
        return lambda row: environment.from_string(template).render(**row)

    def read(path: str) -> dict[str, Any]:
        loaded: dict[str, Any] = yaml.load((tasks / path).read_text(), Loader)
        return loaded

    humaneval = _rows("humaneval/HumanEval.jsonl.gz")
    base, chat = read("humaneval/humaneval.yaml"), read("humaneval/humaneval_instruct.yaml")
    text, prefill = filled(chat["doc_to_text"]), filled(chat["gen_prefix"])
    found = {
        "humaneval complete": checksum(map(filled(base["doc_to_text"]), humaneval)),
        "humaneval chat": checksum(f"{text(row)}\1{prefill(row)}" for row in humaneval),
    }
    mbpp = read("mbpp/mbpp.yaml")
    ask, answer = filled(mbpp["doc_to_text"]), filled(mbpp["doc_to_target"])
    module = ast.parse((tasks / "mbpp" / "utils.py").read_text())
    (function,) = (n for n in module.body if getattr(n, "name", "") == "list_fewshot_samples")
    namespace: dict[str, Any] = {}
    exec(compile(ast.Module([function], []), "utils.py", "exec"), namespace)
    # `target_delimiter` is empty in the file; `fewshot_delimiter` is two newlines by default.
    shown = "".join(f"{ask(e)}{answer(e)}\n\n" for e in namespace["list_fewshot_samples"]())
    rows = [row for row in _rows("mbpp/mbpp.jsonl.gz") if 11 <= row["task_id"] <= 510]
    found["mbpp complete"] = checksum(shown + ask(row) for row in rows)
    return found


if __name__ == "__main__":
    print(json.dumps({"evalplus": evalplus, "lm-eval": lm_eval}[sys.argv[1]](), indent=2))
