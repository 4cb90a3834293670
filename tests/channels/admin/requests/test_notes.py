"""Notes between colleagues: written and read on the staff's site, and shown to nobody else."""

from domain.people.person import StaffMember
from domain.values.actors import Role
from tests.channels.admin.requests.test_request_pages import opened
from tests.support.demo_site import MORNING
from tests.support.staff_site import HASH, StaffSite, Visitor

SECRET = "این شهروند دو بار بدقولی کرده <script>"


async def test_a_note_is_written_listed_and_read(site: StaffSite, inside: Visitor) -> None:
    async with site.store.open_unit() as uow:
        member = StaffMember("maral", frozenset({Role.REVENUE}), "مارال کر", None, HASH, True, MORNING)
        await uow.people.save_staff(member)
    request = await site.submitted()
    page = await opened(inside, "civil", request)
    assert "@maral" in page
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
