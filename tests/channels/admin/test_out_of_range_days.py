"""Days that no calendar here has, in addresses and in forms: told where they were typed, and never kept."""

from urllib.parse import quote

import pytest

from domain.authorization.rights import RIGHTS, Right
from domain.values.actors import Role
from tests.support.staff_site import StaffSite, Visitor

FAR = ("9999-12-31", "9999-12-30", "2121-03-21", "1921-03-20", "0001-01-01")
EDGES = ("2121-03-20", "1921-03-21", "۱۳۰۰/۰۱/۰۱", "۱۴۹۹/۱۲/۲۹")
"""The last and the first days that there are."""

PAGES = (
    ("/staff/fleet?day={}", "day"),
    ("/staff/fleet?view=week&day={}", "day"),
    ("/staff/visits?day={}", "day"),
    ("/staff/messages?day={}", "day"),
    ("/staff/audit?day={}", "day"),
    ("/staff/reports/manager?to={}", "to"),
    ("/staff?queue=open&created_from={}", "by-created_from"),
)


@pytest.fixture
async def manager(inside: Visitor) -> Visitor:
    """The manager, who may see all of these."""
    await inside.sign_in("manager")
    return inside


@pytest.mark.parametrize(("path", "field"), PAGES)
async def test_an_address_with_such_a_day_is_told_at_its_field(manager: Visitor, path: str, field: str) -> None:
    for day in FAR:
        page = await manager.get(path.format(day), 422)
        assert f'id="{field}-problem"' in page, day
        assert ("بیرون از تقویم سامانه" in page) == (day != "0001-01-01"), day
    for day in EDGES:
        await manager.get(path.format(quote(day)))


async def test_no_form_keeps_such_a_day(site: StaffSite, inside: Visitor) -> None:
    assert Role.ADMIN in RIGHTS[Right.SUBSTITUTES_NAME].roles & RIGHTS[Right.SETTINGS_CHANGE].roles
    await inside.sign_in("admin")
    days, substitutes = "/staff/settings/days", "/staff/users/substitutes"
    await inside.get(days)
    for day in FAR:
        assert 'id="declare-day-problem"' in await inside.post(days, 422, day=day, kind="holiday", version="0")
        named = {"absent": "civil", "deputy": "expert", "from": "امروز", "to": day}
        assert 'id="name-to-problem"' in await inside.post(substitutes, 422, **named)
    assert "تعیین نشده است" in await inside.get(substitutes)
    async with site.store.open_unit(write=False) as uow:
        assert await uow.work_calendar.get_overrides() == {}
