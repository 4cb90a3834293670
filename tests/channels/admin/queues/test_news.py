"""What a browser asks by itself: how much waits, told again only when it changed, and no sign that anybody is there."""

import json

from domain.actions.requests.notes import write_note
from domain.people.sessions import IDLE_LIMIT
from domain.values.actors import Role
from tests.support.municipality import actor
from tests.support.staff_site import StaffSite, Visitor

NEWS = "/staff/news"


async def test_how_much_waits_is_said_when_it_changed(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    await inside.sign_in("civil")
    first = json.loads(await inside.get(NEWS))
    assert [(one["name"], one["count"]) for one in first["waiting"]] == [("civil", 1), ("mine", 0), ("mentions", 0)]
    answer = await inside.client.get(NEWS, headers=inside.headers)
    same = await inside.client.get(NEWS, headers={**inside.headers, "If-None-Match": answer.headers["ETag"]})
    assert (same.status, await same.read()) == (304, b"")
    async with site.store.open_unit() as uow:
        await write_note(site.demo.desk, uow, request.code, "@civil ببینید", actor(Role.MANAGER))
    changed = await inside.client.get(NEWS, headers={**inside.headers, "If-None-Match": answer.headers["ETag"]})
    assert (await changed.json())["waiting"][-1]["text"] == "۱ اشارهٔ خوانده‌نشده به شما"


async def test_asking_keeps_no_session_alive(site: StaffSite, inside: Visitor) -> None:
    await inside.sign_in("civil")
    await inside.get("/staff")
    answers = []
    for _ in range(4):
        site.clock.at += IDLE_LIMIT / 4
        answers.append((await inside.client.get(NEWS, headers=inside.headers, allow_redirects=False)).status)
    assert answers == [200, 200, 200, 303], "nobody was there for an hour"
