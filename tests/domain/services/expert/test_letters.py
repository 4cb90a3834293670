"""The letter that answers a request: its number, its date, who may issue it."""

import asyncio
from datetime import UTC, datetime

import pytest

from domain.bills.bill import BillState
from domain.values.actors import Role
from domain.values.calendar import from_jalali
from domain.values.errors import Conflict, Forbidden, InvalidField, NotAllowedNow
from domain.values.tracking_codes import parse_code
from tests.support.municipality import CITIZEN, NEIGHBOUR, Municipality, actor
from tests.support.scenarios.expert_unit import LETTER, Experts


@pytest.fixture
def town(experts: Experts) -> Municipality:
    """The experts' town."""
    return experts.town


async def test_the_answer_is_a_letter_of_the_years_register(experts: Experts, town: Municipality) -> None:
    codes = [await experts.reach("paid", mobile=f"+9891200000{n:02}", visit=f"1405/09/03 {11 + n}") for n in range(2)]
    letters = [(await town.do(code, "issue", Role.SECRETARIAT, text=LETTER)).data for code in codes]
    assert [one["letter_number"] for one in letters] == ["1405/ک/1", "1405/ک/2"]
    assert {one["letter_date"] for one in letters} == {"2026-11-24"}
    assert {one["letter_text"] for one in letters} == {LETTER}
    assert len({one["letter_token"] for one in letters}) == 2
    assert {len(one["letter_token"]) for one in letters} == {32}
    told = (await town.sent("+989120000000"))[-1]
    assert "نامه ۱۴۰۵/ک/۱." in told.text
    event = (await town.history(codes[0]))[-1]
    assert (event.payload or {})["letter_number"] == "1405/ک/1"


async def test_a_step_that_fails_spends_no_number(experts: Experts, town: Municipality) -> None:
    code = await experts.reach("paid")
    with pytest.raises(InvalidField):
        await town.do(code, "issue", Role.SECRETARIAT, text=LETTER, date="1405/09/04")
    with pytest.raises(RuntimeError):
        await issue_and_fail(town, code)
    assert (await town.do(code, "issue", Role.SECRETARIAT, text=LETTER)).data["letter_number"] == "1405/ک/1"


async def issue_and_fail(town: Municipality, code: str) -> None:
    """Issue a letter in a unit that does not come to its end."""
    async with town.store.open_unit() as uow:
        request = await uow.requests.get_by_code(parse_code(code), lock=True)
        outcome = await town.desk.engine.take_step(uow, request, "issue", {"text": LETTER}, actor(Role.SECRETARIAT))
        assert outcome.request.data["letter_number"] == "1405/ک/1"
        raise RuntimeError


async def test_the_secretariats_own_number(experts: Experts, town: Municipality) -> None:
    code = await experts.reach("paid")
    for ours in ("1405/e/7", "۱۴۰۵/E/۷", "۱۴۰۵/ک/۷"):
        with pytest.raises(InvalidField, match="number:own_number"):
            await town.do(code, "issue", Role.SECRETARIAT, text=LETTER, number=ours)
    request = await town.do(code, "issue", Role.SECRETARIAT, text=LETTER, number="۱۲۳۴/د", date="۱۴۰۵/۹/۱")
    assert (request.data["letter_number"], request.data["letter_date"]) == ("1234/د", "2026-11-22")
    assert "نامه ۱۲۳۴/د." in (await town.sent())[-1].text
    other = await experts.reach("paid", mobile=NEIGHBOUR, visit="1405/09/03 12")
    assert (await town.do(other, "issue", Role.SECRETARIAT, text=LETTER)).data["letter_number"] == "1405/ک/1"


async def test_each_year_has_a_register_of_its_own(experts: Experts, town: Municipality) -> None:
    first = await experts.reach("answered")
    town.clock.at = datetime(2027, 3, 30, 4, 30, tzinfo=UTC)
    assert from_jalali(1406, 1, 1) < town.clock.at.date()
    second, third = [await experts.reach("paid", mobile=NEIGHBOUR, visit=f"1406/01/10 {hour}:00") for hour in (9, 10)]
    old = await town.do(second, "issue", Role.SECRETARIAT, text=LETTER, date="1405/12/28")
    new = await town.do(third, "issue", Role.SECRETARIAT, text=LETTER)
    numbers = [one.data["letter_number"] for one in (await town.request(first), old, new)]
    assert numbers == ["1405/ک/1", "1405/ک/2", "1406/ک/1"]


async def test_many_letters_at_once_get_numbers_of_their_own(experts: Experts, town: Municipality) -> None:
    codes = [await experts.reach("paid", mobile=f"+9891200001{n:02}", visit=f"1405/09/03 {11 + n}") for n in range(4)]
    letters = await asyncio.gather(*(town.do(code, "issue", Role.SECRETARIAT, text=LETTER) for code in codes))
    assert sorted(one.data["letter_number"] for one in letters) == [f"1405/ک/{n}" for n in range(1, 5)]


async def test_no_letter_without_a_settled_bill(experts: Experts, town: Municipality) -> None:
    code = await experts.reach("paid")
    for unpaid in (BillState.OPEN, BillState.EXPIRED, BillState.VOID):  # a void bill was not paid either
        await town.set_bill(code, unpaid)
        with pytest.raises(NotAllowedNow, match="bill_open"):
            await town.do(code, "issue", Role.SECRETARIAT, text=LETTER)
    await town.set_bill(code, BillState.PAID)
    for role in (Role.EXPERT, Role.MANAGER, Role.REVENUE):
        with pytest.raises(Forbidden):
            await town.do(code, "issue", role, text=LETTER)


async def test_tracking_tells_the_letter(experts: Experts, town: Municipality) -> None:
    code = await experts.reach("answered")
    assert "نامه ۱۴۰۵/ک/۱، ۱۴۰۵/۰۹/۰۳" in (await town.say(CITIZEN, code)).text
    other = await town.say(NEIGHBOUR, code)
    assert (other.key, "۱۴۰۵" in other.text) == ("sms.status_of_other", False)


async def test_an_own_number_stands_once_in_the_register_of_its_year(experts: Experts, town: Municipality) -> None:
    codes = [await experts.reach("paid", mobile=f"+9891200002{n:02}", visit=f"1405/09/03 {11 + n}") for n in range(2)]
    await town.do(codes[0], "issue", Role.SECRETARIAT, text=LETTER, number="ص/۱۲۳۴")
    for same in ("ص/۱۲۳۴", " ص / 1234"):
        with pytest.raises(Conflict, match="number:number_used"):
            await town.do(codes[1], "issue", Role.SECRETARIAT, text=LETTER, number=same)
    assert (await town.request(codes[1])).state == "paid"
    issued = await town.do(codes[1], "issue", Role.SECRETARIAT, text=LETTER, number="ص/۱۲۳۴", date="1404/12/20")
    assert issued.data["letter_number"] == "ص/1234"
