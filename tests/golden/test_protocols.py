"""
What each parity mode asks and makes of a reply, pinned.

The prompts' checksums are those that `peer_prompts.py` prints inside the peers'
own environments, where they have a package; `bigcode` and `google` have none, so
theirs pin what the mode's page in `docs/benchmarks` says. Extraction's examples
were run through EvalPlus 0.3.1's own `sanitize`.
"""

from __future__ import annotations

import pytest

from tests.golden.peer_prompts import checksum
from ucb import plugins
from ucb.extract import sanitized
from ucb.types import Problem, Prompt, Style

PAPER = ("\nclass", "\ndef", "\n#", "\nif", "\nprint")
EVALPLUS = ("<|endoftext|>", "<|endofmask|>", "</s>", "\nif __name__", "\ndef main(", "\nprint(")
PLUS = (*EVALPLUS, "\ndef ", "\nclass ", "\nimport ", "\nfrom ", "\nassert ")
FENCE = (*EVALPLUS, "\n```\n")
BIGCODE = ("\nclass", "\ndef", "\n#", "\n@", "\nprint", "\nif", "\n```", "<file_sep>")

FROM_PEERS = {
    # evalplus==0.3.1
    ("humaneval-plus", "evalplus", Style.COMPLETE): (
        "a5ec3ac3fe4da5477ca4d55f73a2e6a04f78e66920b0ca6d0ea4d31ccc558f5a", PLUS,
    ),
    ("humaneval-plus", "evalplus", Style.CHAT): (
        "8f71ab0b47d829aa7b4238c8f48a969e83f5a0a09995c60e46a169855f875694", FENCE,
    ),
    ("mbpp-plus", "evalplus", Style.COMPLETE): (
        "cfa050359ca54b305a9c2af8ff152a80f14c28651fcd126b8f22f839d697053e",
        (*EVALPLUS, '\n"""', "\nassert"),
    ),
    ("mbpp-plus", "evalplus", Style.CHAT): (
        "055b2244b2e56ea9726b2569f7a783b297bd0b8d955b2fd9c210429a47295a17", FENCE,
    ),
    # lm-eval==0.4.13
    ("humaneval", "lm-eval", Style.COMPLETE): (
        "6a712466e64fa7d27ca572fefd68e30c7a0c05b799232c5700220fb5b96e7d62", PAPER,
    ),
    ("humaneval", "lm-eval", Style.CHAT): (
        "ca7af050e9a6671ebb518930491ba6da757e0f92a5d93802369b3880a0d8de31", PAPER,
    ),
    ("mbpp", "lm-eval", Style.COMPLETE): (
        "b09746904aefaa696bf54d6663046bc5f84f3e32d0d239213c3e5ba298aa697c", ("[DONE]",),
    ),
}  # fmt: skip
PINNED = {
    # The prompt as published, as lm-eval's `humaneval` asks it.
    ("humaneval", "openai", Style.COMPLETE): (
        "6a712466e64fa7d27ca572fefd68e30c7a0c05b799232c5700220fb5b96e7d62", PAPER,
    ),
    ("humaneval", "bigcode", Style.COMPLETE): (
        "e0a264e3864261a096563541cc6aef9bd99e9f51ede2f3dc58fb8224746a7945", BIGCODE,
    ),
    ("humaneval", "evalplus", Style.COMPLETE): (
        "a0a7cc5daea1f6bf269d2c0a9f4d9a96ea45ae08cebc16b2265a19e29f2b9583", PLUS,
    ),
    ("mbpp", "google", Style.COMPLETE): (
        "98630002c6da0c898eac781584af7f7455851ce5e7f0d226c7e9ffab19907734", ("[DONE]",),
    ),
    ("mbpp", "bigcode", Style.COMPLETE): (
        "af30447c331ae650986dd4977ff971f1a4bd7c673f345918b3386cd462c81025",
        ("\nclass", "\nassert", '\n"""', "\nprint", "\nif", "\n<|/", "\n```"),
    ),
}  # fmt: skip


