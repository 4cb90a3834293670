"""Tills of counter offices: a day is closed against the ledger, closed again, and changes after it was closed."""

from datetime import date, datetime, timedelta

import pytest

from app.security.vault import FernetVault
from domain.actions.context import ActorContext
from domain.actions.offices import accounts
from domain.actions.offices.till_closing import close_till, load_till
from domain.bills.bill import PaymentMethod
from domain.offices.tills import HIGHEST_DECLARED_RIALS, LONGEST_NOTE, Takings, TillClosing, TillPeriod
from domain.values.actors import SYSTEM, Actor, Role
from domain.values.errors import Conflict, Forbidden, InvalidField, MissingField, NotFound
from domain.values.version_token import VersionToken
from tests.support.municipality import FOUR_HOURS, OFFICE, Municipality, actor, clerk

TODAY, DAY = date(2026, 11, 24), timedelta(days=1)
REVENUE = actor(Role.REVENUE)
AUDITED = "SELECT actor, detail FROM audit WHERE what = 'till_closed' ORDER BY id"


@pytest.fixture
async def bill(town: Municipality) -> str:
    """The code of a request whose bill an office reports as paid; the office is there."""
    async with town.store.open_unit() as uow:
        await accounts.add_office(
            ActorContext(town.desk, uow, SYSTEM), FernetVault("a secret of this test"), OFFICE, "دفتر پیشخوان"
        )
    code = (await town.submit(by=clerk())).code
    await town.do(code, "accept", Role.CIVIL)
    await town.do(code, "price", Role.REVENUE)
    return code


async def report(town: Municipality, code: str, *references: str) -> None:
    """Report payments of a bill: the first one of all settles it, the others are surplus."""
    for reference in references:
        await town.pay(code, reference=reference, method=PaymentMethod.POS, by=clerk())


async def close(
    town: Municipality,
    declared: int,
    note: str = "",
    *,
    day: date = TODAY,
    by: Actor = REVENUE,
    version: VersionToken | None = None,
    office: str = OFFICE,
) -> TillClosing:
    async with town.store.open_unit() as uow:
        return await close_till(ActorContext(town.desk, uow, by), office, day, declared, note, version=version)


async def till(town: Municipality, first: date = TODAY, days: int = 1) -> TillPeriod:
    async with town.store.open_unit(write=False) as uow:
        return await load_till(uow, OFFICE, first, first + days * DAY)


async def test_a_day_is_closed_with_all_that_was_reported(town: Municipality, bill: str) -> None:
    await report(town, bill, "1", "2")
    made = await close(town, 2 * FOUR_HOURS)
    assert made == TillClosing(
        office=OFFICE,
        number=1,
        day=TODAY,
        declared=2 * FOUR_HOURS,
        payments=2,
        amount=2 * FOUR_HOURS,
        note="",
        closed_by="staff:revenue",
        closed_at=town.clock.at,
    )
    found = await till(town)
    assert (found.effective_closings, found.difference_rials, found.changed_day_count) == ([made], 0, 0)
    facts = f'{{"office":"{OFFICE}","day":"2026-11-24","declared":{2 * FOUR_HOURS},"amount":{2 * FOUR_HOURS}}}'
    assert town.rows(AUDITED) == [("staff:revenue", facts)]


async def test_other_offices_and_the_revenue_units_own_slips_are_no_part(town: Municipality, bill: str) -> None:
    await town.pay(bill)
    await town.pay(bill, reference="1", method=PaymentMethod.POS, by=clerk("1002"))
    await report(town, bill, "1")
    assert [one.ledger_takings for one in (await till(town)).days] == [Takings(1, FOUR_HOURS)]


async def test_a_difference_needs_a_note(town: Municipality, bill: str) -> None:
    await report(town, bill, "1")
    for declared in (0, FOUR_HOURS - 1, FOUR_HOURS + 1):
        for note in ("", " \n"):
            with pytest.raises(MissingField, match="note:till_differs"):
                await close(town, declared, note)
    assert (await till(town)).effective_closings == []
    less = await close(town, FOUR_HOURS - 1, "\tیک رسید گم شد\n")
    assert (less.difference_rials, less.note) == (-1, "یک رسید گم شد")
    assert (await close(town, FOUR_HOURS + 5, "دو بار کشید")).difference_rials == 5
    assert (await till(town)).difference_rials == 5


