"""A form that was sent after its session had ended: it is not lost, it is its sender's alone, and it waits there."""

import re
from collections.abc import Mapping
from html import unescape

from domain.actions.staff.signing_in import forget_ended_sessions
from domain.people.sessions import IDLE_LIMIT, REMEMBERED_FOR, SESSION_LIMIT, digest_token
from domain.requests.request import ServiceRequest
from tests.channels.admin.requests.test_request_pages import PNG, expert_request, opened, paper
from tests.support.pages.page_forms import read_version
from tests.support.staff_site import OUTSIDE, PASSWORD, StaffSite, Visitor, visitor

READY = "فرم شما آمادهٔ فرستادن است"
SIGN_IN = "/staff/sign-in?next=/staff"
WHY = 'راه "روستا" بسته است'


def carried(page: str) -> Mapping[str, str]:
    """Hidden fields of a page's form, but for its token."""
    found = re.findall(r'<input type="hidden" name="([a-z_-]+)" value="([^"]*)">', page)
    return {name: unescape(value) for name, value in found if name != "csrf"}


async def begun(site: StaffSite, who: Visitor) -> tuple[str, Mapping[str, str], ServiceRequest]:
    """A refusal of a request, of which somebody thinks for so long that the session ends."""
    request = await site.submitted()
    page = await opened(who, "civil", request)
    site.clock.at += IDLE_LIMIT
    typed = {"version": read_version(page), "reason": WHY}
    return f"/staff/requests/{request.code}/act/reject", typed, request


async def test_a_form_of_an_ended_session_waits_for_its_sender(site: StaffSite, inside: Visitor) -> None:
    path, typed, request = await begun(site, inside)
    before = inside.cookie()
    page = await inside.post(path, 401, **typed)
    assert carried(page) == typed
    assert f'action="{path}"' in page
    assert "کارمند civil" not in page
    page = await inside.post(path, 401, **carried(page), proof_password="wrong")
    assert "نام کاربری یا گذرواژه درست نیست" in page
    assert carried(page) == typed
    assert inside.cookie() == before
    page = await inside.post(path, 200, **carried(page), proof_password=PASSWORD)
    assert READY in page
    assert PASSWORD not in page
    assert (await site.request(request.code)).state == "submitted", "nothing is done before the button"
    assert inside.cookie() != before
    assert await inside.post(path, **carried(page)) == f"/staff/requests/{request.code}?taken=reject"
    after = await site.request(request.code)
    assert (after.state, after.data["reason"]) == ("rejected", WHY)


async def test_outside_the_code_is_asked_for_too(site: StaffSite) -> None:
    secret = await site.enrolled("civil")
    async with visitor(site, OUTSIDE) as who:
        await who.sign_in("civil")
        await who.get("/staff/second-factor")
        await who.post("/staff/second-factor", code=site.code_of(secret))
        request = await site.submitted()
        page = await who.get(f"/staff/requests/{request.code}")
        typed = {"version": read_version(page), "reason": WHY}
        path = f"/staff/requests/{request.code}/act/reject"
        site.clock.at += IDLE_LIMIT
        assert 'name="proof_code"' in await who.post(path, 401, **typed)
        page = await who.post(path, 401, proof_password=PASSWORD, proof_code="000000", **typed)
        assert carried(page) == typed
        async with site.store.open_unit(write=False) as uow:
            assert len(await uow.staff_sessions.list_of_member("civil")) == 1, "a session that nobody has is not left"
        page = await who.post(path, 200, proof_password=PASSWORD, proof_code=site.code_of(secret), **typed)
        await who.post(path, **carried(page))
    assert (await site.request(request.code)).state == "rejected"


async def test_a_session_from_inside_loses_nothing_outside(site: StaffSite, inside: Visitor) -> None:
    secret = await site.enrolled("civil")
    request = await site.submitted()
    page = await opened(inside, "civil", request)
    inside.headers |= OUTSIDE
    path, typed = f"/staff/requests/{request.code}/act/reject", {"version": read_version(page), "reason": WHY}
    assert carried(await inside.post(path, 401, **typed)) == typed
    former, open_elsewhere = inside.cookie(), inside.csrf
    page = await inside.post(path, 200, proof_password=PASSWORD, proof_code=site.code_of(secret), **typed)
    async with site.store.open_unit(write=False) as uow:
        [session] = await uow.staff_sessions.list_of_member("civil")
    assert session.digest == digest_token(inside.cookie()) != digest_token(former), "the former one is not left alive"
    await inside.post(path, **carried(page))
    assert (await site.request(request.code)).state == "rejected"
    inside.csrf = open_elsewhere
    await inside.post("/staff/views", name="a view", queue="all")