def asked(prompt: Prompt) -> str:
    """Return a prompt as its checksum takes it."""
    return prompt.text + (f"\1{prompt.prefill}" if prompt.style is Style.CHAT else "")


@pytest.mark.data
@pytest.mark.usefixtures("data_dir")
@pytest.mark.parametrize(("key", "expected"), [*FROM_PEERS.items(), *PINNED.items()])
def test_a_mode_asks_what_its_harness_asks(
    key: tuple[str, str, Style], expected: tuple[str, tuple[str, ...]]
) -> None:
    """Every prompt of the dataset, byte for byte, and the stop sequences."""
    name, mode, style = key
    task = plugins.task(name).configured(mode=mode)
    prompts = [task.prompt(problem, style) for problem in task.problems()]
    assert (checksum(map(asked, prompts)), prompts[0].stop) == expected
    assert len({prompt.stop for prompt in prompts}) == 1


GIVEN = 'import math\n\n\ndef area(r):\n    """Say."""\n'
HUMANEVAL = Problem("t/0", "python", {"task_id": "t/0", "prompt": GIVEN, "entry_point": "area"})
BODY = "    return math.pi * r * r\n"
KEPT = (GIVEN + BODY).replace("\n\n\n", "\n").strip()
FENCED = f"{BODY}```\nThat is all.\n"


@pytest.mark.parametrize(
    ("mode", "style", "text", "code"),
    [
        ("openai", Style.COMPLETE, f"{BODY}\nprint(area(1))", GIVEN + BODY),
        ("openai", Style.COMPLETE, "   return 1\n", f"{GIVEN}   return 1\n"),
        ("ucb", Style.COMPLETE, "   return 1\n", f"{GIVEN}    return 1\n"),
        ("bigcode", Style.COMPLETE, f"\n{BODY}\n@x", f"{GIVEN.strip()}\n{BODY}"),
        ("lm-eval", Style.COMPLETE, f"{BODY}\nclass A:", GIVEN + BODY),
        ("lm-eval", Style.CHAT, FENCED, GIVEN + BODY),
        ("evalplus", Style.COMPLETE, f"{BODY}\nx = 1\nassert area", KEPT),
        ("evalplus", Style.CHAT, f"{GIVEN}{BODY}", KEPT),
        ("openai", Style.CHAT, f"Here:\n```python\n{GIVEN}{BODY}```\n", GIVEN + BODY),
    ],
)  # fmt: skip
def test_a_mode_makes_the_code_its_harness_makes(
    mode: str, style: Style, text: str, code: str
) -> None:
    """Stops, joins, fences and sanitizing are those of the mode, mends only UCB's own."""
    task = plugins.task("humaneval").configured(mode=mode)
    assert task.extract(HUMANEVAL, task.prompt(HUMANEVAL, style), text).code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Sure:\ndef f(x):\n    return g(x)\ndef g(x):\n    return x\nDone!",
         "def f(x):\n    return g(x)\ndef g(x):\n    return x"),
        # What it destroys is part of it: functions without `return`, later definitions.
        ("@cache\ndef f(x):\n    return 1\ndef g(x):\n    return 2\n",
         "@cache\ndef f(x):\n    return 1\ndef g(x):\n    return 2"),
        ("def f(x):\n    h(x)\n    return x\ndef h(x):\n    x.sort()\n",
         "def f(x):\n    h(x)\n    return x"),
        ("def f(x):\n    return 1\ndef f(x):\n    return 2\n", "def f(x):\n    return 1"),
        ("import os\nN = 1\nM = 2\nfor i in range(3): print(i)\ndef f(x):\n    return N\n",
         "import os\nN = 1\ndef f(x):\n    return N"),
        ("from __future__ import annotations\ndef f(x):\n    return 1\n",
         "def f(x):\n    return 1"),
    ],
)  # fmt: skip
def test_sanitizing_keeps_what_evalplus_keeps(text: str, code: str) -> None:
    """The results are those of `evalplus.sanitize.sanitize`."""
    assert sanitized(text, "f").code == code