async def test_a_day_closed_again_keeps_the_former_closings(town: Municipality, bill: str) -> None:
    await report(town, bill, "1")
    made = [await close(town, FOUR_HOURS + more, "اشتباه خواندم") for more in (1, 2)]
    made.append(await close(town, FOUR_HOURS))
    (day,) = (await till(town)).days
    assert (day.effective_closing, day.former_closings) == (made[2], tuple(made[:2]))
    assert [one.number for one in made] == [1, 2, 3]
    assert len(town.rows(AUDITED)) == 3


async def test_payments_after_the_closing_are_seen(town: Municipality, bill: str) -> None:
    await report(town, bill, "1")
    made = await close(town, FOUR_HOURS)
    assert (await till(town)).changed_day_count == 0
    await report(town, bill, "2")
    found = await till(town)
    assert (found.changed_day_count, found.difference_rials) == (1, 0)
    assert (found.days[0].ledger_takings, found.days[0].effective_closing) == (Takings(2, 2 * FOUR_HOURS), made)
    await close(town, 2 * FOUR_HOURS)
    assert (await till(town)).changed_day_count == 0


async def test_a_day_is_tehrans(town: Municipality, bill: str) -> None:
    town.clock.at = datetime.fromisoformat("2026-11-24T23:59:59+03:30")
    await report(town, bill, "1")
    town.clock.at += timedelta(seconds=1)
    await report(town, bill, "2")
    assert [(one.day, one.ledger_takings.payment_count) for one in (await till(town, days=2)).days] == [
        (TODAY, 1),
        (TODAY + DAY, 1),
    ]
    assert (await close(town, FOUR_HOURS)).payments == 1
    assert [one.effective_closing is None for one in (await till(town, days=2)).days] == [False, True]
    assert (await till(town, TODAY + DAY)).effective_closings == []


async def test_a_day_without_payments_is_closed_with_nothing(town: Municipality, bill: str) -> None:
    made = await close(town, 0, day=TODAY - 400 * DAY)
    assert (made.payments, made.amount, made.difference_rials) == (0, 0, 0)
    assert [one.day for one in (await till(town, TODAY - 400 * DAY)).days] == [TODAY - 400 * DAY]


async def test_what_cannot_be_closed(town: Municipality, bill: str) -> None:
    for changes, error, match in (
        ({"day": TODAY + DAY}, InvalidField, "day:future"),
        ({"declared": -1}, InvalidField, "amount:range"),
        ({"declared": HIGHEST_DECLARED_RIALS + 1}, InvalidField, "amount:range"),
        ({"note": "ن" * (LONGEST_NOTE + 1)}, InvalidField, "note:too_long"),
        ({"office": "9"}, NotFound, "office"),
    ):
        with pytest.raises(error, match=match):
            await close(town, **{"declared": 0, **changes})  # type: ignore[arg-type]  # words of the action
    with pytest.raises(NotFound, match="office"):
        async with town.store.open_unit(write=False) as uow:
            await load_till(uow, "9", TODAY, TODAY + DAY)
    assert (await close(town, HIGHEST_DECLARED_RIALS, "ن" * LONGEST_NOTE)).difference_rials == HIGHEST_DECLARED_RIALS


@pytest.mark.parametrize("role", [one for one in Role if one not in {Role.REVENUE, Role.SYSTEM}])
async def test_the_revenue_unit_alone_closes(town: Municipality, bill: str, role: Role) -> None:
    with pytest.raises(Forbidden, match="till"):
        await close(town, 0, by=actor(role))


async def test_a_substitute_closes_by_name(town: Municipality, bill: str) -> None:
    by = Actor(frozenset({Role.REVENUE}), "staff", "sara", "cli", lent_roles=frozenset({("ali", Role.REVENUE)}))
    assert (await close(town, 0, by=by)).closed_by == "staff:sara for ali"


async def test_nothing_is_closed_over_what_was_not_seen(town: Municipality, bill: str) -> None:
    await close(town, 0, day=TODAY - DAY, version=VersionToken.from_number(0))
    await close(town, 0, version=VersionToken.from_number(0))
    for stale in (-1, 0, 1):
        with pytest.raises(Conflict, match="till:till_changed"):
            await close(town, 1, "دیگر", version=VersionToken.from_number(stale))
    assert (await close(town, 0, day=TODAY - DAY, version=VersionToken.from_number(1))).number == 3
    assert (await close(town, 1, "دیگر", version=VersionToken.from_number(2))).number == 4
