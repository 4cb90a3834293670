"""A flooded form: nobody notices it before, the first of each address passes, others work or wait."""

from itertools import count

import pytest

from domain.actions.citizens import flooding
from domain.actions.citizens.flooding import FLOOD_WAIT, FLOOD_WINDOW, admit_submission, describe_work, is_worked
from domain.actions.context import ActionContext
from tests.support.municipality import Municipality

HOME, OFFICE = "203.0.113.7", "198.51.100.1"
FORM, OTHER_FORM = "request", "comment"
USUAL = 5


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five forms are a flood, and work is soon done."""
    monkeypatch.setattr(flooding, "FLOOD_LIMIT", USUAL)
    monkeypatch.setattr(flooding, "WORK_BITS", 6)


async def admitted(town: Municipality, address: str = HOME, nonce: str = "", form: str = FORM) -> bool:
    async with town.store.open_unit() as uow:
        return await admit_submission(ActionContext(town.desk, uow), form, address, nonce)


async def flood(town: Municipality) -> None:
    """The usual number of forms, and the first one beyond it from an address."""
    assert [await admitted(town) for _ in range(USUAL + 1)] == [True] * (USUAL + 1)


def work(town: Municipality, address: str = HOME, form: str = FORM) -> str:
    """Do the work as a script does."""
    described = describe_work(town.desk, form, address)
    return next(str(number) for number in count() if is_worked(described, str(number)))


async def test_the_usual_pace_asks_nobody(town: Municipality) -> None:
    assert [await admitted(town) for _ in range(USUAL)] == [True] * USUAL
    town.clock.at += FLOOD_WINDOW
    assert [await admitted(town) for _ in range(USUAL)] == [True] * USUAL


async def test_in_a_flood_the_first_of_each_address_passes_and_the_next_after_some_seconds(town: Municipality) -> None:
    await flood(town)
    assert not await admitted(town)
    assert await admitted(town, OFFICE)
    assert not await admitted(town, OFFICE)
    assert await admitted(town, form=OTHER_FORM), "another form is not flooded"
    town.clock.at += FLOOD_WAIT
    assert await admitted(town)
    assert not await admitted(town)


async def test_work_passes_at_once_and_but_once(town: Municipality) -> None:
    await flood(town)
    nonce = work(town)
    assert await admitted(town, nonce=nonce)
    assert not await admitted(town, nonce=nonce), "brought before"


async def test_work_is_an_address_s_own_a_form_s_own_and_fresh(town: Municipality) -> None:
    await flood(town)
    assert await admitted(town, OFFICE)
    foreign = [work(town, OFFICE), work(town, form=OTHER_FORM), "x" * 41, "\u06f1", "-1"]
    passing = [nonce for nonce in foreign if not is_worked(describe_work(town.desk, FORM, HOME), nonce)]
    assert [await admitted(town, nonce=nonce) for nonce in passing] == [False] * len(passing)
    old = work(town)
    town.clock.at += 2 * FLOOD_WINDOW
    await flood(town)
    if not is_worked(describe_work(town.desk, FORM, HOME), old):
        assert not await admitted(town, nonce=old)
