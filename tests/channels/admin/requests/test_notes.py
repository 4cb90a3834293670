"""Notes between colleagues: written and read on the staff's site, and shown to nobody else."""

import pytest

from domain.actions.context import ActorContext
from domain.actions.requests.erase import erase_request
from domain.actions.requests.notes import write_note
from domain.people.person import StaffMember
from domain.values.actors import Role
from tests.channels.admin.requests.test_request_pages import opened
from tests.support.demo_site import MORNING
from tests.support.municipality import actor
from tests.support.scenarios.site_registries import words
from tests.support.staff_site import HASH, StaffSite, Visitor

SECRET = "این شهروند دو بار بدقولی کرده <script>"


async def test_a_note_is_written_listed_and_read(site: StaffSite, inside: Visitor) -> None:
    async with site.store.open_unit() as uow:
        member = StaffMember("maral", frozenset({Role.REVENUE}), "مارال کر", None, HASH, True, MORNING)
        await uow.people.save_staff(member)
    request = await site.submitted()
    page = await opened(inside, "civil", request)
    assert "@مارال_کر" in page
    assert "@auditor" not in page, "who reads everything answers nothing"
    assert "@taxi_officer" not in page, "whom it does not concern"
    for _ in range(2):
        page = await inside.get(await inside.post(f"/staff/requests/{request.code}/note", note=f"@مارال_کر {SECRET}"))
        assert "یادداشت ثبت شد." in page
    assert page.count("دو بار بدقولی") == 1
    assert "<script>این" not in page
    assert "&lt;script&gt;" in page
    await inside.sign_in("maral")
    listed = await inside.get("/staff/mentions")
    assert "دو بار بدقولی" in listed
    assert "خوانده‌نشده" in listed
    assert "اشاره‌ها به شما <strong>(۱)</strong>" in listed
    assert "اشاره‌ها به شما</a>" in await inside.get(f"/staff/requests/{request.code}"), "read by opening the request"
    assert "خوانده‌نشده" not in await inside.get("/staff/mentions")


async def test_a_note_that_names_nobody_there_is_asked_back(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    await opened(inside, "civil", request)
    page = await inside.post(f"/staff/requests/{request.code}/note", 422, note="@kasi ببینید")
    assert "«@kasi» نام کاربری، نام یا واحد هیچ همکاری نیست." in page
    assert ">@kasi ببینید</textarea>" in page
    assert "یادداشت تازه" not in await opened(inside, "auditor", request)


async def test_what_was_erased_offers_and_takes_no_note(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    await site.demo.act(request.code, "reject", Role.CIVIL, {"reason": "راه نیست"})
    async with site.store.open_unit() as uow:
        assert await write_note(
            ActorContext(site.demo.desk, uow, actor(Role.MANAGER)), request.code, "@revenue @civil ببینید"
        )
        await erase_request(ActorContext(site.demo.desk, uow, actor(Role.ADMIN)), request.code, "خواست خودش")
    page = await opened(inside, "civil", request)
    assert f'action="/staff/requests/{request.code}/note"' not in page
    page = await inside.post(f"/staff/requests/{request.code}/note", 409, note=SECRET)
    assert "داده‌های شخصی این درخواست پاک شده است." in page
    await inside.sign_in("revenue")
    listed = words(await inside.get("/staff/mentions"))
    assert "متن این یادداشت با داده‌های شخصی درخواست پاک شده است." in listed
    assert "manager" in listed, "who wrote it"


async def test_opening_another_request_than_the_one_of_the_note_writes_nothing(
    site: StaffSite, inside: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    named, other = await site.submitted(), await site.submitted(date="2026-11-29")
    async with site.store.open_unit() as uow:
        assert await write_note(ActorContext(site.demo.desk, uow, actor(Role.MANAGER)), named.code, "@civil ببینید")
    await opened(inside, "civil", other)
    writing: list[bool] = []
    open_unit = site.store.open_unit

    def record_unit(_: object, *, write: bool = True) -> object:
        writing.append(write)
        return open_unit(write=write)

    monkeypatch.setattr(type(site.store), "open_unit", record_unit)
    assert "اشاره‌ها به شما <strong>(۱)</strong>" in await inside.get(f"/staff/requests/{other.code}")
    assert set(writing) == {False}, "units were opened, and none to write"
