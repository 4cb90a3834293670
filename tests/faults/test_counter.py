"""Clerks at two counters while lines break and the server is killed: each call acts once and has one answer."""

import pytest

from tests.faults.conftest import ENGINES
from tests.faults.counter import CounterDay, closed_well, serving
from tests.faults.support.counter_checks import violations

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio]

SEED, CALLS = 5, 400
ESCAPED = (
    "calls: ",
    "requests: ",
    "payments: ",
    "comments: ",
    "documents: ",
    "texts: ",
    "has the history",
    "other answers",
    "1 nonces of answered calls",
    "the statement of 100",
    "GetOfficeStatement of 100",
    "payments of the statement",
)
"""Words that must be said of each thing that `spoil` does."""


@pytest.mark.parametrize("engine", ENGINES)
async def test_each_call_of_a_day_acts_once(engine: str) -> None:
    async with serving(engine, 1) as processes:
        played = CounterDay(processes, SEED, CALLS)
        outcome, ledger = await played.play(), played.ledger
        assert outcome.violations == []
        assert outcome.died == list(played.ends)
        assert len(ledger.calls) == CALLS
        assert sum(call.cuts > 0 for call in ledger.calls) >= CALLS * 0.20
        assert min(ledger.replays, ledger.reused) > 0
        spoil(played)
        found = "\n".join(await violations(processes, ledger, played.signers))
        assert [what for what in ESCAPED if what not in found] == []
        await closed_well(processes)


def spoil(played: CounterDay) -> None:
    """Forget and make up some of what the clerks did, so that the database has what they do not know of."""
    ledger = played.ledger
    for told in (ledger.calls, ledger.filed, ledger.paid, ledger.comments):
        told.pop()
    ledger.filed[0].events.append("cancel")
    next(filed for filed in ledger.filed if filed.papers).papers.pop()
    ledger.calls[0].answers.add("another")
    ledger.told["+989120000000", "sms.help"] += 1
    ledger.taken.add("a nonce")
