"""Notice to those whose turn it is when money came: the assignee or the unit, in one part, by day."""

from dataclasses import replace
from datetime import UTC, datetime

from domain.actions.context import ActorContext
from domain.actions.requests import assign
from domain.messages.records import MessageClass
from domain.people.person import StaffMember
from domain.values.actors import Role
from domain.values.message_parts import count_parts
from domain.values.tracking_codes import parse_code
from tests.support.municipality import CITIZEN, CIVIL_OFFICER, Municipality, actor
from tests.support.scenarios.expert_unit import OFFICER_MOBILE, Experts

COLLEAGUE, SECRETARY, REVENUE_OFFICER = "+989111000021", "+989111000022", "+989111000023"
UNIT_PAID = "services.machinery.notices.unit_paid"


async def engage(town: Municipality, username: str, role: Role, mobile: str | None) -> None:
    """Put somebody on the staff."""
    member = StaffMember(username, frozenset({role}), "سارا نوری", mobile, "", True, town.clock.now())
    async with town.store.open_unit() as uow:
        await uow.people.save_staff(member)


async def give(town: Municipality, code: str, username: str) -> None:
    """Assign a request."""
    async with town.store.open_unit() as uow:
        await assign.assign_request(ActorContext(town.desk, uow, actor(Role.MANAGER)), parse_code(code), username)


async def test_the_unit_hears_of_the_payment_in_one_part_and_the_citizen_as_ever(town: Municipality) -> None:
    code = await town.reach("paid")
    (notice,) = await town.sent(CIVIL_OFFICER)
    shown = town.desk.wording.tracking_code_text(code)
    assert notice.text == f"پرداخت درخواست {shown} رسید: لودر ۴ ساعت. نوبت عمران است."
    assert (notice.key, notice.cls, count_parts(notice.text)) == (UNIT_PAID, MessageClass.NOTICE, 1)
    assert notice.request_id == (await town.request(code)).id
    assert (await town.keys(CITIZEN))[-1] == "pay"


async def test_at_night_it_waits_for_the_morning_and_the_receipt_does_not(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    town.clock.at = datetime(2026, 11, 24, 19, 30, tzinfo=UTC)  # 23:00 in Tehran
    await town.pay(code)
    (notice,) = await town.sent(CIVIL_OFFICER)
    assert notice.not_before == datetime(2026, 11, 25, 4, 30, tzinfo=UTC)
    assert (await town.sent(CITIZEN))[-1].not_before == town.clock.at


async def test_all_of_the_unit_hear_of_it_while_nobody_has_it(town: Municipality) -> None:
    await engage(town, "sara", Role.CIVIL, COLLEAGUE)
    await engage(town, "nobody", Role.CIVIL, None)
    await engage(town, "revenue", Role.REVENUE, REVENUE_OFFICER)
    await town.reach("paid")
    told = [await town.keys(mobile) for mobile in (CIVIL_OFFICER, COLLEAGUE, REVENUE_OFFICER)]
    assert told == [["unit_paid"], ["unit_paid"], []]


async def test_the_assignee_alone_hears_of_it(town: Municipality) -> None:
    await engage(town, "sara", Role.CIVIL, COLLEAGUE)
    code = await town.order()
    await give(town, code, "sara")
    await town.do(code, "accept", Role.CIVIL)
    await town.do(code, "price", Role.REVENUE)
    await town.pay(code)
    assert (await town.keys(COLLEAGUE), await town.sent(CIVIL_OFFICER)) == (["unit_paid"], [])


async def test_an_assignee_without_a_mobile_leaves_it_to_the_unit(town: Municipality) -> None:
    await engage(town, "sara", Role.CIVIL, None)
    code = await town.order()
    await give(town, code, "sara")
    await town.do(code, "accept", Role.CIVIL)
    await town.do(code, "price", Role.REVENUE)
    await town.pay(code)
    assert await town.keys(CIVIL_OFFICER) == ["unit_paid"]


async def test_an_assignee_of_another_unit_leaves_it_to_the_one_whose_turn_it_is(experts: Experts) -> None:
    town = experts.town
    await engage(town, "secretary", Role.SECRETARIAT, SECRETARY)
    code = await experts.reach("paid")
    (notice,) = await town.sent(SECRETARY)
    assert (await town.request(code)).assignee == "ahmadi"
    assert "unit_paid" not in await town.keys(OFFICER_MOBILE)
    assert notice.text.endswith("رسید: تفکیک. نوبت دبیرخانه است.")
    assert count_parts(notice.text) == 1


async def test_a_waived_or_doubly_paid_bill_says_nothing_more_to_the_unit(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    await town.do(code, "waive", Role.REVENUE, reason="کمک به مدرسه")
    assert await town.sent(CIVIL_OFFICER) == []
    paid_code = await town.reach("paid", text="ماشین گریدر ۴ ساعت فردا ساعت ۸ خیابان امام")
    await town.pay(paid_code)
    assert await town.keys(CIVIL_OFFICER) == ["unit_paid"]


async def test_it_has_no_link_to_the_receipt_of_the_payer(town: Municipality) -> None:
    policy = replace(town.desk.policy, site_address="https://gomishan.ir")
    town.desk.engine = replace(town.desk.engine, policy=policy)
    town.desk.catalogue.apply_overrides({UNIT_PAID: "پرداخت شد: {code}"})  # a link would have room
    await town.reach("paid")
    assert "http" in (await town.sent(CITIZEN))[-1].text
    assert "http" not in (await town.sent(CIVIL_OFFICER))[-1].text
