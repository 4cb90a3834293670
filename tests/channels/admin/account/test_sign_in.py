"""The door of the staff's site: passwords, second factors, sessions, proofs, and who is kept out."""

from datetime import timedelta

import pytest

from domain.people.sessions import IDLE_LIMIT, PROOF_FRESHNESS, SESSION_LIMIT, digest_token
from domain.values.actors import Role
from tests.channels.admin.audit_reader import list_audited
from tests.support.staff_site import NEW_PASSWORD, OUTSIDE, PASSWORD, StaffSite, Visitor, visitor


async def test_nobody_comes_in_without_signing_in(inside: Visitor) -> None:
    for path in ("/staff", "/staff/account", "/staff/requests/123456786"):
        assert await inside.get(path, 303) == "303: See Other"
    page = await inside.get("/staff/sign-in?next=/staff/account")
    assert "نام کاربری" in page


async def test_a_password_is_enough_inside(inside: Visitor, site: StaffSite) -> None:
    assert await inside.sign_in("civil") == "/staff"
    assert "کارمند civil" in await inside.get("/staff")
    assert ("staff:civil", "signed_in") in await list_audited(site)


async def test_signing_in_leads_where_one_wanted_to_go_and_nowhere_else(inside: Visitor) -> None:
    for wanted, way in {
        "/staff/account": "/staff/account",
        "https://elsewhere.example": "/staff",
        "//elsewhere.example/staff": "/staff",
        "/staff\\@elsewhere": "/staff",
        "/": "/staff",
    }.items():
        response = await inside.client.post(
            "/staff/sign-in",
            params={"next": wanted},
            data={"username": "civil", "password": PASSWORD},
            headers=inside.headers,
            allow_redirects=False,
        )
        assert response.headers["Location"] == way


async def test_the_session_that_a_browser_had_ends_when_it_signs_in_anew(site: StaffSite, inside: Visitor) -> None:
    await inside.sign_in("civil")
    old, page = inside.cookie(), await inside.get("/staff/account")
    form = inside.csrf
    await inside.sign_in("civil")
    assert inside.cookie() != old
    async with visitor(site) as thief:
        response = await thief.client.get("/staff", headers={"Cookie": f"pishkhan_staff={old}"}, allow_redirects=False)
        assert response.status == 303
    inside.csrf = form
    await inside.post("/staff/account/sessions/end", 404, session="x")  # a form that was open goes on
    await inside.sign_in("revenue")
    inside.csrf = form
    await inside.post("/staff/account/sessions/end", 403, session="x")  # but not in somebody else's name
    async with site.store.open_unit(write=False) as uow:
        assert await uow.staff_sessions.list_of_member("civil") == []
    assert "revenue" not in page


async def test_who_has_left_cannot_sign_in_nor_stay(inside: Visitor, site: StaffSite) -> None:
    await inside.sign_in("civil")
    async with site.store.open_unit() as uow:
        member = await uow.people.find_staff("civil")
        assert member is not None
        member.active = False
        await uow.people.save_staff(member)
    await inside.get("/staff", 303)
    await inside.sign_in("civil", status=401)


async def test_outside_a_second_factor_is_needed(site: StaffSite) -> None:
    async with visitor(site, OUTSIDE) as outside:
        assert "اگر آن را نداشته‌اید" in await outside.sign_in("civil", status=401)
        secret = await site.enrolled("civil")
        assert await outside.sign_in("civil") == "/staff/second-factor?next=%2Fstaff"
        await outside.get("/staff", 303)
        await outside.get("/staff/second-factor")
        before = outside.cookie()
        assert "درست نیست" in await outside.post("/staff/second-factor", 401, code="000000")
        code = site.code_of(secret)
        assert await outside.post("/staff/second-factor", code=code) == "/staff"
        assert outside.cookie() != before  # the token that was known before the proof opens nothing
        assert "از بیرون سازمان" in await outside.get("/staff")


async def test_a_code_works_once(site: StaffSite) -> None:
    secret = await site.enrolled("civil")
    async with visitor(site, OUTSIDE) as first, visitor(site, OUTSIDE) as second:
        for one in (first, second):
            await one.sign_in("civil")
            await one.get("/staff/second-factor")
        code = site.code_of(secret)
        await first.post("/staff/second-factor", code=code)
        await second.post("/staff/second-factor", 401, code=code)
        site.later_by_a_code()
        await second.post("/staff/second-factor", code=site.code_of(secret))


async def test_a_session_from_inside_is_asked_outside(site: StaffSite, inside: Visitor) -> None:
    await site.enrolled("civil")
    await inside.sign_in("civil")
    inside.headers |= OUTSIDE
    response = await inside.client.get("/staff", headers=inside.headers, allow_redirects=False)
    assert response.headers["Location"].startswith("/staff/second-factor")


@pytest.mark.parametrize("headers", [{"Via": "1.1 proxy"}, {"X-Forwarded-For": "unknown"}, {"Forwarded": "for=_x"}])
async def test_a_proxy_that_does_not_say_for_whom_makes_no_insider(site: StaffSite, headers: dict[str, str]) -> None:
    async with visitor(site, headers) as hidden:
        assert "اگر آن را نداشته‌اید" in await hidden.sign_in("civil", status=401)


