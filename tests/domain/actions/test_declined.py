"""Whoever asks after a request that was declined is told why, also where nobody gave a reason in words."""

from domain.values.actors import Role
from tests.support.cabs import AUXILIARY_LEAVE, AUXILIARY_MOBILE, COMPLAINT, OFFICER, Cabs
from tests.support.experts import Experts
from tests.support.municipality import CITIZEN
from tests.support.taxis import DRIVER_MOBILE, OWNER_MOBILE


async def tracked(cabs: Cabs, code: str, mobile: str = CITIZEN) -> str:
    """What its citizen is told of a request."""
    return (await cabs.town.say(mobile, code)).text


async def test_the_reason_of_the_staff(cabs: Cabs) -> None:
    work = await cabs.town.order()
    await cabs.town.do(work, "reject", Role.CIVIL, reason="ماشین در تعمیر است")
    assert "دلیل: ماشین در تعمیر است" in await tracked(cabs, work)
    report = await cabs.asks(COMPLAINT, CITIZEN)
    await cabs.does(report, "take")
    await cabs.town.do(report, "dismiss", OFFICER, reason="مدرکی نبود")
    assert "دلیل: مدرکی نبود" in await tracked(cabs, report)
    leave = await cabs.reach("under_review")
    await cabs.town.do(leave, "reject", OFFICER, reason="تاکسی کم است")
    told = await tracked(cabs, leave, DRIVER_MOBILE)
    assert ("دلیل: تاکسی کم است" in told, "بیماری" in told) == (True, False)


async def test_the_reason_of_an_opinions_refusal(experts: Experts) -> None:
    code = await experts.reach("submitted")
    await experts.town.do(code, "reject", Role.EXPERT, reason="ملک بیرون از شهر است")
    assert "دلیل: ملک بیرون از شهر است" in (await experts.town.say(CITIZEN, code)).text


async def test_what_was_never_answered(cabs: Cabs) -> None:
    work = await cabs.town.order()
    await cabs.town.do(work, "ask", Role.CIVIL, question="کدام کوچه؟")
    cabs.town.advance(days=7)
    await cabs.town.run_timers()
    assert "دلیل: پاسخی به پرسش شهرداری نرسید" in await tracked(cabs, work)


async def test_an_owner_who_refuses_or_keeps_silent(cabs: Cabs) -> None:
    refused = await cabs.asks(AUXILIARY_LEAVE, AUXILIARY_MOBILE)
    await cabs.town.says(f"رد {refused}", "۱", mobile=OWNER_MOBILE)
    told = await tracked(cabs, refused, AUXILIARY_MOBILE)
    assert ("دلیل: مالک تاکسی موافقت نکرد" in told, "سفر" in told) == (True, False)
    silent = await cabs.asks(AUXILIARY_LEAVE, AUXILIARY_MOBILE)
    cabs.town.advance(days=3)
    await cabs.town.run_timers()
    assert "دلیل: مالک تاکسی پاسخی نداد" in await tracked(cabs, silent, AUXILIARY_MOBILE)


async def test_what_was_declined_before_reasons_were_kept(cabs: Cabs) -> None:
    leave = await cabs.reach("under_review")
    await cabs.town.do(leave, "reject", OFFICER, reason="تاکسی کم است")
    cabs.town.sql("UPDATE requests SET data = json_remove(data, '$.reason') WHERE code = ?", leave)
    assert "دلیل: گفته نشده است" in await tracked(cabs, leave, DRIVER_MOBILE)
