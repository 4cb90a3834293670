"""Comments and low ratings at the staff's site: shown, published, hidden, answered; requests taken up again."""

import asyncio
import re

import pytest

from domain.actions.context import ActionContext, ActorContext
from domain.actions.feedback import moderation
from domain.feedback.opinions import Comment, CommentState, Rating
from domain.messages.records import OutboxMessage
from domain.requests.request import Phase, RequestFilter, ServiceRequest
from domain.values.actors import Actor, Role
from domain.values.identifiers import display_mobile
from domain.values.text import persian_digits
from tests.support.staff_site import StaffSite, Visitor

MOBILE = "+989121234567"
OF_MACHINES = frozenset({Role.CIVIL, Role.REVENUE, Role.MANAGER, Role.AUDITOR})
HOSTILE = '"><script>alert(1)</script>'


async def commented(
    site: StaffSite, text: str, service: str | None = "machinery", request: ServiceRequest | None = None
) -> Comment:
    """A comment that waits for the moderator."""
    desk, about = site.demo.desk, request.id if request else None
    made = Comment(desk.ids.new_id(), service, about, MOBILE, text, "sms", site.clock.now())
    async with site.store.open_unit() as uow:
        await uow.feedback.add_comment(made)
    return made


async def kept(site: StaffSite, comment: Comment) -> Comment:
    """The comment as it is now."""
    async with site.store.open_unit(write=False) as uow:
        return await uow.feedback.get_comment(comment.id)


async def sent(site: StaffSite) -> list[OutboxMessage]:
    """Messages to the citizen, newest first."""
    async with site.store.open_unit(write=False) as uow:
        return await uow.outbox.list_recent(recipient=MOBILE)


async def finished(site: StaffSite, score: int) -> ServiceRequest:
    """A request that was done and rated."""
    request = await site.submitted()
    async with site.store.open_unit() as uow:
        found = await uow.requests.get(request.id, lock=True)
        found.state, found.phase = "completed", Phase.DONE
        await uow.requests.save(found)
        await uow.feedback.add_rating(Rating(found.id, score, "بد بود", "sms", site.clock.now()))
    return request


def mark(page: str, comment: Comment) -> str:
    """The mark that the forms about a comment bear."""
    part = page.partition(f'id="comment-{comment.id}"')[2].partition("</article>")[0]
    found: set[str] = set(re.findall(r'name="version" value="(\w+)"', part))
    assert len(found) == 1
    return found.pop()


async def test_comments_are_published_hidden_and_answered(site: StaffSite, inside: Visitor) -> None:
    comment = await commented(site, "زود آمدند")
    await inside.sign_in("manager")
    page = await inside.get("/staff/comments?state=pending&service=machinery")
    assert "زود آمدند" in page
    here = f"/staff/comments/{comment.id}"
    way = await inside.post(f"{here}/publish?state=pending&service=machinery", version=mark(page, comment))
    assert way == "/staff/comments?state=pending&service=machinery&done=comment_published"
    assert "زود آمدند" not in await inside.get(way)
    assert (await kept(site, comment)).state is CommentState.PUBLISHED
    page = await inside.get("/staff/comments?state=published")
    await inside.post(f"{here}/answer?state=published", version=mark(page, comment), answer="سپاس از شما")
    found = await kept(site, comment)
    assert (found.answer, found.answered_by) == ("سپاس از شما", "staff:manager")
    assert "سپاس از شما" in (await sent(site))[0].text
    page = await inside.get("/staff/comments?state=published")
    await inside.post(f"{here}/hide", version=mark(page, comment))
    assert (await kept(site, comment)).state is CommentState.HIDDEN


async def test_an_answer_that_is_refused_stands_in_its_box(site: StaffSite, inside: Visitor) -> None:
    comment = await commented(site, "بهتر کنید")
    await inside.sign_in("manager")
    seen, long = mark(await inside.get("/staff/comments"), comment), "ن" * 251
    page = await inside.post(f"/staff/comments/{comment.id}/answer", 422, version=seen, answer=long)
    assert long in page
    assert "۲۵۰" in page
    page = await inside.post(f"/staff/comments/{comment.id}/answer?state=hidden", 422, version=seen, answer=" ")
    assert "<details open>" in page
    assert "بهتر کنید" in page
    assert (await kept(site, comment)).answer is None


