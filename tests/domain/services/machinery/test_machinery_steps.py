"""Roles for each step of a machinery request, and the answers when it cannot be taken."""

import pytest

from domain.language.service import Command, Trigger
from domain.services import SERVICES
from domain.services.machinery.declaration import MACHINERY_WORK
from domain.values.actors import Role
from domain.values.errors import AlreadyDone, CodeMistyped, Conflict, Forbidden, InvalidField, NotAllowedNow, NotFound
from domain.values.tracking_codes import parse_code
from tests.support.municipality import CITIZEN, NEIGHBOUR, Municipality, actor

PEOPLE_TAKE = sorted({step.name for step in MACHINERY_WORK.transitions if step.trigger is None})
SYSTEM_TAKES = sorted({step.name for step in MACHINERY_WORK.transitions if step.trigger is not None})
MAY = {name: MACHINERY_WORK.steps_named(name)[0].roles for name in PEOPLE_TAKE}


def test_steps_of_one_name_share_roles_and_inputs() -> None:
    for name in PEOPLE_TAKE:
        first, *others = MACHINERY_WORK.steps_named(name)
        assert all((one.roles, one.inputs) == (first.roles, first.inputs) for one in others)


def test_who_may_do_what() -> None:
    civil, revenue = {Role.CIVIL}, {Role.REVENUE}
    citizen = {Role.CITIZEN, Role.CLERK, Role.CIVIL}
    wanted = {
        "accept": civil,
        "ask": civil,
        "reject": civil,
        "schedule": civil,
        "reschedule": civil,
        "hand_over": civil,
        "complete": civil,
        "price": revenue,
        "waive": revenue,
        "waive_supplement": revenue,
        "answer": citizen,
        "cancel": citizen,
    }
    assert wanted == MAY


async def test_a_wrong_role_is_forbidden_in_every_state(town: Municipality) -> None:
    codes = [await town.reach("submitted"), await town.reach("scheduled", mobile=NEIGHBOUR)]
    for code in codes:
        await town.brought_by(code)
        before = await town.request(code)
        for name in PEOPLE_TAKE:
            for role in set(Role) - MAY[name] - {Role.CITIZEN}:
                with pytest.raises(Forbidden, match="forbidden:action"):
                    await town.do(code, name, role, reason="دلیل", question="پرسش", text="پاسخ")
        assert await town.request(code) == before
    for name in {name for name in PEOPLE_TAKE if Role.CITIZEN not in MAY[name]}:
        with pytest.raises(Forbidden):
            await town.do(codes[0], name, Role.CITIZEN)


