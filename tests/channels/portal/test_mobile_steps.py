"""Proving a mobile at the portal: number, code, and back to the page that wanted it with all that was typed."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from aiohttp import web
from yarl import URL

from channels.portal.frame import PortalRoute, PortalSubmission, PortalVisitor, as_portal_address
from channels.portal.guard import PortalGuard
from channels.portal.mobile_steps import MobileSteps, build_mobile_address
from channels.web.posted import read_text
from channels.web.refused_forms import RefusedForm
from domain.actions.citizens.proofs import CODES_PER_FORM, RESEND_AFTER
from domain.people.citizen_session import PROOF_IDLE_LIMIT
from domain.values.errors import InvalidField
from domain.values.reasons import InvalidReason
from domain.values.text import persian_digits
from tests.support.demo_site import CITIZENS, LINE, DemoSite, demo_site
from tests.support.portal_citizen import OWN_MOBILE, PortalCitizen, portal_citizen

STEP = "/mobile?for=my-requests&next=/services/machinery"
DIARY = "/diary"
ASKED_THERE = "/mobile?for=diary&next=/diary"


class DiaryPages:
    """A page of the tests that needs a proved mobile: what is written there is kept for whoever wrote it."""

    def __init__(self) -> None:
        self.entries: list[tuple[str, str, Sequence[str]]] = []

    def list_routes(self) -> Sequence[PortalRoute]:
        """Return the routes."""
        write = PortalSubmission("write", self._write_entry, self._show_again)
        return (PortalRoute("GET", DIARY, self._show), PortalRoute("POST", DIARY, write))

    async def _show(self, request: web.Request, visitor: PortalVisitor) -> web.Response:
        return web.Response(text=f"the diary of {visitor.require_proved_mobile('diary')}")

    async def _show_again(
        self, request: web.Request, visitor: PortalVisitor, refused_form: RefusedForm
    ) -> web.Response:
        return web.Response(text=f"again: {refused_form.submitted_texts}", status=409)

    async def _write_entry(self, request: web.Request, visitor: PortalVisitor) -> str:
        mobile, text = visitor.require_proved_mobile("diary"), read_text(visitor.form, "text")
        if not text:
            raise InvalidField("text", InvalidReason.EMPTY)
        self.entries.append((mobile, text, [str(tag) for tag in visitor.form.getall("tag", [])]))
        return DIARY


@pytest.fixture
def diary() -> DiaryPages:
    """The pages of the diary."""
    return DiaryPages()


@pytest.fixture
async def portal(database: Path, diary: DiaryPages) -> AsyncIterator[DemoSite]:
    """The portal with the diary."""
    async with demo_site(database) as built:
        guard = PortalGuard(built.desk, built.store, MobileSteps(built.desk, built.store))
        for route in diary.list_routes():
            built.app.router.add_route(route.method, route.path, guard.guard_route(route))
        yield built


def assert_other_ways(page: str) -> None:
    """The page offers keyword and line, the bots, and the phone."""
    for words in ("«راهنما»", f'href="sms:{LINE}?body=', 'href="https://t.me/gomishan_bot"', 'href="https://ble.ir/gomishan_bot"',
                  'href="tel:017-34112233"'):  # fmt: skip
        assert words in page, words


async def test_every_dead_end_offers_the_other_ways(citizen: PortalCitizen) -> None:
    for address in ("/no/such/page", "/services/none", "/mobile?for=:", "/mobile/code?for=:"):
        assert_other_ways(await citizen.get(address, 404))
    await citizen.get(STEP)
    forged = await citizen.post_raw("/mobile", {}, {"Sec-Fetch-Site": "cross-site"})
    assert forged.status == 403
    assert_other_ways(await forged.text())


async def test_number_code_and_back_to_the_page(citizen: PortalCitizen) -> None:
    page = await citizen.get(STEP)
    for attribute in ('inputmode="numeric"', 'autocomplete="tel-national"', 'type="tel"'):
        assert attribute in page
    assert citizen.session_token() == "", "reading makes no session"
    await citizen.get(await citizen.post("/mobile", proof_mobile="۰۹۱۲-۱۲۳-۴۵۶۷"))
    for attribute in ('inputmode="numeric"', 'autocomplete="one-time-code"', "۰۹۱۲۱۲۳۴۵۶۷"):
        assert attribute in citizen.page
    code = persian_digits(await citizen.read_code())
    assert await citizen.post("/mobile/code", proof_code=code) == "/services/machinery"
    assert "۰۹۱۲۱۲۳۴۵۶۷" in await citizen.get("/session/end")


async def test_what_is_wrong_is_said_above_and_beside_the_field_and_nothing_is_lost(citizen: PortalCitizen) -> None:
    await citizen.get(STEP)
    page = await citizen.post("/mobile", 422, proof_mobile="0171 &lt;")
    assert page.count("شماره") > 2
    for words in (
        'href="#mobile"',
        'id="mobile-problem"',
        'aria-invalid="true"',
        'value="0171 &amp;lt;"',
        'role="alert"',
    ):
        assert words in page, words
    await citizen.get(await citizen.post("/mobile", proof_mobile="09121234567"))
    page = await citizen.post("/mobile/code", 422, proof_code="000000")
    assert 'href="#code"' in page
    assert await citizen.post("/mobile/code", proof_code=await citizen.read_code()) == "/services/machinery"


async def test_another_code_comes_after_a_while(citizen: PortalCitizen, portal: DemoSite) -> None:
    await citizen.get(STEP)
    await citizen.get(await citizen.post("/mobile", proof_mobile="09121234567"))
    first = await citizen.read_code()
    await citizen.get(await citizen.post("/mobile"))
    assert await citizen.read_code() == first
    portal.clock.at += RESEND_AFTER
    await citizen.get(await citizen.post("/mobile"))
    second = await citizen.read_code()
    await citizen.post("/mobile/code", 422, proof_code=first)
    assert await citizen.post("/mobile/code", proof_code=second) == "/services/machinery"


async def test_after_too_many_tries_the_number_is_asked_for_again_and_is_still_there(citizen: PortalCitizen) -> None:
    await citizen.get(STEP)
    await citizen.get(await citizen.post("/mobile", proof_mobile="09121234567"))
    for _ in range(5):
        await citizen.post("/mobile/code", 422, proof_code="000000")
    assert "پنج بار" in citizen.page
    assert 'value="09121234567"' in citizen.page


async def test_too_many_codes_are_said_as_they_are_with_the_other_ways(citizen: PortalCitizen) -> None:
    for number in range(CODES_PER_FORM):
        await citizen.get(STEP)
        await citizen.post("/mobile", proof_mobile=f"0935000000{number}")
    await citizen.get(STEP)
    page = await citizen.post("/mobile", 200, proof_mobile="09350000009")
    assert "شاید دیگران خواسته باشند" in page
    assert "کدی که پیش‌تر خواستید" in page, "the one that was sent before holds"
    assert_other_ways(page)


async def test_a_page_that_needs_a_proof_leads_there_and_back(citizen: PortalCitizen) -> None:
    address = f"{DIARY}?page=2&word={quote('خاک')}"
    leads_to = await citizen.get(address, 303)
    assert leads_to == str(URL(build_mobile_address("diary", address)))
    assert await citizen.prove_mobile(leads_to) == address
    assert await citizen.get(address) == f"the diary of {OWN_MOBILE}"


async def test_a_form_that_needs_a_proof_goes_on_with_all_that_was_typed(
    citizen: PortalCitizen, diary: DiaryPages
) -> None:
    await citizen.get(STEP)
    written = [("text", "از «نو»\n<b>"), ("tag", "a"), ("tag", "b"), ("csrf", "")]
    response = await citizen.post_raw(DIARY, written)
    citizen.page = await response.text()
    assert response.status == 200
    citizen.page = await citizen.post("/mobile", 200, proof_mobile="09121234567", tag=["a", "b"])
    assert await citizen.post("/mobile/code", 422, proof_code="000000", tag=["a", "b"])
    form = {**citizen.hidden_values("/mobile/code"), "tag": ["a", "b"], "proof_code": await citizen.read_code()}
    again = await citizen.client.post("/mobile/code", data=form, headers=citizen.headers)
    assert await again.text() == f"the diary of {OWN_MOBILE}"
    assert [(response.status, response.url.path) for response in again.history] == [(307, "/mobile/code"), (303, DIARY)]
    assert diary.entries == [(OWN_MOBILE, "از «نو»\n<b>".replace("\n", "\n"), ["a", "b"])]


async def test_a_proof_ends_and_is_asked_for_again(citizen: PortalCitizen, portal: DemoSite) -> None:
    await citizen.prove_mobile()
    portal.clock.at += PROOF_IDLE_LIMIT - 4 * RESEND_AFTER
    await citizen.get(DIARY)
    portal.clock.at += PROOF_IDLE_LIMIT
    assert await citizen.get(DIARY, 303) == ASKED_THERE


async def test_while_no_code_can_be_sent_it_is_later_and_nothing_is_lost(
    citizen: PortalCitizen, portal: DemoSite
) -> None:
    policy = replace(portal.desk.policy, verification_rials_a_day=0)
    portal.desk.apply_settings(1, policy, portal.desk.calendar, {})
    await citizen.get(STEP)
    page = await citizen.post("/mobile", 200, proof_mobile="09121234567")
    assert "اکنون نمی‌توانیم کد پیامک کنیم" in page
    assert_other_ways(page)
    assert citizen.session_token() == "", "a flood leaves no sessions behind"
    citizen.page = await (await citizen.post_raw(DIARY, {"text": "متن"})).text()
    await citizen.post("/mobile", 200, proof_mobile="09121234567")
    assert citizen.hidden_values(DIARY)["text"] == "متن"


async def test_a_session_that_ended_meanwhile_asks_for_the_number_again(citizen: PortalCitizen) -> None:
    await citizen.get(STEP)
    await citizen.get(await citizen.post("/mobile", proof_mobile="09121234567"))
    citizen.client.session.cookie_jar.clear()
    page = await citizen.post("/mobile/code", 422, proof_code=await citizen.read_code())
    assert 'action="/mobile"' in page
    assert 'value="09121234567"' in page
    citizen.page = ""
    assert await citizen.get("/mobile/code?for=my-requests&next=/", 303) == "/mobile?for=my-requests&next=/"


FOREIGN_ADDRESSES = [
    "//evil.example", "///evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "evil.example",
    "/\t/evil.example", "/\n/evil.example", "javascript:alert(1)", "/staff/users", "/staff", "/staff?x", "/x" * 300, "",
    "/%0d%0aSet-Cookie:x=y\r\nX: y", "/\u202eevil",
    *(way.format(page) for page in ("staff", "staff/users") for way in (
        "/./{}", "/x/../{}", "/%2e/{}", "/.%2E/{}", "/x//../{}", "/x//{}", "/x/%2e%2e/{}", "/x%2f..%2f{}", "/%2f{}",
        "/{}#x", "/.;/{}/..", "/x\\..\\{}",
    )),
    "/%73taff", "/%2573taff/users", "/STAFF", "/sta%66f/users",
]  # fmt: skip


@pytest.mark.parametrize("address", FOREIGN_ADDRESSES)
async def test_nothing_leads_to_another_site(citizen: PortalCitizen, address: str) -> None:
    assert as_portal_address(address) == "/"
    leads_to = f"/mobile?{urlencode({'for': 'my-requests', 'next': address})}"
    assert await citizen.prove_mobile(leads_to) == "/"


async def test_an_address_of_no_purpose_is_no_page(citizen: PortalCitizen) -> None:
    for query in ("", "?for=", "?for=A:b&next=/", f"?for={'x' * 41}"):
        assert "پیدا نشد" in await citizen.get(f"/mobile{query}", 404)
    await citizen.get(STEP)
    await citizen.post("/mobile", 404, proof_purpose="../x", proof_mobile="09121234567")


async def test_the_first_of_several_values_counts(citizen: PortalCitizen) -> None:
    doubled = [("proof_mobile", "09121234567"), ("proof_mobile", CITIZENS[1].mobile), ("proof_purpose", "my-requests")]
    response = await citizen.post_raw("/mobile", [*doubled, ("proof_return", "/"), ("proof_return", "//evil.example")])
    assert response.status == 303
    assert response.headers["Location"] == "/mobile/code?for=my-requests&next=/"
    async with citizen.site.store.open_unit(write=False) as uow:
        assert [message.recipient for message in await uow.outbox.list_recent()] == [OWN_MOBILE]


@pytest.fixture
async def thief(portal: DemoSite) -> AsyncIterator[PortalCitizen]:
    """Another browser."""
    async with portal_citizen(portal) as browser:
        yield browser


async def test_a_planted_session_is_nobodys_once_a_mobile_was_proved(
    citizen: PortalCitizen, thief: PortalCitizen
) -> None:
    await thief.get(STEP)
    await thief.post("/mobile", proof_mobile="09359998877")
    planted = thief.session_token()
    citizen.plant_token(planted)
    await citizen.prove_mobile()
    assert citizen.session_token() not in ("", planted)
    await thief.get(DIARY, 303)
    assert "the diary of" in await citizen.get(DIARY)
    assert await thief.get(DIARY, 303) == ASKED_THERE
    citizen.plant_token("0" * 32)
    await citizen.get(STEP)
    assert 'name="csrf" value=""' in citizen.page, "a token that nobody was given is not adopted"


async def test_a_lost_answer_is_made_good_by_sending_again(citizen: PortalCitizen, diary: DiaryPages) -> None:
    await citizen.get(await citizen.get(DIARY, 303))
    await citizen.get(await citizen.post("/mobile", proof_mobile="09121234567"))
    before, code, page = citizen.session_token(), await citizen.read_code(), citizen.page
    await citizen.post("/mobile/code", proof_code=code)
    citizen.plant_token(before)  # the answer never arrived
    citizen.page = page
    assert await citizen.post("/mobile/code", proof_code=code) == DIARY
    assert await citizen.get(DIARY) == f"the diary of {OWN_MOBILE}"


async def test_a_second_click_without_a_session_sends_no_second_code(portal: DemoSite, citizen: PortalCitizen) -> None:
    for path, address in (("/mobile", STEP), ("/drafts/resume", "/drafts/resume")):
        citizen.client.session.cookie_jar.clear()
        await citizen.get(address)
        form = {**citizen.hidden_values(path), "resume_code": "123456"}
        typed = {"proof_mobile": OWN_MOBILE, "mobile": OWN_MOBILE}
        before = await count_codes(portal)
        for _ in range(3):
            citizen.client.session.cookie_jar.clear()  # the answer to the click before came to nothing
            await citizen.post_raw(path, {**form, **typed})
        assert await count_codes(portal) == before + 1
        portal.clock.at += RESEND_AFTER
    await citizen.get("/mobile/code?for=resume&next=/drafts/resume")
    assert await citizen.post("/mobile/code", proof_code=await citizen.read_code()) == "/drafts/resume"
    assert citizen.session_token()


async def count_codes(portal: DemoSite) -> int:
    """Return how many messages were queued to the citizen."""
    async with portal.store.open_unit(write=False) as uow:
        return len(await uow.outbox.list_recent(recipient=OWN_MOBILE))


async def test_a_second_click_without_a_session_begins_one_draft(portal: DemoSite, citizen: PortalCitizen) -> None:
    await citizen.get("/services/machinery/request")
    form, led = citizen.hidden_values("/services/machinery/request"), set[str]()
    for _ in range(2):
        citizen.client.session.cookie_jar.clear()
        led.add((await citizen.post_raw("/services/machinery/request", form)).headers["Location"])
    assert len(led) == 1
    await citizen.get(led.pop())
