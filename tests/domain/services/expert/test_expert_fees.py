"""Price and papers of an opinion: pending papers, quotes by kind and area, waivers, expiry."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.bills.bill import BillState
from domain.requests.request import Phase, TimerKind
from domain.services.expert.declaration import EXPERT_OPINION
from domain.services.expert.kinds import OPINION_KINDS, PAPER_NAMES
from domain.values.actors import Role
from domain.values.errors import Forbidden, MissingField, NotAllowedNow, NotFound
from tests.support.municipality import CITIZEN, Municipality, actor
from tests.support.scenarios.expert_unit import AREA, ASKING, FEE, LETTER, METRE_FEE, OFFICER, TODAY, VISIT_FEE, Experts

END_OF_FRIDAY = datetime(2026, 11, 27, 20, 30, tzinfo=UTC)
LAG = timedelta(days=2)
"""Saturday and Sunday: the banks settle on both."""
FELLING = "کارشناسی قطع درخت کد ملی 0499370899 کد پستی 4947113456 دو کاج"


@pytest.fixture
def town(experts: Experts) -> Municipality:
    """The experts' town."""
    return experts.town


async def test_pending_papers_are_told_and_asked_for_at_the_pricing(experts: Experts, town: Municipality) -> None:
    code = await town.order(ASKING)
    assert (await town.say(CITIZEN, code)).text.splitlines()[0].endswith("کارت ملی، نقشه")
    await experts.add(code, "national_card", by=actor(Role.CITIZEN))
    await experts.assign(code, visit=TODAY)
    pending, holder = (await town.say(CITIZEN, code)).text.splitlines()
    assert pending.endswith("مدارک مانده: سند مالکیت، نقشه")
    assert holder == "نزد واحد کارشناسی، مهلت پاسخ: سه‌شنبه ۱۷ آذر ساعت ۱۰"
    await town.do(code, "visit", OFFICER, report="دیدم", area=AREA)
    assert (await town.keys())[-1] == "visit_pending"
    with pytest.raises(NotAllowedNow, match="documents_pending") as refused:
        await town.do(code, "price", Role.REVENUE)
    assert town.desk.wording.render_error(refused.value).endswith(": سند مالکیت، نقشه")
    assert (await town.request(code)).state == "visited"
    await experts.add(code, "deed", "plan")
    assert (await town.say(CITIZEN, code)).key == "services.expert.status.visited"
    await town.do(code, "price", Role.REVENUE)


async def test_an_expired_notice_is_replaced_by_what_is_missing(experts: Experts, town: Municipality) -> None:
    code = await town.order(ASKING)
    await experts.assign(code, visit="1405/09/21 09:00")
    town.advance(days=4)
    await town.expire_texts()
    assert (await town.sent())[-1].key == "services.expert.pending.assigned"


async def test_every_kind_says_its_papers(experts: Experts) -> None:
    papers = {kind: EXPERT_OPINION.papers.list_required({"kind": kind}) for kind in OPINION_KINDS}  # type: ignore[union-attr]
    assert papers["tree_felling"] == ("national_card", "photo")
    assert papers["completion"] == ("deed", "national_card", "permit")
    assert all(set(one) <= set(PAPER_NAMES) and one for one in papers.values())


# The fee


async def test_the_fee_is_explained_line_by_line(experts: Experts, town: Municipality) -> None:
    code = await experts.reach("awaiting_payment")
    [bill] = await town.bills(code)
    assert (bill.amount, bill.state) == (FEE, BillState.OPEN)
    lines = [(one["dimensions"], one["unit"], one["asked"], one["rate"]) for one in bill.explanation["lines"]]
    assert lines == [
        ({"kind": "subdivision"}, "visit", 1, VISIT_FEE),
        ({"kind": "subdivision", "per": "square_metre"}, "square_metre", AREA, METRE_FEE),
    ]
    assert bill.explanation == (await town.request(code)).data["quote"]
    assert "۱۱٬۰۰۰٬۰۰۰" in (await town.sent())[-1].text


