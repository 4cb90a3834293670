"""Ratings, comments, views and substitutions, on every engine."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.feedback.opinions import Comment, CommentFilter, CommentState, Rating, ViewCount
from domain.feedback.suggestions import SuggestionCount, SuggestionProgress, SuggestionStep, SuggestionSupport
from domain.people.person import Person, Substitution
from domain.values.actors import Role
from domain.values.errors import NotFound
from store.unit_of_work import SqlStore
from tests.support.factories import MOBILE, NOW, a_member, a_request, new_id

DAY = date(2026, 11, 24)
NEXT = DAY + timedelta(days=1)


def a_comment(service: str | None = "machinery", **changes: object) -> Comment:
    """A comment that waits for the moderator."""
    return replace(Comment(new_id(), service, None, MOBILE, "بهتر شد", "sms", NOW), **changes)  # type: ignore[arg-type]


async def test_a_request_has_one_rating(store: SqlStore) -> None:
    request = a_request()
    rating = Rating(request.id, 5, "خوب بود", "sms", NOW)
    async with store.open_unit() as uow:
        await uow.requests.add(request)
        assert await uow.feedback.find_rating(request.id) is None
        assert await uow.feedback.add_rating(rating)
        assert not await uow.feedback.add_rating(replace(rating, score=1))
        assert await uow.feedback.find_rating(request.id) == rating
        await uow.feedback.replace_rating(replace(rating, score=4, at=NOW + timedelta(hours=1)))
        assert await uow.feedback.find_rating(request.id) == replace(rating, score=4, at=NOW + timedelta(hours=1))


async def test_low_ratings_are_found_with_their_requests(store: SqlStore) -> None:
    requests = [a_request() for _ in range(3)]
    async with store.open_unit() as uow:
        for request, score in zip(requests, (1, 5, 2), strict=True):
            await uow.requests.add(request)
            await uow.feedback.add_rating(Rating(request.id, score, None, "sms", NOW))
        low = await uow.feedback.list_low_ratings(2, None, 10)
        assert [(rating.score, request) for rating, request in low] == [(2, requests[2]), (1, requests[0])]
        assert [one.id for _, one in await uow.feedback.list_low_ratings(2, requests[2].id, 10)] == [requests[0].id]
        assert len(await uow.feedback.list_low_ratings(5, None, 2)) == 2


async def test_comments_are_found_and_judged(store: SqlStore) -> None:
    machinery, taxi, none = a_comment(), a_comment("taxi"), a_comment(None, mobile=None)
    async with store.open_unit() as uow:
        for one in (machinery, taxi, none):
            await uow.feedback.add_comment(one)
        assert await uow.feedback.list_comments(CommentFilter()) == [none, taxi, machinery]
        assert await uow.feedback.list_comments(CommentFilter(before_id=none.id, limit=1)) == [taxi]
        judged = replace(
            machinery,
            state=CommentState.PUBLISHED,
            moderated_by="staff:manager",
            moderated_at=NOW,
            answer="سپاس",
            answered_by="staff:manager",
            answered_at=NOW,
        )
        await uow.feedback.save_comment(replace(judged, text="دیگر"))
        assert await uow.feedback.get_comment(machinery.id, lock=True) == judged, "its words are the citizen's own"
        about = frozenset({"taxi", "machinery"})
        assert await uow.feedback.list_comments(CommentFilter(CommentState.PUBLISHED, about)) == [judged]
        assert await uow.feedback.list_comments(CommentFilter(service_topics=about)) == [taxi, judged]
        with pytest.raises(NotFound):
            await uow.feedback.get_comment(new_id())


async def test_opinions_are_counted_by_service(store: SqlStore) -> None:
    async with store.open_unit() as uow:
        for service, score in (("taxi_leave", 1), ("taxi_leave", 4), ("machinery", 5)):
            request = a_request(service=service)
            await uow.requests.add(request)
            await uow.feedback.add_rating(Rating(request.id, score, None, "sms", NOW))
        for service, state in (("taxi", CommentState.PUBLISHED), ("taxi_leave", CommentState.PENDING), ("other", None)):
            await uow.feedback.add_comment(a_comment(service, state=state or CommentState.HIDDEN))
        opinion = await uow.feedback.get_opinion("taxi_leave", frozenset({"taxi", "taxi_leave"}))
        assert (opinion.rating_count, opinion.score_sum, opinion.average_score) == (2, 5, 2.5)
        assert opinion.comment_counts == {CommentState.PENDING: 1, CommentState.PUBLISHED: 1, CommentState.HIDDEN: 0}
        nothing = await uow.feedback.get_opinion("expert", frozenset({"expert"}))
        assert (nothing.rating_count, nothing.score_sum, nothing.average_score) == (0, 0, None)


async def add_suggestion(store: SqlStore, **changes: object) -> Comment:
    """Store a suggestion."""
    async with store.open_unit() as uow:
        number = await uow.feedback.next_suggestion_number()
        numbered = {"number": number, "progress": SuggestionProgress.RECEIVED, "progressed_at": NOW}
        suggestion = a_comment(**{**numbered, **changes})  # type: ignore[arg-type]
        await uow.feedback.add_comment(suggestion)
    return suggestion


async def test_suggestions_have_numbers_steps_and_supporters(store: SqlStore) -> None:
    first, second = await add_suggestion(store), await add_suggestion(store, state=CommentState.PUBLISHED)
    heard = SuggestionStep(new_id(), first.id, SuggestionProgress.HEARD, None, "staff:manager", NOW)
    done = SuggestionStep(new_id(), second.id, SuggestionProgress.DONE, "خریدیم", "staff:manager", NOW)
    async with store.open_unit() as uow:
        await uow.feedback.add_comment(a_comment(state=CommentState.PUBLISHED))
        assert (first.number, second.number) == (1, 2)
        assert [await uow.feedback.find_suggestion(number) for number in (2, 3)] == [second, None]
        for step in (heard, done):
            await uow.feedback.add_step(step)
        assert await uow.feedback.list_steps([first.id, second.id]) == [heard, done]
        assert await uow.feedback.list_steps([]) == []
        for mobile, is_new in ((MOBILE, True), (MOBILE, False), ("+989110000002", True)):
            assert await uow.feedback.add_support(SuggestionSupport(new_id(), first.id, mobile, "sms", NOW)) is is_new
        assert await uow.feedback.count_supports([first.id, second.id]) == {first.id: 2}
        assert await uow.feedback.list_supported(MOBILE, [first.id, second.id]) == {first.id}
        received = CommentFilter(progress=SuggestionProgress.RECEIVED)
        assert await uow.feedback.list_comments(received) == [second, first]
        await uow.feedback.save_comment(replace(first, progress=SuggestionProgress.HEARD, progressed_at=NOW))
        assert await uow.feedback.list_comments(received) == [second]
        opinion = await uow.feedback.get_opinion("machinery", frozenset({"machinery"}))
        assert (opinion.suggestion_count, opinion.comment_counts[CommentState.PUBLISHED]) == (1, 1)


async def test_suggestions_are_counted_by_service_and_progress(store: SqlStore) -> None:
    first = await add_suggestion(store)
    for service, progress in (("machinery", "received"), ("taxi", "done"), (None, "received")):
        await add_suggestion(store, service=service, progress=SuggestionProgress(progress))
    async with store.open_unit() as uow:
        await uow.feedback.add_comment(a_comment())
        for mobile in (MOBILE, "+989110000002"):
            await uow.feedback.add_support(SuggestionSupport(new_id(), first.id, mobile, "sms", NOW))
        of_machinery = SuggestionCount("machinery", SuggestionProgress.RECEIVED, 2, 2)
        assert await uow.feedback.count_suggestions(frozenset({"machinery"})) == [of_machinery]
        counts = await uow.feedback.count_suggestions(None)
    assert {(one.service, one.progress, one.suggestion_count, one.supporter_count) for one in counts} == {
        ("machinery", "received", 2, 2),
        ("taxi", "done", 1, 0),
        (None, "received", 1, 0),
    }


async def test_views_add_up(store: SqlStore) -> None:
    async with store.open_unit() as uow:
        assert await uow.service_views.get_count("machinery") == ViewCount(0, 0)
        for service in ("machinery", "expert", "machinery"):
            await uow.service_views.count_views(service, 1)
        for earlier in (77_000, 77_039):
            await uow.service_views.replace_earlier("machinery", earlier)
        assert await uow.service_views.get_count("machinery") == ViewCount(2, 77_039)
        assert await uow.service_views.get_count("expert") == ViewCount(1, 0)


async def test_a_comment_with_a_known_id_is_stored_once(store: SqlStore) -> None:
    first = Comment(5, "machinery", None, None, "خوب", "old_site", NOW, CommentState.PUBLISHED)
    async with store.open_unit() as uow:
        assert await uow.feedback.add_comment_once(first)
    async with store.open_unit() as uow:
        assert not await uow.feedback.add_comment_once(replace(first, text="بد"))
        assert await uow.feedback.list_comments(CommentFilter()) == [first]


async def test_substitutions_are_found_until_they_end(store: SqlStore) -> None:
    first = Substitution("ali", "sara", DAY, NEXT, "staff:admin", NOW, by_admin=True)
    later = Substitution("ali", "zahra", NEXT, NEXT, "staff:admin", NOW, by_admin=False)
    async with store.open_unit() as uow:
        for name in ("ali", "sara", "zahra"):
            await uow.people.save_staff(a_member(name, Role.CIVIL))
        for one in (later, first):
            await uow.people.save_substitution(one)
        assert await uow.people.list_substitutions(DAY) == [first, later]
        assert await uow.people.list_substitutions(NEXT) == [first, later]
        ended = replace(first, last=DAY, made_by="staff:manager")
        await uow.people.save_substitution(ended)
        assert await uow.people.list_substitutions(DAY) == [ended, later]
        assert await uow.people.list_substitutions(NEXT) == [later]
        assert await uow.people.list_substitutions(NEXT + timedelta(days=1)) == []


async def test_a_substitution_is_dropped(store: SqlStore) -> None:
    one = Substitution("ali", "sara", DAY, NEXT, "staff:admin", NOW, by_admin=False)
    async with store.open_unit() as uow:
        for name in ("ali", "sara"):
            await uow.people.save_staff(a_member(name, Role.CIVIL))
        await uow.people.save_substitution(one)
        assert await uow.people.delete_substitution("ali", "sara", NEXT) is None
        assert await uow.people.delete_substitution("sara", "ali", DAY) is None
        assert await uow.people.delete_substitution("ali", "sara", DAY) == one
        assert await uow.people.delete_substitution("ali", "sara", DAY) is None
        assert await uow.people.list_substitutions(DAY) == []


async def test_a_person_is_forgotten(store: SqlStore) -> None:
    async with store.open_unit() as uow:
        await uow.people.save_person(Person(MOBILE, "علی رضایی", None, NOW))
        await uow.people.delete_person(MOBILE)
        assert await uow.people.find_person(MOBILE) is None
