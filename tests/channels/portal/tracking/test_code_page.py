"""`/track`: what a code alone tells anybody, and how guessing is slowed."""

import re
from datetime import timedelta
from html import unescape
from itertools import count

import pytest

from domain.actions.citizens import flooding
from domain.actions.citizens.flooding import is_worked
from domain.actions.context import ActorContext
from domain.actions.requests.submit import submit_request
from domain.actions.token_guessing import MOST_MISSES
from domain.requests.request import ServiceRequest
from domain.values import tracking_codes
from domain.values.actors import Actor, Role
from tests.support.demo_site import CITIZENS, DemoSite
from tests.support.pages.portal_reader import PortalReader
from tests.support.portal_citizen import PortalCitizen

FORM = {
    "full_name": "گل‌جمال توماج",
    "national_code": "0499370899",
    "items": [{"machine": "loader", "hours": 4}],
    "date": "2026-11-26",
    "start": "08:00",
    "place": "خیابان امام، جنب پارک",
}


async def submitted(portal: DemoSite) -> ServiceRequest:
    """A request of the first citizen."""
    mobile = CITIZENS[0].mobile
    citizen = Actor(frozenset({Role.CITIZEN}), "citizen", mobile, "sms")
    async with portal.store.open_unit() as uow:
        return (await submit_request(ActorContext(portal.desk, uow, citizen), "machinery", FORM, mobile)).request


async def test_a_code_tells_service_and_phase_and_nothing_else(reader: PortalReader, portal: DemoSite) -> None:
    request = await submitted(portal)
    for written in (
        request.code,
        tracking_codes.display_code(request.code),
        f"  {request.code[:3]}-{request.code[3:]}",
    ):
        answer = await reader.ask(f"/track?code={written}")
        page = unescape(await answer.text())
        assert answer.status == 200
        assert "کارکرد ماشین‌آلات" in page
        assert "دریافت شده" in page
        assert f'href="https://t.me/gomishan_bot?start=track_{request.code}"' in page
        assert answer.headers["Cache-Control"] == "no-store"
        assert not any(str(value) in page for value in (CITIZENS[0].mobile[3:], *FORM.values()) if value != "machinery")
        assert 'name="robots" content="noindex"' in page
    await portal.act(request.code, "ask", Role.CIVIL, {"question": "راه باز است؟"})
    page = await reader.read(f"/track?code={request.code}")
    assert "در انتظار پاسخ" in page
    assert "راه باز است" not in page
    await portal.act(request.code, "reject", Role.CIVIL, {"reason": "راه بسته است"})
    page = await reader.read(f"/track?code={request.code}")
    assert "پذیرفته نشده" in page
    assert "راه بسته است" not in page


@pytest.mark.parametrize(
    ("code", "status", "problem"),
    [
        ("", 422, "نُه رقم"),
        ("12345", 422, "نُه رقم"),
        ("<script>alert(1)</script>", 422, "نُه رقم"),
        ("123456787", 422, "رقم‌ها را دوباره نگاه کنید"),
        ("۱۲۳ ۴۵۶ ۷۸۶", 404, "درخواستی با این کد پیدا نشد"),
    ],
)
async def test_what_is_no_code_is_said_and_stays_in_the_form(
    reader: PortalReader, code: str, status: int, problem: str
) -> None:
    page = await reader.read(f"/track?code={code}", status)
    assert problem in page
    assert 'aria-invalid="true"' in page
    assert f'value="{code}"' in page or "script" in code
    assert "<script>alert" not in page


async def test_the_form_alone(reader: PortalReader) -> None:
    page = await reader.read("/track")
    assert 'class="error-summary"' not in page
    assert "درخواست‌های من" in page


async def test_who_guesses_is_sent_away_even_with_a_code_that_is_there(reader: PortalReader, portal: DemoSite) -> None:
    request = await submitted(portal)
    codes = [tracking_codes.make_code(20_000_000 + number) for number in range(MOST_MISSES + 1)]
    statuses = [(await reader.ask(f"/track?code={code}")).status for code in codes if code != request.code]
    assert statuses[-1] == 429
    assert set(statuses[:-1]) == {404}
    page = await reader.read(f"/track?code={codes[0]}", 429)
    assert "کد را همراه شماره‌ای" in page
    assert 'href="sms:' in page
    page = await reader.read(f"/track?code={request.code}", 429)
    assert "کارکرد ماشین‌آلات" not in page, "else guessing went on, and only its misses were refused"


async def test_who_knows_the_mobile_too_is_told_however_much_others_guess(
    citizen: PortalCitizen, portal: DemoSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flooding, "FLOOD_WAIT", timedelta(minutes=5))  # the clock of the tests goes on by itself
    request, own_mobile = await submitted(portal), f"0{CITIZENS[0].mobile[3:]}"
    for number in range(MOST_MISSES):
        await citizen.get(f"/track?code={tracking_codes.make_code(20_000_000 + number)}", 404)
    for mobile, status in (("09350009999", 404), (own_mobile, 429), (own_mobile, 200)):
        if status != 200:
            await citizen.get(f"/track?code={request.code}", 429)
        work = re.search(r'data-work="([^"]+)"', citizen.page) if status == 200 else None
        nonce = next(str(tried) for tried in count() if is_worked(work[1], str(tried))) if work else ""
        page = await citizen.post("/track", status, code=request.code, mobile=mobile, work_nonce=nonce)
        assert ("کارکرد ماشین‌آلات" in page) == (status == 200)
