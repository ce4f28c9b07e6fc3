"""The OpenAI backend against a stub of the API."""

from __future__ import annotations

import math

import pytest

from tests.contract.remote_contract import RemoteContract
from tests.servers.api_stub import Stub, failure
from tests.servers.http import Seen, Sent
from tests.unit.remote_fakes import chats, keys
from ucb.types import Finish, Style

pytest.importorskip("openai", reason="the openai extra is not installed: pip install 'ucb[openai]'")


class TestOpenAI(RemoteContract):
    """Chats, and what only this API has."""

    name = "openai"
    path = "/v1"
    variable = "OPENAI_API_KEY"

    def test_both_styles(self, stub: Stub) -> None:
        """The style decides the endpoint."""
        backend = self.open(stub)
        for style, path in ((Style.CHAT, "chat/completions"), (Style.COMPLETE, "completions")):
            completion = next(iter(backend.generate(chats(1, style=style))))
            assert completion.text == stub.text
            assert stub.seen[-1].path == f"/v1/{path}"

    def test_samples_have_seeds_of_their_own(self, stub: Stub) -> None:
        """A sample is drawn by the run's seed, its problem and its number alone."""
        list(self.open(stub, concurrency=1).generate(chats(2, 3)))
        seeds = [body["seed"] for body in stub.questions]
        assert len(set(seeds)) == 6
        list(self.open(stub).generate(chats(2, 3)[4:5]))
        assert stub.questions[-1]["seed"] == seeds[4]
        list(self.open(stub).generate(chats(1)))
        assert "seed" not in stub.questions[-1]

    def test_several_samples_in_one_request(self, stub: Stub) -> None:
        """Samples of a prompt are asked for together, and their sums are what is billed."""
        requests = chats(3, 5)
        backend = self.open(stub, samples_per_request=4)
        completions = list(backend.generate(requests))
        assert keys(completions) == sorted(each.key for each in requests)
        assert sorted(body.get("n", 1) for body in stub.questions) == [1, 1, 1, 4, 4, 4]
        assert sum(each.tokens_in or 0 for each in completions) == 6 * 7
        assert sum(each.tokens_out or 0 for each in completions) == 15 * 3

    @pytest.mark.parametrize("way", ["ignores", "refuses"])
    def test_a_server_without_n(self, stub: Stub, way: str) -> None:
        """A server that ignores or refuses `n` is asked for one sample at a time."""

        def faults(_: int, seen: object) -> object:
            body = stub.questions[-1]
            if "n" not in body:
                return None
            if way == "refuses":
                return failure(400, "Unsupported parameter: 'n'", param="n")
            stub.billed["first"] += 1
            return stub._chat({**body, "n": 1})

        stub.faults = faults  # type: ignore[assignment]
        requests = chats(2, 4)
        completions = list(self.open(stub, samples_per_request=4).generate(requests))
        assert keys(completions) == sorted(each.key for each in requests)

    def test_at_most_four_stop_sequences_are_sent(self, stub: Stub) -> None:
        """The API takes four; one that another is part of is not among them."""
        stops = ("\nclass Foo", "\nclass", "\ndef", "\n#", "\nif", "\nprint")
        list(self.open(stub).generate(chats(1, stop=stops)))
        assert stub.questions[-1]["stop"] == ["\nclass", "\ndef", "\n#", "\nif"]

    def test_a_reasoning_model(self, stub: Stub) -> None:
        """Parameters that a model refuses are replaced or left out, and said so in the run."""
        refused = {"max_tokens": "max_completion_tokens", "temperature": "", "stop": ""}

        def faults(_: int, seen: object) -> object:
            for name, other in refused.items():
                if name in stub.questions[-1]:
                    hint = f" Use '{other}' instead." if other else ""
                    return failure(400, f"Unsupported parameter: '{name}'.{hint}", param=name)
            return None

        stub.faults = faults  # type: ignore[assignment]
        stub.text = "one\ntwo"
        backend = self.open(stub, concurrency=1)
        completions = list(backend.generate(chats(3, stop=("\ntwo",))))
        assert [each.text for each in completions] == ["one"] * 3
        assert stub.questions[-1]["max_completion_tokens"] == 20
        assert len(stub.seen) == 3 + 3
        dropped = backend.describe()["dropped_parameters"]
        assert sorted(dropped) == ["max_tokens", "stop", "temperature"]

    def test_a_prefill_is_continued(self, stub: Stub) -> None:
        """The assistant's turn is begun, and the text does not repeat how."""
        stub.text = "Sure:\n    return 2"
        completion = next(iter(self.open(stub).generate(chats(1, prefill="Sure:\n"))))
        assert completion.text == "    return 2"
        sent = stub.questions[-1]
        assert sent["messages"][-1] == {"role": "assistant", "content": "Sure:\n"}
        assert sent["continue_final_message"] is True

    @pytest.mark.parametrize("stream", [False, True])
    @pytest.mark.parametrize("style", list(Style))
    @pytest.mark.parametrize("one_shape", [False, True])
    def test_choices(self, stub: Stub, style: Style, stream: bool, one_shape: bool) -> None:
        """They are read off the first token's likely ones, large and small added up."""
        stub.one_shape = one_shape
        stub.likely = {" Yes": math.log(0.5), "yes": math.log(0.25), "The": -3.0, "no": -4.0}
        asked = chats(2, style=style, choices=("yes", "no", "perhaps"))
        for completion in self.open(stub, stream=stream).generate(asked):
            assert completion.choices == pytest.approx({"yes": math.log(0.75), "no": -4.0})
            assert completion.text == stub.text
        sent = stub.questions[-1]
        assert (sent["logprobs"], sent.get("top_logprobs")) in ((True, 20), (20, None))
        assert "choices" not in sent

    def test_no_choices(self, stub: Stub) -> None:
        """Nothing is asked for, and nothing told, unless the prompt has some."""
        stub.likely = {"yes": -1.0}
        (completion,) = self.open(stub).generate(chats(1))
        assert completion.choices is None
        assert not {"logprobs", "top_logprobs", "choices"} & set(stub.questions[-1])

    @pytest.mark.parametrize(
        ("status", "message"),
        [
            (400, "'logprobs' is not supported with this model."),
            (400, "top_logprobs: Input should be less than or equal to 5"),
            (403, "You are not allowed to request logprobs from this model."),
        ],
    )
    def test_a_server_that_refuses_choices(self, stub: Stub, status: int, message: str) -> None:
        """Its answers are taken without, whatever it says; one that ignores them likewise."""
        (silent,) = self.open(stub).generate(chats(1, choices=("yes", "no")))
        assert silent.choices is None
        stub.faults = lambda *_: (
            failure(status, message) if "logprobs" in stub.questions[-1] else None
        )
        backend = self.open(stub, concurrency=1)
        done = list(backend.generate(chats(3, choices=("yes", "no"))))
        assert [(each.text, each.choices) for each in done] == [(stub.text, None)] * 3
        assert backend.describe()["dropped_parameters"] == ["logprobs"]

    @pytest.mark.parametrize("style", list(Style))
    def test_a_server_that_tells_few_likely_tokens(self, stub: Stub, style: Style) -> None:
        """It is asked for fewer, once for all calls, however many are under way."""
        stub.likely = {"yes": -0.1, "no": -2.0}

        def faults(_: int, seen: Seen) -> Sent | None:
            most = seen.body["top_logprobs" if style is Style.CHAT else "logprobs"]
            return failure(400, "must be 5 or less", param="logprobs") if most > 5 else None

        stub.faults = faults
        backend = self.open(stub, concurrency=4)
        for each in backend.generate(chats(8, style=style, choices=("yes", "no"))):
            assert each.choices == pytest.approx(stub.likely)
        assert "dropped_parameters" not in backend.describe()

    def test_refusals(self, stub: Stub) -> None:
        """A filtered answer and a filtered prompt are answers, never tried again."""
        stub.finish = "content_filter"
        assert [e.finish for e in self.open(stub).generate(chats(1))] == [Finish.REFUSED]
        stub.faults = lambda *_: failure(400, "no", code="content_filter")
        completion = next(iter(self.open(stub).generate(chats(1))))
        assert (completion.text, completion.finish) == ("", Finish.REFUSED)
        assert len(stub.seen) == 2


class TestOpenAIStreamed(RemoteContract):
    """The same faults, with everything streamed."""

    name = "openai"
    path = "/v1"
    variable = "OPENAI_API_KEY"
    options = {"stream": True}  # noqa: RUF012
