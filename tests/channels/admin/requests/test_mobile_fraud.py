"""A clerk who would lead a citizen's money to an own account, on the site: who changes the number, what pages say."""

from datetime import timedelta

from domain.actions.context import ActorContext
from domain.actions.refunds.accounts import ask_for_ibans, give_iban
from domain.bills.bill import Bill
from domain.requests.request import ServiceRequest
from domain.values.actors import Role
from domain.values.ibans import parse_iban
from tests.channels.admin.audit_reader import list_audited
from tests.support.municipality import actor
from tests.support.pages.page_forms import read_version
from tests.support.scenarios.refunds_due import cancelled
from tests.support.scenarios.site_registries import words
from tests.support.staff_site import StaffSite, Visitor

CITIZEN, CLERKS_OWN = "+989121234567", "+989119998877"
IBAN = "IR580540105180021273113007"
REFUNDS = "/staff/refunds"


async def texts_to(site: StaffSite, mobile: str) -> list[str]:
    """The keys of the texts to a number."""
    async with site.store.open_unit(write=False) as uow:
        return [text.key for text in await uow.outbox.list_recent(recipient=mobile)]


async def enter_number(visitor: Visitor, username: str, request: ServiceRequest, status: int = 303) -> str:
    """Let a member enter the clerk's own number; where that leads, or the page that refuses it."""
    await visitor.sign_in(username)
    page = await visitor.get(f"/staff/requests/{request.code}")
    form = {"version": read_version(page), "mobile": CLERKS_OWN, "proof": "کارت ملی"}
    return await visitor.post(f"/staff/requests/{request.code}/mobile", status, **form)


async def give_own_account(site: StaffSite) -> None:
    """Let the clerk's own phone give an account for what is due."""
    await ask_for_ibans(site.demo.desk, site.store)
    async with site.store.open_unit() as uow:
        await give_iban(
            ActorContext(site.demo.desk, uow, actor(Role.CITIZEN, CLERKS_OWN)), CLERKS_OWN, parse_iban(IBAN)
        )


async def send_back(visitor: Visitor, bill: Bill, status: int) -> str:
    """Record on the list that the money went to that account."""
    form = {"bill_id": bill.bill_id, "amount": str(bill.amount), "iban": IBAN, "reference": "حواله ۷"}
    return await visitor.post(f"{REFUNDS}/refund", status, **form)


async def test_while_money_is_due_a_clerk_gets_no_form_and_is_refused(site: StaffSite, inside: Visitor) -> None:
    request, _ = await cancelled(site)
    await inside.sign_in("civil")
    address = f"/staff/requests/{request.code}/mobile"
    assert f'action="{address}"' not in await inside.get(f"/staff/requests/{request.code}")
    await enter_number(inside, "civil", request, 403)
    assert (await site.request(request.code)).mobile == CITIZEN
    assert await texts_to(site, CLERKS_OWN) == []


async def test_revenue_and_manager_change_it_together_each_with_a_fresh_proof(site: StaffSite, inside: Visitor) -> None:
    request, bill = await cancelled(site)
    assert "done=mobile_waits" in await enter_number(inside, "revenue", request)
    page = words(await inside.get(f"/staff/requests/{request.code}"))
    assert "همراه ۰۹۱۱۹۹۹۸۸۷۷ را پیشنهاد داده است" in page
    assert (await site.request(request.code)).mobile == CITIZEN
    assert (await texts_to(site, CITIZEN)).count("sms.mobile_proposed") == 1
    await inside.sign_in("manager")
    page = await inside.get(f"/staff/requests/{request.code}")
    site.clock.at += timedelta(minutes=20)
    form = {"version": read_version(page), "mobile": CLERKS_OWN, "proof": "کارت ملی"}
    asked = await inside.post(f"/staff/requests/{request.code}/mobile", 401, **form)
    assert "گذرواژه" in words(asked), "the proof has grown old"
    assert "done=mobile" in await enter_number(inside, "manager", request)
    assert (await site.request(request.code)).mobile == CLERKS_OWN
    assert ("staff:manager", "mobile_corrected") in await list_audited(site)
    assert (await texts_to(site, CITIZEN)).count("sms.mobile_corrected") == 1
    await give_own_account(site)
    await inside.sign_in("revenue")
    shown = words(await inside.get(REFUNDS))
    assert "(…۸۸۷۷) شمارهٔ زمان پرداخت (…۴۵۶۷) نیست" in shown
    assert "تا صاحب شمارهٔ پیشین بتواند اعتراض کند" in words(await send_back(inside, bill, 409))


async def test_a_number_that_was_changed_before_the_money_was_due_marks_the_account(
    site: StaffSite, inside: Visitor
) -> None:
    """The clerk changes the number of a paid request, and only then cancels it."""
    request, bill = await cancelled(site, corrected_to=CLERKS_OWN)
    assert "sms.mobile_corrected" in await texts_to(site, CITIZEN)
    await give_own_account(site)
    site.clock.at += timedelta(days=30)
    await inside.sign_in("revenue")
    await inside.get(REFUNDS)
    assert "این استرداد وجه را باید اول نفر دومی تأیید کند" in words(await send_back(inside, bill, 409))
    await inside.post(f"{REFUNDS}/files", 409)
    page = words(await inside.get(f"/staff/requests/{request.code}"))
    assert "(…۸۸۷۷) شمارهٔ زمان پرداخت (…۴۵۶۷) نیست" in page
