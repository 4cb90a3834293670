"""Judging and answering comments: nothing is overwritten unseen, nobody is told twice, units read of their own work."""

import pytest

from domain.actions.context import ActorContext
from domain.actions.feedback import moderation
from domain.authorization.visibility import readable_topics
from domain.feedback.opinions import Comment, CommentFilter, CommentState
from domain.values.actors import Actor, Role
from domain.values.errors import Conflict
from domain.values.version_token import VersionToken
from tests.support.municipality import CITIZEN, Municipality, actor
from tests.support.scenarios.shipped_services import SHIPPED_SERVICES
from tests.support.scenarios.site_members import at_site
from tests.support.tables import each_row

MANAGER, DEPUTY = actor(Role.MANAGER), Actor(frozenset({Role.MANAGER}), "staff", "deputy", "staff")


async def said(town: Municipality, text: str = "نظر ماشین‌آلات دیر شد") -> Comment:
    """A comment by a text."""
    await town.say(CITIZEN, text)
    async with town.store.open_unit(write=False) as uow:
        return (await uow.feedback.list_comments(CommentFilter(limit=1)))[0]


async def answer(town: Municipality, number: int, text: str, by: Actor, version: VersionToken | None = None) -> Comment:
    """Answer a comment."""
    async with town.store.open_unit() as uow:
        return await moderation.answer_comment(ActorContext(town.desk, uow, by), number, text, version)


async def moderate(
    town: Municipality, number: int, state: CommentState, by: Actor, version: VersionToken | None = None
) -> Comment:
    """Decide about a comment."""
    async with town.store.open_unit() as uow:
        return await moderation.moderate_comment(ActorContext(town.desk, uow, by), number, state, version)


async def answers(town: Municipality) -> list[str]:
    """The keys of the texts that told an answer."""
    return [one.key for one in await town.sent() if one.key == "sms.comment_answered"]


async def test_an_answer_given_unseen_is_a_conflict(town: Municipality) -> None:
    comment = await said(town)
    first = await answer(town, comment.id, "فردا", MANAGER, comment.version_token)
    with pytest.raises(Conflict, match="comment:comment_changed"):
        await answer(town, comment.id, "پس‌فردا", DEPUTY, comment.version_token)
    with pytest.raises(Conflict):
        await answer(town, comment.id, "فردا", DEPUTY, comment.version_token)
    assert len(await answers(town)) == 1
    assert (await answer(town, comment.id, "پس‌فردا", DEPUTY, first.version_token)).answer == "پس‌فردا"
    assert (await answer(town, comment.id, "بعد", MANAGER)).answer == "بعد", "who says nothing of what was seen"
    assert len(await answers(town)) == 3


async def test_the_same_answer_again_is_told_once(town: Municipality) -> None:
    comment = await said(town)
    first = await answer(town, comment.id, "فردا", MANAGER, comment.version_token)
    town.advance(minutes=1)
    for seen in (comment.version_token, first.version_token, None):
        assert await answer(town, comment.id, " فردا", MANAGER, seen) == first
    assert len(await answers(town)) == 1


async def test_a_decision_taken_unseen_is_a_conflict(town: Municipality) -> None:
    comment = await said(town)
    hidden = await moderate(town, comment.id, CommentState.HIDDEN, MANAGER, comment.version_token)
    with pytest.raises(Conflict):
        await moderate(town, comment.id, CommentState.PUBLISHED, DEPUTY, comment.version_token)
    town.advance(minutes=1)
    assert await moderate(town, comment.id, CommentState.HIDDEN, DEPUTY, comment.version_token) == hidden
    assert (
        await moderate(town, comment.id, CommentState.PUBLISHED, DEPUTY, hidden.version_token)
    ).moderated_by == DEPUTY.label


async def test_the_mark_changes_with_everything_the_staff_do(town: Municipality) -> None:
    comment = await said(town)
    marks = [comment.version_token]
    for state in (CommentState.PUBLISHED, CommentState.HIDDEN, CommentState.PUBLISHED):
        marks.append((await moderate(town, comment.id, state, MANAGER)).version_token)
        town.advance(seconds=1)
    for text in ("فردا", "پس‌فردا"):
        marks.append((await answer(town, comment.id, text, MANAGER)).version_token)
    assert len(set(marks)) == len(marks)


@each_row(
    ("roles", "topics"),
    [
        ({Role.CIVIL}, {"machinery"}),
        ({Role.TAXI_OFFICER}, {"taxi", "taxi_leave", "taxi_renewal", "taxi_report"}),
        ({Role.SECRETARIAT}, {"expert", "call_back"}),
        ({Role.CIVIL, Role.EXPERT}, {"machinery", "expert"}),
        ({Role.ADMIN}, set()),
        ({Role.MANAGER}, None),
        ({Role.AUDITOR}, None),
        ({Role.CIVIL, Role.MANAGER}, None),
    ],
)
def test_who_reads_what(roles: set[Role], topics: set[str] | None) -> None:
    assert readable_topics(SHIPPED_SERVICES, at_site(*roles)) == topics


async def test_whom_a_writer_is_shown_to(town: Municipality) -> None:
    services, request = SHIPPED_SERVICES, await town.request(await town.order())
    shown = {role: moderation.may_see_writer(services, actor(role), request) for role in (Role.CIVIL, Role.EXPERT)}
    assert shown == {Role.CIVIL: True, Role.EXPERT: False}
    at_large = {role: moderation.may_see_writer(services, actor(role), None) for role in (Role.AUDITOR, Role.MANAGER)}
    assert at_large == {Role.AUDITOR: False, Role.MANAGER: True}
