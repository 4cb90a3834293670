"""Visits that citizens move: two who want one hour of an officer, and all that moves along with one."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.actions.citizens.sessions import citizen_actor
from domain.actions.context import ActorContext
from domain.actions.requests.visit_choice import build_visit_offer, move_visit, prefer_visits
from domain.people.person import Substitution
from domain.requests.request import TimerKind
from domain.services.expert.declaration import EXPERT_OPINION
from domain.values.calendar import to_tehran
from domain.values.errors import AlreadyDone, Conflict, InvalidField, NotAllowedNow
from domain.values.tracking_codes import parse_code
from store.unit_of_work import SqlStore
from tests.support.municipality import CITIZEN, Municipality, StandingClock, build_desk
from tests.support.scenarios.expert_unit import COLLEAGUE_MOBILE, OFFICER_MOBILE, Experts

OTHER = "+989112223344"
WANTED = datetime(2026, 11, 28, 6, 30, tzinfo=UTC)
"""Saturday at ten."""


async def open_town(store: SqlStore, other_store: SqlStore) -> tuple[Municipality, Municipality]:
    """Return a municipality with two officers, as two processes have it."""
    clock = StandingClock()
    desk = build_desk(clock, services=(EXPERT_OPINION,))
    town, other_town = (Municipality(desk, one, clock, Path()) for one in (store, other_store))
    await Experts(town).furnish()
    return town, other_town


async def move(town: Municipality, code: str, mobile: str, start: datetime = WANTED) -> None:
    """Move the visit of a request, from its page as it is now."""
    version = (await town.request(code)).version_token
    async with town.store.open_unit() as uow:
        await move_visit(
            ActorContext(town.desk, uow, citizen_actor(mobile)), parse_code(code), start.isoformat(), version
        )


async def list_free(town: Municipality, code: str, mobile: str = CITIZEN) -> list[datetime]:
    """Return the hours that a citizen is offered."""
    async with town.store.open_unit(write=False) as uow:
        request = await uow.requests.get_by_code(parse_code(code))
        return list((await build_visit_offer(ActorContext(town.desk, uow, citizen_actor(mobile)), request)).free_starts)


async def test_two_citizens_who_want_one_hour_of_an_officer_do_not_both_get_it(
    store: SqlStore, other_store: SqlStore
) -> None:
    towns = await open_town(store, other_store)
    experts = Experts(towns[0])
    codes = [(await experts.enter(mobile)).code for mobile in (CITIZEN, OTHER)]
    for code, visit in zip(codes, ("1405/09/05 09:00", "1405/09/05 11:00"), strict=True):
        await experts.assign(code, visit=visit)
    moves = [move(town, code, mobile) for town, code, mobile in zip(towns, codes, (CITIZEN, OTHER), strict=True)]
    ends = await asyncio.gather(*moves, return_exceptions=True)
    refused = [end for end in ends if end is not None]
    assert [(type(end), getattr(end, "reason", "")) for end in refused] == [(Conflict, "visit_taken")]
    winner, loser = (0, 1) if ends[0] is None else (1, 0)
    starts = [(await towns[0].bookings(code))[0][0].start for code in codes]
    former = [datetime(2026, 11, 26, hour, 30, tzinfo=UTC) for hour in (5, 7)]
    assert (starts[winner], starts[loser]) == (WANTED, former[loser]), "who is refused keeps the former hour"
    assert former[winner] in await list_free(towns[1], codes[loser], (CITIZEN, OTHER)[loser]), "which is free again"


async def test_hours_are_those_at_which_the_officer_goes_out(store: SqlStore, other_store: SqlStore) -> None:
    town, _ = await open_town(store, other_store)
    now = town.clock.now()
    async with store.open_unit() as uow:
        first, last = (to_tehran(now).date() + timedelta(days=number) for number in (7, 8))
        absence = Substitution("ahmadi", "bahrami", first, last, "staff:x", now, by_admin=False)
        await uow.people.save_substitution(absence)
    experts = Experts(town)
    code = (await experts.enter()).code
    await experts.assign(code)
    free = await list_free(town, code)
    days = {(to_tehran(start).date() - to_tehran(now).date()).days for start in free}
    assert days == {1, 2, 4, 5, 6, 9, 11, 12, 13, 14}, "no Friday, no day of the absence"
    assert min(free) >= now + timedelta(hours=24)
    hours = {to_tehran(start).hour for start in free}
    assert hours == set(range(7, 18))
    with pytest.raises(InvalidField):
        await move(town, code, CITIZEN, WANTED + timedelta(minutes=10))


async def test_a_visit_moves_with_its_reminders_and_texts(store: SqlStore, other_store: SqlStore) -> None:
    town, _ = await open_town(store, other_store)
    experts = Experts(town)
    code = (await experts.enter()).code
    await experts.assign(code)
    await move(town, code, CITIZEN)
    request = await town.request(code)
    assert (request.state, request.data["visit_start"]) == ("assigned", WANTED.isoformat())
    ((booking, officer),) = await town.bookings(code)
    assert (officer.mobile, booking.start) == (OFFICER_MOBILE, WANTED)
    async with store.open_unit(write=False) as uow:
        reminders = await uow.timers.list_due(TimerKind.REMINDER, WANTED, 10)
        events = await uow.history.list_of_request(request.id)
        texts = {mobile: await uow.outbox.list_recent(recipient=mobile) for mobile in (CITIZEN, OFFICER_MOBILE)}
        assert await uow.outbox.list_recent(recipient=COLLEAGUE_MOBILE) == []
    assert {timer.at for timer in reminders} == {WANTED - timedelta(hours=2)}
    former = datetime(2026, 11, 26, 5, 30, tzinfo=UTC)
    assert (events[-1].event, events[-1].actor) == ("move_visit", f"citizen:{CITIZEN}")
    assert (events[-1].payload or {})["former_visit"] == former.isoformat()
    assert "شنبه ۷ آذر ساعت ۱۰" in texts[CITIZEN][0].text
    assert "از پنج‌شنبه ۵ آذر ساعت ۹ به شنبه ۷ آذر ساعت ۱۰" in texts[OFFICER_MOBILE][0].text

    with pytest.raises(AlreadyDone):
        await move(town, code, CITIZEN)


async def test_no_hour_of_an_officer_who_left_is_offered(store: SqlStore, other_store: SqlStore) -> None:
    town, _ = await open_town(store, other_store)
    experts = Experts(town)
    code = (await experts.enter()).code
    await experts.assign(code)
    async with store.open_unit() as uow:
        officer = await uow.people.find_staff("ahmadi")
        assert officer
        await uow.people.save_staff(replace(officer, active=False))
    request = await town.request(code)
    async with store.open_unit(write=False) as uow:
        offer = await build_visit_offer(ActorContext(town.desk, uow, citizen_actor(CITIZEN)), request)
    assert (offer.free_starts, offer.obstacle and offer.obstacle.reason) == ([], "officer_left")
    with pytest.raises(NotAllowedNow, match="officer_left"):
        await move(town, code, CITIZEN)


async def test_what_is_no_hour_is_a_fault_of_the_visit(store: SqlStore, other_store: SqlStore) -> None:
    town, _ = await open_town(store, other_store)
    code = (await Experts(town).enter()).code
    async with store.open_unit() as uow:
        with pytest.raises(InvalidField, match=r"^invalid_field:visit"):
            await prefer_visits(ActorContext(town.desk, uow, citizen_actor(CITIZEN)), code, ["soon"])
