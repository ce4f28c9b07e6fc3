"""The Anthropic backend against a stub of the API."""

from __future__ import annotations

import pytest

from tests.contract.remote_contract import RemoteContract
from tests.servers.api_stub import Stub, failure
from tests.unit.remote_fakes import chats
from ucb.types import Finish

pytest.importorskip(
    "anthropic", reason="the anthropic extra is not installed: pip install 'ucb[anthropic]'"
)


class TestAnthropic(RemoteContract):
    """Messages, and what only this API has."""

    name = "anthropic"
    variable = "ANTHROPIC_API_KEY"

    def test_temperature_is_sent(self, stub: Stub) -> None:
        """Benchmarks prescribe a temperature; the API's version that takes one is asked for."""
        list(self.open(stub).generate(chats(1)))
        assert stub.questions[-1]["temperature"] == 0.0
        assert "top_p" not in stub.questions[-1]
        assert stub.seen[-1].headers["anthropic-version"] == "2023-06-01"

    def test_a_model_without_a_temperature(self, stub: Stub) -> None:
        """A model that refuses it is asked without, and the run says so."""

        def faults(_: int, seen: object) -> object:
            refusal = failure(400, "`temperature` is deprecated for this model.")
            return refusal if "temperature" in stub.questions[-1] else None

        stub.faults = faults  # type: ignore[assignment]
        backend = self.open(stub, concurrency=1)
        assert len(list(backend.generate(chats(3)))) == 3
        assert len(stub.seen) == 4
        assert backend.describe()["dropped_parameters"] == ["temperature"]

    def test_a_prefill_is_continued(self, stub: Stub) -> None:
        """A turn is begun without the whitespace at its end, which the API refuses."""
        stub.text = "\n    return 2"
        completion = next(iter(self.open(stub).generate(chats(1, prefill="Sure:\n"))))
        assert completion.text == "    return 2"
        assert stub.questions[-1]["messages"][-1] == {"role": "assistant", "content": "Sure:"}

    def test_a_model_without_prefill(self, stub: Stub) -> None:
        """A model that takes no begun turn is asked without one."""

        def faults(_: int, seen: object) -> object:
            said = "Prefilling assistant messages is not supported for this model."
            return failure(400, said) if len(stub.questions[-1]["messages"]) > 1 else None

        stub.faults = faults  # type: ignore[assignment]
        completion = next(iter(self.open(stub).generate(chats(1, prefill="Sure:"))))
        assert completion.text == stub.text

    def test_a_prompt_that_is_sampled_is_marked_for_the_cache(self, stub: Stub) -> None:
        """The provider then reads the prompt once for all samples."""
        list(self.open(stub).generate(chats(1, 2)))
        (block,) = stub.questions[-1]["messages"][0]["content"]
        assert block["cache_control"] == {"type": "ephemeral"}
        list(self.open(stub).generate(chats(1)))
        assert isinstance(stub.questions[-1]["messages"][0]["content"], str)

    def test_stop_sequences_of_whitespace_are_cut_here(self, stub: Stub) -> None:
        """The API refuses them."""
        stub.text = "one\n\ntwo"
        completion = next(iter(self.open(stub).generate(chats(1, stop=("\n\n", "\ndef")))))
        assert completion.text == "one"
        assert stub.questions[-1]["stop_sequences"] == ["\ndef"]

    def test_a_refusal_is_recorded(self, stub: Stub) -> None:
        """It is an answer."""
        stub.finish = "refusal"
        assert [e.finish for e in self.open(stub).generate(chats(1))] == [Finish.REFUSED]

    def test_an_overloaded_server_is_waited_for(self, stub: Stub) -> None:
        """Status 529, of this API alone, is a rate limit."""
        busy = failure(529, "Overloaded", headers={"retry-after": "0.01"})
        backend = self.run_with(stub, lambda number, _: busy if number % 2 else None, count=10)
        assert backend.statistics()["rate_limited"] >= 9
