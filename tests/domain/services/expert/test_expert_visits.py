"""Visits of officers: who is sent, when, nobody twice at once; reminders; the report."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from domain.fleet.resources import ResourceKind
from domain.messages.records import MessageClass
from domain.requests.request import TimerKind
from domain.values.actors import Actor, Role
from domain.values.errors import Conflict, Forbidden, InvalidField, MissingField, NotAllowedNow, NotFound, UnknownKind
from tests.support.municipality import NEIGHBOUR, Municipality, actor
from tests.support.scenarios.expert_unit import (
    ASKING,
    COLLEAGUE,
    COLLEAGUE_MOBILE,
    OFFICER,
    OFFICER_MOBILE,
    TODAY,
    VISIT,
    Experts,
)

NINE_THURSDAY = datetime(2026, 11, 26, 5, 30, tzinfo=UTC)
LAST_MINUTE = datetime(2026, 11, 25, 17, 29, tzinfo=UTC)
"""20:59 in Tehran, the evening before: a minute later the quiet hours begin."""
HOUR = timedelta(hours=1)
FELLING = "کارشناسی قطع درخت کد ملی 0499370899 کد پستی 4947113456 دو کاج"


@pytest.fixture
def town(experts: Experts) -> Municipality:
    """The experts' town."""
    return experts.town


async def test_an_officer_and_an_hour_are_named_and_both_are_told(experts: Experts, town: Municipality) -> None:
    code = await town.order(ASKING)
    request = await experts.assign(code)
    assert (request.state, request.assignee, request.data["officer"]) == ("assigned", "ahmadi", "ahmadi")
    ((booking, officer),) = await town.bookings(code)
    assert (booking.start, booking.end, booking.hold) == (NINE_THURSDAY, NINE_THURSDAY + HOUR, False)
    assert (officer.kind, officer.title, officer.mobile) == (ResourceKind.OFFICER, "رضا احمدی", OFFICER_MOBILE)
    assert "پنج‌شنبه ۵ آذر ساعت ۹، کارشناس رضا احمدی" in (await town.sent())[-1].text
    [told] = await town.sent(OFFICER_MOBILE)
    assert "تفکیک، پنج‌شنبه ۵ آذر ساعت ۹\nملک ۴۹۴۷۱۱۳۴۵۶\nتماس 09121234567" in told.text


async def test_without_a_mobile_the_name_is_the_way_to_the_citizen(experts: Experts, town: Municipality) -> None:
    request = await experts.enter(None)
    await experts.assign(request.code)
    assert "تماس آنه محمدی" in (await town.sent(OFFICER_MOBILE))[-1].text


async def test_an_expert_takes_a_request(experts: Experts, town: Municipality) -> None:
    code = await town.order(ASKING)
    request = await town.do(code, "take", COLLEAGUE, visit="2026-11-25T10:30")
    assert (request.state, request.data["officer"], request.assignee) == ("assigned", "bahrami", "bahrami")
    assert await town.keys(COLLEAGUE_MOBILE) == ["officer_assigned"]
    other = await town.order(FELLING, NEIGHBOUR)
    with pytest.raises(NotFound, match="officer"):
        await town.do(other, "take", actor(Role.EXPERT, "nobody"), visit=VISIT)


@pytest.mark.parametrize("role", [Role.CIVIL, Role.REVENUE, Role.AUDITOR, Role.ADMIN, Role.EXPERT, Role.CITIZEN])
async def test_others_send_nobody(experts: Experts, town: Municipality, role: Role) -> None:
    code = await town.order(ASKING)
    with pytest.raises(Forbidden):
        await town.do(code, "assign", role, officer="ahmadi", visit=VISIT)
    with pytest.raises(Forbidden):
        await town.do(code, "take", Role.MANAGER, visit=VISIT)


@pytest.mark.parametrize(
    ("inputs", "error"),
    [
        ({"officer": "ahmadi"}, "missing_field:visit"),
        ({"visit": VISIT}, "missing_field:officer"),
        ({"officer": "civil", "visit": VISIT}, "unknown_kind:officer:choice"),
        ({"officer": "gone", "visit": VISIT}, "unknown_kind:officer:choice"),
        ({"officer": "ahmadi", "visit": "2026-11-24T09:59"}, "invalid_field:visit:past"),
        ({"officer": "ahmadi", "visit": "1495/09/03 10:00"}, "invalid_field:visit:work_too_far"),
        ({"officer": "ahmadi", "visit": "چه وقت"}, "invalid_field:visit:bad_datetime"),
    ],
)
async def test_visits_that_cannot_be(experts: Experts, town: Municipality, inputs: dict[str, str], error: str) -> None:
    await experts.engage("gone", "کسی که رفت", None, active=False)
    code = await town.order(ASKING)
    with pytest.raises((MissingField, InvalidField, UnknownKind), match=error):
        await town.do(code, "assign", Role.SECRETARIAT, **inputs)
    assert ((await town.request(code)).state, await town.bookings(code)) == ("submitted", [])


