"""Requests whose citizen could not prove the mobile yet, as the staff see them, and for whom somebody asks."""

from domain.actions.context import ActorContext
from domain.actions.drafts.submitting import REPRESENTED
from domain.actions.requests.unverified import mark_unverified, verify_request_mobile
from domain.requests.request import ServiceRequest
from domain.values.actors import Role
from tests.support.municipality import CITIZEN, actor
from tests.support.staff_site import StaffSite, Visitor

BADGE = "تلفن تأیید نشده"


async def make_unverified(site: StaffSite, request: ServiceRequest) -> None:
    """Let a request wait for the proof of its mobile."""
    async with site.store.open_unit() as uow:
        stored = await uow.requests.get(request.id, lock=True)
        stored.mobile = None
        REPRESENTED.write(stored, {"relation": "company", "name": "شرکت آب"})
        await mark_unverified(
            ActorContext(site.demo.desk, uow, actor(Role.CITIZEN, "unverified", "portal")), stored, CITIZEN
        )


async def test_queue_and_request_say_that_the_mobile_is_not_proved(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    await inside.sign_in("civil")
    assert BADGE not in await inside.get("/staff")
    await make_unverified(site, request)
    assert BADGE in await inside.get("/staff")
    page = await inside.get(f"/staff/requests/{request.code}")
    for words in (BADGE, "۰۹۱۲۱۲۳۴۵۶۷", "شرکت آب", "ثبت بدون تأیید تلفن"):
        assert words in page
    async with site.store.open_unit() as uow:
        citizen = actor(Role.CITIZEN, CITIZEN, "portal")
        await verify_request_mobile(ActorContext(site.demo.desk, uow, citizen), request.code, CITIZEN)
    assert BADGE not in await inside.get("/staff")
    assert BADGE not in await inside.get(f"/staff/requests/{request.code}")
