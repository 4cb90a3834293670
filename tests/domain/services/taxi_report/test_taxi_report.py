"""Reports about taxi drivers: every transition, the record they become, and what the driver does not hear."""

import pytest

from domain.registries.declarations import REWARD, VIOLATION
from domain.requests.history import find_chain_faults
from domain.requests.request import Phase
from domain.values.actors import Role
from domain.values.errors import (
    AlreadyDone,
    DomainError,
    Forbidden,
    InvalidField,
    MissingField,
    NotAllowedNow,
    NotFound,
    UnknownKind,
)
from domain.values.tracking_codes import parse_code
from tests.support.municipality import NEIGHBOUR, actor
from tests.support.scenarios.taxi_organisation import (
    AUXILIARY_MOBILE,
    COMPLAINT,
    OFFICER,
    PRAISE,
    STRANGER,
    TaxiOrganisation,
)
from tests.support.scenarios.taxi_registries import (
    AUXILIARY_CODE,
    DRIVER_CODE,
    DRIVER_MOBILE,
    PLATE,
    SECOND_PLATE,
    rows_of,
)

ALONE = "تخلف 12ت346-59 سیگار کشید"
"""About a taxi that one driver alone drives."""

RECORDED_VIOLATION = {
    "driver": DRIVER_CODE,
    "date": "2026-11-24",
    "kind": "overcharge",
    "number": 1,
    "points": 5,
    "text": "کرایه دو برابر",
    "fine": None,
    "state": "open",
    "standing": "valid",
}
"""The row that a complaint becomes, but for the code of the report."""


async def reviewed(taxis: TaxiOrganisation, text: str = COMPLAINT, mobile: str = STRANGER) -> str:
    """A report that the officer has taken."""
    code = await taxis.asks(text, mobile)
    await taxis.does(code, "take")
    return code


async def test_a_complaint_becomes_a_violation(taxis: TaxiOrganisation) -> None:
    code = await reviewed(taxis)
    request = await taxis.town.request(code)
    assert request.fields == {
        "kind": "violation",
        "plate": PLATE,
        "taxi_code": "114",
        "text": "راننده کرایه اضافه گرفت",
    }
    assert request.subject_key == PLATE
    request = await taxis.town.do(
        code, "record", OFFICER, driver=DRIVER_CODE, kind="overcharge", points="۵", note="کرایه دو برابر"
    )
    assert (request.state, request.phase) == ("recorded", Phase.DONE)
    [row] = await rows_of(taxis.town, VIOLATION.key)
    assert row.values == RECORDED_VIOLATION | {"source": code}
    assert request.data["record"] == {"registry": "violation", "id": row.id}
    history = await taxis.town.history(code)
    assert [(one.event, one.actor_kind) for one in history] == [
        ("submit", "citizen"),
        ("take", "staff"),
        ("record", "staff"),
    ]
    assert find_chain_faults(code, history, request.head_seq, request.head_hash) == []
    assert await taxis.town.keys(STRANGER) == ["submit", "take", "record"]
    assert (await taxis.town.say(STRANGER, "۴")).key == "sms.rated"


async def test_praise_becomes_a_reward(taxis: TaxiOrganisation) -> None:
    code = await reviewed(taxis, PRAISE)
    await taxis.town.do(code, "record", OFFICER, driver=DRIVER_CODE, kind="honesty", points="10")
    [row] = await rows_of(taxis.town, REWARD.key)
    assert (row.values["kind"], row.values["points"], row.values["source"]) == ("honesty", 10, code)
    told = (await taxis.town.sent(DRIVER_MOBILE))[-1]
    assert told.key == "services.taxi_report.notices.driver_praised"
    assert "امانت‌داری" in told.text
    assert "۱۰ امتیاز" in told.text