async def test_an_authenticator_is_enrolled_inside_and_codes_on_paper_work_once(
    site: StaffSite, inside: Visitor
) -> None:
    await inside.sign_in("civil")
    await inside.get("/staff/account")
    await inside.post("/staff/account/factor")
    page = await inside.get("/staff/account")
    secret = page.split('<code dir="ltr">')[1].split("<")[0]
    drawn = await inside.get("/staff/account/factor.svg")
    assert drawn.startswith("<?xml")
    assert "<svg" in drawn
    assert "ساعت گوشی" in await inside.post("/staff/account/factor/confirm", 401, code="123456")
    first_code = site.code_of(secret)
    page = await inside.post("/staff/account/factor/confirm", 200, code=first_code)
    paper = [one.split("</code>")[0] for one in page.split("<li><code>")[1:]]
    assert len(paper) == 10
    assert secret not in await inside.get("/staff/account")
    await inside.get("/staff/account/factor.svg", 404)
    async with visitor(site, OUTSIDE) as outside:
        for status in (303, 401):
            await outside.sign_in("civil")
            await outside.get("/staff/second-factor")
            await outside.post("/staff/second-factor", status, code=paper[0])
        await outside.post("/staff/second-factor", 401, code=first_code)  # it was used up at the enrolment


@pytest.mark.parametrize(
    ("path", "status", "place"),
    [("factor", 409, "factor"), ("factor/confirm", 409, "factor"), ("sessions/end", 404, "sessions")],
)
async def test_what_cannot_be_done_about_the_own_account_is_told_on_its_page(
    site: StaffSite, inside: Visitor, path: str, status: int, place: str
) -> None:
    await site.enrolled("civil")
    await inside.sign_in("civil")
    await inside.get("/staff/account")
    page = await inside.post(f"/staff/account/{path}", status, code="123456", session="x")
    assert f'<a href="#{place}">' in page
    assert f'id="{place}"' in page
    assert "چیزی ثبت نشد." in page
    assert ("نخست آن را لغو کنید" in page) == (status == 409)


async def test_an_authenticator_is_given_up_once(site: StaffSite, inside: Visitor) -> None:
    await site.enrolled("civil")
    await inside.sign_in("civil")
    await inside.get("/staff/account")
    assert await inside.post("/staff/account/factor/remove") == "/staff/account?done=factor_given_up"
    page = await inside.post("/staff/account/factor/remove", 404)
    assert "چیزی ثبت نشد." in page
    assert 'action="/staff/account/factor"' in page, "where another one is made"


@pytest.mark.parametrize("change", ["made", "given_up"])
async def test_another_session_ends_with_a_changed_second_factor(site: StaffSite, inside: Visitor, change: str) -> None:
    if change == "given_up":
        await site.enrolled("civil")
    async with visitor(site) as other:
        await other.sign_in("civil")
        await inside.sign_in("civil")
        await inside.get("/staff/account")
        if change == "made":
            await inside.post("/staff/account/factor")
            secret = (await inside.get("/staff/account")).split('<code dir="ltr">')[1].split("<")[0]
            await other.get("/staff")
            await inside.post("/staff/account/factor/confirm", 200, code=site.code_of(secret))
        else:
            await inside.post("/staff/account/factor/remove")
        await other.get("/staff", 303)
        await inside.get("/staff")


async def test_sessions_end(site: StaffSite, inside: Visitor) -> None:
    await inside.sign_in("civil")
    site.clock.at += IDLE_LIMIT
    await inside.get("/staff", 303)
    await inside.sign_in("civil")
    for _ in range(int(SESSION_LIMIT / IDLE_LIMIT) * 2):
        site.clock.at += IDLE_LIMIT / 2
        await inside.client.get("/staff", headers=inside.headers, allow_redirects=False)
    await inside.get("/staff", 303)


async def test_signing_out_and_ending_another_session(site: StaffSite, inside: Visitor) -> None:
    async with visitor(site) as other:
        await other.sign_in("civil")
        await inside.sign_in("civil")
        await inside.get("/staff/account")
        await inside.post("/staff/account/sessions/end", session=digest_token(other.cookie()))
        await other.get("/staff", 303)
        async with visitor(site) as third:
            await third.sign_in("revenue")
            await inside.post("/staff/account/sessions/end", 404, session=digest_token(third.cookie()))
            await third.get("/staff")
    token = inside.cookie()
    await inside.get("/staff")
    ended = await inside.client.post(
        "/staff/sign-out", data={"csrf": inside.csrf}, headers=inside.headers, allow_redirects=False
    )
    assert (ended.headers["Location"], ended.headers["Clear-Site-Data"]) == ("/staff/sign-in", '"cache"')
    response = await inside.client.get("/staff", headers={"Cookie": f"pishkhan_staff={token}"}, allow_redirects=False)
    assert response.status == 303
    assert {("staff:civil", "signed_in"), ("staff:civil", "signed_out")} <= set(await list_audited(site))


