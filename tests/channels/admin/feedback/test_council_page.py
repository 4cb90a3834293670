"""Suggestions at the staff's site: steps of their life on the page of comments, and the page for the council."""

import re

import pytest

from domain.actions.context import ActorContext
from domain.actions.feedback.feedback import store_comment
from domain.actions.feedback.moderation import moderate_comment
from domain.actions.feedback.suggestions import support_suggestion
from domain.feedback.opinions import Comment, CommentState
from domain.values.actors import Role
from tests.channels.admin.feedback.test_comment_pages import MOBILE, kept, mark, sent
from tests.support.municipality import actor
from tests.support.staff_site import StaffSite, Visitor

HOSTILE = '"><script>alert(1)</script>'
SUPPORTERS = ("+989120000001", "+989120000002")


async def suggest(site: StaffSite, text: str = "لودر دوم بخرید", service: str | None = "machinery") -> Comment:
    """A suggestion that is published."""
    async with site.store.open_unit() as uow:
        context = ActorContext(site.demo.desk, uow, actor(Role.CITIZEN, MOBILE))
        suggestion = await store_comment(context, text, service=service, is_suggestion=True)
        return await moderate_comment(context.acting_as(actor(Role.MANAGER)), suggestion.id, CommentState.PUBLISHED)


async def support(site: StaffSite, suggestion: Comment) -> None:
    """Two lines support it."""
    for mobile in SUPPORTERS:
        async with site.store.open_unit() as uow:
            context = ActorContext(site.demo.desk, uow, actor(Role.CITIZEN, mobile))
            await support_suggestion(context, suggestion.number or 0)


async def test_a_suggestion_is_taken_through_its_life(site: StaffSite, inside: Visitor) -> None:
    suggestion = await suggest(site)
    await inside.sign_in("manager")
    here, listed = f"/staff/comments/{suggestion.id}", "/staff/comments?state=published"
    page = await inside.get(listed)
    assert "پیشنهاد ۱" in page
    way = await inside.post(f"{here}/accepted?state=published", version=mark(page, suggestion), note="")
    assert way == "/staff/comments?state=published&done=suggestion_step"
    page = await inside.get(listed)
    refused = await inside.post(f"{here}/done?state=published", 422, version=mark(page, suggestion), note=" ")
    assert "آنچه تغییر کرده است را بنویسید" in refused
    await inside.post(f"{here}/done?state=published", version=mark(page, suggestion), note="لودر خریده شد")
    assert (await kept(site, suggestion)).progress == "done"
    assert [one.key for one in await sent(site)] == ["sms.suggestion.done", "sms.suggestion.accepted"]
    assert "لودر خریده شد" in await inside.get(listed)


async def test_a_step_taken_unseen_is_a_conflict_and_its_words_stay(site: StaffSite, inside: Visitor) -> None:
    suggestion = await suggest(site)
    await inside.sign_in("manager")
    seen = mark(await inside.get("/staff/comments?state=every"), suggestion)
    await inside.post(f"/staff/comments/{suggestion.id}/heard", version=seen, note="")
    page = await inside.post(f"/staff/comments/{suggestion.id}/declined", 409, version=seen, note="بودجه نیست")
    assert "همکار دیگری" in page
    assert ">بودجه نیست</textarea>" in page
    assert (await kept(site, suggestion)).progress == "heard"


@pytest.mark.parametrize("role", ["civil", "auditor"])
async def test_who_only_reads_takes_no_step(site: StaffSite, inside: Visitor, role: str) -> None:
    suggestion = await suggest(site)
    await inside.sign_in(role)
    page = await inside.get("/staff/comments?state=every")
    assert ("لودر دوم" in page, "/heard" in page) == (True, False)
    await inside.post(f"/staff/comments/{suggestion.id}/heard", 403, note="")
    assert (await kept(site, suggestion)).progress == "received"


async def test_comments_and_suggestions_are_listed_apart(site: StaffSite, inside: Visitor) -> None:
    await suggest(site, "این پیشنهاد است")
    async with site.store.open_unit() as uow:
        await store_comment(ActorContext(site.demo.desk, uow, actor(Role.CITIZEN, MOBILE)), "این نظر است")
    await inside.sign_in("manager")
    for kind, listed in (("", (True, True)), ("suggestion", (True, False)), ("comment", (False, True))):
        page = await inside.get(f"/staff/comments?state=every&kind={kind}")
        assert ("این پیشنهاد است" in page, "این نظر است" in page) == listed


async def test_the_council_reads_all_with_figures(site: StaffSite, inside: Visitor) -> None:
    first, taxi = await suggest(site, HOSTILE), await suggest(site, "تاکسی شبانه", "taxi")
    await suggest(site, "میدان را روشن کنید", None)
    await support(site, first)
    await inside.sign_in("manager")
    seen = mark(await inside.get("/staff/comments?state=every"), taxi)
    await inside.post(f"/staff/comments/{taxi.id}/declined", version=seen, note="راننده نیست")
    page = await inside.get("/staff/comments/council")
    rows = re.findall(r'<th scope="row">(.*?)</th>\s*((?:<td class="number">.*?</td>\s*)+)', page)
    figures = {title: re.findall(r">(\S+)</td>", cells) for title, cells in rows}
    assert figures["کارکرد ماشین‌آلات"] == ["۱", "۰", "۰", "۰", "۰", "۱", "۲"]
    assert figures["دربارهٔ پیشخوان"] == ["۱", "۰", "۰", "۰", "۰", "۱", "۰"]
    assert sorted(figures.values())[0] == ["۰", "۰", "۰", "۱", "۰", "۱", "۰"]
    assert ("راننده نیست" in page, HOSTILE in page, MOBILE[3:] in page) == (True, False, False)
    assert '<form method="post" action="/staff/comments' not in page
    declined = await inside.get("/staff/comments/council?progress=declined")
    assert ("تاکسی شبانه" in declined, "میدان را روشن" in declined) == (True, False)


async def test_a_unit_reads_of_its_own_services(site: StaffSite, inside: Visitor) -> None:
    await suggest(site, "لودر دوم")
    await suggest(site, "تاکسی شبانه", "taxi")
    await suggest(site, "میدان را روشن کنید", None)
    await inside.sign_in("civil")
    page = await inside.get("/staff/comments/council")
    assert ("لودر دوم" in page, "تاکسی شبانه" in page, "میدان را روشن" in page) == (True, False, False)
    assert len(re.findall('<th scope="row">', page)) == 1


async def test_what_names_no_service_is_put_on_the_page_of_one(site: StaffSite, inside: Visitor) -> None:
    suggestion = await suggest(site, "کوچه‌ها را زودتر تخلیه کنید", None)
    await inside.sign_in("manager")
    here, listed = f"/staff/comments/{suggestion.id}/service", "/staff/comments?state=published"
    seen = mark(await inside.get(listed), suggestion)
    assert await inside.post(here, version=seen, service="machinery") == "/staff/comments?done=comment_assigned"
    assert (await kept(site, suggestion)).service == "machinery"
    await inside.post(here, 409, version=seen, service="expert")
    await inside.post(here, version=seen, service="machinery")
    seen = mark(await inside.get(listed), suggestion)
    await inside.post(here, 422, version=seen, service="nothing")
    assert (await kept(site, suggestion)).service == "machinery"