@pytest.mark.parametrize(("text", "kind"), [(PRAISE, "help"), (COMPLAINT, "rudeness")])
async def test_the_driver_hears_nothing_of_who_reported(taxis: TaxiOrganisation, text: str, kind: str) -> None:
    code = await reviewed(taxis, text)
    await taxis.town.do(code, "ask", OFFICER, question="نام شما؟")
    await taxis.town.say(STRANGER, "پاسخ مریم گلدی")
    await taxis.town.do(code, "record", OFFICER, driver=DRIVER_CODE, kind=kind)
    told = await taxis.town.sent(DRIVER_MOBILE)
    assert len(told) == 1
    for secret in (STRANGER[3:], code, f"{code[:3]} {code[3:6]}", "مریم", "کرایه", "کیف"):
        assert secret not in told[0].text
    assert (await taxis.town.say(DRIVER_MOBILE, "درخواست‌ها")).key == "sms.no_requests"
    seen = await taxis.town.say(DRIVER_MOBILE, code)  # even with the code, which nobody tells
    assert seen.key == "sms.status_of_other"
    assert STRANGER[3:] not in seen.text
    registry = REWARD if text == PRAISE else VIOLATION
    [row] = await rows_of(taxis.town, registry.key)
    assert STRANGER[3:] not in str((row.values, row.data))
    assert "کرایه" not in str(row.values["text"])


async def test_a_fine_is_billed_to_the_driver(taxis: TaxiOrganisation) -> None:
    code = await reviewed(taxis)
    await taxis.town.do(code, "record", OFFICER, driver=DRIVER_CODE, kind="overcharge", points="5", fine="500000")
    [row] = await rows_of(taxis.town, VIOLATION.key)
    assert (row.values["fine"], row.values["state"]) == (500_000, "billed")
    async with taxis.town.store.open_unit(write=False) as uow:
        [bill] = await uow.bills.list_of_subject(VIOLATION.key, row.id)
    assert await taxis.town.bills(code) == []
    told = (await taxis.town.sent(DRIVER_MOBILE))[-1]
    assert told.key == "services.taxi_report.notices.driver_fined"
    assert bill.bill_id in told.text
    assert bill.payment_id in told.text
    heard = await taxis.town.say(DRIVER_MOBILE, f"قبض {bill.bill_id}")
    assert (heard.key, bill.payment_id in heard.text) == ("sms.pay_bill", True)
    heard = await taxis.town.say(STRANGER, f"قبض {bill.bill_id}")
    assert (heard.key, bill.payment_id in heard.text) == ("sms.bill_of_other", False)
    await taxis.town.pay(code, bill=bill)
    [row] = await rows_of(taxis.town, VIOLATION.key)
    assert row.values["state"] == "paid"
    assert (await taxis.town.sent(DRIVER_MOBILE))[-1].key == "registries.violation.notices.paid"
    assert (await taxis.town.say(DRIVER_MOBILE, f"قبض {bill.bill_id}")).key == "sms.bill_settled"


async def test_the_second_of_a_day_has_the_next_number(taxis: TaxiOrganisation) -> None:
    for mobile in (STRANGER, NEIGHBOUR):
        code = await reviewed(taxis, ALONE, mobile)
        await taxis.town.do(code, "record", OFFICER, kind="smoking")
    rows = await rows_of(taxis.town, VIOLATION.key)
    assert [(row.values["driver"], row.values["number"]) for row in rows] == [(AUXILIARY_CODE, 1), (AUXILIARY_CODE, 2)]
    assert len(await taxis.town.sent(AUXILIARY_MOBILE)) == 2


