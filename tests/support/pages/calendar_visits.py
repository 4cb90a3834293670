"""Something to see on the calendars and the day sheets of every page that is looked at."""

from collections.abc import Sequence

from domain.requests.request import ServiceRequest
from domain.values.actors import Role
from tests.channels.admin.fleet.test_calendar_pages import paid
from tests.support.pages.page_visits import PageVisit
from tests.support.scenarios.expert_opinions import asked_opinion
from tests.support.scenarios.expert_unit import TODAY
from tests.support.staff_site import StaffSite


async def calendar_visits(
    site: StaffSite, waits: ServiceRequest, opinion: ServiceRequest
) -> dict[str, Sequence[PageVisit]]:
    """Days and weeks, an hour that is chosen, and the day sheets of who has to go out today."""
    visited = await asked_opinion(site)
    await site.demo.act(visited.code, "assign", Role.MANAGER, {"officer": "expert", "visit": TODAY})
    worked = await paid(site, date="2026-11-24", start="14:00")
    await site.demo.act(worked.code, "schedule", Role.CIVIL)
    works = ("", "?view=week", f"?for={waits.code}&step=schedule")
    visits = ("", "?view=week&day=2026-11-28", f"?for={opinion.code}&step=assign")
    return {
        "/staff/fleet": [
            *(PageVisit(f"/staff/fleet{query}", Role.CIVIL) for query in works),
            PageVisit("/staff/fleet?day=سی‌ام", Role.CIVIL, 422),
        ],
        "/staff/visits": [PageVisit(f"/staff/visits{query}", Role.SECRETARIAT) for query in visits],
        "/staff/visit-sheet": [PageVisit("/staff/visit-sheet", role) for role in (Role.EXPERT, Role.MANAGER)],
        "/staff/operator-sheet": [PageVisit("/staff/operator-sheet", role) for role in (Role.CIVIL, Role.AUDITOR)],
    }
