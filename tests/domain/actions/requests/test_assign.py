"""Requests given to members of the staff, one or several; two officers who act at the same time."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import pytest

from domain.actions.context import ActorContext
from domain.actions.queues import work
from domain.actions.queues.bulk import TickedRequest, assign_each
from domain.actions.requests import act, assign
from domain.actions.staffing import list_substitutions, load_staff_actor, today_in_tehran
from domain.actions.walk_ins import mobile_correction
from domain.people.person import StaffMember, Substitution
from domain.queues.filters import QueueFilter
from domain.queues.queue import Queue
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values.actors import STAFF_ROLES, Actor, Role
from domain.values.errors import (
    Conflict,
    DomainError,
    InvalidField,
    NotFound,
    TooLarge,
)
from domain.values.tracking_codes import TrackingCode, make_code, parse_code
from domain.values.version_token import VersionToken
from tests.support.municipality import NEIGHBOUR, Municipality, actor

MANAGER = actor(Role.MANAGER)


async def engage(town: Municipality, username: str, *roles: Role, active: bool = True) -> Actor:
    """Put somebody on the staff."""
    member = StaffMember(username, frozenset(roles), f"خانم {username}", None, "", active, town.clock.now())
    async with town.store.open_unit() as uow:
        await uow.people.save_staff(member)
    return Actor(frozenset(roles), "staff", username, "admin")


async def listed(town: Municipality, queue: Queue, by: Actor) -> list[str]:
    """The codes in a queue."""
    async with town.store.open_unit(write=False) as uow:
        return [
            item.request.code
            for item in (await work.load_queue_page(ActorContext(town.desk, uow, by), QueueFilter(queue))).rows
        ]


async def give(town: Municipality, code: str, username: str, by: Actor = MANAGER) -> ServiceRequest:
    """Give a request."""
    async with town.store.open_unit() as uow:
        return await assign.assign_request(ActorContext(town.desk, uow, by), parse_code(code), username)


async def stand_in(town: Municipality, absent: str, deputy: str) -> Actor:
    """Let somebody act for an absent member from yesterday until tomorrow; who that is now."""
    day = today_in_tehran(town.desk)
    made = Substitution(
        absent, deputy, day - timedelta(1), day + timedelta(1), "staff:admin", town.clock.now(), by_admin=False
    )
    async with town.store.open_unit() as uow:
        await uow.people.save_substitution(made)
        return await load_staff_actor(uow.people, deputy, "staff", day)


async def named(town: Municipality, codes: list[str], by: Actor) -> list[str]:
    """The user names of those to whom somebody may give these requests."""
    requests = [await town.request(code) for code in codes]
    async with town.store.open_unit(write=False) as uow:
        staff, substitutes = (
            await uow.people.list_staff(),
            await list_substitutions(uow.people, today_in_tehran(town.desk)),
        )
    return [one.username for one in assign.list_colleagues(town.desk, staff, substitutes, requests, by)]


async def several(
    town: Municipality, codes: Sequence[str], username: str, by: Actor = MANAGER
) -> dict[str, str | None]:
    """Give several; code → error."""
    seen = [TickedRequest(parse_code(code), None) for code in codes]
    done = await assign_each(town.desk, town.store, username, seen, by)
    return {one.code: str(one.error) if one.error else None for one in done}


async def test_a_request_that_is_given_is_in_its_owners_queue(town: Municipality) -> None:
    sara, reza = await engage(town, "sara", Role.CIVIL), await engage(town, "reza", Role.CIVIL)
    code = await town.order()
    assert await listed(town, Queue.UNASSIGNED, reza) == [code]
    assert (await give(town, code, "sara", sara)).assignee == "sara"
    assert await listed(town, Queue.MINE, sara) == [code]
    assert await listed(town, Queue.UNASSIGNED, sara) == await listed(town, Queue.MINE, reza) == []
    (event,) = (await town.history(code))[1:]
    assert (event.event, event.actor, event.payload) == ("assign", "staff:sara", {"assignee": "sara"})


async def test_several_are_given_and_each_that_cannot_be_is_told(town: Municipality) -> None:
    sara = await engage(town, "sara", Role.CIVIL)
    codes = [await town.order(mobile=mobile) for mobile in (NEIGHBOUR, "+989123334444", "+989125556666")]
    await town.do(codes[1], "cancel", Role.CIVIL)
    done = await several(town, [*codes, codes[0], "123456786"], "sara")
    assert done == {
        codes[0]: None,
        codes[1]: "not_allowed_now:code",
        codes[2]: None,
        "123456786": "not_found:code",
    }
    assert set(await listed(town, Queue.MINE, sara)) == {codes[0], codes[2]}
    assert set((await several(town, codes[:1], "nobody")).values()) == {"not_found:assignee"}
    assert set((await several(town, codes, "sara", actor(Role.REVENUE))).values()) >= {"forbidden:assignee"}
    with pytest.raises(TooLarge):
        await several(town, [make_code(10_000_000 + number) for number in range(201)], "sara")


async def test_who_may_give_it_is_who_is_told_so(town: Municipality) -> None:
    await engage(town, "sara", Role.CIVIL)
    code, paid, ended = [await town.order(mobile=mobile) for mobile in (NEIGHBOUR, "+989123334444", "+989125556666")]
    await town.do(paid, "accept", Role.CIVIL)
    await town.do(paid, "price", Role.REVENUE)
    await town.do(ended, "reject", Role.CIVIL, reason="خارج از شهر")
    for one, let in ((code, {Role.CIVIL, Role.MANAGER}), (paid, {Role.MANAGER}), (ended, set[Role]())):
        request = await town.request(one)
        told = {role for role in STAFF_ROLES if assign.may_assign(town.desk, request, actor(role))}
        done = {role for role in STAFF_ROLES if (await several(town, [one], "sara", actor(role)))[one] is None}
        assert told == done == let


async def test_it_is_given_only_to_who_could_work_on_it(town: Municipality) -> None:
    await engage(town, "sara", Role.CIVIL)
    await engage(town, "reza", Role.REVENUE)
    await engage(town, "nader", Role.MANAGER)
    code = await town.order()
    with pytest.raises(InvalidField, match="invalid_field:assignee:not_of_unit") as told:
        await give(town, code, "reza")
    words = "این درخواست را به خانم reza نمی‌شود ارجاع داد؛ اکنون کار واحد عمران است."
    assert town.desk.wording.render_error(told.value) == words
    assert (await town.request(code)).assignee is None
    for username in ("sara", "nader"):
        assert (await give(town, code, username)).assignee == username
    await town.do(code, "accept", Role.CIVIL)
    assert (await give(town, code, "reza")).assignee == "reza"
    with pytest.raises(InvalidField, match="not_of_unit"):
        await give(town, code, "sara")
    await town.do(code, "price", Role.REVENUE)
    for username in ("sara", "reza"):
        assert (await give(town, code, username)).assignee == username, "nobody's turn: any unit of the service"


async def test_a_substitute_may_have_what_the_absent_one_may(town: Municipality) -> None:
    await engage(town, "sara", Role.CIVIL)
    reza = await engage(town, "reza", Role.REVENUE)
    code = await town.order()
    assert not assign.may_assign(town.desk, await town.request(code), reza)
    reza = await stand_in(town, "sara", "reza")
    assert {"sara", "reza"} <= set(await named(town, [code], MANAGER))
    assert {"sara", "reza"} <= set(await named(town, [code], reza))
    assert (await give(town, code, "reza")).assignee == "reza"


async def test_the_members_of_the_units_are_named(town: Municipality) -> None:
    for username, role in (("sara", Role.CIVIL), ("reza", Role.REVENUE), ("nader", Role.MANAGER)):
        await engage(town, username, role)
    await engage(town, "pari", Role.CIVIL, active=False)
    mine, theirs = await town.order(), await town.order(mobile=NEIGHBOUR)
    await town.do(theirs, "accept", Role.CIVIL)
    strangers = {"pari", "reza", "nader"}
    assert not strangers & set(await named(town, [mine], MANAGER))
    assert {"sara", "reza"} <= set(await named(town, [mine, theirs], MANAGER))
    assert not strangers & set(await named(town, [mine, theirs], actor(Role.CIVIL))), "of the others it gives none away"
    nader = Actor(frozenset({Role.MANAGER}), "staff", "nader", "staff")
    assert "nader" in await named(town, [mine], nader), "a manager may keep it"
    assert await named(town, [mine], actor(Role.AUDITOR)) == []


async def test_of_several_the_one_that_a_colleague_changed_is_told(town: Municipality) -> None:
    for username in ("sara", "reza"):
        await engage(town, username, Role.CIVIL)
    codes = sorted([await town.order(), await town.order(mobile=NEIGHBOUR)])
    seen = [TickedRequest(parse_code(code), (await town.request(code)).version_token) for code in codes]
    await give(town, codes[0], "sara")
    done = await assign_each(town.desk, town.store, "reza", seen, MANAGER)
    assert [str(one.error) for one in done] == ["conflict:code:moved_on", "None"]
    assert [(await town.request(code)).assignee for code in codes] == ["sara", "reza"]


Change = Callable[[Municipality, UnitOfWork, TrackingCode, VersionToken], Awaitable[object]]
CHANGES: dict[str, Change] = {
    "act": lambda town, uow, code, version: act.act_on_request(
        ActorContext(town.desk, uow, actor(Role.CIVIL)), code, "reject", {"reason": "خارج از شهر"}, version
    ),
    "assign": lambda town, uow, code, version: assign.assign_request(
        ActorContext(town.desk, uow, MANAGER), code, "civil", version
    ),
    "correct_mobile": lambda town, uow, code, version: mobile_correction.correct_mobile(
        ActorContext(town.desk, uow, MANAGER), code, NEIGHBOUR, "کارت ملی", version
    ),
}


@pytest.mark.parametrize("name", CHANGES)
async def test_of_two_officers_at_once_the_second_is_told(town: Municipality, name: str) -> None:
    code = await town.order()
    seen = await town.request(code)
    await town.do(code, "ask", Role.CIVIL, question="کدام پارک؟")
    await town.say(seen.mobile or "", f"پاسخ {code} پارک شهر")
    before = await town.request(code)
    assert before.state == seen.state, "it looks as it did, and yet somebody worked on it"
    with pytest.raises(Conflict, match="moved_on") as told:
        async with town.store.open_unit() as uow:
            await CHANGES[name](town, uow, seen.code, seen.version_token)
    assert town.desk.wording.render_error(told.value).startswith("در این فاصله همکار دیگری")
    assert await town.request(code) == before
    async with town.store.open_unit() as uow:
        await CHANGES[name](town, uow, before.code, before.version_token)
    assert await town.request(code) != before


async def test_nothing_is_asked_of_who_names_no_revision(town: Municipality) -> None:
    code = await town.order()
    await town.do(code, "ask", Role.CIVIL, question="کدام پارک؟")
    assert (await town.do(code, "reject", Role.CIVIL, reason="خارج از شهر")).state == "rejected"
    with pytest.raises(DomainError):
        await give(town, "000000000", "civil")
    with pytest.raises(NotFound):
        await give(town, "731835348", "civil")