async def test_the_officer_names_the_driver_where_there_are_several(taxis: TaxiOrganisation) -> None:
    code = await reviewed(taxis)
    for inputs, told in (
        ({}, "missing_field:driver:name_driver"),
        ({"driver": "0013542419"}, "not_found:driver:driver"),
        ({"driver": "1234"}, "invalid_field:driver:bad_national_code"),
    ):
        with pytest.raises(DomainError) as error:
            await taxis.town.do(code, "record", OFFICER, kind="overcharge", **inputs)
        assert str(error.value) == told
    assert await taxis.state(code) == "under_review"
    assert await rows_of(taxis.town, VIOLATION.key) == []
    step = next(
        one for one in taxis.town.desk.engine.list_actions(await taxis.town.request(code)) if one.name == "record"
    )
    async with taxis.town.store.open_unit(write=False) as uow:
        request = await uow.requests.get_by_code(parse_code(code))
        choices = {one.name: tuple(await one.find_choices(uow, request)) for one in step.inputs if one.find_choices}
    assert choices["driver"] == (DRIVER_CODE, AUXILIARY_CODE)
    assert "overcharge" in choices["kind"]
    assert "honesty" not in choices["kind"]


async def test_praise_has_kinds_of_its_own_and_no_fine(taxis: TaxiOrganisation) -> None:
    code = await reviewed(taxis, PRAISE)
    with pytest.raises(UnknownKind):
        await taxis.town.do(code, "record", OFFICER, driver=DRIVER_CODE, kind="overcharge")
    with pytest.raises(InvalidField, match="fine_of_reward"):
        await taxis.town.do(code, "record", OFFICER, driver=DRIVER_CODE, kind="honesty", fine="500000")
    with pytest.raises(MissingField, match="kind"):
        await taxis.town.do(code, "record", OFFICER, driver=DRIVER_CODE)
    assert await taxis.state(code) == "under_review"


async def test_a_taxi_that_is_not_registered_may_be_reported(taxis: TaxiOrganisation) -> None:
    code = await reviewed(taxis, "تخلف 77ج777-77 بی‌پروانه مسافر می‌برد")
    with pytest.raises(MissingField):
        await taxis.town.do(code, "record", OFFICER, kind="papers")
    await taxis.town.do(code, "record", OFFICER, kind="papers", driver=DRIVER_CODE)
    other = await reviewed(taxis, "تشویق تاکسی ۹۹۹ مهربان بود")
    assert (await taxis.town.request(other)).subject_key is None
    assert "۹۹۹" in (await taxis.town.say(STRANGER, other)).text


async def test_a_driver_without_a_mobile_is_not_told(taxis: TaxiOrganisation) -> None:
    await taxis.change_driver(AUXILIARY_CODE, mobile=None)
    code = await reviewed(taxis, ALONE)
    await taxis.town.do(code, "record", OFFICER, kind="smoking")
    assert (await taxis.town.request(code)).data["driver_mobile"] is None
    told = [message.key for message in await taxis.town.sent(AUXILIARY_MOBILE)]
    assert [key for key in told if "taxi_report" in key] == []


async def test_it_is_dismissed_with_a_reason(taxis: TaxiOrganisation) -> None:
    code = await reviewed(taxis)
    with pytest.raises(MissingField, match="reason"):
        await taxis.town.do(code, "dismiss", OFFICER)
    request = await taxis.town.do(code, "dismiss", OFFICER, reason="نشانی کافی نیست")
    assert (request.state, request.phase) == ("dismissed", Phase.DECLINED)
    assert "نشانی کافی نیست" in (await taxis.town.sent(STRANGER))[-1].text
    assert await taxis.town.sent(DRIVER_MOBILE) == []


async def test_a_question_is_asked_and_answered(taxis: TaxiOrganisation) -> None:
    code = await reviewed(taxis)
    request = await taxis.town.do(code, "ask", OFFICER, question="چه ساعتی؟")
    assert (request.state, request.phase) == ("needs_info", Phase.NEEDS_CITIZEN)
    heard = await taxis.town.say(STRANGER, f"پاسخ {code} ساعت ۸ صبح")
    assert heard.key == "services.taxi_report.notices.answer"
    request = await taxis.town.request(code)
    assert request.state == "under_review"
    assert request.data["answers"] == [{"question": "چه ساعتی؟", "answer": "ساعت ۸ صبح"}]


