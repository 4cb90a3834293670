"""Passwords at the staff's site: chosen, changed with the present one, and those that somebody else made."""

from domain.actions.staff.own_account import LONGEST_PASSWORD
from tests.support.staff_site import NEW_PASSWORD, PASSWORD, StaffSite, Visitor, visitor

CHOSEN = {"new_password": NEW_PASSWORD, "again": NEW_PASSWORD}


async def test_a_new_password_ends_the_other_sessions(site: StaffSite, inside: Visitor) -> None:
    async with visitor(site) as other:
        await other.sign_in("civil")
        await inside.sign_in("civil")
        await inside.get("/staff/account")
        for new, again, why in (
            ("short", "short", "دست‌کم"),
            ("civil-harbour-1405", "civil-harbour-1405", "واژه‌های کار"),
            (NEW_PASSWORD, "other", "یکی نیستند"),
            (PASSWORD, PASSWORD, "همان گذرواژهٔ کنونی"),
            ("x" * 201, "x" * 201, "بیش از"),
            ("Letmein2024!", "Letmein2024!", "آسان حدس"),
            ("gomi", "gomi", "دست‌کم"),
        ):
            typed = {"new_password": new, "again": again, "proof_password": PASSWORD}
            page = await inside.post("/staff/account/password", 422, **typed)
            assert why in page.split('role="alert">')[1].split("<")[0], new
        await inside.post("/staff/account/password", **CHOSEN, proof_password=PASSWORD)
        await inside.get("/staff")
        await other.get("/staff", 303)
        await other.sign_in("civil", status=401)
        await other.sign_in("civil", NEW_PASSWORD)


async def test_the_present_password_is_asked_for_however_young_the_session_is(site: StaffSite, inside: Visitor) -> None:
    await inside.sign_in("civil")
    await inside.get("/staff/account")
    for present in ({}, {"proof_password": "wrong"}):
        page = await inside.post("/staff/account/password", 401, **CHOSEN, **present)
        assert "گذرواژه درست نیست" in page
    for _ in range(3):
        await inside.post("/staff/account/password", 401, **CHOSEN, proof_password="wrong")
    await inside.post("/staff/account/password", 429, **CHOSEN, proof_password=PASSWORD)
    async with visitor(site) as other:
        await other.sign_in("civil")


async def test_a_password_as_long_as_may_be_lets_its_owner_in(site: StaffSite, inside: Visitor) -> None:
    longest = "".join(f"{number} seas, " for number in range(40))[:LONGEST_PASSWORD]
    await inside.sign_in("civil")
    await inside.get("/staff/account")
    await inside.post("/staff/account/password", new_password=longest, again=longest, proof_password=PASSWORD)
    async with visitor(site) as other:
        await other.sign_in("civil", longest)
    async with visitor(site) as other:
        await other.sign_in("civil", f"{longest}x", 401)


async def test_a_password_counts_as_it_is_typed(site: StaffSite, inside: Visitor) -> None:
    chosen = " Green Lamp کي over water "
    await inside.sign_in("civil")
    await inside.get("/staff/account")
    await inside.post("/staff/account/password", new_password=chosen, again=chosen, proof_password=PASSWORD)
    for typed in (chosen.lower(), chosen.strip(), chosen.replace("ي", "ی"), chosen.rstrip()):
        async with visitor(site) as other:
            await other.sign_in("civil", typed, 401)
    async with visitor(site) as other:
        await other.sign_in("civil", chosen)


async def test_a_password_that_somebody_else_made_is_changed_first(site: StaffSite, inside: Visitor) -> None:
    await inside.sign_in("admin")
    await inside.get("/staff/users/one/civil")
    page = await inside.post("/staff/users/one/civil/password", 200)
    made = page.split('<code dir="ltr">')[1].split("<")[0]
    async with visitor(site) as civil:
        await civil.sign_in("civil", made)
        for path in ("/staff", "/staff/fleet", "/staff/requests/123456786", "/staff/walk-in"):
            response = await civil.client.get(path, headers=civil.headers, allow_redirects=False)
            assert (response.status, response.headers["Location"]) == (303, "/staff/account")
        page = await civil.get("/staff/account")
        assert ("کس دیگری ساخته است" in page, 'href="/staff/fleet"' in page) == (True, False)
        page = await civil.post("/staff/views", 409, name="a view", queue="all")
        assert ("گذرواژهٔ خود را عوض کنید" in page, 'value="a view"' in page) == (True, True)
        await civil.get("/staff/account")
        await civil.post("/staff/account/password", **CHOSEN, proof_password=made)
        await civil.get("/staff/fleet")
    await inside.get("/staff/users/one/civil")
