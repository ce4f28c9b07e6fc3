"""Who gets which job: no Ray, no node, no time."""

from __future__ import annotations

import random

import pytest

from ucb.cluster.dispatch import Dispatch


@pytest.fixture
def dispatch() -> Dispatch[str]:
    """Two members that hold four jobs each at first."""
    found: Dispatch[str] = Dispatch()
    found.join("a", 4, 16)
    found.join("b", 4, 16)
    return found


def _add(dispatch: Dispatch[str], count: int) -> None:
    for number in range(count):
        dispatch.add(f"w{number}")


def test_no_more_is_pulled_than_there_is_room_for(dispatch: Dispatch[str]) -> None:
    """What waits counts against the room that members have."""
    assert dispatch.wanted() == 8
    _add(dispatch, 3)
    assert dispatch.wanted() == 5
    assert len(dispatch.give("a")) == 2
    assert dispatch.wanted() == 5
    _add(dispatch, 5)
    dispatch.give("a")
    dispatch.give("b")
    dispatch.give("b")
    assert dispatch.wanted() == 0
    assert dispatch.open == 8


def test_little_work_is_shared(dispatch: Dispatch[str]) -> None:
    """The first to ask does not get it all."""
    _add(dispatch, 4)
    assert len(dispatch.give("a")) == 2
    assert len(dispatch.give("b")) == 1


def test_a_member_that_runs_out_of_work_holds_more(dispatch: Dispatch[str]) -> None:
    """The window doubles up to its limit."""
    for _ in range(5):
        dispatch.starved("a")
    assert dispatch.wanted() == 16 + 4


def test_an_answer_counts_once(dispatch: Dispatch[str]) -> None:
    """The second one, and one of a member that does not have the job, is dropped."""
    _add(dispatch, 2)
    (job,) = dispatch.give("a")
    assert dispatch.answered("b", job.number) is None
    assert dispatch.answered("a", job.number) is job
    assert dispatch.answered("a", job.number) is None


def test_what_a_lost_member_had_comes_first(dispatch: Dispatch[str]) -> None:
    """Others get it before new work, and the lost one's late answer is dropped."""
    _add(dispatch, 4)
    had = dispatch.give("a")
    assert dispatch.leave("a", "gone") == (2, [])
    assert dispatch.give("b")[:2] == had
    assert dispatch.answered("a", had[0].number) is None
    assert dispatch.answered("b", had[0].number) is had[0]
    assert dispatch.leave("a", "again") == (0, [])


def test_a_job_that_members_are_lost_over_is_given_up(dispatch: Dispatch[str]) -> None:
    """The third loss is the last; an engine that died is nobody's fault."""
    dispatch.add("bad")
    for name in ("a", "b", "c", "d"):
        dispatch.join(name, 4, 4)
        (job,) = dispatch.give(name)
        count, undone = dispatch.leave(name, "gone", blame=name != "a")
        assert count == 1
        assert undone == ([job] if name == "d" else [])
    assert dispatch.open == 0
    assert job.trouble == "gone"


def test_a_job_that_one_cannot_do_goes_to_another(dispatch: Dispatch[str]) -> None:
    """A second failure, on another member, ends it."""
    job = dispatch.add("odd")
    assert dispatch.give("a") == [job]
    dispatch.answered("a", job.number)
    assert dispatch.retry(job, "no")
    assert dispatch.give("a") == []
    assert dispatch.give("b") == [job]
    dispatch.answered("b", job.number)
    assert not dispatch.retry(job, "no again")
    assert job.trouble == "no again"


def test_a_job_is_not_tried_again_where_nobody_else_is() -> None:
    """With one member, what it cannot do is left undone at once."""
    dispatch: Dispatch[str] = Dispatch()
    dispatch.join("a", 4, 4)
    job = dispatch.add("odd")
    dispatch.give("a")
    dispatch.answered("a", job.number)
    assert not dispatch.retry(job, "no")


def test_forgotten_jobs_are_given_to_nobody(dispatch: Dispatch[str]) -> None:
    """Neither those that wait nor those that are under way are answered."""
    jobs = [dispatch.add(f"w{number}") for number in range(6)]
    given = dispatch.give("a")
    dispatch.forget(jobs[:5])
    assert dispatch.open == 1
    assert dispatch.answered("a", given[0].number) is None
    assert dispatch.give("b") == [jobs[5]]


@pytest.mark.parametrize("seed", range(20))
def test_whatever_happens_every_job_ends_once(seed: int) -> None:
    """Members come, go, starve, fail and repeat themselves at random."""
    chance = random.Random(seed)
    dispatch: Dispatch[int] = Dispatch()
    left, ended, names = 300, [], 0
    held: dict[str, list[int]] = {}
    while left or dispatch.open:
        if not held or chance.random() < 0.02:
            names += 1
            dispatch.join(name := f"m{names}", chance.randint(1, 8), 32)
            held[name] = []
        for _ in range(min(left, dispatch.wanted())):
            dispatch.add(left)
            left -= 1
        name = chance.choice(list(held))
        held[name] += [job.number for job in dispatch.give(name)]
        if chance.random() < 0.03:
            ended += [job.number for job in dispatch.leave(name, "gone")[1]]
            del held[name]
            continue
        if chance.random() < 0.1:
            dispatch.starved(name)
        for number in chance.sample(held[name], len(held[name]) // 2 + len(held[name]) % 2):
            if (job := dispatch.answered(name, number)) is None:
                continue
            if chance.random() < 0.1 and dispatch.retry(job, "no"):
                held[name].remove(number)
                continue
            ended.append(job.number)
    assert sorted(ended) == list(range(300))
