"""Polling by a browser: how much waits, and no sign that anybody is there."""

import json

import pytest

from domain.actions.context import ActorContext
from domain.actions.queues import work
from domain.actions.requests.notes import write_note
from domain.people.sessions import IDLE_LIMIT
from domain.values.actors import Role
from tests.support.municipality import actor
from tests.support.staff_site import StaffSite, Visitor

NEWS = "/staff/news"


async def test_how_much_waits_is_said(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    await inside.sign_in("civil")
    first = json.loads(await inside.get(NEWS))
    assert [(one["name"], one["count"]) for one in first["waiting"]] == [("civil", 1), ("mine", 0), ("mentions", 0)]
    async with site.store.open_unit() as uow:
        await write_note(ActorContext(site.demo.desk, uow, actor(Role.MANAGER)), request.code, "@civil ببینید")
    answer = await inside.client.get(NEWS, headers=inside.headers)
    assert answer.headers["Cache-Control"] == "no-store", "nothing of a session is kept by a browser"
    assert (await answer.json())["waiting"][-1]["text"] == "۱ اشارهٔ خوانده‌نشده به شما"


async def test_more_than_are_counted_is_said_with_a_plus(
    site: StaffSite, inside: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "MOST_COUNTED", 1)
    for _ in range(2):
        await site.submitted()
    await inside.sign_in("civil")
    [unit, *_] = json.loads(await inside.get(NEWS))["waiting"]
    assert (unit["count"], unit["text"]) == (1, "واحد عمران: ۱+ درخواست در صف")


async def test_asking_keeps_no_session_alive(site: StaffSite, inside: Visitor) -> None:
    await inside.sign_in("civil")
    await inside.get("/staff")
    answers = []
    for _ in range(4):
        site.clock.at += IDLE_LIMIT / 4
        answers.append((await inside.client.get(NEWS, headers=inside.headers, allow_redirects=False)).status)
    assert answers == [200, 200, 200, 303], "nobody was there for an hour"