@pytest.mark.parametrize("visit", ["1405/09/05 09:00", "1405/09/05 09:45", "1405/09/05 08:30"])
async def test_no_officer_is_sent_to_two_places_at_once(experts: Experts, town: Municipality, visit: str) -> None:
    await experts.reach("assigned")
    other = await town.order(FELLING, NEIGHBOUR)
    with pytest.raises(Conflict, match="visit:officer_busy") as refused:
        await experts.assign(other, visit=visit)
    assert town.desk.wording.render_error(refused.value) == "رضا احمدی در این زمان بازدید دیگری دارد."
    assert await town.bookings(other) == []
    await experts.assign(other, officer="bahrami", visit=visit)


async def test_visits_one_after_another(experts: Experts, town: Municipality) -> None:
    await experts.reach("assigned")
    for visit, text in (("1405/09/05 10:00", FELLING), ("1405/09/05 08:00", ASKING)):
        await experts.assign(await town.order(text, NEIGHBOUR), visit=visit)


async def test_of_many_who_send_one_officer_at_once_one_succeeds(experts: Experts, town: Municipality) -> None:
    codes = [await town.order(ASKING, f"+98912000000{number}") for number in range(5)]
    outcomes = await asyncio.gather(*(experts.assign(code) for code in codes), return_exceptions=True)
    assert sorted(type(one).__name__ for one in outcomes) == ["Conflict"] * 4 + ["ServiceRequest"]
    assert sum([len(await town.bookings(code)) for code in codes]) == 1


async def test_an_officers_name_and_mobile_follow_the_staff(experts: Experts, town: Municipality) -> None:
    await experts.reach("assigned")
    await experts.engage("ahmadi", "رضا احمدی‌نیا", COLLEAGUE_MOBILE)
    code = await experts.reach("assigned", FELLING, NEIGHBOUR, visit="1405/09/05 11:00")
    ((_, officer),) = await town.bookings(code)
    assert (officer.title, officer.mobile) == ("رضا احمدی‌نیا", COLLEAGUE_MOBILE)
    async with town.store.open_unit(write=False) as uow:
        assert len(await uow.fleet.list_resources(ResourceKind.OFFICER)) == 1


async def test_another_officer_goes_and_all_three_are_told(experts: Experts, town: Municipality) -> None:
    code = await experts.reach("assigned")
    request = await town.do(code, "reassign", Role.MANAGER, officer="bahrami")
    assert (request.state, request.assignee) == ("assigned", "bahrami")
    ((booking, officer),) = await town.bookings(code)
    assert (booking.start, officer.title) == (NINE_THURSDAY, "سارا بهرامی")
    assert (await town.keys())[-1] == "reassign"
    assert await town.keys(OFFICER_MOBILE) == ["officer_assigned", "officer_relieved"]
    assert await town.keys(COLLEAGUE_MOBILE) == ["officer_assigned"]
    await experts.assign(await town.order(FELLING, NEIGHBOUR))  # the first officer is free again


async def test_the_officer_moves_the_visit(experts: Experts, town: Municipality) -> None:
    code = await experts.reach("assigned")
    request = await town.do(code, "reassign", OFFICER, visit="1405/09/07 12:00")
    assert request.data["visit_start"] == "2026-11-28T08:30:00+00:00"
    assert await town.keys(OFFICER_MOBILE) == ["officer_assigned", "officer_assigned"]
    with pytest.raises(Forbidden, match="other_officer"):
        await town.do(code, "reassign", COLLEAGUE, visit="1405/09/08 12:00")
    with pytest.raises(MissingField, match="officer"):
        await town.do(code, "reassign", Role.MANAGER)
    town.advance(days=5)
    with pytest.raises(InvalidField, match="visit:past"):
        await town.do(code, "reassign", Role.MANAGER, officer="bahrami")


