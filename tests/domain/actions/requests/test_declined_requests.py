"""Enquiries about a declined request are answered with the reason, also where nobody gave one in words."""

from domain.values.actors import Role
from tests.support.municipality import CITIZEN
from tests.support.scenarios.expert_unit import Experts
from tests.support.scenarios.taxi_organisation import (
    AUXILIARY_LEAVE,
    AUXILIARY_MOBILE,
    COMPLAINT,
    OFFICER,
    TaxiOrganisation,
)
from tests.support.scenarios.taxi_registries import DRIVER_MOBILE, OWNER_MOBILE


async def tracked(taxis: TaxiOrganisation, code: str, mobile: str = CITIZEN) -> str:
    """Answer to its citizen about a request."""
    return (await taxis.town.say(mobile, code)).text


async def test_the_reason_of_the_staff(taxis: TaxiOrganisation) -> None:
    work = await taxis.town.order()
    await taxis.town.do(work, "reject", Role.CIVIL, reason="ماشین در تعمیر است")
    assert "دلیل: ماشین در تعمیر است" in await tracked(taxis, work)
    report = await taxis.asks(COMPLAINT, CITIZEN)
    await taxis.does(report, "take")
    await taxis.town.do(report, "dismiss", OFFICER, reason="مدرکی نبود")
    assert "دلیل: مدرکی نبود" in await tracked(taxis, report)
    leave = await taxis.reach("under_review")
    await taxis.town.do(leave, "reject", OFFICER, reason="تاکسی کم است")
    told = await tracked(taxis, leave, DRIVER_MOBILE)
    assert ("دلیل: تاکسی کم است" in told, "بیماری" in told) == (True, False)


async def test_the_reason_of_an_opinions_refusal(experts: Experts) -> None:
    code = await experts.reach("submitted")
    await experts.town.do(code, "reject", Role.EXPERT, reason="ملک بیرون از شهر است")
    assert "دلیل: ملک بیرون از شهر است" in (await experts.town.say(CITIZEN, code)).text


async def test_what_was_never_answered(taxis: TaxiOrganisation) -> None:
    work = await taxis.town.order()
    await taxis.town.do(work, "ask", Role.CIVIL, question="کدام کوچه؟")
    taxis.town.advance(days=7)
    await taxis.town.run_timers()
    assert "دلیل: پاسخی به پرسش شهرداری نرسید" in await tracked(taxis, work)


async def test_an_owner_who_refuses_or_keeps_silent(taxis: TaxiOrganisation) -> None:
    refused = await taxis.asks(AUXILIARY_LEAVE, AUXILIARY_MOBILE)
    await taxis.town.says(f"رد {refused}", "۱", mobile=OWNER_MOBILE)
    told = await tracked(taxis, refused, AUXILIARY_MOBILE)
    assert ("دلیل: مالک تاکسی موافقت نکرد" in told, "سفر" in told) == (True, False)
    silent = await taxis.asks(AUXILIARY_LEAVE, AUXILIARY_MOBILE)
    taxis.town.advance(days=3)
    await taxis.town.run_timers()
    assert "دلیل: مالک تاکسی پاسخی نداد" in await tracked(taxis, silent, AUXILIARY_MOBILE)


async def test_what_was_declined_before_reasons_were_kept(taxis: TaxiOrganisation) -> None:
    leave = await taxis.reach("under_review")
    await taxis.town.do(leave, "reject", OFFICER, reason="تاکسی کم است")
    taxis.town.sql("UPDATE requests SET data = json_remove(data, '$.reason') WHERE code = ?", leave)
    assert "دلیل: گفته نشده است" in await tracked(taxis, leave, DRIVER_MOBILE)
