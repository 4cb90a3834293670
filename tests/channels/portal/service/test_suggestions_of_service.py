"""Suggestions on a service's page: apart from comments, with their life, supported by a proved mobile once."""

import re

from domain.actions.context import ActionContext
from domain.actions.feedback.moderation import moderate_comment
from domain.actions.feedback.public_comments import add_public_comment
from domain.actions.feedback.service_page import SUGGESTIONS_PER_PAGE
from domain.actions.feedback.suggestions import take_suggestion_step
from domain.feedback.opinions import Comment, CommentState
from domain.feedback.suggestions import SuggestionProgress
from domain.values.actors import Role
from tests.support.demo_site import DemoSite
from tests.support.municipality import actor
from tests.support.portal_citizen import OWN_MOBILE, PortalCitizen

SERVICE = "/services/machinery"
MANAGER = actor(Role.MANAGER)
LIFE = re.compile(
    r'<li class="(\w+)"><strong>(.*?)</strong> <span class="who">(.*?)</span>(?:<p dir="auto">(.*?)</p>)?'
)


def support_form(number: int) -> str:
    """Address of the form that supports a suggestion."""
    return f"{SERVICE}/suggestions/{number}/support#suggestion-{number}"


async def suggest(portal: DemoSite, text: str = "لودر دوم بخرید", mobile: str | None = None) -> Comment:
    """A published suggestion."""
    async with portal.store.open_unit() as uow:
        context = ActionContext(portal.desk, uow)
        suggestion = await add_public_comment(
            context, "machinery", text, "10.0.0.1", mobile=mobile, has_worked=True, is_suggestion=True
        )
        return await moderate_comment(context.acting_as(MANAGER), suggestion.id, CommentState.PUBLISHED)


async def step(portal: DemoSite, suggestion: Comment, progress: SuggestionProgress, note: str = "") -> None:
    """Take a step in its life."""
    async with portal.store.open_unit() as uow:
        context = ActionContext(portal.desk, uow).acting_as(MANAGER)
        await take_suggestion_step(context, suggestion.id, progress, note)


async def count_supports(portal: DemoSite, suggestion: Comment) -> int:
    """Return how many lines support it."""
    async with portal.store.open_unit(write=False) as uow:
        return (await uow.feedback.count_supports([suggestion.id])).get(suggestion.id, 0)


async def test_one_is_written_and_its_number_said(portal: DemoSite, citizen: PortalCitizen) -> None:
    page = await citizen.get(SERVICE)
    assert '<input type="radio" name="kind" value="comment" checked>' in page
    assert 'id="suggestions"' not in page
    leads_to = await citizen.post(f"{SERVICE}/comments", comment="لودر دوم بخرید", kind="suggestion", website="")
    assert leads_to == f"{SERVICE}?received=1#your-comment"
    assert "پیشنهاد شما با شمارهٔ ۱ رسید" in await citizen.get(leads_to)
    refused = await citizen.post(f"{SERVICE}/comments", 422, comment=" ", kind="suggestion")
    assert '<input type="radio" name="kind" value="suggestion" checked>' in refused
    leads_to = await citizen.post(f"{SERVICE}/comments", comment="دیر آمد", kind="comment")
    assert leads_to == f"{SERVICE}?received=yes#your-comment"
    async with portal.store.open_unit(write=False) as uow:
        suggestion = await uow.feedback.find_suggestion(1)
    assert suggestion
    assert (suggestion.text, suggestion.service, suggestion.state) == ("لودر دوم بخرید", "machinery", "pending")


