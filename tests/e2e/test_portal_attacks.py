"""Attacks on the portal of a real process: codes flooded and guessed at once, planted and invented sessions, foreign
forms, addresses that lead away, hosts that a caller invents. What each leaves behind is counted at the panel.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from html import unescape

import pytest
import pytest_asyncio

from domain.actions.citizens.proofs import CODES_PER_SOURCE
from domain.actions.messages.verification_codes import CODES_PER_MOBILE, MOST_TRIES
from domain.people.person import StaffMember
from domain.values.actors import Role
from tests.e2e.support.database_choice import on_database
from tests.e2e.support.office import Office
from tests.e2e.support.office_factory import new_office
from tests.e2e.support.portal_callers import STEP, calling, open_store, read_code
from tests.fakes.kavenegar import RIALS_A_PART

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module"), on_database("postgresql")]

MANAGER = "09111000008"
CODES_A_DAY = 100
NOWHERE = "evil.example"
AT_ONCE = 40


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office(engine: str) -> AsyncIterator[Office]:
    """An office with a manager, where a hundred codes a day may be paid for."""
    async with new_office(engine) as fresh:
        fresh.settings |= {
            "PISHKHAN_SMS__KAVENEGAR__PERSIAN_PART_RIALS": str(RIALS_A_PART),
            "PISHKHAN_POLICY__VERIFICATION_RIALS_A_DAY": str((CODES_A_DAY + 1) * RIALS_A_PART),
        }
        assert (await fresh.run("migrate")).code == 0
        async with open_store(fresh) as store, store.open_unit() as uow:
            mobile = f"+98{MANAGER[1:]}"
            manager = StaffMember("m", frozenset({Role.MANAGER}), "مدیر", mobile, "", True, fresh.clock.now())
            await uow.people.save_staff(manager)
        await fresh.open()
        yield fresh
        assert await fresh.close() == 0
        fresh.assert_clean_log()


async def ask_from(office: Office, address: str, mobile: str) -> int:
    """Ask for a code in a browser of its own; the status."""
    async with calling(office, address) as caller:
        return (await caller.ask_code(mobile)).status


async def test_guesses_at_once_have_five_tries_together(office: Office) -> None:
    mobile = "09351000001"
    async with calling(office, "127.0.4.1") as caller:
        assert (await caller.ask_code(mobile)).status == 303
        code, csrf_token = await read_code(office, mobile), await caller.csrf_token()
        guesses = [f"{(int(code) + number) % 10**6:06}" for number in range(1, AT_ONCE)]
        statuses = await asyncio.gather(*(caller.confirm(guess, csrf_token) for guess in guesses))
        assert set(statuses) == {422}
        assert await caller.confirm(code, csrf_token) == 422, f"after {MOST_TRIES} wrong ones the right one is no more"
        assert "تأییدشده" not in await caller.get("/session/end")


async def test_a_code_of_one_browser_is_worth_nothing_in_another(office: Office) -> None:
    mobile = "09351000002"
    async with calling(office, "127.0.4.2") as victim, calling(office, "127.0.4.3") as thief:
        await victim.ask_code(mobile)
        await thief.ask_code("09351000003")
        code = await read_code(office, mobile)
        assert await thief.confirm(code, await thief.csrf_token()) == 422
        planted = thief.session_token
        other_form = {**STEP, "proof_purpose": "draft-1", "proof_code": code, "csrf": await victim.csrf_token()}
        assert (await victim.post("/mobile/code", other_form)).status == 422, "nor for another purpose"
        before = victim.session_token
        assert await victim.confirm(code, await victim.csrf_token()) == 303
        assert victim.session_token not in (before, planted)
        assert "۰۹۳۵۱۰۰۰۰۰۲" in await victim.get("/session/end")
        thief.session.cookie_jar.update_cookies({"pishkhan_portal": before}, office.make_url("/"))
        assert "۰۹۳۵۱۰۰۰۰۰۲" not in await thief.get("/session/end"), "a session fixed before the proof"


async def test_foreign_forms_invented_sessions_and_hosts_do_nothing(office: Office) -> None:
    async with calling(office, "127.0.4.4") as caller:
        form = {**STEP, "proof_mobile": "09351000004", "csrf": ""}
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": f"https://{NOWHERE}"}, {"Origin": "null"}):
            assert (await caller.post("/mobile", form, headers)).status == 403
        caller.session.cookie_jar.update_cookies({"pishkhan_portal": "0" * 32}, office.make_url("/"))
        for _ in range(5):
            await caller.get("/session/end")
        async with open_store(office) as store, store.open_unit(write=False) as uow:
            assert await uow.citizen_sessions.find("0" * 32) is None
        forged = {"Host": NOWHERE, "X-Forwarded-Host": NOWHERE, "X-Forwarded-Proto": "https"}
        for path in ("/", "/mobile?for=my-requests&next=/", "/session/end", "/no/such/page"):
            url = office.make_url(path)
            async with caller.session.get(url, headers=forged, allow_redirects=False) as response:
                assert NOWHERE not in await response.text() + str(response.headers)
                assert response.headers["Cache-Control"] == ("no-cache" if path == "/" else "no-store")
    assert office.panel.of("09351000004") == []


ADDRESSES_AWAY = (
    f"//{NOWHERE}",
    f"https://{NOWHERE}",
    f"/\\{NOWHERE}",
    f"/\t/{NOWHERE}",
    "/staff",
    f"javascript:{NOWHERE}",
)


async def test_no_address_and_no_doubled_value_leads_away(office: Office) -> None:
    mobile = "09351000005"
    async with calling(office, "127.0.4.5") as caller:
        await caller.ask_code(mobile)
        code, csrf_token = await read_code(office, mobile), await caller.csrf_token()
        for address in ADDRESSES_AWAY:
            page = unescape(await caller.get(f"/mobile?for=my-requests&next={address}"))
            assert f'value="{address}"' not in page
        doubled: Sequence[tuple[str, str]] = [
            ("csrf", csrf_token), ("csrf", "x"), *STEP.items(), ("proof_return", f"//{NOWHERE}"),
            ("proof_purpose", "other"), ("proof_code", code), ("proof_code", "000000"),
        ]  # fmt: skip
        answer = await caller.post("/mobile/code", doubled)
        assert (answer.status, answer.headers["Location"]) == (303, "/session/end")


async def test_a_flood_is_held_off_by_mobile_and_by_address_and_ends_as_later(office: Office) -> None:
    to_one = await asyncio.gather(*(ask_from(office, f"127.0.5.{number}", "09352000001") for number in range(1, 21)))
    assert Counter(to_one) == {303: CODES_PER_MOBILE, 200: 20 - CODES_PER_MOBILE}, "nobody is refused"
    from_one = await asyncio.gather(
        *(ask_from(office, "127.0.6.1", f"0935300{number:04}") for number in range(CODES_PER_SOURCE + 20))
    )
    assert Counter(from_one) == {303: CODES_PER_SOURCE, 200: 20}
    from_many = await asyncio.gather(
        *(ask_from(office, f"127.0.7.{number}", f"0935400{number:04}") for number in range(1, AT_ONCE))
    )
    assert set(from_many) <= {303, 200}
    callers = [(f"127.0.8.{number}", f"0935500{number:04}") for number in range(1, CODES_A_DAY)]
    one_by_one = [await ask_from(office, address, mobile) for address, mobile in callers]
    assert one_by_one[-1] == 200, "who comes too late gets a page that says so, and no error"
    await office.panel.wait_until(lambda: len(office.panel.of(MANAGER)) >= 3, "the warnings")
    assert len(office.panel.of(MANAGER)) == 3
    codes = [sent for sent in office.panel.sent if "کد تأیید سایت" in sent.message]
    assert CODES_A_DAY - 2 <= len(codes) <= CODES_A_DAY, "what was to be spent, and nothing beyond"
