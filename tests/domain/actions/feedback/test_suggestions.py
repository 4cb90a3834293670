"""Suggestions: a number, a life of which the writer hears step by step, one support a line; counted apart."""

import pytest

from domain.actions.context import ActorContext
from domain.actions.feedback import feedback, moderation, suggestions
from domain.actions.feedback.public_comments import add_public_comment
from domain.actions.feedback.service_page import load_service_page
from domain.actions.feedback.suggestions import SupportedSuggestion
from domain.feedback.opinions import Comment, CommentFilter, CommentState
from domain.feedback.suggestions import NEXT_PROGRESS, SuggestionProgress
from domain.values.actors import Actor, Role
from domain.values.errors import AlreadyDone, Conflict, DomainError, Forbidden, MissingField, NotAllowedNow, NotFound
from domain.values.version_token import VersionToken
from tests.support.chat_person import Person
from tests.support.municipality import CITIZEN, NEIGHBOUR, Municipality, actor

MANAGER = actor(Role.MANAGER)
MACHINERY = "machinery"
IDEA = "لودر دوم بخرید"
PUBLISHED = CommentState.PUBLISHED


def citizen(mobile: str) -> Actor:
    """A citizen who texts."""
    return actor(Role.CITIZEN, mobile)


async def suggest(town: Municipality, by: str = CITIZEN, *, is_published: bool = True) -> Comment:
    """A suggestion about machinery work."""
    async with town.store.open_unit() as uow:
        context = ActorContext(town.desk, uow, citizen(by))
        suggestion = await feedback.store_comment(context, IDEA, service=MACHINERY, is_suggestion=True)
        if is_published:
            return await moderation.moderate_comment(context.acting_as(MANAGER), suggestion.id, PUBLISHED)
    return suggestion


async def step(
    town: Municipality,
    suggestion: Comment,
    progress: str,
    note: str = "",
    by: Actor = MANAGER,
    version: VersionToken | None = None,
) -> Comment:
    """Take a step in its life."""
    async with town.store.open_unit() as uow:
        context = ActorContext(town.desk, uow, by)
        return await suggestions.take_suggestion_step(
            context, suggestion.id, SuggestionProgress(progress), note, version
        )


async def support(town: Municipality, number: int, by: str = NEIGHBOUR) -> SupportedSuggestion:
    """Support one."""
    async with town.store.open_unit() as uow:
        return await suggestions.support_suggestion(ActorContext(town.desk, uow, citizen(by)), number)


async def texts(town: Municipality) -> list[tuple[str, str]]:
    """Recipients and keys of the texts about suggestions."""
    return [(one.recipient, one.key) for one in await town.sent() if one.key.startswith("sms.suggestion.")]


async def test_suggestions_are_numbered_and_counted_apart(town: Municipality) -> None:
    first, second = await suggest(town), await suggest(town, NEIGHBOUR)
    assert [(one.number, one.progress) for one in (first, second)] == [(1, "received"), (2, "received")]
    async with town.store.open_unit() as uow:
        context = ActorContext(town.desk, uow, citizen(CITIZEN))
        comment = await feedback.store_comment(context, "دیر آمد", service=MACHINERY)
        third = await add_public_comment(context, MACHINERY, IDEA, "10.0.0.1", mobile=None, is_suggestion=True)
        assert (comment.number, comment.progress, third.number, third.mobile) == (None, None, 3, None)
        page = await load_service_page(uow, town.desk.services[MACHINERY])
        assert (page.published_count, page.opinion.suggestion_count) == (0, 2)
        await moderation.moderate_comment(context.acting_as(MANAGER), comment.id, PUBLISHED)
        page = await load_service_page(uow, town.desk.services[MACHINERY])
        assert (page.published_count, page.opinion.suggestion_count) == (1, 2)
        listed = await uow.feedback.list_comments(CommentFilter(is_suggestion=True))
        assert [one.number for one in listed] == [3, 2, 1]
        assert await uow.feedback.list_comments(CommentFilter(is_suggestion=False)) == [
            await uow.feedback.get_comment(comment.id)
        ]