async def test_a_wrong_code_leaves_the_session_as_it_was(site: StaffSite, inside: Visitor) -> None:
    secret = await site.enrolled("civil")
    request = await site.submitted()
    page = await opened(inside, "civil", request)
    inside.headers |= OUTSIDE
    path, typed = f"/staff/requests/{request.code}/act/reject", {"version": read_version(page), "reason": WHY}
    page = await inside.post(path, 401, proof_password=PASSWORD, proof_code="000000", **typed)
    assert carried(page) == typed
    page = await inside.post(path, 200, proof_password=PASSWORD, proof_code=site.code_of(secret), **carried(page))
    await inside.post(path, **carried(page))
    assert (await site.request(request.code)).state == "rejected"


async def test_a_code_that_was_shown_in_another_tab_loses_nothing(site: StaffSite, inside: Visitor) -> None:
    secret = await site.enrolled("civil")
    request = await site.submitted()
    page = await opened(inside, "civil", request)
    typed, before = {"version": read_version(page), "reason": WHY}, inside.cookie()
    inside.headers |= OUTSIDE
    await inside.get("/staff/second-factor")
    await inside.post("/staff/second-factor", code=site.code_of(secret))
    assert inside.cookie() != before
    await inside.post(f"/staff/requests/{request.code}/act/reject", **typed)
    assert (await site.request(request.code)).state == "rejected"


async def test_a_form_that_was_left_for_days_waits_too(site: StaffSite, inside: Visitor) -> None:
    path, typed, _ = await begun(site, inside)
    cookie = next(one for one in inside.client.session.cookie_jar if one.key == "pishkhan_staff")
    assert int(cookie["max-age"]) >= (SESSION_LIMIT + REMEMBERED_FOR).total_seconds(), (
        "the browser still knows who it was"
    )
    site.clock.at += REMEMBERED_FOR - IDLE_LIMIT
    assert await forget_ended_sessions(site.demo.desk, site.store) == 0
    assert carried(await inside.post(path, 401, **typed)) == typed
    site.clock.at += 2 * IDLE_LIMIT
    assert await forget_ended_sessions(site.demo.desk, site.store) == 1
    assert await inside.post(path, **typed) == SIGN_IN


async def test_nobody_elses_form_is_kept(site: StaffSite, inside: Visitor) -> None:
    path, typed, request = await begun(site, inside)
    right, inside.csrf = inside.csrf, "0" * 32
    assert await inside.post(path, **typed) == SIGN_IN
    inside.csrf = right
    inside.headers["Sec-Fetch-Site"] = "cross-site"
    assert await inside.post(path, **typed, proof_password=PASSWORD) == SIGN_IN
    del inside.headers["Sec-Fetch-Site"]
    assert await inside.post(path) == SIGN_IN, "nothing was typed"
    async with visitor(site) as stranger:
        stranger.csrf = right
        assert await stranger.post(path, **typed) == SIGN_IN
        await stranger.sign_in("revenue")
        assert "فرم کهنه" in await stranger.post(path, 403, **typed)
    await inside.sign_in("revenue")
    assert "فرم کهنه" in await inside.post(path, 403, **typed), "another member sits there now"
    assert (await site.request(request.code)).state == "submitted"


async def test_who_signed_in_anew_in_another_tab_sends_the_form_by_its_button(site: StaffSite, inside: Visitor) -> None:
    path, typed, request = await begun(site, inside)
    await inside.sign_in("civil")
    page = await inside.post(path, 200, **typed)
    assert READY in page
    assert (await site.request(request.code)).state == "submitted"
    inside.headers["Sec-Fetch-Site"] = "cross-site"
    await inside.post(path, 403, **carried(page))
    del inside.headers["Sec-Fetch-Site"]
    await inside.post(path, **carried(page))
    assert (await site.request(request.code)).state == "rejected"


async def test_a_file_is_chosen_again(site: StaffSite, inside: Visitor) -> None:
    request = await expert_request(site)
    page = await opened(inside, "expert", request)
    path = f"/staff/requests/{request.code}/documents"
    site.clock.at += IDLE_LIMIT
    form = paper(inside, page, PNG, "سند.png")
    response = await inside.client.post(path, data=form, headers=inside.headers, allow_redirects=False)
    page = await inside._page(response, 401)
    assert "فایلی که برگزیده بودید نگه داشته نشد" in page
    assert carried(page)["lost_file"] == "file"
    page = await inside.post(path, 200, **carried(page), proof_password=PASSWORD)
    assert 'type="file" name="file" required' in page
    assert "lost_file" not in carried(page)
    form = paper(inside, await inside.get(f"/staff/requests/{request.code}"), PNG, "سند.png")
    response = await inside.client.post(path, data=form, headers=inside.headers, allow_redirects=False)
    assert response.status == 303


async def test_the_door_shuts_for_a_guesser_here_too(site: StaffSite, inside: Visitor) -> None:
    path, typed, _ = await begun(site, inside)
    for _ in range(5):
        await inside.post(path, 401, proof_password="wrong", **typed)
    page = await inside.post(path, 429, proof_password=PASSWORD, **typed)
    assert carried(page) == typed
    async with site.store.open_unit(write=False) as uow:
        (session,) = await uow.staff_sessions.list_of_member("civil")
    assert session.digest == digest_token(inside.cookie())
