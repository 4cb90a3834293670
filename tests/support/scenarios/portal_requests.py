"""Requests as their citizens follow them on the portal: asked about, billed, paid, ended; a leave that waits for an
owner; one whose mobile nobody has proved.
"""

from collections.abc import Mapping
from typing import Any

from domain.actions.bills.pay import record_payment
from domain.actions.citizens.sessions import citizen_actor
from domain.actions.context import ActorContext
from domain.actions.messages.notify import announce_outcome
from domain.actions.registries.rows import put_rows
from domain.actions.requests.change import change_request
from domain.actions.requests.submit import submit_request
from domain.actions.requests.unverified import mark_unverified
from domain.bills.bill import PaymentMethod
from domain.blocks.charging import list_request_bills
from domain.registries.declarations import AGENCY, DRIVER, DUTY, OWNER, REGISTRIES, VEHICLE
from domain.requests.request import ServiceRequest
from domain.values.actors import SYSTEM, Actor, Role
from tests.support.demo_site import CITIZENS, DemoSite
from tests.support.portal_citizen import OWN_MOBILE
from tests.support.scenarios.taxi_registries import AUXILIARY_CODE, OFFICER, ORGANISATION, PLATE, SECOND_PLATE

OTHER_MOBILE = CITIZENS[1].mobile
MACHINERY: Mapping[str, Any] = {
    "full_name": "گل‌جمال توماج",
    "national_code": "0499370899",
    "items": [{"machine": "loader", "hours": 4}],
    "date": "2026-11-26",
    "start": "08:00",
    "place": "خیابان امام، جنب پارک",
}
EXPERT: Mapping[str, Any] = {
    "kind": "valuation",
    "full_name": "گل‌جمال توماج",
    "national_code": "0499370899",
    "postal_code": "4981734567",
    "address": "خیابان طالقانی، پلاک ۱۲",
    "text": "ارزش ملک برای تقسیم ارث",
}
LEAVE: Mapping[str, Any] = {
    "plate": SECOND_PLATE,
    "from": "2026-11-26",
    "to": "2026-11-29",
    "scope": "in_city",
    "reason": "سفر",
}
QUESTION = "راه ورود ماشین سنگین باز است؟"


async def submitted(
    portal: DemoSite,
    service: str = "machinery",
    form: Mapping[str, Any] = MACHINERY,
    mobile: str = OWN_MOBILE,
) -> ServiceRequest:
    """A request that came by SMS."""
    actor = Actor(frozenset({Role.CITIZEN}), "citizen", mobile, "sms")
    async with portal.store.open_unit() as uow:
        context = ActorContext(portal.desk, uow, actor)
        outcome = await submit_request(context, service, form, mobile)
        await announce_outcome(context, outcome)
    return outcome.request


async def asked(portal: DemoSite) -> ServiceRequest:
    """One about which the officer asks something."""
    request = await submitted(portal)
    await portal.act(request.code, "ask", Role.CIVIL, {"question": QUESTION})
    return request


async def asked_about(portal: DemoSite) -> ServiceRequest:
    """An opinion about which the officer asks something that two fields and a paper are wrong in."""
    request = await submitted(portal, "expert", EXPERT)
    marks = {"marked_fields": "postal_code,address", "marked_papers": "deed"}
    await portal.act(request.code, "ask", Role.EXPERT, {"question": "نشانی و سند ناخواناست.", **marks})
    return request


async def changed_elsewhere(portal: DemoSite, request: ServiceRequest) -> None:
    """Let the citizen change where a machine is wanted, by another channel."""
    actor = Actor(frozenset({Role.CITIZEN}), "citizen", OWN_MOBILE, "sms")
    async with portal.store.open_unit() as uow:
        await change_request(ActorContext(portal.desk, uow, actor), request.code, {"place": "کوچه نخست"})


async def bill(portal: DemoSite, request: ServiceRequest) -> None:
    """Accept a request and price it."""
    await portal.act(request.code, "accept", Role.CIVIL)
    await portal.act(request.code, "price", Role.REVENUE)


async def pay(portal: DemoSite, request: ServiceRequest) -> None:
    """Record a slip for the request's bill."""
    revenue = Actor(frozenset({Role.REVENUE}), "staff", "revenue", "cli")
    async with portal.store.open_unit() as uow:
        (owed,) = await list_request_bills(uow.bills, request)
        ids = owed.bill_id, owed.payment_id
        paid = await record_payment(
            ActorContext(portal.desk, uow, revenue), ids, owed.amount, PaymentMethod.SLIP, request.code
        )
        assert paid.outcome
        await announce_outcome(ActorContext(portal.desk, uow, revenue), paid.outcome)


async def completed(portal: DemoSite) -> ServiceRequest:
    """One that was paid and done."""
    request = await submitted(portal)
    await bill(portal, request)
    await pay(portal, request)
    await portal.act(request.code, "schedule", Role.CIVIL)
    await portal.act(request.code, "hand_over", Role.CIVIL, {"early": "yes"})
    await portal.act(request.code, "complete", Role.CIVIL)
    return request


async def furnish_taxis(portal: DemoSite) -> None:
    """Register a taxi organisation whose owner is the citizen of the browser."""
    rows = {key: [dict(row) for row in ORGANISATION[key]] for key in (AGENCY.key, OWNER.key, VEHICLE.key, DRIVER.key)}
    rows[OWNER.key][0]["mobile"] = OWN_MOBILE
    next(row for row in rows[DRIVER.key] if row["national_code"] == AUXILIARY_CODE)["mobile"] = OTHER_MOBILE
    async with portal.store.open_unit() as uow:
        for registry, values in rows.items():
            await put_rows(ActorContext(portal.desk, uow, OFFICER), REGISTRIES[registry], values)


async def charge_duties(portal: DemoSite) -> None:
    """Let both taxis of that organisation owe something, the first for two years."""
    await furnish_taxis(portal)
    duties = [
        {"vehicle": plate, "year": year, "amount": amount}
        for plate, year, amount in ((PLATE, 1404, 1_200_000), (PLATE, 1405, 1_500_000), (SECOND_PLATE, 1405, 900_000))
    ]
    async with portal.store.open_unit() as uow:
        await put_rows(ActorContext(portal.desk, uow, SYSTEM), DUTY, duties)


async def awaiting_owner(portal: DemoSite) -> ServiceRequest:
    """A leave of an auxiliary driver, for which the citizen of the browser is asked as the owner."""
    await furnish_taxis(portal)
    return await submitted(portal, "taxi_leave", LEAVE, OTHER_MOBILE)


async def unverified(portal: DemoSite) -> ServiceRequest:
    """One that was sent with the browser's number on a day without codes."""
    actor = citizen_actor(None)
    async with portal.store.open_unit() as uow:
        context = ActorContext(portal.desk, uow, actor)
        request = (await submit_request(context, "machinery", MACHINERY, None)).request
        await mark_unverified(context, request, OWN_MOBILE)
    return request