async def test_its_writer_hears_of_each_step_with_the_reason(town: Municipality) -> None:
    suggestion = await suggest(town)
    for progress, note in (("heard", ""), ("declined", "بودجه نداریم"), ("accepted", "بودجه رسید"), ("done", "خریدیم")):
        town.advance(days=1)
        suggestion = await step(town, suggestion, progress, note)
        assert (suggestion.progress, suggestion.progressed_at) == (progress, town.clock.now())
    assert await texts(town) == [
        (CITIZEN, f"sms.suggestion.{name}") for name in ("heard", "declined", "accepted", "done")
    ]
    told = [one.text for one in await town.sent() if one.key.startswith("sms.suggestion.")]
    assert told[0] == "شهرداری گمیشان\nپیشنهاد ۱ شما شنیده شد و بررسی می‌شود."
    assert told[1] == "شهرداری گمیشان\nپیشنهاد ۱ شما پذیرفته نشد: بودجه نداریم"
    assert told[3].endswith("این تغییر انجام شد: خریدیم")
    async with town.store.open_unit(write=False) as uow:
        steps = await uow.feedback.list_steps([suggestion.id])
    assert [(one.progress, one.note, one.taken_by) for one in steps] == [
        ("heard", None, "staff:manager"),
        ("declined", "بودجه نداریم", "staff:manager"),
        ("accepted", "بودجه رسید", "staff:manager"),
        ("done", "خریدیم", "staff:manager"),
    ]


async def test_the_same_step_again_is_told_once(town: Municipality) -> None:
    suggestion = await suggest(town)
    accepted = await step(town, suggestion, "accepted", version=suggestion.version_token)
    town.advance(minutes=1)
    for seen in (suggestion.version_token, accepted.version_token, None):
        assert await step(town, suggestion, "accepted", "باز", version=seen) == accepted
    assert await texts(town) == [(CITIZEN, "sms.suggestion.accepted")]
    with pytest.raises(Conflict, match="comment:comment_changed"):
        await step(town, suggestion, "done", "خریدیم", version=suggestion.version_token)


@pytest.mark.parametrize("progress", SuggestionProgress)
async def test_a_step_that_does_not_follow_is_refused(town: Municipality, progress: SuggestionProgress) -> None:
    suggestion = await suggest(town)
    way = {"received": (), "done": ("accepted", "done")}.get(progress, (progress,))
    for one in way:
        await step(town, suggestion, one, "چون")
    texts_before = await texts(town)
    for wrong in set(SuggestionProgress) - {progress, *NEXT_PROGRESS[progress]}:
        with pytest.raises(NotAllowedNow, match="suggestion:suggestion_step"):
            await step(town, suggestion, wrong, "چون")
    assert await texts(town) == texts_before


@pytest.mark.parametrize("progress", ["declined", "done"])
async def test_a_reason_is_demanded(town: Municipality, progress: str) -> None:
    suggestion = await suggest(town)
    await step(town, suggestion, "accepted")
    with pytest.raises(MissingField, match="note:suggestion_note"):
        await step(town, suggestion, progress, " \n")
    with pytest.raises(DomainError, match="note:too_long"):
        await step(town, suggestion, progress, "ن" * 251)
    assert (await step(town, suggestion, progress, "ن" * 250)).progress == progress
    assert "ن" * 250 in (await town.sent())[-1].text


@pytest.mark.parametrize("role", [Role.CIVIL, Role.ADMIN, Role.AUDITOR, Role.SECRETARIAT])
async def test_only_the_manager_takes_steps(town: Municipality, role: Role) -> None:
    suggestion = await suggest(town)
    with pytest.raises(Forbidden):
        await step(town, suggestion, "heard", by=actor(role))
    assert await texts(town) == []


async def test_a_comment_has_no_life(town: Municipality) -> None:
    async with town.store.open_unit() as uow:
        comment = await feedback.store_comment(ActorContext(town.desk, uow, citizen(CITIZEN)), "دیر آمد")
    with pytest.raises(NotFound):
        await step(town, comment, "heard")


async def test_a_line_supports_once(town: Municipality) -> None:
    suggestion = await suggest(town)
    assert (await support(town, 1)).supporter_count == 1
    with pytest.raises(AlreadyDone, match="suggestion:supported"):
        await support(town, 1)
    assert (await support(town, 1, "+989115550009")).supporter_count == 2
    with pytest.raises(NotAllowedNow, match="suggestion:own_suggestion"):
        await support(town, 1, CITIZEN)
    async with town.store.open_unit(write=False) as uow:
        assert await uow.feedback.count_supports([suggestion.id]) == {suggestion.id: 2}
        assert await uow.feedback.list_supported(NEIGHBOUR, [suggestion.id]) == {suggestion.id}
        assert await uow.feedback.list_supported(CITIZEN, [suggestion.id]) == frozenset()


