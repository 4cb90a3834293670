"""Notes between colleagues on both databases: once however often they are sent, beside steps, read by who is named."""

import asyncio

import pytest

from domain.actions.context import ActionContext, ActorContext
from domain.actions.requests.notes import list_own_mentions, read_mentions, write_note
from domain.actions.requests.step_back import take_step_back
from domain.people.person import StaffMember
from domain.requests.history import find_chain_faults
from domain.values.actors import Actor, Role
from domain.values.errors import DomainError
from domain.values.tracking_codes import parse_code
from tests.support.municipality import Municipality, actor

NOTE = "@زهرا_مرادی @واحد_عمران مبلغ را ببینید <b>"
CASHIER = actor(Role.REVENUE, "zahra")


@pytest.fixture
async def towns(towns: tuple[Municipality, Municipality]) -> tuple[Municipality, Municipality]:
    """With a cashier, an engineer and somebody of the taxis."""
    first, _ = towns
    async with first.store.open_unit() as uow:
        for username, role, name in (
            ("zahra", Role.REVENUE, "زهرا مرادی"),
            ("taxi", Role.TAXI_OFFICER, "آنا قربانی"),
        ):
            member = StaffMember(username, frozenset({role}), name, None, "", True, first.clock.now())
            await uow.people.save_staff(member)
    return towns


async def write(town: Municipality, code: str, text: str = NOTE, by: Actor | None = None) -> bool:
    """Write a note about a request."""
    async with town.store.open_unit() as uow:
        return await write_note(ActorContext(town.desk, uow, by or actor(Role.CIVIL, "ali")), parse_code(code), text)


async def unread(town: Municipality, username: str) -> int:
    """Number of unread mentions."""
    async with town.store.open_unit(write=False) as uow:
        return await uow.mentions.count_unread(username, list(town.desk.services))


async def test_a_note_is_there_once_and_read_by_who_is_named(towns: tuple[Municipality, Municipality]) -> None:
    town, code = towns[0], await towns[0].reach("accepted")
    pressed = await asyncio.gather(*(write(one, code) for one in towns))
    assert sorted(pressed) == [False, True]
    request, events = await town.request(code), await town.history(code)
    [note] = [event for event in events if event.event == "note"]
    assert (note.note, note.actor, note.to_state) == (NOTE, "staff:ali", "accepted")
    assert find_chain_faults(code, events, request.head_seq, request.head_hash) == []
    assert [await unread(town, name) for name in ("zahra", "civil", "ali", "taxi")] == [1, 1, 0, 0]
    async with town.store.open_unit() as uow:
        [mentioned] = await list_own_mentions(ActorContext(town.desk, uow, CASHIER))
        assert (mentioned.text, mentioned.author, mentioned.code) == (NOTE, "staff:ali", code)
        context = ActionContext(town.desk, uow)
        assert await read_mentions(context, request, "zahra") == 1
        assert await read_mentions(context, request, "zahra") == 0
    assert [await unread(town, name) for name in ("zahra", "civil")] == [0, 1]
    assert await write(town, code, "کار دیگری هم هست"), "another note"
    assert await write(town, code), "the same, after another"


async def test_a_note_beside_a_step(towns: tuple[Municipality, Municipality]) -> None:
    town, code = towns[0], await towns[0].reach("accepted")
    await asyncio.gather(write(towns[1], code, "کسی نیست؟"), town.do(code, "price", Role.REVENUE))
    request, events = await town.request(code), await town.history(code)
    assert request.state == "awaiting_payment"
    assert [event.event for event in events].count("note") == 1
    assert find_chain_faults(code, events, request.head_seq, request.head_hash) == []
    await write(town, code, "اشتباه نیست؟")
    async with town.store.open_unit() as uow:
        assert await take_step_back(ActorContext(town.desk, uow, actor(Role.REVENUE)), parse_code(code)), (
            "a note ends no way back"
        )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (" ", "missing_field"),
        ("ی" * 501, "too_long"),
        ("@nobody ببیند", "named_unknown"),
        ("@taxi ببیند", "named_sees_nothing"),
    ],
)
async def test_what_is_no_note(towns: tuple[Municipality, Municipality], text: str, reason: str) -> None:
    code = await towns[0].order()
    with pytest.raises(DomainError) as refused:
        await write(towns[0], code, text)
    assert (refused.value.reason or refused.value.code) == reason
    assert await write(towns[0], code, "نشانی ایمیل a@nobody.ir است"), "no mention within a word"


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMIN, Role.TAXI_OFFICER, Role.CITIZEN])
async def test_who_writes_none(towns: tuple[Municipality, Municipality], role: Role) -> None:
    code = await towns[0].order()
    with pytest.raises(DomainError, match="forbidden"):
        await write(towns[0], code, "سلام", actor(role))