async def test_the_list_is_paged_and_filtered(site: StaffSite, inside: Visitor) -> None:
    for number in range(21):
        await commented(site, f"نظر شمارهٔ {number}.")
    await commented(site, "دربارهٔ تاکسی", "taxi")
    await inside.sign_in("manager")
    first = await inside.get("/staff/comments?service=machinery")
    assert ("نظر شمارهٔ 20." in first, "نظر شمارهٔ 0." in first, "دربارهٔ تاکسی" in first) == (True, False, False)
    older = first.partition('class="older"')[2].partition('href="')[2].partition('"')[0].replace("&amp;", "&")
    second = await inside.get(older)
    assert ("نظر شمارهٔ 20." in second, "نظر شمارهٔ 0." in second) == (False, True)


async def test_the_second_answer_is_told_of_the_first(site: StaffSite, inside: Visitor) -> None:
    comment = await commented(site, "چرا دیر شد؟")
    await inside.sign_in("manager")
    seen, here = mark(await inside.get("/staff/comments"), comment), f"/staff/comments/{comment.id}"
    async with site.store.open_unit() as uow:
        by = Actor(frozenset({Role.MANAGER}), "staff", "sara", "staff")
        context = ActionContext(site.demo.desk, uow)
        await moderation.answer_comment(context.acting_as(by), comment.id, "فردا می‌آییم")
        await moderation.moderate_comment(context.acting_as(by), comment.id, CommentState.PUBLISHED)
    page = await inside.post(f"{here}/answer?state=pending", 409, version=seen, answer="هفتهٔ دیگر می‌آییم")
    for told in ("همکار دیگری به این نظر پاسخ داد", "فردا می‌آییم", ">هفتهٔ دیگر می‌آییم</textarea>", "پاسخ sara"):
        assert told in page
    assert [one.text for one in await sent(site) if "هفتهٔ دیگر" in one.text] == []
    assert len(await sent(site)) == 1
    await inside.post(f"{here}/answer", 409, answer="بی‌نشان")
    await inside.post(f"{here}/answer", version=mark(page, comment), answer="هفتهٔ دیگر می‌آییم")
    assert (await kept(site, comment)).answered_by == "staff:manager"
    assert len(await sent(site)) == 2


@pytest.mark.parametrize("what", ["publish", "hide"])
async def test_a_decision_on_an_old_page_is_told(site: StaffSite, inside: Visitor, what: str) -> None:
    comment = await commented(site, "زود آمدند")
    other = CommentState.HIDDEN if what == "publish" else CommentState.PUBLISHED
    await inside.sign_in("manager")
    seen = mark(await inside.get("/staff/comments"), comment)
    async with site.store.open_unit() as uow:
        by = Actor(frozenset({Role.MANAGER}), "staff", "sara", "staff")
        await moderation.moderate_comment(ActorContext(site.demo.desk, uow, by), comment.id, other)
    page = await inside.post(f"/staff/comments/{comment.id}/{what}", 409, version=seen)
    assert "همکار دیگری" in page
    assert f'class="phase comment-{other}"' in page
    found = await kept(site, comment)
    assert (found.state, found.moderated_by) == (other, "staff:sara")
    await inside.post(f"/staff/comments/{comment.id}/{what}", version=mark(page, comment))
    assert (await kept(site, comment)).moderated_by == "staff:manager"


async def test_a_double_click_does_everything_once(site: StaffSite, inside: Visitor) -> None:
    comment = await commented(site, "زود آمدند")
    await inside.sign_in("manager")
    seen, here = mark(await inside.get("/staff/comments"), comment), f"/staff/comments/{comment.id}"
    await asyncio.gather(*(inside.post(f"{here}/answer", version=seen, answer="سپاس") for _ in range(2)))
    assert len(await sent(site)) == 1
    answered = await kept(site, comment)
    await asyncio.gather(*(inside.post(f"{here}/publish", version=str(answered.version_token)) for _ in range(2)))
    assert (await kept(site, comment)).answered_at == answered.answered_at
    await inside.post("/staff/comments/7/answer", 404, version=seen, answer="سپاس")