async def test_what_takes_no_support(town: Municipality) -> None:
    await suggest(town, is_published=False)
    closed = await suggest(town)
    await step(town, closed, "declined", "نمی‌شود")
    for number in (1, 3):
        with pytest.raises(NotFound, match="suggestion:suggestion"):
            await support(town, number)
    with pytest.raises(NotAllowedNow, match="suggestion:suggestion_closed"):
        await support(town, 2)
    await step(town, closed, "accepted")
    assert (await support(town, 2)).supporter_count == 1


async def test_by_text_it_is_written_and_supported(town: Municipality) -> None:
    kept = await town.say(CITIZEN, "پیشنهاد ماشین‌آلات لودر دوم بخرید")
    assert (kept.key, "موافقم ۱" in kept.text) == ("sms.suggestion.kept", True)
    assert (await town.say(CITIZEN, "پیشنهاد دارم")).key == "ask.text"
    assert (await town.say(CITIZEN, "عصرها هم باز باشید")).key == "sms.suggestion.kept"
    assert (await town.say(CITIZEN, "نظر ماشین‌آلات دیر آمد")).key == "sms.comment_kept"
    rows = town.rows("SELECT number, service, text, progress FROM comments ORDER BY id")
    assert rows == [
        (1, MACHINERY, "لودر دوم بخرید", "received"),
        (2, None, "عصرها هم باز باشید", "received"),
        (None, MACHINERY, "دیر آمد", None),
    ]
    assert (await town.say(NEIGHBOUR, "موافقم ۱")).text == town.desk.catalogue.text("details.not_found.suggestion")
    async with town.store.open_unit() as uow:
        suggestion = await uow.feedback.find_suggestion(1)
        assert suggestion
        await moderation.moderate_comment(ActorContext(town.desk, uow, MANAGER), suggestion.id, PUBLISHED)
    voted = await town.say(NEIGHBOUR, "موافقم ۱")
    assert (voted.key, voted.text) == ("sms.suggestion.supported", "موافقت شما با پیشنهاد ۱ ثبت شد. شمار موافقان: ۱")
    again = await town.say(NEIGHBOUR, "با پیشنهاد ۱ موافقم")
    assert again.text == town.desk.catalogue.text("details.already_done.supported")
    own = await town.say(CITIZEN, "موافقم ۱")
    assert own.text == town.desk.catalogue.text("details.not_allowed_now.own_suggestion")
    assert town.rows("SELECT mobile, channel FROM suggestion_supports") == [(NEIGHBOUR, "sms")]


async def test_in_a_chat_it_is_written_and_supported_too(town: Municipality) -> None:
    writer = await Person(town).linked()
    assert (await writer.says("پیشنهاد عصرها هم باز باشید")).key == "sms.suggestion.kept"
    assert (await writer.says("پیشنهاد دارم")).key == "ask.text"
    assert (await writer.says("لودر دوم بخرید")).key == "sms.suggestion.kept"
    await suggest(town, NEIGHBOUR)
    assert (await writer.says("موافقم ۳")).key == "sms.suggestion.supported"
    assert town.rows("SELECT mobile, channel FROM suggestion_supports") == [(CITIZEN, "telegram")]


async def test_what_a_question_waits_for_is_no_vote(town: Municipality) -> None:
    await suggest(town)
    assert (await town.say(NEIGHBOUR, "ماشین")).key == "services.machinery.fields.items.prompt"
    await town.say(NEIGHBOUR, "موافقم ۱")
    assert town.rows("SELECT mobile FROM suggestion_supports") == []
    assert (await town.say(NEIGHBOUR, "با پیشنهاد ۱ موافقم")).key == "sms.suggestion.supported"


async def test_how_one_stands_is_told_by_its_number(town: Municipality) -> None:
    published, waiting = await suggest(town), await suggest(town, is_published=False)
    await support(town, 1)
    told = await town.say(NEIGHBOUR, "پیشنهاد ۱")
    assert told.text == "پیشنهاد ۱ رسیده و در نوبت بررسی است. شمار موافقان: ۱"
    await step(town, published, "declined", "بودجه نداریم")
    assert (await town.say(NEIGHBOUR, "پیشنهاد ۱ چی شد")).text == "پیشنهاد ۱ پذیرفته نشد: بودجه نداریم"
    assert waiting.number == 2
    assert (await town.say(NEIGHBOUR, "پیشنهاد ۲")).text == town.desk.catalogue.text("details.not_found.suggestion")
    assert (await town.say(CITIZEN, "پیشنهاد ۲")).key == "sms.suggestion.standing.received"
    assert len(town.rows("SELECT id FROM comments")) == 2, "a number alone is no suggestion"
