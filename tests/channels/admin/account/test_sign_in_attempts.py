"""Wrong passwords at the staff's site: who is stopped by them, who is not, and what they tell."""

from datetime import timedelta

import pytest

from domain.actions.staff.known_devices import DEVICE_LIFETIME, build_device_token, find_device
from domain.people.sessions import PROOF_FRESHNESS
from tests.channels.admin.audit_reader import list_audited
from tests.support.demo_site import MORNING
from tests.support.staff_site import OUTSIDE, PASSWORD, StaffSite, Visitor, visitor


@pytest.mark.parametrize("username", ["civil", "nobody"])
async def test_a_guesser_is_stopped_and_learns_nothing(inside: Visitor, site: StaffSite, username: str) -> None:
    pages = [await inside.sign_in(username, "wrong", 401) for _ in range(5)]
    assert all("نام کاربری یا گذرواژه درست نیست" in page for page in pages)
    assert "تلاش ناموفق زیاد" in await inside.sign_in(username, PASSWORD, 429)
    assert (await list_audited(site)).count((f"staff:{username}", "sign_in_refused")) == 5
    site.clock.at += timedelta(minutes=15)
    await inside.sign_in(username, PASSWORD, 303 if username == "civil" else 401)


async def test_a_guesser_does_not_lock_others_out(site: StaffSite) -> None:
    async with visitor(site, OUTSIDE) as guesser, visitor(site) as owner:
        for _ in range(5):
            await guesser.sign_in("civil", "wrong", 401)
        await guesser.sign_in("civil", PASSWORD, 429)
        assert await owner.sign_in("civil") == "/staff"


async def guessed_from_everywhere(site: StaffSite, username: str) -> None:
    """Thirty wrong passwords from outside, three from an address."""
    for number in range(10):
        async with visitor(site, {"X-Forwarded-For": f"198.51.100.{number}"}) as guesser:
            for _ in range(3):
                await guesser.sign_in(username, "wrong", 401)


async def test_thirty_guesses_from_outside_lock_nobody_out_inside_nor_on_a_known_device(site: StaffSite) -> None:
    secret = await site.enrolled("civil")
    async with visitor(site, OUTSIDE) as known, visitor(site, OUTSIDE) as new, visitor(site) as colleague:
        await known.sign_in("civil")
        await known.get("/staff/second-factor")
        await known.post("/staff/second-factor", code=site.code_of(secret))
        await known.get("/staff")
        await known.post("/staff/sign-out")
        site.later_by_a_code()
        await guessed_from_everywhere(site, "civil")
        assert "از مدیر سامانه بخواهید قفل را باز کند" in await new.sign_in("civil", status=429)
        assert await colleague.sign_in("civil") == "/staff"
        assert await known.sign_in("civil") == "/staff/second-factor?next=%2Fstaff"
        await known.get("/staff/second-factor")
        assert await known.post("/staff/second-factor", code=site.code_of(secret)) == "/staff"
        assert await known.post("/staff/proof", next="/staff/account") == "/staff/account"


async def test_a_known_device_has_as_many_attempts_as_an_address_and_no_more(site: StaffSite, inside: Visitor) -> None:
    await inside.sign_in("civil")
    for _ in range(5):
        await inside.sign_in("civil", "wrong", 401)
    await inside.sign_in("civil", PASSWORD, 429)
    async with visitor(site) as colleague:
        await colleague.sign_in("civil")
    await inside.sign_in("revenue", "wrong", 401)  # it is known as civil's alone


@pytest.mark.parametrize(
    "planted", ["", "x", "0" * 32, "a.b.c", f"{'0' * 32}.739945.{'0' * 64}", f"{'0' * 32}.9999999.{'0' * 64}"]
)
async def test_no_device_is_known_by_a_token_that_somebody_made_up(site: StaffSite, planted: str) -> None:
    await guessed_from_everywhere(site, "civil")
    async with visitor(site, {**OUTSIDE, "Cookie": f"pishkhan_device={planted}"}) as guesser:
        await guesser.sign_in("civil", status=429)


def test_a_known_device_is_forgotten_after_half_a_year(site: StaffSite) -> None:
    token = build_device_token(site.vault, "civil", "0" * 32, MORNING.date())
    for age, is_known in ((timedelta(), True), (DEVICE_LIFETIME - timedelta(days=1), True), (DEVICE_LIFETIME, False)):
        assert (find_device(site.vault, "civil", token, MORNING + age) is not None) == is_known, age


async def test_an_ipv6_site_is_one_address(site: StaffSite) -> None:
    for number in range(5):
        async with visitor(site, {"X-Forwarded-For": f"2001:db8:1:1::{number:x}"}) as guesser:
            await guesser.sign_in("civil", "wrong", 401)
    for address, status in (("2001:db8:1:1:ffff::1", 429), ("2001:db8:1:2::1", 401)):
        async with visitor(site, {"X-Forwarded-For": address}) as guesser:
            await guesser.sign_in("civil", "wrong", status)


async def test_wrong_proofs_lock_their_own_session_alone(site: StaffSite, inside: Visitor) -> None:
    await inside.sign_in("civil")
    await inside.get("/staff/account")
    async with visitor(site) as other:
        await other.sign_in("civil")
        await other.get("/staff/account")
        site.clock.at += PROOF_FRESHNESS
        for _ in range(5):
            await inside.post("/staff/account/factor", 401, proof_password="wrong")
        await inside.post("/staff/account/factor", 429, proof_password=PASSWORD)
        assert await other.post("/staff/account/factor", proof_password=PASSWORD) == "/staff/account#factor"
    async with visitor(site) as third:
        await third.sign_in("civil")


async def test_outside_the_answer_is_the_same_whatever_is_wrong(site: StaffSite) -> None:
    told = set()
    for name, password in (("civil", PASSWORD), ("civil", "wrong"), ("nobody", PASSWORD)):
        async with visitor(site, OUTSIDE) as outside:
            page = await outside.sign_in(name, password, 401)
            told.add(page.replace(name, "NAME"))
    assert len(told) == 1, "who has no second factor does not learn that the password is right"
    assert ("staff:civil", "sign_in_not_enrolled") in await list_audited(site)