async def test_steps_of_the_visit_are_offered_to_its_officer(experts: Experts, town: Municipality) -> None:
    request = await town.request(await experts.reach("assigned"))
    substitute = Actor(frozenset({Role.EXPERT}), "staff", "bahrami", "cli", frozenset({"ahmadi"}))
    offered = {
        "ahmadi": OFFICER,
        "bahrami": COLLEAGUE,
        "bahrami for ahmadi": substitute,
        "manager": actor(Role.MANAGER),
    }
    found = {
        name: [one.name for one in town.desk.engine.list_offered_actions(request, by)] for name, by in offered.items()
    }
    assert found == {
        "ahmadi": ["reassign", "visit"],
        "bahrami": [],
        "bahrami for ahmadi": ["reassign", "visit"],
        "manager": ["reassign", "cancel"],
    }
    with pytest.raises(Forbidden, match="other_officer"):  # that comes before what is wrong with the hour
        await town.do(request.code, "reassign", COLLEAGUE, visit="1405/09/13 11:00", outside_hours="yes")


async def test_both_are_reminded_in_the_last_open_window(experts: Experts, town: Municipality) -> None:
    code = await experts.reach("assigned")  # at nine; two hours before that, people sleep
    assert {name: at for (kind, name), at in (await town.timers(code)).items() if kind is TimerKind.REMINDER} == {
        "visit_soon": LAST_MINUTE,
        "officer_visit_soon": LAST_MINUTE,
    }
    town.clock.at = LAST_MINUTE - timedelta(seconds=1)
    await town.run_timers()
    assert "visit_soon" not in await town.keys()
    town.advance(seconds=1)
    await town.run_timers()
    mine, officers = (await town.sent())[-1], (await town.sent(OFFICER_MOBILE))[-1]
    assert (mine.key.rpartition(".")[2], officers.key.rpartition(".")[2]) == ("visit_soon", "officer_visit_soon")
    assert {mine.cls, officers.cls} == {MessageClass.REMINDER}
    assert "رضا احمدی" in mine.text
    assert "ملک ۴۹۴۷۱۱۳۴۵۶" in officers.text


async def test_a_cancelled_visit_reminds_nobody(experts: Experts, town: Municipality) -> None:
    code = await experts.reach("assigned")
    await town.says(f"لغو {code}", "۱")
    town.advance(days=2)
    await town.run_timers()
    assert await town.keys(OFFICER_MOBILE) == ["officer_assigned", "officer_relieved"]


async def test_nobody_reports_before_the_day_of_the_visit(experts: Experts, town: Municipality) -> None:
    code = await experts.reach("assigned")
    town.advance(days=1)
    with pytest.raises(NotAllowedNow, match="visit_ahead") as refused:
        await town.do(code, "visit", OFFICER, report="دیدم")
    assert "پنج‌شنبه ۵ آذر" in town.desk.wording.render_error(refused.value)
    town.advance(days=1, hours=-9)  # one in the morning of that day
    assert (await town.do(code, "visit", OFFICER, report="دیدم")).state == "visited"


@pytest.mark.parametrize("visit", ["1405/09/06 10:00", "1405/09/05 23:00", "1405/09/05 17:30", "1405/09/05 6:59"])
async def test_officers_go_out_on_working_days_and_by_day(experts: Experts, town: Municipality, visit: str) -> None:
    code = await town.order(ASKING)
    with pytest.raises(InvalidField, match="visit:visit_hours") as refused:
        await experts.assign(code, visit=visit)
    assert refused.value.params == {"opens": "۷", "closes": "۱۸"}
    with pytest.raises(InvalidField, match="unknown_field"):
        await town.do(code, "take", OFFICER, visit=visit, outside_hours="yes")
    wanted = {"officer": "ahmadi", "visit": visit, "outside_hours": "yes"}
    assert (await town.do(code, "assign", Role.SECRETARIAT, **wanted)).state == "assigned"
    assert ((await town.history(code))[-1].payload or {})["outside_hours"] == "yes"
    with pytest.raises(Forbidden, match="outside_hours"):
        await town.do(code, "reassign", OFFICER, visit="1405/09/13 11:00", outside_hours="yes")
    assert (await town.do(code, "reassign", OFFICER, officer="bahrami")).data["officer"] == "bahrami"


async def test_only_the_named_officer_reports(experts: Experts, town: Municipality) -> None:
    code = await experts.reach("assigned", visit=TODAY)
    with pytest.raises(Forbidden, match="other_officer"):
        await town.do(code, "visit", COLLEAGUE, report="دیدم")
    with pytest.raises(Forbidden):
        await town.do(code, "visit", Role.MANAGER, report="دیدم")
    with pytest.raises(MissingField, match="report"):
        await town.do(code, "visit", OFFICER)
    substitute = Actor(frozenset({Role.EXPERT}), "staff", "bahrami", "cli", frozenset({"ahmadi"}))
    request = await town.do(code, "visit", substitute, report="زمین بایر", area="۲۵۰")
    assert (request.state, request.data["report"], request.data["area"]) == ("visited", "زمین بایر", 250)
    assert await town.bookings(code) == []
