"""Who takes care of a request: given, taken, dropped, several at once; and two officers who act at the same time."""

from collections.abc import Awaitable, Callable

import pytest

from domain.accounts import StaffMember
from domain.actions import act, assign, walk_in, work
from domain.errors import AlreadyDone, Conflict, DomainError, Forbidden, NotAllowedNow, NotFound, TooLarge
from domain.people import Actor, Role
from domain.ports import UnitOfWork
from domain.queue_filters import QueueFilter
from domain.queues import Queue
from domain.requests import ServiceRequest
from tests.support.municipality import NEIGHBOUR, Municipality, actor

MANAGER = actor(Role.MANAGER)


async def engage(town: Municipality, username: str, *roles: Role, active: bool = True) -> Actor:
    """Put somebody on the staff."""
    member = StaffMember(username, frozenset(roles), f"خانم {username}", None, "", active, town.clock.now())
    async with town.store.unit() as uow:
        await uow.people.put_staff(member)
    return Actor(frozenset(roles), "staff", username, "admin")


async def listed(town: Municipality, queue: Queue, by: Actor) -> list[str]:
    """The codes in a queue."""
    async with town.store.unit(write=False) as uow:
        return [item.request.code for item in (await work.queue_page(town.desk, uow, by, QueueFilter(queue))).rows]


async def take(town: Municipality, code: str, by: Actor, revision: int | None = None) -> ServiceRequest:
    """Take a request."""
    async with town.store.unit() as uow:
        return await assign.take(town.desk, uow, code, by, revision)


async def drop(town: Municipality, code: str, by: Actor, revision: int | None = None) -> ServiceRequest:
    """Drop a request."""
    async with town.store.unit() as uow:
        return await assign.drop(town.desk, uow, code, by, revision)


async def several(town: Municipality, codes: list[str], username: str, by: Actor = MANAGER) -> dict[str, str | None]:
    """Give several; code → error."""
    async with town.store.unit() as uow:
        done = await assign.assign_several(town.desk, uow, codes, username, by)
    return {one.code: str(one.error) if one.error else None for one in done}


async def test_a_request_is_taken_and_dropped(town: Municipality) -> None:
    sara, reza = await engage(town, "sara", Role.CIVIL), await engage(town, "reza", Role.CIVIL)
    code = await town.order()
    assert (await take(town, code, sara)).assignee == "sara"
    assert await listed(town, Queue.MINE, sara) == [code]
    assert await listed(town, Queue.UNASSIGNED, sara) == await listed(town, Queue.MINE, reza) == []
    with pytest.raises(AlreadyDone, match="own_already"):
        await take(town, code, sara)
    with pytest.raises(Conflict, match="taken_by") as told:
        await take(town, code, reza)
    assert town.desk.wording.error(told.value) == "خانم sara پیش از شما این درخواست را برداشته است."
    assert (await drop(town, code, sara)).assignee is None
    assert await listed(town, Queue.UNASSIGNED, reza) == [code]
    with pytest.raises(AlreadyDone, match="unassigned"):
        await drop(town, code, sara)
    assert [(one.event, one.actor, one.payload) for one in (await town.history(code))[1:]] == [
        ("assign", "staff:sara", {"assignee": "sara"}), ("unassign", "staff:sara", {"assignee_before": "sara"}),
    ]  # fmt: skip


async def test_who_may_not_work_on_it_may_not_take_or_drop_it(town: Municipality) -> None:
    sara, ali = await engage(town, "sara", Role.CIVIL), await engage(town, "ali", Role.REVENUE)
    auditor = await engage(town, "pari", Role.AUDITOR)
    code = await town.order()
    for stranger in (ali, auditor):
        with pytest.raises(Forbidden):
            await take(town, code, stranger)
    await take(town, code, sara)
    for stranger in (ali, auditor):
        with pytest.raises(Forbidden):
            await drop(town, code, stranger)
    await town.do(code, "accept", sara)
    assert (await drop(town, code, sara)).assignee is None, "one's own is dropped wherever it stands"
    await town.do(code, "cancel", Role.CIVIL)
    for action in (take, drop):
        with pytest.raises(NotAllowedNow):
            await action(town, code, sara)


async def test_several_are_given_and_each_that_cannot_be_is_told(town: Municipality) -> None:
    sara = await engage(town, "sara", Role.CIVIL)
    codes = [await town.order(mobile=mobile) for mobile in (NEIGHBOUR, "+989123334444", "+989125556666")]
    await town.do(codes[1], "cancel", Role.CIVIL)
    done = await several(town, [*codes, codes[0], "123456786"], "sara")
    assert done == {
        codes[0]: None, codes[1]: "not_allowed_now:code", codes[2]: None, "123456786": "not_found:code",
    }  # fmt: skip
    assert set(await listed(town, Queue.MINE, sara)) == {codes[0], codes[2]}
    assert set((await several(town, codes[:1], "nobody")).values()) == {"not_found:assignee"}
    assert set((await several(town, codes, "sara", actor(Role.REVENUE))).values()) >= {"forbidden:assignee"}
    with pytest.raises(TooLarge):
        await several(town, [str(number) for number in range(201)], "sara")


Change = Callable[[Municipality, UnitOfWork, str, int], Awaitable[object]]
CHANGES: dict[str, Change] = {
    "act": lambda town, uow, code, revision: act.act(
        town.desk, uow, code, "reject", {"reason": "خارج از شهر"}, actor(Role.CIVIL), revision
    ),
    "assign": lambda town, uow, code, revision: assign.assign(town.desk, uow, code, "civil", MANAGER, revision),
    "take": lambda town, uow, code, revision: assign.take(town.desk, uow, code, actor(Role.CIVIL), revision),
    "drop": lambda town, uow, code, revision: assign.drop(town.desk, uow, code, MANAGER, revision),
    "correct_mobile": lambda town, uow, code, revision: walk_in.correct_mobile(
        town.desk, uow, code, NEIGHBOUR, "کارت ملی", MANAGER, revision
    ),
}


@pytest.mark.parametrize("name", CHANGES)
async def test_of_two_officers_at_once_the_second_is_told(town: Municipality, name: str) -> None:
    code = await town.order()
    if name == "drop":
        await take(town, code, actor(Role.CIVIL))
    seen = await town.request(code)
    await town.do(code, "ask", Role.CIVIL, question="کدام پارک؟")
    await town.say(seen.mobile or "", f"پاسخ {code} پارک شهر")
    before = await town.request(code)
    assert before.state == seen.state, "it looks as it did, and yet somebody worked on it"
    with pytest.raises(Conflict, match="moved_on") as told:
        async with town.store.unit() as uow:
            await CHANGES[name](town, uow, code, seen.revision)
    assert town.desk.wording.error(told.value).startswith("در این فاصله همکار دیگری")
    assert await town.request(code) == before
    async with town.store.unit() as uow:
        await CHANGES[name](town, uow, code, before.revision)
    assert await town.request(code) != before


async def test_nothing_is_asked_of_who_names_no_revision(town: Municipality) -> None:
    code = await town.order()
    await town.do(code, "ask", Role.CIVIL, question="کدام پارک؟")
    assert (await town.do(code, "reject", Role.CIVIL, reason="خارج از شهر")).state == "rejected"
    with pytest.raises(DomainError):
        await take(town, "000000000", MANAGER)
    with pytest.raises(NotFound):
        await take(town, "731835348", MANAGER)
