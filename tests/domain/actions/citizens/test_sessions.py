"""Sessions of the portal: never adopted, another token with each proof, and what is left of them afterwards."""

from datetime import timedelta

from domain.actions.citizens.sessions import (
    end_session,
    find_session,
    forget_unused_sessions,
    is_use_due,
    note_session_use,
    open_session,
)
from domain.actions.context import ActionContext
from domain.people.citizen_session import PROOF_IDLE_LIMIT, PROOF_LIMIT, SESSION_LIFETIME, CitizenSession
from domain.people.sessions import digest_token
from tests.support.municipality import CITIZEN, Municipality

NEW_TOKEN = "f" * 32


async def opened(town: Municipality) -> tuple[str, CitizenSession]:
    async with town.store.open_unit() as uow:
        return await open_session(ActionContext(town.desk, uow))


async def found(town: Municipality, token: str) -> CitizenSession | None:
    async with town.store.open_unit(write=False) as uow:
        return await find_session(ActionContext(town.desk, uow), token)


async def used(town: Municipality, token: str) -> CitizenSession:
    """Call with a token, as the guard does."""
    session = await found(town, token)
    assert session
    if is_use_due(town.desk, session, token):
        async with town.store.open_unit() as uow:
            await note_session_use(ActionContext(town.desk, uow), session, token)
    return session


async def prove(town: Municipality, session: CitizenSession, new_token: str = NEW_TOKEN) -> None:
    async with town.store.open_unit() as uow:
        await uow.citizen_sessions.save_proof(session.id, digest_token(new_token), CITIZEN, town.clock.now())


async def test_a_token_that_nobody_was_given_makes_no_session(town: Municipality) -> None:
    token, session = await opened(town)
    assert await found(town, token) == session
    assert [await found(town, foreign) for foreign in ("", "planted", token[:-1], session.digest, "\udcff")] == [
        None
    ] * 5


async def test_the_token_before_a_proof_opens_it_without_until_the_new_one_is_used(town: Municipality) -> None:
    token, session = await opened(town)
    await prove(town, session)
    unproved = await used(town, token)
    assert (unproved.id, unproved.find_proved_mobile(town.clock.now())) == (session.id, None)
    assert (await used(town, NEW_TOKEN)).find_proved_mobile(town.clock.now()) == CITIZEN
    assert await found(town, token) is None, "whoever planted it has nothing any more"
    assert (await used(town, NEW_TOKEN)).find_proved_mobile(town.clock.now()) == CITIZEN


async def test_a_proof_that_ended_does_not_begin_anew_with_the_next_call(town: Municipality) -> None:
    _, session = await opened(town)
    await prove(town, session)
    for _ in range(3):
        town.clock.at += PROOF_IDLE_LIMIT - timedelta(minutes=1)
        assert (await used(town, NEW_TOKEN)).find_proved_mobile(town.clock.now()) == CITIZEN
    town.clock.at += PROOF_IDLE_LIMIT
    for _ in range(2):
        assert (await used(town, NEW_TOKEN)).find_proved_mobile(town.clock.now()) is None


async def test_a_proof_ends_after_half_a_day_however_busy_its_session_is(town: Municipality) -> None:
    _, session = await opened(town)
    await prove(town, session)
    pace = PROOF_IDLE_LIMIT / 2
    for _ in range(PROOF_LIMIT // pace - 1):
        town.clock.at += pace
        assert (await used(town, NEW_TOKEN)).find_proved_mobile(town.clock.now()) == CITIZEN
    town.clock.at += pace
    assert (await used(town, NEW_TOKEN)).find_proved_mobile(town.clock.now()) is None


async def test_an_ended_session_opens_nothing_by_any_token(town: Municipality) -> None:
    token, session = await opened(town)
    await prove(town, session)
    async with town.store.open_unit() as uow:
        await end_session(ActionContext(town.desk, uow), session)
    assert [await found(town, each) for each in (token, NEW_TOKEN)] == [None, None]


async def test_a_session_ends_a_month_after_its_last_use_and_is_forgotten(town: Municipality) -> None:
    token, _ = await opened(town)
    town.clock.at += SESSION_LIFETIME - timedelta(minutes=1)
    await used(town, token)
    town.clock.at += SESSION_LIFETIME - timedelta(minutes=1)
    assert await found(town, token)
    assert await forget_unused_sessions(town.desk, town.store) == 0
    town.clock.at += timedelta(minutes=2)
    assert await found(town, token) is None
    assert await forget_unused_sessions(town.desk, town.store) == 1
