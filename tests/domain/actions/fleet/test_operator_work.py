"""Operators report in their chat when they arrived, began and ended, and their hours; the unit's step finds these."""

import pytest

from domain.actions.context import ActionContext
from domain.actions.fleet.operator_work import find_operators, list_jobs_of_day, note_hours, note_stage
from domain.blocks.operator_reports import WorkStage, propose_worked_hours
from domain.chats.chat import ButtonPressed
from domain.values.actors import Actor, Role
from domain.values.errors import InvalidField, NotFound
from domain.values.tracking_codes import parse_code
from tests.support.chat_person import Person, labels
from tests.support.municipality import DRIVER, NEIGHBOUR, Municipality

JOBS = "کارهای امروز من"


@pytest.fixture
async def operator(town: Municipality) -> Person:
    """An operator whose mobile is proved in a chat."""
    return await Person(town, "88", mobile=DRIVER).linked()


async def reach_work_day(operator: Person) -> str:
    """Book the operator for an order, and come to its day; return its code."""
    code = await operator.town.reach("scheduled")
    operator.town.advance(days=1, hours=-3)
    return code


async def proposed_hours(town: Municipality, code: str) -> str | None:
    """The hours that the unit finds in its form."""
    request = await town.request(code)
    async with town.store.open_unit(write=False) as uow:
        return await propose_worked_hours(uow, request)


async def test_a_day_of_work_by_presses(operator: Person) -> None:
    town, code = operator.town, await reach_work_day(operator)
    jobs = await operator.press(JOBS, (await operator.starts())[-1])
    assert "لودر ۴ ساعت" in jobs.text
    job = await operator.press(labels(jobs)[0], jobs)
    assert labels(job) == ["رسیدم", "کار آغاز شد", "کار تمام شد", "منوی خدمات"]
    begun = await operator.press("کار آغاز شد", await operator.press("رسیدم", job))
    town.advance(hours=3, minutes=20)
    ended = await operator.press("کار تمام شد", begun)
    assert "چند ساعت کار شد؟" in ended.text
    assert labels(ended)[:3] == ["۱٫۵", "۲", "۲٫۵"]
    noted = await operator.press("۳٫۵", ended)
    assert "ساعت کار: ۳٫۵" in noted.text
    assert labels(noted) == ["اصلاح ساعت کار", "منوی خدمات"]
    events = [(event.event, event.actor, event.from_state, event.to_state) for event in await town.history(code)]
    assert events[-4:] == [
        (f"operator_{name}", "operator:OP-1", "scheduled", "scheduled")
        for name in ("arrived", "began", "ended", "hours")
    ]
    assert await proposed_hours(town, code) == "۳٫۵"


async def test_a_report_moves_nothing_and_the_unit_ends_the_work(operator: Person) -> None:
    town, code = operator.town, await reach_work_day(operator)
    await press_data(operator, f"!operator {code} ended")
    await press_data(operator, f"!operator {code} 5")
    assert (await town.request(code)).state == "scheduled"
    await town.do(code, "hand_over", Role.CIVIL, early="yes")
    await press_data(operator, f"!operator {code} 4")
    done = await town.do(code, "complete", Role.CIVIL, hours=await proposed_hours(town, code))
    assert done.state == "completed"
    assert await press_data(operator, f"!operator {code} 3") == "errors.not_found", "its booking is over"


async def press_data(person: Person, data: str) -> str:
    """Press a made-up button; return the key of the answer."""
    await person.hears()
    person.town.advance(seconds=30)
    await person.does(ButtonPressed(f":{data}", "1"))
    return (await person.hears())[-1].key


async def test_a_stage_is_noted_once(operator: Person) -> None:
    code = await reach_work_day(operator)
    for _ in range(2):
        await press_data(operator, f"!operator {code} arrived")
        operator.town.advance(hours=1)
    events = [event.event for event in await operator.town.history(code)]
    assert events.count("operator_arrived") == 1


async def test_nothing_is_reported_before_its_day(operator: Person) -> None:
    code = await operator.town.reach("scheduled")
    assert await press_data(operator, f"!operator {code} arrived") == "errors.not_allowed_now"
    assert (await operator.press(JOBS, (await operator.starts())[-1])).key == "chat.operator.no_jobs"


async def test_work_is_its_operators_alone(operator: Person) -> None:
    town, code = operator.town, await reach_work_day(operator)
    citizen, neighbour = await Person(town).linked(), await Person(town, "99", mobile=NEIGHBOUR).linked()
    for stranger in (citizen, neighbour):
        assert JOBS not in labels((await stranger.starts())[-1])
        for call in ("!operator", f"!operator {code}", f"!operator {code} arrived", f"!operator {code} 4"):
            assert await press_data(stranger, call) == "errors.not_found", call
    assert [event.event for event in await town.history(code) if event.actor_kind == "operator"] == []


async def test_hours_are_halves_of_a_day(operator: Person) -> None:
    town, code = operator.town, parse_code(await reach_work_day(operator))
    async with town.store.open_unit() as uow:
        operators = await find_operators(uow.fleet, DRIVER, "telegram")
        context = ActionContext(town.desk, uow)
        for hours in (0, 0.4, 25, float("nan")):
            with pytest.raises(InvalidField):
                await note_hours(context, code, hours, operators)
        with pytest.raises(NotFound):
            await note_stage(context, parse_code("123456786"), WorkStage.BEGAN, operators)


async def test_a_new_job_comes_into_the_operators_chat(operator: Person) -> None:
    await operator.hears()
    await operator.town.reach("scheduled")
    assert [one.key.rpartition(".")[2] for one in await operator.hears()] == ["operator_booked"]


async def test_hours_are_proposed_when_every_operator_of_a_line_said_theirs(operator: Person) -> None:
    town = operator.town
    code = await town.reach("scheduled", "ماشین ۲ لودر ۴ ساعت فردا ساعت ۸ خیابان امام")
    request = await town.request(code)
    assert [item["count"] for item in request.fields["items"]] == [2]
    async with town.store.open_unit(write=False) as uow:
        request.data["operator_reports"] = {"OP-1": {"hours": 4}}
        assert await propose_worked_hours(uow, request) is None
        request.data["operator_reports"] |= {"OP-2": {"hours": 4.5}}
        assert await propose_worked_hours(uow, request) == "۴٫۵"


async def test_hours_may_be_written_instead_of_pressed(operator: Person) -> None:
    code = await reach_work_day(operator)
    await press_data(operator, f"!operator {code} ended")
    assert (await operator.says("نمی‌دونم دقیق")).key == "ask.hours"
    noted = await operator.says("سه ساعت و نیم")
    assert "ساعت کار: ۳٫۵" in noted.text
    assert await proposed_hours(operator.town, code) == "۳٫۵"
    await press_data(operator, f"!operator {code} hours")
    await press_data(operator, f"!operator {code} 4")
    assert (await operator.says("5")).key != "ask.hours", "what was pressed is no longer asked"


async def test_many_jobs_are_read_in_as_many_steps_as_one(town: Municipality, statements: list[str]) -> None:
    for _ in range(2):
        await town.reach("scheduled")
    town.advance(days=1, hours=-3)
    operators = [Actor(frozenset(), "operator", f"OP-{number}", "telegram") for number in (1, 2)]
    for job_count in (1, 2):
        statements.clear()
        async with town.store.open_unit(write=False) as uow:
            assert len(await list_jobs_of_day(ActionContext(town.desk, uow), operators[:job_count])) == job_count
        assert len(statements) == 2, "the bookings of the day, and their requests"
