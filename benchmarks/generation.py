"""
Tokens per second of the hf backend beside plain `model.generate` of the same batch.

    python -m benchmarks.generation --model smollm2-135m --batch 1 10 20 --dtype float32

Prompts are HumanEval's of middling length. `greedy` asks each prompt once; `10 samples`
asks a tenth as many prompts ten times, where the backend reads each prompt once. The two
take turns, and each figure is the median of its turns: what else the machine does meets
both. Wall time shows what a user waits; CPU time, of all threads, what a busy machine
would show.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import median

from ucb import plugins
from ucb.backends import Backend
from ucb.backends.hf import open_hf, settle_threads
from ucb.types import Key, Prompt, Request, Sampling, Style

Generate = Callable[[list[str], Sampling], int]
"""Completes prompts and returns how many tokens were written."""

_AS_WRITTEN = argparse.RawDescriptionHelpFormatter


@dataclass(frozen=True, slots=True)
class Measured:
    """What one batch cost."""

    tokens: int
    wall: float
    """Seconds."""
    cpu: float
    """Seconds of all threads."""

    @property
    def speed(self) -> float:
        """Tokens per wall second."""
        return self.tokens / self.wall

    @property
    def effort(self) -> float:
        """CPU milliseconds per token."""
        return 1000 * self.cpu / self.tokens


def main() -> None:
    """Print a line per dtype, batch size and kind of sampling."""
    settle_threads()
    args = _arguments()
    prompts = _prompts(max(args.batch))
    print("Median tokens per wall second (CPU milliseconds per token)")
    print(f"{'':36}{'this backend':>18} {'model.generate':>18}    wall    CPU")
    for dtype in args.dtype:
        plain = _plain(args, dtype)
        for size in args.batch:
            backend = open_hf(args.model, dtype=dtype, device=args.device, batch_size=size)
            backend.describe()  # Loads the weights, which is not what is measured.
            for samples, temperature in ((1, 0.0), (10, 0.8)):
                if size < samples:
                    continue  # They would not be one batch.
                chosen = prompts[: size // samples]
                sampling = Sampling(samples, temperature, max_tokens=args.tokens)
                ours, theirs = _in_turns(args.repeats, [_ours(backend), plain], chosen, sampling)
                kind = "greedy" if samples == 1 else f"{samples} samples"
                print(f"{dtype:10} batch {size:3}  {kind:12} {_compared(ours, theirs)}", flush=True)


def _ours(backend: Backend) -> Generate:
    def tokens(prompts: list[str], sampling: Sampling) -> int:
        requests = [
            Request(Key(str(number), sample), Prompt(text, Style.COMPLETE), sampling)
            for number, text in enumerate(prompts)
            for sample in range(sampling.samples)
        ]
        return sum(completion.tokens_out or 0 for completion in backend.generate(requests))

    return tokens


def _plain(args: argparse.Namespace, dtype: str) -> Generate:
    """Return what transformers' own documentation would have one write."""
    from ucb.backends import hf_load, models  # noqa: PLC0415 - After the threads are settled.

    how = hf_load.Loading(models.find(args.model), dtype=dtype, device=args.device)
    model, tokenizer = hf_load.load_model(how), hf_load.load_tokenizer(how)
    tokenizer.padding_side = "left"
    tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token
    end = tokenizer.eos_token_id

    def tokens(prompts: list[str], sampling: Sampling) -> int:
        inputs = tokenizer(prompts, return_tensors="pt", padding=True).to(model.device)
        drawn = {"temperature": sampling.temperature} if sampling.temperature else {}
        out = model.generate(
            **inputs,
            max_new_tokens=sampling.max_tokens,
            do_sample=sampling.temperature > 0,
            num_return_sequences=sampling.samples,
            pad_token_id=end,
            **drawn,
        )
        new = out[:, inputs["input_ids"].shape[1] :].tolist()
        return sum(row.index(end) + 1 if end in row else len(row) for row in new)

    return tokens


def _in_turns(
    repeats: int, ways: Sequence[Generate], prompts: list[str], sampling: Sampling
) -> list[list[Measured]]:
    """Measure each way `repeats` times, in turns, after a short turn that is not counted."""
    for generate in ways:
        generate(prompts, replace(sampling, max_tokens=4))
    runs: list[list[Measured]] = [[] for _ in ways]
    for _ in range(repeats):
        for generate, found in zip(ways, runs, strict=True):
            wall, cpu = time.perf_counter(), time.process_time()
            tokens = generate(prompts, sampling)
            found.append(Measured(tokens, time.perf_counter() - wall, time.process_time() - cpu))
    return runs


def _compared(ours: list[Measured], theirs: list[Measured]) -> str:
    speeds = [median(run.speed for run in runs) for runs in (ours, theirs)]
    efforts = [median(run.effort for run in runs) for runs in (ours, theirs)]
    cells = [f"{s:8.1f} ({e:6.1f})" for s, e in zip(speeds, efforts, strict=True)]
    ratios = speeds[0] / speeds[1], efforts[1] / efforts[0]
    return f"{cells[0]:>18} {cells[1]:>18} {ratios[0]:6.2f}x {ratios[1]:5.2f}x"


def _prompts(count: int) -> list[str]:
    """Return HumanEval prompts around the median length."""
    task = plugins.task("humaneval")
    texts = [task.prompt(problem, Style.COMPLETE).text for problem in task.problems()]
    texts.sort(key=len)
    start = max(0, (len(texts) - count) // 2)
    return texts[start : start + count]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=_AS_WRITTEN)
    parser.add_argument("--model", default="smollm2-135m")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--dtype", nargs="+", default=["float32"])
    parser.add_argument("--batch", nargs="+", type=int, default=[1, 8, 16, 32])
    parser.add_argument("--tokens", type=int, default=64, help="New tokens per completion.")
    parser.add_argument("--repeats", type=int, default=5, help="Turns of each.")
    return parser.parse_args()


if __name__ == "__main__":
    main()