async def test_an_unanswered_question_closes_it(taxis: TaxiOrganisation) -> None:
    code = await reviewed(taxis)
    await taxis.town.do(code, "ask", OFFICER, question="چه ساعتی؟")
    taxis.town.advance(days=7)
    await taxis.town.run_timers()
    assert await taxis.state(code) == "dismissed"
    assert (await taxis.town.keys(STRANGER))[-1] == "no_answer"


@pytest.mark.parametrize("state", ["submitted", "under_review", "needs_info"])
async def test_it_is_withdrawn_by_text(taxis: TaxiOrganisation, state: str) -> None:
    code = await taxis.asks(COMPLAINT, STRANGER) if state == "submitted" else await reviewed(taxis)
    if state == "needs_info":
        await taxis.town.do(code, "ask", OFFICER, question="؟")
    assert (await taxis.town.say(STRANGER, f"لغو {code}")).key == "services.taxi_report.notices.withdraw"
    request = await taxis.town.request(code)
    assert (request.state, request.phase) == ("withdrawn", Phase.CANCELLED)
    assert await taxis.town.timers(code) == {}


async def test_what_is_finished_stays_so(taxis: TaxiOrganisation) -> None:
    code = await reviewed(taxis, ALONE)
    await taxis.town.do(code, "record", OFFICER, kind="smoking")
    with pytest.raises(AlreadyDone):
        await taxis.town.do(code, "record", OFFICER, kind="smoking")
    with pytest.raises(NotAllowedNow):
        await taxis.town.do(code, "dismiss", OFFICER, reason="دلیل")
    assert (await taxis.town.say(STRANGER, f"لغو {code}")).key == "errors.not_allowed_now"


@pytest.mark.parametrize("role", [Role.CIVIL, Role.REVENUE, Role.MANAGER, Role.AUDITOR, Role.CLERK])
async def test_only_the_officer_decides(taxis: TaxiOrganisation, role: Role) -> None:
    code = await reviewed(taxis)
    await taxis.town.brought_by(code)
    for action in ("record", "dismiss", "ask"):
        with pytest.raises(Forbidden):
            await taxis.town.do(code, action, role, reason="دلیل", question="؟", kind="smoking")
    with pytest.raises(NotFound):
        await taxis.town.do(code, "withdraw", actor(Role.CITIZEN, DRIVER_MOBILE))


async def test_it_is_entered_at_the_counter(taxis: TaxiOrganisation) -> None:
    for given, told in (
        ({"plate": PLATE, "text": "x"}, "missing_field:kind"),
        ({"kind": "violation", "text": "x"}, "missing_field:plate"),
        ({"kind": "violation", "plate": PLATE}, "missing_field:text"),
        ({"kind": "gossip", "plate": PLATE, "text": "x"}, "unknown_kind:kind:choice"),
        ({"kind": "reward", "plate": PLATE, "taxi_code": "115", "text": "x"}, "invalid_field:taxi_code:other_taxi"),
    ):
        with pytest.raises(DomainError) as error:
            await taxis.enters("taxi_report", given, STRANGER)
        assert str(error.value) == told
    code = await taxis.enters("taxi_report", {"kind": "reward", "taxi_code": "۱۱۵", "text": "مهربان بود"}, STRANGER)
    assert (await taxis.town.request(code)).fields["plate"] == SECOND_PLATE
    assert (await taxis.town.keys(STRANGER))[-1] == "submit"


async def test_drivers_who_left_are_not_offered(taxis: TaxiOrganisation) -> None:
    await taxis.change_driver(DRIVER_CODE, status="left")
    code = await reviewed(taxis)
    await taxis.town.do(code, "record", OFFICER, kind="overcharge")
    [row] = await rows_of(taxis.town, VIOLATION.key)
    assert row.values["driver"] == AUXILIARY_CODE
