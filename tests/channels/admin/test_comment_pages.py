"""Comments and low ratings at the staff's site: shown, published, hidden, answered; requests taken up again."""

import pytest

from domain.accounts import Comment, CommentState, Rating
from domain.outgoing import OutboxMessage
from domain.people import Role
from domain.requests import Phase, RequestFilter, ServiceRequest
from tests.support.staff_site import StaffSite, Visitor

MOBILE = "+989121234567"
HOSTILE = '"><script>alert(1)</script>'


async def commented(site: StaffSite, text: str, service: str | None = "machinery") -> Comment:
    """A comment that waits for the moderator."""
    desk = site.demo.desk
    made = Comment(desk.ids.new_id(), service, None, MOBILE, text, "sms", site.clock.now())
    async with site.store.unit() as uow:
        await uow.feedback.add_comment(made)
    return made


async def kept(site: StaffSite, comment: Comment) -> Comment:
    """The comment as it is now."""
    async with site.store.unit(write=False) as uow:
        return await uow.feedback.comment(comment.id)


async def sent(site: StaffSite) -> list[OutboxMessage]:
    """What goes to the citizen, newest first."""
    async with site.store.unit(write=False) as uow:
        return await uow.outbox.recent(recipient=MOBILE)


async def finished(site: StaffSite, score: int) -> ServiceRequest:
    """A request that was done and rated."""
    request = await site.submitted()
    async with site.store.unit() as uow:
        found = await uow.requests.get(request.id, lock=True)
        found.state, found.phase = "completed", Phase.DONE
        await uow.requests.save(found)
        await uow.feedback.rate(Rating(found.id, score, "بد بود", "sms", site.clock.now()))
    return request


async def test_comments_are_published_hidden_and_answered(site: StaffSite, inside: Visitor) -> None:
    comment = await commented(site, "زود آمدند")
    await inside.sign_in("manager")
    page = await inside.get("/staff/comments?state=pending&service=machinery")
    assert "زود آمدند" in page
    here = f"/staff/comments/{comment.id}"
    way = await inside.post(f"{here}/publish?state=pending&service=machinery")
    assert way == "/staff/comments?state=pending&service=machinery&done=comment_published"
    assert "زود آمدند" not in await inside.get(way)
    assert (await kept(site, comment)).state is CommentState.PUBLISHED
    await inside.post(f"{here}/answer?state=published", answer="سپاس از شما")
    found = await kept(site, comment)
    assert (found.answer, found.answered_by) == ("سپاس از شما", "staff:manager")
    assert "سپاس از شما" in (await sent(site))[0].text
    await inside.post(f"{here}/hide")
    assert (await kept(site, comment)).state is CommentState.HIDDEN


async def test_an_answer_that_is_refused_stands_in_its_box(site: StaffSite, inside: Visitor) -> None:
    comment = await commented(site, "بهتر کنید")
    await inside.sign_in("manager")
    await inside.get("/staff/comments")
    long = "ن" * 251
    page = await inside.post(f"/staff/comments/{comment.id}/answer", 422, answer=long)
    assert long in page
    assert "۲۵۰" in page
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
    assert f"/ratings/{request.code}/reopen" in page
    assert content.code not in page
    way = f"/staff/comments/ratings/{request.code}/reopen"
    assert 'role="alert"' in await inside.post(way, 422, reason=" ")
    led = await inside.post(way, reason="کار نیمه مانده بود")
    async with site.store.unit(write=False) as uow:
        new = (await uow.requests.find(RequestFilter()))[0]
    assert led == f"/staff/requests/{new.code}?done=reopened"
    assert new.parent_id == request.id
    page = await inside.get("/staff/comments/ratings")
    assert f"/staff/requests/{new.code}" in page
    assert f"/ratings/{request.code}/reopen" not in page
    assert "reopened" in (await sent(site))[0].key


async def test_only_its_units_may_take_a_request_up_again(site: StaffSite, inside: Visitor) -> None:
    request = await finished(site, 1)
    await inside.sign_in("expert")
    assert f"/ratings/{request.code}/reopen" not in await inside.get("/staff/comments/ratings")
    await inside.post(f"/staff/comments/ratings/{request.code}/reopen", 403, reason="خواست شهروند")
    assert Role.EXPERT not in site.demo.desk.services["machinery"].units