async def test_a_unit_reads_what_is_said_of_its_own_services(site: StaffSite, inside: Visitor) -> None:
    said = {None: "همه‌جا خوب", "machinery": "لودر خوب بود", "taxi": "راننده تند می‌رفت", "taxi_report": "گزارش من چه شد"}
    for service, text in said.items():
        await commented(site, text, service)
    read: dict[str, set[str | None]] = {
        "civil": {"machinery"},
        "revenue": {"machinery"},
        "expert": set(),
        "taxi_officer": {"taxi", "taxi_report"},
        "manager": set(said),
        "auditor": set(said),
    }
    for role, services in read.items():
        await inside.sign_in(role)
        page = await inside.get("/staff/comments")
        assert {service for service, text in said.items() if text in page} == services, role
        assert ('<option value="machinery">' in page) is (Role(role) in OF_MACHINES), role
    await inside.sign_in("civil")
    page = await inside.get("/staff/comments?service=taxi_leave")
    assert (said["machinery"] in page, said["taxi"] in page) == (True, False), "a filter that nobody offered"


@pytest.mark.parametrize(
    ("role", "of_request", "at_large"),
    [("civil", True, False), ("auditor", True, False), ("manager", True, True)],
)
async def test_a_mobile_is_for_who_may_open_the_request_or_judges(
    site: StaffSite, inside: Visitor, role: str, of_request: bool, at_large: bool
) -> None:
    request = await site.submitted()
    comments = [await commented(site, "دربارهٔ درخواستم", request=request), await commented(site, "دربارهٔ همه")]
    await inside.sign_in(role)
    page = await inside.get("/staff/comments")
    parts = [page.partition(f'id="comment-{one.id}"')[2].partition("</article>")[0] for one in comments]
    assert [persian_digits(display_mobile(MOBILE)) in one for one in parts] == [of_request, at_large]
    assert f"/staff/requests/{request.code}" in parts[0]
    await inside.get(f"/staff/requests/{request.code}")


async def test_low_ratings_are_for_who_may_open_the_requests(site: StaffSite, inside: Visitor) -> None:
    request = await finished(site, 1)
    for role, seen in (("civil", True), ("expert", False), ("taxi_officer", False), ("auditor", True)):
        await inside.sign_in(role)
        page = await inside.get("/staff/comments/ratings")
        assert ("بد بود" in page, f"/staff/requests/{request.code}" in page) == (seen, seen), role


@pytest.mark.parametrize("query", ["?before=x", "?before=-1"])
async def test_what_is_no_place_in_the_list(inside: Visitor, query: str) -> None:
    await inside.sign_in("manager")
    await inside.get(f"/staff/comments{query}", 404)


async def test_others_read_and_do_not_judge(site: StaffSite, inside: Visitor) -> None:
    comment = await commented(site, HOSTILE)
    await inside.sign_in("civil")
    page = await inside.get("/staff/comments")
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert f"/staff/comments/{comment.id}/publish" not in page
    await inside.post(f"/staff/comments/{comment.id}/publish", 403)
    assert (await kept(site, comment)).state is CommentState.PENDING


async def test_a_request_rated_low_is_taken_up_again(site: StaffSite, inside: Visitor) -> None:
    request, content = await finished(site, 1), await finished(site, 5)
    await inside.sign_in("manager")
    page = await inside.get("/staff/comments/ratings")
    assert f"/requests/{request.code}/reopen" in page
    assert content.code not in page
    way = f"/staff/requests/{request.code}/reopen"
    led = await inside.post(way, reason="کار نیمه مانده بود")
    async with site.store.open_unit(write=False) as uow:
        new = (await uow.requests.list_requests(RequestFilter()))[0]
    assert led == f"/staff/requests/{new.code}?done=reopened"
    assert new.parent_id == request.id
    page = await inside.get("/staff/comments/ratings")
    assert f"/staff/requests/{new.code}" in page
    assert f"/requests/{request.code}/reopen" not in page
    assert "reopened" in (await sent(site))[0].key


async def test_only_its_units_may_take_a_request_up_again(site: StaffSite, inside: Visitor) -> None:
    request = await finished(site, 1)
    await inside.sign_in("expert")
    assert f"/requests/{request.code}/reopen" not in await inside.get("/staff/comments/ratings")
    await inside.post(f"/staff/requests/{request.code}/reopen", 403, reason="خواست شهروند")
    assert Role.EXPERT not in site.demo.desk.services["machinery"].unit_roles
