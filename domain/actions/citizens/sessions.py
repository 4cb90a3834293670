"""Sessions of the portal: opened when something is begun, found by the token of the cookie, ended by their owner."""

from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.people.citizen_session import PROOF_LIMIT, SESSION_LIFETIME, CitizenSession
from domain.people.sessions import digest_token
from domain.repositories import CitizenRepositories
from domain.unit_of_work import Store
from domain.values.actors import Actor, Role

BEGIN_KEY_DIGITS = 32
"""Hexadecimal digits of the key that a page's form bears on which a session may begin."""

PORTAL_CHANNEL = "portal"
"""The channel of what citizens do on the portal: nothing of a form is deferred there."""

UNPROVED_CITIZEN = Actor(frozenset({Role.CITIZEN}), "citizen", "unverified", PORTAL_CHANNEL)
"""Somebody whose mobile is not proved."""


def citizen_actor(proved_mobile: str | None) -> Actor:
    """Return a citizen at the portal, by the mobile (+989…) that the session has proved; None: none."""
    if proved_mobile is None:
        return UNPROVED_CITIZEN
    return Actor(frozenset({Role.CITIZEN}), "citizen", proved_mobile, PORTAL_CHANNEL)


async def open_session(context: ActionContext[CitizenRepositories], begin_key: str = "") -> tuple[str, CitizenSession]:
    """Return a new session and its token, which is kept nowhere else.

    With the key of a form that a browser without a session sent there is one session, however often the form comes (a
    second click, an answer that was lost): each time with another token, until one of these is used first.
    """
    if len(begin_key) != BEGIN_KEY_DIGITS:
        return await _add_session(context)
    key_digest = digest_token(f"begin:{begin_key}")
    await context.uow.serialise(f"session:{key_digest}")
    session = await context.uow.citizen_sessions.find(key_digest)
    if session is None or not session.is_alive(context.dependencies.clock.now()):
        return await _add_session(context, key_digest)
    token = context.dependencies.ids.new_token()
    await context.uow.citizen_sessions.save_pending(session.id, digest_token(token))
    return token, session


async def _add_session(
    context: ActionContext[CitizenRepositories], key_digest: str | None = None
) -> tuple[str, CitizenSession]:
    """Store a session; that of a form's key has its token as a pending one beside it."""
    token, now = context.dependencies.ids.new_token(), context.dependencies.clock.now()
    session = CitizenSession(
        id=context.dependencies.ids.new_id(),
        digest=key_digest or digest_token(token),
        pending_digest=digest_token(token) if key_digest else None,
        csrf_token=context.dependencies.ids.new_token(),
        created_at=now,
        last_used_at=now,
    )
    await context.uow.citizen_sessions.add(session)
    return token, session


async def find_session(context: ActionContext[CitizenRepositories], token: str) -> CitizenSession | None:
    """Return the session that lives and has this token; None where there is none. Unknown tokens make no session.

    The token before the last proof opens it without that proof, until the new one is used.
    """
    token_digest = digest_token(token)
    session = await context.uow.citizen_sessions.find(token_digest) if token else None
    if session is None or not session.is_alive(context.dependencies.clock.now()):
        return None
    is_earlier_token = session.pending_digest is not None and session.pending_digest != token_digest
    return session.without_proof() if is_earlier_token else session


async def note_session_use(context: ActionContext[CitizenRepositories], session: CitizenSession, token: str) -> None:
    """Store that a session is used now, by this token; a proof that has ended is forgotten, and does not begin anew."""
    now, token_digest = context.dependencies.clock.now(), digest_token(token)
    if session.pending_digest == token_digest:
        await context.uow.citizen_sessions.adopt_pending(token_digest)
    if session.proved_mobile is not None and session.find_proved_mobile(now) is None:
        await context.uow.citizen_sessions.delete_proof(session.id)
    await context.uow.citizen_sessions.save_last_use(session.id, now)


def is_use_due(dependencies: Dependencies, session: CitizenSession, token: str) -> bool:
    """Return whether `note_session_use` has something to store: not every page is a write."""
    return session.pending_digest == digest_token(token) or session.is_use_due(dependencies.clock.now())


async def end_session(context: ActionContext[CitizenRepositories], session: CitizenSession) -> None:
    """Forget a session: none of its tokens opens anything any more."""
    await context.uow.citizen_sessions.delete(session.id)


async def forget_unused_sessions(dependencies: Dependencies, store: Store) -> int:
    """Forget the sessions, proofs and codes whose time is over; return how many sessions."""
    now = dependencies.clock.now()
    async with store.open_unit() as uow:
        await uow.mobile_proofs.delete_expired(now)
        await uow.citizen_sessions.delete_old_proofs(now - PROOF_LIMIT)
        return await uow.citizen_sessions.delete_unused(now - SESSION_LIFETIME)