async def test_a_price_a_metre_needs_the_metres(experts: Experts, town: Municipality) -> None:
    code = await experts.reach("assigned", visit=TODAY)
    await experts.add(code, "deed", "national_card", "plan")
    await town.do(code, "visit", OFFICER, report="دیدم")
    with pytest.raises(MissingField, match="area"):
        await town.do(code, "price", Role.REVENUE)
    await town.do(code, "price", Role.REVENUE, area="100")
    assert [bill.amount for bill in await town.bills(code)] == [(VISIT_FEE + 100 * METRE_FEE) * 110 // 100]


async def test_a_kind_without_a_price_a_metre(experts: Experts, town: Municipality) -> None:
    code = await experts.reach("assigned", FELLING, visit=TODAY)
    await experts.add(code, "national_card", "photo")
    await town.do(code, "visit", OFFICER, report="دو کاج خشک")
    await town.do(code, "price", Role.REVENUE)
    assert [bill.amount for bill in await town.bills(code)] == [VISIT_FEE * 110 // 100]


async def test_a_kind_without_a_price(experts: Experts, town: Municipality) -> None:
    code = await experts.reach("assigned", "کارشناسی سایر کد ملی 0499370899 کد پستی 4947113456 چاه", visit=TODAY)
    await experts.add(code, "national_card")
    await town.do(code, "visit", OFFICER, report="دیدم")
    with pytest.raises(NotFound, match="tariff"):
        await town.do(code, "price", Role.REVENUE)
    await experts.price(0, kind="other")
    assert (await town.do(code, "price", Role.REVENUE)).state == "paid"
    assert ((await town.keys())[-1], await town.bills(code)) == ("free", [])


async def test_the_price_may_be_set_by_hand(experts: Experts, town: Municipality) -> None:
    code = await experts.reach("visited")
    with pytest.raises(MissingField, match="reason:override_needs_reason"):
        await town.do(code, "price", Role.REVENUE, amount="3000000")
    await town.do(code, "price", Role.REVENUE, amount="3000000", reason="زمین وقفی")
    [bill] = await town.bills(code)
    assert (bill.amount, bill.explanation["computed"], bill.explanation["reason"]) == (3_000_000, FEE, "زمین وقفی")


async def test_only_revenue_sets_the_fee(experts: Experts, town: Municipality) -> None:
    code = await experts.reach("visited")
    for role in (Role.EXPERT, Role.MANAGER, Role.SECRETARIAT, Role.CITIZEN):
        with pytest.raises(Forbidden):
            await town.do(code, "price", role)


async def test_a_waived_fee(experts: Experts, town: Municipality) -> None:
    code = await experts.reach("awaiting_payment")
    request = await town.do(code, "waive", Role.REVENUE, reason="مسجد")
    assert (request.state, [one.state for one in await town.bills(code)]) == ("paid", [BillState.WAIVED])
    await town.do(code, "issue", Role.SECRETARIAT, text=LETTER)


async def test_an_unpaid_fee_expires_after_the_settlement_lag(experts: Experts, town: Municipality) -> None:
    code = await experts.reach("awaiting_payment")
    town.clock.at = END_OF_FRIDAY + LAG - timedelta(seconds=1)
    await town.run_timers(TimerKind.DEADLINE)
    assert (await town.request(code)).state == "awaiting_payment"
    await town.set_bill(code, BillState.PAYING)
    town.advance(seconds=1)
    await town.run_timers(TimerKind.DEADLINE)
    assert (await town.request(code)).state == "awaiting_payment"  # the bank has not answered
    await town.set_bill(code, BillState.OPEN)
    town.advance(minutes=30)
    await town.run_timers(TimerKind.DEADLINE)
    request = await town.request(code)
    assert (request.state, request.phase, (await town.keys())[-1]) == ("expired", Phase.CANCELLED, "expire")
    assert [one.state for one in await town.bills(code)] == [BillState.EXPIRED]