async def test_nobody_takes_the_systems_steps(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    assert {"bill", "free", "pay", "pay_supplement", "await_payment", "expire", "no_answer"} == set(SYSTEM_TAKES)
    for name in SYSTEM_TAKES:
        for role in (Role.SYSTEM, Role.REVENUE, Role.ADMIN):
            with pytest.raises(InvalidField, match="action:unknown_action"):
                await town.do(code, name, role)


@pytest.mark.parametrize("name", ["", "approve", "ACCEPT", "accept ", "پذیرش"])
async def test_unknown_actions(town: Municipality, name: str) -> None:
    with pytest.raises(InvalidField, match="action:unknown_action"):
        await town.do(await town.order(), name, Role.CIVIL)


async def test_what_people_write_about_a_step_is_its_note(town: Municipality) -> None:
    code = await town.order()
    await town.do(code, "ask", Role.CIVIL, question="کدام پارک؟")
    await town.say(CITIZEN, f"پاسخ {code} پارک شهر")
    await town.do(code, "accept", Role.CIVIL, hours="3")
    await town.do(code, "price", Role.REVENUE, amount="1000000", reason="بخشنامه")
    await town.do(code, "waive", Role.REVENUE, reason="کمک به مدرسه")
    notes = {one.event: one.note for one in await town.history(code) if one.note}
    assert notes == {"ask": "کدام پارک؟", "answer": "پارک شهر", "price": "بخشنامه", "waive": "کمک به مدرسه"}


def test_the_words_of_every_answer_reason_and_question_are_notes() -> None:
    words = {
        (service.key, step.name, field.name): field.is_note
        for service in SERVICES
        for step in service.transitions
        for field in step.inputs
        if field.name in {"reason", "question"} or (step.command is Command.REPLY and field.name == "text")
    }
    assert len(words) > 20
    assert [name for name, note in words.items() if not note] == []


async def test_already_done_and_not_allowed_now(town: Municipality) -> None:
    code = await town.reach("accepted")
    with pytest.raises(AlreadyDone):
        await town.do(code, "accept", Role.CIVIL)
    for name in ("schedule", "reschedule", "hand_over", "complete", "ask", "reject"):
        with pytest.raises(NotAllowedNow):
            await town.do(code, name, Role.CIVIL, reason="دلیل", question="پرسش")
    await town.do(code, "cancel", Role.CIVIL)
    for role in (Role.CIVIL, Role.CITIZEN):
        with pytest.raises(AlreadyDone):
            await town.do(code, "cancel", role)
    with pytest.raises(NotAllowedNow):
        await town.do(code, "price", Role.REVENUE)


async def test_an_ended_request_takes_no_step(town: Municipality) -> None:
    code = await town.reach("completed")
    await town.brought_by(code)
    events = len(await town.history(code))
    for name in PEOPLE_TAKE:
        with pytest.raises((NotAllowedNow, AlreadyDone)):
            await town.do(code, name, next(iter(MAY[name] - {Role.CITIZEN})), reason="دلیل", question="؟", text="ج")
    assert len(await town.history(code)) == events
    assert town.desk.engine.list_actions(await town.request(code)) == []


async def test_a_citizen_reaches_own_requests_only(town: Municipality) -> None:
    code = await town.order()
    with pytest.raises(NotFound, match="code"):
        await town.do(code, "cancel", actor(Role.CITIZEN, NEIGHBOUR))
    await town.do(code, "cancel", actor(Role.CITIZEN, CITIZEN))


async def test_codes_are_proved_before_they_are_looked_up(town: Municipality) -> None:
    code = await town.order()
    with pytest.raises(CodeMistyped):
        await town.do(code[:-1] + str((int(code[-1]) + 1) % 10), "accept", Role.CIVIL)
    with pytest.raises(InvalidField, match="code"):
        await town.do(code[:-1], "accept", Role.CIVIL)
    with pytest.raises(NotFound, match="code"):
        await town.do("123456786", "accept", Role.CIVIL)
    await town.do(f"{code[:3]}-{code[3:6]} {code[6:]}", "accept", Role.CIVIL)


async def test_what_may_be_done_is_listed_by_role(town: Municipality) -> None:
    engine = town.desk.engine
    request = await town.request(await town.reach("awaiting_payment"))
    assert [one.name for one in engine.list_actions(request)] == ["waive", "cancel"]
    assert [one.name for one in engine.list_actions(request, actor(Role.CITIZEN))] == ["cancel"]
    assert [one.name for one in engine.list_actions(request, actor(Role.AUDITOR))] == []
    assert all(one.trigger is not Trigger.DEADLINE for one in engine.list_actions(request))


async def test_two_officers_at_once_one_of_them_acts(town: Municipality) -> None:
    code = await town.order()
    async with town.store.open_unit(write=False) as uow:
        stale = await uow.requests.get_by_code(parse_code(code))
    await town.do(code, "accept", Role.CIVIL)
    with pytest.raises(Conflict):
        async with town.store.open_unit() as uow:
            await town.desk.engine.take_step(uow, stale, "reject", {"reason": "دلیل"}, actor(Role.CIVIL))
    assert (await town.request(code)).state == "accepted"
