"""Support of suggestions on both databases: a line that votes twice at once counts once; a step is told once."""

import asyncio

from domain.actions.context import ActorContext
from domain.actions.feedback.feedback import store_comment
from domain.actions.feedback.moderation import moderate_comment
from domain.actions.feedback.suggestions import support_suggestion, take_suggestion_step
from domain.feedback.opinions import Comment, CommentState
from domain.feedback.suggestions import SuggestionProgress
from domain.values.actors import Role
from domain.values.errors import AlreadyDone
from tests.support.municipality import NEIGHBOUR, Municipality, actor

MANAGER = actor(Role.MANAGER)


async def suggest(town: Municipality) -> Comment:
    """A published suggestion."""
    async with town.store.open_unit() as uow:
        context = ActorContext(town.desk, uow, actor(Role.CITIZEN))
        suggestion = await store_comment(context, "لودر دوم بخرید", service="machinery", is_suggestion=True)
        return await moderate_comment(context.acting_as(MANAGER), suggestion.id, CommentState.PUBLISHED)


async def support(town: Municipality, number: int, by: str) -> bool:
    """Support it; False where that line does already."""
    try:
        async with town.store.open_unit() as uow:
            await support_suggestion(ActorContext(town.desk, uow, actor(Role.CITIZEN, by)), number)
    except AlreadyDone:
        return False
    return True


async def test_a_line_that_votes_twice_at_once_counts_once(towns: tuple[Municipality, Municipality]) -> None:
    suggestion = await suggest(towns[0])
    number = suggestion.number or 0
    others = [f"+98911555{line:04}" for line in range(4)]
    votes = await asyncio.gather(
        *(support(town, number, line) for line in (NEIGHBOUR, *others) for town in (*towns, *towns))
    )
    assert sum(votes) == 1 + len(others)
    async with towns[0].store.open_unit(write=False) as uow:
        assert await uow.feedback.count_supports([suggestion.id]) == {suggestion.id: 1 + len(others)}


async def test_numbers_that_are_drawn_at_once_differ(towns: tuple[Municipality, Municipality]) -> None:
    drawn = await asyncio.gather(*(suggest(town) for town in towns for _ in range(3)))
    assert sorted(one.number or 0 for one in drawn) == [1, 2, 3, 4, 5, 6]


async def test_a_step_that_is_taken_twice_at_once_is_told_once(towns: tuple[Municipality, Municipality]) -> None:
    suggestion = await suggest(towns[0])

    async def accept(town: Municipality) -> Comment:
        async with town.store.open_unit() as uow:
            context = ActorContext(town.desk, uow, MANAGER)
            return await take_suggestion_step(
                context, suggestion.id, SuggestionProgress.ACCEPTED, "", suggestion.version_token
            )

    first, second = await asyncio.gather(*(accept(town) for town in towns))
    assert first == second
    async with towns[0].store.open_unit(write=False) as uow:
        assert len(await uow.feedback.list_steps([suggestion.id])) == 1
    assert [one.key for one in await towns[0].sent()] == ["sms.suggestion.accepted"]
