"""Requests of drivers and passengers to the taxi officer at the staff's site, over `taxi_registries`."""

from collections.abc import Mapping

from domain.actions.context import ActorContext
from domain.actions.messages.notify import announce_outcome
from domain.actions.requests.submit import submit_request
from domain.requests.request import ServiceRequest
from domain.values.actors import Actor, Role
from tests.support.municipality import CITIZEN, actor
from tests.support.scenarios.taxi_registries import DRIVER_CODE, DRIVER_MOBILE, PLATE
from tests.support.staff_site import StaffSite


async def asked_leave(site: StaffSite) -> ServiceRequest:
    """A leave from tomorrow on, which the officer entered for the main driver."""
    officer = actor(Role.TAXI_OFFICER, channel="walk_in")
    asked = {"plate": PLATE, "driver": DRIVER_CODE, "from": "2026-11-25", "to": "2026-11-29", "scope": "in_city"}
    return await _asked(site, "taxi_leave", asked | {"reason": "بیماری"}, officer, DRIVER_MOBILE)


async def renewed_insurance(site: StaffSite) -> ServiceRequest:
    """A renewed insurance of the first taxi, which the officer entered for its main driver."""
    officer = actor(Role.TAXI_OFFICER, channel="walk_in")
    asked = {"paper": "insurance", "plate": PLATE, "expiry": "2027-12-06"}
    return await _asked(site, "taxi_renewal", asked, officer, DRIVER_MOBILE)


async def complained(site: StaffSite, kind: str = "violation") -> ServiceRequest:
    """A passenger's complaint about the same taxi, or praise (`reward`)."""
    said = {"kind": kind, "plate": PLATE, "text": "راننده کرایه اضافه گرفت" if kind == "violation" else "کیفم را آورد"}
    return await _asked(site, "taxi_report", said, actor(Role.CITIZEN), CITIZEN)


async def _asked(site: StaffSite, service: str, values: Mapping[str, object], by: Actor, mobile: str) -> ServiceRequest:
    async with site.store.open_unit() as uow:
        context = ActorContext(site.demo.desk, uow, by)
        outcome = await submit_request(context, service, values, mobile)
        await announce_outcome(context, outcome)
    return outcome.request
