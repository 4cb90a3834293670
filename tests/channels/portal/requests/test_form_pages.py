"""A citizen's form over HTTP: page by page to the tracking code; nothing is lost, nothing is sent twice."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from itertools import count
from pathlib import Path

import pytest

from domain.actions.citizens import flooding, proofs
from domain.actions.citizens.flooding import is_worked
from domain.actions.drafts import submitting
from domain.actions.drafts.saving import MAX_TYPED_BYTES
from domain.actions.messages.verification_codes import CODES_PER_MOBILE
from domain.people.person import Person
from domain.requests.request import RequestFilter, ServiceRequest
from domain.values.calendar import WorkingCalendar
from domain.values.text import ascii_digits
from tests.support.demo_site import DemoSite, build_desk, demo_site
from tests.support.portal_citizen import OWN_MOBILE, PortalCitizen, portal_citizen
from tests.support.scenarios.further_service import TREES, WORDS
from tests.support.scenarios.shipped_services import SHIPPED_SERVICES

TYPED_MOBILE = f"0{OWN_MOBILE[3:]}"
ANSWERS: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "machinery": {
        "machines": {
            "items-0-machine": "loader",
            "items-0-hours": "۴",
            "items-1-machine": "grader",
            "items-1-hours": "۲٫۵",
        },
        "time": {"date": "2026-11-25", "start": "۸"},
        "place": {"place": "خیابان امام، جنب پارک", "description": "خاک‌برداری"},
        "applicant": {"full_name": "آنه محمدی", "national_code": "۰۴۹۹۳۷۰۸۹۹"},
    },
    "expert": {
        "kind": {"kind": "valuation"},
        "property": {"postal_code": "۴۹۸۱۷۳۴۵۶۷", "address": "خیابان طالقانی، پلاک ۱۲"},
        "subject": {"text": "ارزش ملک برای تقسیم ارث"},
        "applicant": {"full_name": "آنه محمدی", "national_code": "0499370899"},
    },
    "taxi_report": {
        "kind": {"kind": "reward"},
        "taxi": {"plate-two": "۱۲", "plate-letter": "ت", "plate-three": "۳۴۵", "plate-region": "۵۹"},
        "story": {"text": "کیف مرا پس داد"},
    },
    "call_back": {"subject": {"about": "پروانه ساختمان پدرم"}},
    "tree_pruning": {
        "trees": {"trees": "۳"},
        "date": {"date": "other", "date-other": "شنبه"},
        "place": {"place": "خیابان امام، پلاک ۱۲"},
    },
}
"""Service → section → what is posted there."""


@pytest.fixture
async def portal(database: Path) -> AsyncIterator[DemoSite]:
    """The portal, with the further service of the documentation."""
    async with demo_site(
        database, lambda clock: build_desk(clock, (*SHIPPED_SERVICES.values(), TREES), WORDS)
    ) as built:
        yield built


async def begin(citizen: PortalCitizen, service: str = "machinery") -> str:
    """Begin a request; return the address of its draft."""
    await citizen.get(f"/services/{service}/request")
    address = await citizen.post(f"/services/{service}/request")
    return address.partition("/form/")[0]


async def fill(citizen: PortalCitizen, service: str = "machinery") -> str:
    """Fill a whole form in, page by page as one page leads to the next; return the address of its draft."""
    draft = await begin(citizen, service)
    address = f"{draft}/form/{next(iter(ANSWERS[service]))}"
    for section, values in ANSWERS[service].items():
        assert address == f"{draft}/form/{section}"
        await citizen.get(address)
        address = await citizen.post(address, 303, **values)
    if service == "expert":  # its papers may be sent along
        assert address == f"{draft}/papers"
        await citizen.get(address)
        address = await citizen.post(address, 303)
    assert address == f"{draft}/summary"
    return draft


async def send(citizen: PortalCitizen, draft: str, mobile: str = OWN_MOBILE) -> str:
    """Send a form with the proof of the mobile; return where that leads."""
    await citizen.get(f"{draft}/summary")
    await citizen.post(f"{draft}/submit", 200, mobile=f"0{mobile[3:]}")
    back = await citizen.post("/mobile/code", 307, proof_code=await citizen.read_code(mobile))
    assert back == f"{draft}/submit"
    return await citizen.post(back, 303, csrf=await csrf_of(citizen))


async def csrf_of(citizen: PortalCitizen) -> str:
    """The token in the forms of the page read last."""
    token = re.search(r'name="csrf" value="([^"]*)"', citizen.page)
    assert token
    return token[1]


async def requests_in(portal: DemoSite) -> list[ServiceRequest]:
    """All requests there are."""
    async with portal.store.open_unit(write=False) as uow:
        return await uow.requests.list_requests(RequestFilter())


@pytest.mark.parametrize("service", list(ANSWERS))
async def test_every_service_is_asked_for_without_an_account(
    portal: DemoSite, citizen: PortalCitizen, service: str
) -> None:
    draft = await fill(citizen, service)
    summary = await citizen.get(f"{draft}/summary")
    for value in ("شنبه", "پلاک ۱۲") if service == "tree_pruning" else ():
        assert value in summary
    done = await send(citizen, draft)
    assert done == f"{draft}/done"
    [request] = await requests_in(portal)
    page = await citizen.get(done)
    assert request.code[:3] in ascii_digits(page)
    assert (request.channel, request.mobile) == ("portal", OWN_MOBILE)
    async with portal.store.open_unit(write=False) as uow:
        texts = [message.text for message in await uow.outbox.list_recent(request_id=request.id, limit=5)]
    assert [text for text in texts if text.splitlines()[0] in unescape(page)]


async def test_the_first_page_says_what_is_needed_and_begins_nothing(portal: DemoSite, citizen: PortalCitizen) -> None:
    page = await citizen.get("/services/expert/request")
    for words in ("کد ملی", "کد پستی ملک", "تلفن همراه خودتان", "سند مالکیت", "دقیقه"):
        assert words in page
    assert citizen.session_token() == ""
    await citizen.get("/services/taxi_duty/request", 404)
    await citizen.get("/services/no_such/request", 404)


async def test_what_is_wrong_is_said_above_and_beside_and_kept(citizen: PortalCitizen) -> None:
    draft = await begin(citizen)
    address = f"{draft}/form/time"
    await citizen.get(address)
    page = await citizen.post(address, 422, **{"date": "other", "date-other": "روزی که نیست", "start": "۲۵"})
    assert 'class="error-summary"' in page
    assert page.count('class="problem"') == 2
    assert 'href="#start"' in page
    for page_again in (page, await citizen.get(address)):
        assert 'value="روزی که نیست"' in page_again
        assert 'value="۲۵"' in page_again
    assert 'class="error-summary"' not in await citizen.get(address)


async def test_more_rows_for_machines_keep_what_is_typed(citizen: PortalCitizen) -> None:
    address = f"{await begin(citizen)}/form/machines"
    await citizen.get(address)
    rows = {"items-0-machine": "loader", "items-1-hours": "چهار و نیم", "items-2-machine": ""}
    page = await citizen.post(address, 200, more="yes", **rows)
    assert 'name="items-5-machine"' in page
    assert "error-summary" not in page
    assert '<option value="loader" selected>' in page
    page = await citizen.post(address, 422, **{"items-0-machine": "loader", "items-0-hours": "4", "items-1-hours": "2"})
    assert "نام ماشین خوانده نشد" in page


async def test_saved_for_later_it_goes_on_in_another_browser(portal: DemoSite, citizen: PortalCitizen) -> None:
    draft = await begin(citizen)
    await citizen.get(f"{draft}/form/place")
    later = await citizen.post(f"{draft}/form/place", 303, later="yes", place="خیابان امام", description="x" * 501)
    page = await citizen.get(later)
    assert "کد کوتاه شما" not in page
    assert "error-summary" in await citizen.post(later, 422, mobile="۱۲۳")
    page = await citizen.get(await citizen.post(later, 303, mobile=TYPED_MOBILE))
    code = re.search(r'class="code"><bdi dir="ltr">([۰-۹ ]+)<', page)
    assert code
    async with portal_citizen(portal) as other:
        await other.get(f"{draft}/form/place", 404)
        await other.get("/drafts/resume")
        await other.post("/drafts/resume", 200, resume_code=code[1], mobile=TYPED_MOBILE)
        await other.post("/mobile/code", 307, proof_code=await other.read_code())
        go_on = await other.post("/drafts/resume", 303, resume_code=code[1], csrf=await csrf_of(other))
        assert await other.get(go_on, 303) == f"{draft}/form/machines"
        assert "خیابان امام" in await other.get(f"{draft}/form/place")
        assert "پیدا نشد" in await resume_wrongly(other)


async def resume_wrongly(other: PortalCitizen) -> str:
    """Try a short code that there is not."""
    await other.get("/drafts/resume")
    return await other.post("/drafts/resume", 404, resume_code="000000")


async def test_a_form_of_a_lost_session_is_kept_in_a_draft_begun_anew(citizen: PortalCitizen) -> None:
    draft = await begin(citizen)
    address = f"{draft}/form/place"
    await citizen.get(address)
    citizen.client.session.cookie_jar.clear()
    again = await citizen.post(address, 303, place="خیابان امام")
    assert again != address
    page = await citizen.get(again)
    assert "نشست این صفحه پایان یافته بود" in page
    assert "خیابان امام" in page


async def test_a_form_of_an_earlier_session_is_shown_as_it_was_typed(citizen: PortalCitizen) -> None:
    draft = await begin(citizen)
    address = f"{draft}/form/place"
    await citizen.get(address)
    page_of_before = citizen.page
    citizen.client.session.cookie_jar.clear()
    await begin(citizen)
    citizen.page = page_of_before
    page = await citizen.post(address, 409, place="خیابان امام")
    assert "خیابان امام" in page
    again = await citizen.post(address, 303, place="خیابان امام")
    assert "خیابان امام" in await citizen.get(again)


async def test_sent_again_it_is_the_same_request(portal: DemoSite, citizen: PortalCitizen) -> None:
    draft = await fill(citizen)
    done = await send(citizen, draft)
    await citizen.get(f"{draft}/form/place?check=1")
    token = {"csrf": await csrf_of(citizen)}
    answers = await asyncio.gather(*(citizen.post_raw(f"{draft}/submit", token) for _ in range(20)))
    assert {(answer.status, answer.headers["Location"]) for answer in answers} == {(303, done)}
    assert len(await requests_in(portal)) == 1
    assert await citizen.get(f"{draft}/summary", 303) == done
    assert await citizen.get(f"{draft}/form/place", 303) == done
    assert await citizen.get(f"{draft}/continue", 303) == done


async def test_changed_after_it_was_sent_it_is_another_request(portal: DemoSite, citizen: PortalCitizen) -> None:
    draft = await fill(citizen)
    await send(citizen, draft)
    address = f"{draft}/form/place?check=1"
    await citizen.get(address)
    again = await citizen.post(address, 303, place="خیابان طالقانی")
    assert not again.startswith(draft)
    assert "درخواست پیشین شما فرستاده شده" in await citizen.get(again)
    other_draft = again.partition("/form/")[0]
    assert "لودر" in await citizen.get(f"{other_draft}/summary")
    assert "پیش‌تر" not in await citizen.get(await citizen.post(f"{other_draft}/submit"))
    places = {request.fields["place"] for request in await requests_in(portal)}
    assert places == {"خیابان امام، جنب پارک", "خیابان طالقانی"}


async def test_a_change_from_the_summary_leads_back_to_it(citizen: PortalCitizen) -> None:
    draft = await fill(citizen)
    summary = await citizen.get(f"{draft}/summary")
    address = f"{draft}/form/place?check=1"
    assert f'href="{address}"' in summary
    await citizen.get(address)
    assert await citizen.post(address, 303, place="خیابان دیگر") == f"{draft}/summary"
    assert "خیابان دیگر" in await citizen.get(f"{draft}/summary")


async def test_the_summary_estimates_the_price(citizen: PortalCitizen) -> None:
    draft = await fill(citizen, "expert")
    assert "برآورد هزینه" not in await citizen.get(f"{draft}/summary")  # nobody has set a price
    draft = await fill(citizen)
    await citizen.get(f"{draft}/form/machines")
    await citizen.post(f"{draft}/form/machines", 303, **{"items-0-machine": "loader", "items-0-hours": "4"})
    assert "۱۳٬۲۰۰٬۰۰۰" in await citizen.get(f"{draft}/summary")


async def test_an_unfinished_form_cannot_be_sent(portal: DemoSite, citizen: PortalCitizen) -> None:
    draft = await begin(citizen)
    page = await citizen.get(f"{draft}/summary")
    assert "error-summary" in page
    assert f'action="{draft}/submit"' not in page
    await citizen.get(f"{draft}/form/place")
    page = await citizen.post(f"{draft}/submit", 422, csrf=await csrf_of(citizen), mobile=TYPED_MOBILE)
    assert "error-summary" in page
    assert await requests_in(portal) == []


async def test_proved_first_the_form_is_filled(portal: DemoSite, citizen: PortalCitizen) -> None:
    async with portal.store.open_unit() as uow:
        await uow.people.save_person(Person(OWN_MOBILE, "آنه محمدی", "0499370899", portal.clock.now()))
    await citizen.get("/services/machinery/request")
    step = await citizen.post("/services/machinery/request", 303, prove_first="yes")
    first = await citizen.prove_mobile(step)
    draft = first.partition("/form/")[0]
    page = await citizen.get(f"{draft}/form/applicant")
    assert 'value="آنه محمدی"' in page
    assert 'value="0499370899"' in page


async def test_for_whom_one_asks_is_said_on_the_summary(portal: DemoSite, citizen: PortalCitizen) -> None:
    draft = await fill(citizen)
    address = f"{draft}/applicant"
    await citizen.get(address)
    assert "error-summary" in await citizen.post(address, 422, relation="company")
    assert await citizen.post(address, 303, relation="company", represented_name="شرکت آب") == f"{draft}/summary"
    assert "شرکت آب" in await citizen.get(f"{draft}/summary")
    await send(citizen, draft)
    [request] = await requests_in(portal)
    assert request.data["represented"]["name"] == "شرکت آب"


async def test_without_a_code_it_is_stored_and_says_so(portal: DemoSite, citizen: PortalCitizen) -> None:
    policy = replace(portal.desk.policy, verification_rials_a_day=0)
    portal.desk.engine = replace(portal.desk.engine, policy=policy)
    draft = await fill(citizen)
    await citizen.get(f"{draft}/summary")
    assert "error-summary" in await citizen.post(f"{draft}/submit", 422, mobile="۱۲")
    done = await citizen.post(f"{draft}/submit", 303, mobile=TYPED_MOBILE)
    page = await citizen.get(done)
    assert "هنوز تأیید نشده" in page
    [request] = await requests_in(portal)
    assert (request.mobile, request.unverified_mobile) == (None, OWN_MOBILE)


async def test_codes_that_strangers_asked_for_keep_nobody_from_sending(
    portal: DemoSite, citizen: PortalCitizen
) -> None:
    async with portal_citizen(portal) as stranger:
        for number in range(CODES_PER_MOBILE):
            await stranger.get(f"/mobile?for=draft-{number}&next=/")
            await stranger.post("/mobile", 303, proof_mobile=TYPED_MOBILE)
    draft = await fill(citizen)
    await citizen.get(f"{draft}/summary")
    page = await citizen.post(f"{draft}/submit", 200, mobile=TYPED_MOBILE)
    assert "ایراد از شما نیست" in page
    assert await requests_in(portal) == [], "who would rather wait for a code may"
    page = await citizen.get(await citizen.post(f"{draft}/submit", 303, mobile=TYPED_MOBILE))
    assert "هنوز تأیید نشده" in page
    [request] = await requests_in(portal)
    assert (request.mobile, request.unverified_mobile) == (None, OWN_MOBILE)


async def test_of_an_address_that_many_share_everybody_sends_some_after_work(
    portal: DemoSite, citizen: PortalCitizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proofs, "CODES_PER_SOURCE", 0)
    monkeypatch.setattr(submitting, "UNVERIFIED_PER_ADDRESS", 0)
    monkeypatch.setattr(flooding, "FLOOD_WAIT", timedelta(minutes=5))  # the clock of the tests goes on by itself
    draft, page = "", ""
    for is_first in (True, False):
        draft = await fill(citizen)
        await citizen.get(f"{draft}/summary")
        await citizen.post(f"{draft}/submit", 200, mobile=TYPED_MOBILE)
        page = await citizen.post(f"{draft}/submit", 303 if is_first else 429)
    work = re.search(r'data-work="([^"]+)"', page)
    assert work
    nonce = next(str(tried) for tried in count() if is_worked(work[1], str(tried)))
    await citizen.post(f"{draft}/submit", 303, work_nonce=nonce)
    assert len(await requests_in(portal)) == 2


async def test_a_draft_is_deleted_by_its_owner(citizen: PortalCitizen) -> None:
    draft = await begin(citizen)
    assert "کارکرد ماشین‌آلات" not in await citizen.get("/drafts")  # nothing was saved in it yet
    await citizen.get(f"{draft}/form/place")
    await citizen.post(f"{draft}/form/place", 303, place="خیابان امام")
    assert "کارکرد ماشین‌آلات" in await citizen.get("/drafts")
    assert "پاک شد" in await citizen.get(await citizen.post(f"{draft}/delete"))
    await citizen.get(f"{draft}/form/place", 404)


@pytest.mark.parametrize("page", ["form/place", "later", "summary", "applicant", "continue", "done"])
async def test_nobody_else_opens_a_draft(portal: DemoSite, citizen: PortalCitizen, page: str) -> None:
    draft = await begin(citizen)
    async with portal_citizen(portal) as other:
        await other.get(f"{draft}/{page}", 404)
        await begin(other)
        await other.get(f"{draft}/{page}", 404)
    await citizen.get(f"/services/machinery/request/9999999999999999999/{page}", 404)


async def test_who_does_not_hold_a_draft_is_led_on(portal: DemoSite, citizen: PortalCitizen) -> None:
    draft = await begin(citizen)
    async with portal_citizen(portal) as other:
        page = await other.get(f"{draft}/summary", 404)
    for address in ("/drafts/resume", "/services/machinery/request", "/track"):
        assert f'href="{address}"' in page


async def test_hostile_answers_stay_text(citizen: PortalCitizen) -> None:
    hostile = '"><script>alert(1)</script>{{ 7*7 }}\u202e'
    draft = await begin(citizen)
    await citizen.get(f"{draft}/form/place")
    await citizen.post(f"{draft}/form/place", 303, place=hostile, description=hostile)
    await citizen.get(f"{draft}/form/time")
    typed = {"date": "other", "date-other": hostile, "start": hostile}
    pages = [await citizen.post(f"{draft}/form/time", 422, **typed)]
    pages += [await citizen.get(f"{draft}/{page}") for page in ("form/place", "form/time", "summary")]
    for page in pages:
        assert "<script>alert" not in page
        assert "\u202e" not in page
    assert all("{{ 7*7 }}" in unescape(page) for page in pages)


async def test_too_much_is_refused_and_shown_again(citizen: PortalCitizen) -> None:
    draft = await begin(citizen)
    await citizen.get(f"{draft}/form/place")
    page = await citizen.post(f"{draft}/form/place", 413, place="خیابان امام", description="x" * MAX_TYPED_BYTES)
    assert "خیابان امام" in page
    assert "x" * MAX_TYPED_BYTES in page
    assert "خیابان امام" not in await citizen.get(f"{draft}/form/place")


async def test_fields_that_are_no_part_of_a_section_are_left_alone(portal: DemoSite, citizen: PortalCitizen) -> None:
    draft = await begin(citizen)
    await citizen.get(f"{draft}/form/place")
    strange = {"place": "خیابان امام", "national_code": "0499370899", "request_code": "123456786", "id": "1"}
    await citizen.post(f"{draft}/form/place", 303, **strange)
    assert "0499370899" not in await citizen.get(f"{draft}/form/applicant")
    assert await requests_in(portal) == []


async def test_another_site_cannot_fill_a_form_in(citizen: PortalCitizen) -> None:
    draft = await begin(citizen)
    await citizen.get(f"{draft}/form/place")
    other_site = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    values = {"csrf": await csrf_of(citizen), "place": "خیابان امام"}
    assert (await citizen.post_raw(f"{draft}/form/place", values, other_site)).status == 403
    assert (await citizen.post_raw("/services/machinery/request", {}, other_site)).status == 403


async def test_pages_of_a_draft_are_kept_by_nobody(citizen: PortalCitizen) -> None:
    draft = await begin(citizen)
    response = await citizen.client.get(f"{draft}/form/place", headers=citizen.headers)
    assert response.headers["Cache-Control"] == "no-store"


async def test_the_summary_names_a_public_holiday_and_sends_it_all_the_same(
    portal: DemoSite, citizen: PortalCitizen
) -> None:
    draft = await fill(citizen)
    assert "تعطیل است" not in await citizen.get(f"{draft}/summary")
    closed = WorkingCalendar(overrides={date(2026, 11, 25): False})
    portal.desk.apply_settings(1, portal.desk.policy, closed, {})
    assert "تعطیل است" in await citizen.get(f"{draft}/summary")
    await send(citizen, draft)
    assert len(await requests_in(portal)) == 1
