"""Several photos in one form: all of them are stored or none, and every fault is told at once."""

from aiohttp import FormData

from tests.channels.admin.requests.test_request_pages import PNG, expert_request, opened, paper
from tests.support.staff_site import StaffSite, Visitor


async def test_photos_of_one_form_are_stored_together_or_not_at_all(site: StaffSite, inside: Visitor) -> None:
    request = await expert_request(site)
    path = f"/staff/requests/{request.code}/documents"
    page = await opened(inside, "expert", request)

    async def add(*shots: tuple[str, bytes]) -> tuple[int, str]:
        form: FormData = paper(inside, page, PNG, "a.png")
        for name, content in shots:
            form.add_field("camera", content, filename=name)
        response = await inside.client.post(path, data=form, headers=inside.headers, allow_redirects=False)
        return response.status, await response.text()

    async def stored() -> list[str]:
        async with site.store.open_unit(write=False) as uow:
            return [document.name for document in await uow.documents.list_of_request(request.id)]

    status, refused = await add(
        ("b.png", b"no photo"), ("c.png", PNG + b"1"), ("d.png", b"neither"), ("e.png", b""), ("", b"")
    )
    assert status == 422
    assert ("<bdi>e.png</bdi>" in refused, refused.count("این فایل خالی است")) == (True, 1)
    assert ["<bdi>b.png</bdi>" in refused, "<bdi>d.png</bdi>" in refused, "<bdi>a.png</bdi>" in refused] == [
        True,
        True,
        False,
    ]
    assert await stored() == []
    for _ in range(2):  # who sends a form again adds nothing
        assert (await add(("c.png", PNG + b"1")))[0] == 303
        assert await stored() == ["a.png", "c.png"]