async def test_its_life_is_shown_with_reasons_and_days(portal: DemoSite, citizen: PortalCitizen) -> None:
    suggestion = await suggest(portal, "<b>لودر</b> دوم")
    await step(portal, suggestion, SuggestionProgress.DECLINED, "بودجه نداریم")
    portal.clock.at = portal.clock.at.replace(day=portal.clock.at.day + 1)
    await step(portal, suggestion, SuggestionProgress.ACCEPTED)
    await step(portal, suggestion, SuggestionProgress.DONE, "لودر دوم خریده شد")
    page = await citizen.get(SERVICE)
    assert LIFE.findall(page) == [
        ("declined", "پذیرفته نشد", "۱۴۰۵/۰۹/۰۳", "بودجه نداریم"),
        ("accepted", "پذیرفته شد", "۱۴۰۵/۰۹/۰۴", ""),
        ("done", "به خاطر شما تغییر کرد", "۱۴۰۵/۰۹/۰۴", "لودر دوم خریده شد"),
    ]
    assert "&lt;b&gt;لودر&lt;/b&gt; دوم" in page
    assert "<dt>نظرات</dt><dd>۰</dd>" in page
    assert "<dt>پیشنهادها</dt><dd>۱</dd>" in page
    assert "/support" not in page, "what is done takes no support"


async def test_it_is_supported_once_a_mobile_is_proved(portal: DemoSite, citizen: PortalCitizen) -> None:
    suggestion, other = await suggest(portal), await suggest(portal, "عصرها هم")
    await citizen.get(SERVICE)
    await citizen.post(support_form(1), 200)
    assert await count_supports(portal, suggestion) == 0, "whose vote it is is to be proved first"
    await citizen.post("/mobile", 200, proof_mobile=f"0{OWN_MOBILE[3:]}")
    form = {**citizen.hidden_values("/mobile/code"), "proof_code": await citizen.read_code()}
    answered = await citizen.client.post("/mobile/code", data=form, headers=citizen.headers)
    citizen.page = await answered.text()
    assert (answered.status, answered.url.path) == (200, SERVICE)
    assert "موافقت شما ثبت شد" in citizen.page
    assert "۱ نفر موافق" in citizen.page
    assert await count_supports(portal, suggestion) == 1
    assert 'action="/services/machinery/suggestions/1/support' not in citizen.page
    leads_to = await citizen.post(support_form(2))
    assert leads_to == f"{SERVICE}?supported=2#suggestion-2"
    await citizen.get(leads_to)
    refused = await citizen.post(support_form(2), 409, csrf=await read_csrf(citizen))
    assert "هر شماره یک رأی دارد" in refused
    assert await count_supports(portal, other) == 1


async def read_csrf(citizen: PortalCitizen) -> str:
    """Return the token that the page's forms bear."""
    found = re.search(r'name="csrf" value="([^"]+)"', citizen.page)
    assert found
    return found[1]


async def test_what_cannot_be_supported(portal: DemoSite, citizen: PortalCitizen) -> None:
    own = await suggest(portal, mobile=OWN_MOBILE)
    closed = await suggest(portal)
    await step(portal, closed, SuggestionProgress.DECLINED, "نمی‌شود")
    await citizen.prove_mobile()
    await citizen.get(SERVICE)
    csrf = await read_csrf(citizen)
    assert "این پیشنهاد خود شماست" in await citizen.post(support_form(1), 409, csrf=csrf)
    assert "دیگر رأی نمی‌گیرد" in await citizen.post(support_form(2), 409, csrf=csrf)
    await citizen.post(support_form(9), 404, csrf=csrf)
    assert await count_supports(portal, own) == 0


async def test_older_ones_are_on_further_pages(portal: DemoSite, citizen: PortalCitizen) -> None:
    for one in range(SUGGESTIONS_PER_PAGE + 2):
        await suggest(portal, f"فکر {one}")
    page = await citizen.get(SERVICE)
    assert len(re.findall('class="comment suggestion"', page)) == SUGGESTIONS_PER_PAGE
    older = re.search(r'href="(\?suggestions_before=\d+)#suggestions"', page)
    assert older
    page = await citizen.get(f"{SERVICE}{older[1]}")
    assert re.findall(r'id="suggestion-(\d+)"', page) == ["2", "1"]
    assert "<dt>بازدیدها</dt><dd>۱</dd>" in page, "a further page is no view"