async def test_an_old_proof_is_asked_for_again_and_what_was_typed_goes_on(site: StaffSite, inside: Visitor) -> None:
    await inside.sign_in("civil")
    await inside.get("/staff/account")
    site.clock.at += PROOF_FRESHNESS
    typed = {"new_password": NEW_PASSWORD, "again": NEW_PASSWORD}
    page = await inside.post("/staff/account/password", 401, **typed)
    assert f'name="new_password" value="{NEW_PASSWORD}"' in page
    assert "نام کاربری یا گذرواژه درست نیست" in await inside.post(
        "/staff/account/password", 401, proof_password="wrong", **typed
    )
    await inside.post("/staff/account/password", proof_password=PASSWORD, **typed)
    async with visitor(site) as other:
        await other.sign_in("civil", NEW_PASSWORD)


async def test_a_proof_at_a_shut_door_loses_nothing_that_was_typed(site: StaffSite, inside: Visitor) -> None:
    await inside.sign_in("civil")
    await inside.get("/staff/account")
    site.clock.at += PROOF_FRESHNESS
    typed = {"new_password": NEW_PASSWORD, "again": NEW_PASSWORD}
    for _ in range(5):
        await inside.post("/staff/account/password", 401, proof_password="wrong", **typed)
    page = await inside.post("/staff/account/password", 429, proof_password=PASSWORD, **typed)
    assert "تلاش ناموفق زیاد" in page
    assert f'name="new_password" value="{NEW_PASSWORD}"' in page
    site.clock.at += timedelta(minutes=15)
    await inside.post("/staff/account/password", proof_password=PASSWORD, **typed)


async def test_a_form_that_is_not_our_own_is_refused(site: StaffSite, inside: Visitor) -> None:
    await inside.sign_in("civil")
    await inside.get("/staff/account")
    right, inside.csrf = inside.csrf, "0" * 32
    assert "فرم کهنه" in await inside.post("/staff/account/sessions/end", 403, session="x")
    inside.csrf = right
    for foreign in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
        inside.headers |= foreign
        await inside.post("/staff/account/sessions/end", 403, session="x")
        for name in foreign:
            del inside.headers[name]
    assert ("staff:civil", "denied") in await list_audited(site)


async def test_a_token_that_somebody_planted_is_no_session(site: StaffSite, inside: Visitor) -> None:
    planted = {"pishkhan_staff": "planted"}
    response = await inside.client.post(
        "/staff/sign-in", data={"username": "civil", "password": PASSWORD}, cookies=planted, allow_redirects=False
    )
    cookie = response.cookies["pishkhan_staff"]
    assert cookie.value != "planted"
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/staff")
    async with site.store.open_unit(write=False) as uow:
        assert await uow.staff_sessions.find(digest_token("planted")) is None


async def test_the_cookie_is_secure_under_tls(site: StaffSite, inside: Visitor) -> None:
    inside.headers |= {"X-Forwarded-For": "127.0.0.5", "X-Forwarded-Proto": "https"}
    response = await inside.client.post(
        "/staff/sign-in",
        data={"username": Role.CIVIL.value, "password": PASSWORD},
        headers=inside.headers,
        allow_redirects=False,
    )
    cookie = response.cookies["__Host-pishkhan_staff"]
    assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")
    inside.headers["Cookie"] = f"pishkhan_staff={cookie.value}"
    response = await inside.client.get("/staff", headers=inside.headers, allow_redirects=False)
    assert response.status == 303, "a cookie that a page without TLS, or another host, may have planted"
    inside.headers["Cookie"] = f"__Host-pishkhan_staff={cookie.value}"
    await inside.get("/staff/account")
    response = await inside.client.post(
        "/staff/sign-out", data={"csrf": inside.csrf}, headers=inside.headers, allow_redirects=False
    )
    assert response.cookies["__Host-pishkhan_staff"]["max-age"] == "0"


async def test_a_browser_that_two_members_sign_in_from_is_flagged_once_a_day(site: StaffSite, inside: Visitor) -> None:
    """One person who asks for money and agrees to it under two names does so from one browser."""
    for username in ("revenue", "manager", "manager", "revenue", "manager"):
        await inside.sign_in(username)
    flagged = [entry for entry in await list_audited(site) if entry[1] == "device_shared"]
    assert sorted(flagged) == [("staff:manager", "device_shared"), ("staff:revenue", "device_shared")]
    async with visitor(site) as other:
        await other.sign_in("civil")
    assert len([entry for entry in await list_audited(site) if entry[1] == "device_shared"]) == 2


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
async def test_another_sites_page_signs_nobody_out(inside: Visitor, headers: dict[str, str]) -> None:
    """Its form comes without the cookie, which the answer must not remove either."""
    await inside.sign_in("civil")
    await inside.get("/staff")
    token = inside.cookie()
    inside.client.session.cookie_jar.clear()
    answer = await inside.client.post("/staff/sign-out", headers=headers, allow_redirects=False)
    assert answer.status == (403 if headers else 303)
    assert not {"Set-Cookie", "Clear-Site-Data"} & set(answer.headers)
    response = await inside.client.get("/staff", headers={**inside.headers, "Cookie": f"pishkhan_staff={token}"})
    assert response.status == 200
