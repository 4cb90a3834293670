"""Refusals in the audit, on every engine: each is counted, and their rows are bounded however many there are."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from domain.actions.staff.refusals import MOST_ROWS, REFUSAL_WINDOW, UNKNOWN_NAMES, record_refusal
from domain.audit.entries import AuditEntry, AuditFilter
from store.unit_of_work import SqlStore
from tests.support.factories import NOW

KNOWN = "office-1001"
MINUTE = timedelta(minutes=1)
WHAT = "counter_refused"


async def refused(store: SqlStore, name: str, at: datetime = NOW, **facts: Any) -> None:
    """Note a refusal in a unit of its own."""

    async def known() -> bool:
        return name == KNOWN

    detail = {"address": "5.6.7.8", "error": "authentication_failed", **facts}
    async with store.open_unit() as uow:
        await record_refusal(uow, at, "office", name, WHAT, detail, is_known=known)


async def recorded(store: SqlStore) -> list[AuditEntry]:
    """Refusals in the audit, oldest first."""
    async with store.open_unit(write=False) as uow:
        return (await uow.audit.list_entries(AuditFilter(what=WHAT, limit=1000)))[::-1]


async def test_alike_refusals_of_a_window_are_one_row(store: SqlStore) -> None:
    start = NOW.replace(minute=0, second=0, microsecond=0)
    for minutes in (1, 2, 59, 60, 61):
        await refused(store, KNOWN, start + minutes * MINUTE)
    await refused(store, KNOWN, start + 59 * MINUTE, address="5.6.7.9")
    await refused(store, KNOWN, start + 59 * MINUTE, error="replayed")
    assert REFUSAL_WINDOW == 60 * MINUTE
    assert [(one.at - start, one.times, one.last_at and one.last_at - start) for one in await recorded(store)] == [
        (MINUTE, 3, 59 * MINUTE),
        (REFUSAL_WINDOW, 2, 61 * MINUTE),
        (59 * MINUTE, 1, None),
        (59 * MINUTE, 1, None),
    ]


async def test_unknown_names_have_so_many_rows_and_are_all_counted(store: SqlStore) -> None:
    for number in range(MOST_ROWS + 7):
        await refused(store, f"nobody-{number}")
    await refused(store, "nobody-0")
    await refused(store, "nobody-99", error="replayed")
    await refused(store, KNOWN)
    *single, others, replayed, known = await recorded(store)
    assert [(one.actor, one.times) for one in single] == [
        (f"office:nobody-{number}", 1 + (number == 0)) for number in range(MOST_ROWS)
    ]
    assert [(one.actor, one.times, one.detail) for one in (others, replayed)] == [
        (f"office:{UNKNOWN_NAMES}", 7, {"further": True, "error": "authentication_failed"}),
        (f"office:{UNKNOWN_NAMES}", 1, {"further": True, "error": "replayed"}),
    ]
    assert (known.actor, known.times, known.detail["address"]) == (f"office:{KNOWN}", 1, "5.6.7.8")


async def test_a_known_name_called_from_everywhere_is_counted_as_its_own(store: SqlStore) -> None:
    for number in range(MOST_ROWS + 5):
        await refused(store, KNOWN, address=f"2001:db8::{number:x}")
    await refused(store, "nobody")
    *single, further, nobody = await recorded(store)
    assert len(single) == MOST_ROWS
    assert (further.actor, further.times, further.detail["further"]) == (f"office:{KNOWN}", 5, True)
    assert (nobody.actor, nobody.times) == ("office:nobody", 1)


async def test_refusals_at_once_are_all_counted(store: SqlStore) -> None:
    await asyncio.gather(*(refused(store, KNOWN, NOW + number * MINUTE / 100) for number in range(20)))
    assert [one.times for one in await recorded(store)] == [20]
