"""Notes of the staff to each other are on no page of the portal."""

from domain.actions.context import ActorContext
from domain.actions.requests.notes import write_note
from domain.values.actors import Role
from tests.support.demo_site import DemoSite
from tests.support.municipality import actor
from tests.support.portal_citizen import PortalCitizen
from tests.support.scenarios.portal_requests import submitted

SECRET = "دو بار بدقولی کرده است"


async def test_a_note_of_the_staff_is_on_no_page_of_its_citizen(portal: DemoSite, citizen: PortalCitizen) -> None:
    request = await submitted(portal)
    async with portal.store.open_unit() as uow:
        assert await write_note(ActorContext(portal.desk, uow, actor(Role.CIVIL)), request.code, SECRET)
    await citizen.prove_mobile("/mobile?for=my-requests&next=/my-requests")
    for path in ("/my-requests", f"/requests/{request.code}"):
        page = await citizen.get(path)
        assert "بدقولی" not in page
        assert "یادداشت همکار" not in page
