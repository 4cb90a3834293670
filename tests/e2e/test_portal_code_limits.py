"""Strangers who ask for codes and guess tracking codes, at a real process: whom they would shut out sends and follows a
request all the same.
"""

import re
from collections.abc import AsyncIterator
from itertools import count

import pytest
import pytest_asyncio
from aiohttp import ClientResponse

from domain.actions.citizens.flooding import is_worked
from domain.actions.citizens.proofs import CODES_PER_SOURCE
from domain.actions.messages.verification_codes import CODES_PER_MOBILE
from domain.actions.token_guessing import MOST_MISSES
from domain.values.text import ascii_digits
from domain.values.tracking_codes import make_code
from tests.e2e.support.database_choice import ENGINES
from tests.e2e.support.office import Office
from tests.e2e.support.office_factory import new_office
from tests.e2e.support.portal_callers import Caller, calling
from tests.fakes.kavenegar import RIALS_A_PART
from tests.support.pages.page_forms import list_forms

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.parametrize("engine", ENGINES, indirect=True),
]

BEGIN = "/services/call_back/request"
OWNER = "09361000031"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office(engine: str) -> AsyncIterator[Office]:
    """An office that pays for many codes."""
    async with new_office(engine) as fresh:
        fresh.settings["PISHKHAN_SMS__KAVENEGAR__PERSIAN_PART_RIALS"] = str(RIALS_A_PART)
        assert (await fresh.run("migrate")).code == 0
        await fresh.open()
        yield fresh
        assert await fresh.close() == 0
        fresh.assert_clean_log()


async def post_form(caller: Caller, page: ClientResponse, ending: str, typed: dict[str, str]) -> ClientResponse:
    """Send the form of a page that goes to an address with this ending, after the work that it asks for."""
    text = await page.text()
    [form] = [form for form in list_forms(text, "/") if form.action.endswith(ending)]
    if work := re.search(r'data-work="([^"]+)"', text):
        typed = {**typed, "work_nonce": next(str(tried) for tried in count() if is_worked(work[1], str(tried)))}
    return await caller.post(form.action, {**form.values, **typed})


async def send_request(caller: Caller, mobile: str) -> str:
    """Fill a form in and send it for a mobile that no code goes to; return the code of the request."""
    begun = await caller.fill_form(BEGIN, BEGIN, {})
    draft = begun.headers["Location"].partition("/form/")[0]
    await caller.fill_form(f"{draft}/form/subject", "/subject", {"about": "پروانه ساختمان پدرم"})
    limited = await caller.fill_form(f"{draft}/summary", "/submit", {"mobile": mobile})
    assert (limited.status, "ایراد از شما نیست" in await limited.text()) == (200, True)
    sent = await post_form(caller, limited, "/submit", {})
    while sent.status == 429:
        sent = await post_form(caller, sent, "/submit", {})
    assert sent.status == 303, await sent.text()
    done = await caller.get(sent.headers["Location"])
    assert "هنوز تأیید نشده" in done
    found = re.search(r'class="code"><bdi dir="ltr">([^<]+)<', done)
    assert found
    return re.sub(r"\D", "", ascii_digits(found[1]))


async def test_strangers_shut_nobody_out(office: Office) -> None:
    for number in range(CODES_PER_MOBILE):
        async with calling(office, f"127.0.12.{number + 1}") as stranger:
            assert (await stranger.ask_code(OWNER)).status == 303
    async with calling(office, "127.0.12.9") as owner:
        code = await send_request(owner, OWNER)
        for number in range(MOST_MISSES):
            await owner.get(f"/track?code={make_code(30_000_000 + number)}")
        assert "تماس" not in await owner.get(f"/track?code={code}"), "codes alone are looked up no more"
        for mobile, is_theirs in (("09361000099", False), (OWNER, True)):
            page = await owner.fill_form(f"/track?code={code}", "/track", {"mobile": mobile})
            while page.status == 429:
                page = await post_form(owner, page, "/track", {"mobile": mobile})
            assert page.status == (200 if is_theirs else 404), await page.text()
    await office.panel.wait_until(lambda: len(office.panel.of(OWNER)) == CODES_PER_MOBILE, "the strangers' codes")


async def test_an_address_that_a_town_shares_shuts_nobody_out(office: Office) -> None:
    for number in range(CODES_PER_SOURCE):
        async with calling(office, "127.0.13.1") as somebody:
            assert (await somebody.ask_code(f"0935300{number:04}")).status == 303
    codes = set()
    for number in range(22):
        async with calling(office, "127.0.13.1") as neighbour:
            codes.add(await send_request(neighbour, f"0935400{number:04}"))
    assert len(codes) == 22
