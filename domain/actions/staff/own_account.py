"""What a member of the staff does about the own account: authenticator, password, sessions."""

from dataclasses import replace

from domain.actions.desk import Desk
from domain.actions.staff import paper_codes
from domain.people.sessions import SecondFactor, StaffSession, new_secret, step_of
from domain.unit_of_work import Store, UnitOfWork, Vault
from domain.values.errors import AuthenticationFailed, NotAllowedNow, NotFound

SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 200
"""Characters of a password that somebody chooses: the same limits where it is set and where it is shown."""

ACCOUNTS = "accounts"
"""What units that change accounts wait for each other by: a row of the staff is stored as a whole."""


async def begin_enrolment(desk: Desk, uow: UnitOfWork, vault: Vault, username: str) -> str:
    """Return the secret of a new authenticator, to be confirmed; asked again before that, it is the same one.

    `NotAllowedNow` when there is a confirmed one: it is given up first (`give_up_second_factor`).
    """
    factor = await uow.second_factors.get(username, lock=True)
    if factor and factor.confirmed:
        raise NotAllowedNow("code", detail="enrolled")
    if factor:
        return vault.open(factor.sealed)
    secret = new_secret()
    await uow.second_factors.put(SecondFactor(username, vault.close(secret), False, 0, (), desk.clock.now()))
    return secret


async def confirm_enrolment(desk: Desk, uow: UnitOfWork, vault: Vault, username: str, code: str) -> list[str]:
    """Take the new authenticator into use by its first code; return the recovery codes, which are told this once.

    Errors: `NotFound("code")` when none was begun, `NotAllowedNow` when it is in use, `AuthenticationFailed("code")`.
    """
    factor, now = await uow.second_factors.get(username, lock=True), desk.clock.now()
    if factor is None:
        raise NotFound("code")
    if factor.confirmed:
        raise NotAllowedNow("code", detail="enrolled")
    step = step_of(vault.open(factor.sealed), code, now)
    if step is None:
        raise AuthenticationFailed("code", detail="wrong_code")
    codes, kept = _recovery_codes(desk, vault, username)
    await uow.second_factors.put(replace(factor, confirmed=True, last_step=step, recovery=kept))
    await uow.audit.record(now, f"staff:{username}", "second_factor_enrolled", {})
    return codes


async def enrol(desk: Desk, uow: UnitOfWork, vault: Vault, username: str, by: str) -> tuple[str, list[str]]:
    """Give a member a new authenticator at once, in place of any other; return its secret and the recovery codes.

    For whoever has a shell here. Every session of the member ends. `NotFound("username")`.
    """
    if await uow.people.staff(username) is None:
        raise NotFound("username")
    secret, now = new_secret(), desk.clock.now()
    codes, kept = _recovery_codes(desk, vault, username)
    await uow.second_factors.put(SecondFactor(username, vault.close(secret), True, 0, kept, now))
    ended = await uow.staff_sessions.end_others(username)
    facts = {"username": username, "sessions_ended": ended}
    await uow.audit.record(now, by, "second_factor_given", facts)
    return secret, codes


async def give_up_second_factor(desk: Desk, uow: UnitOfWork, username: str, by: str) -> None:
    """Forget an authenticator (a lost phone); from outside its owner cannot sign in any more. `NotFound("code")`."""
    if not await uow.second_factors.remove(username):
        raise NotFound("code")
    await uow.audit.record(desk.clock.now(), by, "second_factor_given_up", {"username": username})


async def key_paper_codes(store: Store, vault: Vault) -> int:
    """Wrap the codes on paper that lie as plain hashes, from before; return of how many members. They go on working."""
    changed = 0
    async with store.unit() as uow:
        for factor in await uow.second_factors.all(lock=True):
            keyed = tuple(paper_codes.keyed(vault, factor.username, one) for one in factor.recovery)
            if keyed != factor.recovery:
                await uow.second_factors.put(replace(factor, recovery=keyed))
                changed += 1
    return changed


async def set_password(
    desk: Desk,
    uow: UnitOfWork,
    username: str,
    hashed: str,
    by: str,
    *,
    keeping: StaffSession | None = None,
    temporary: bool = False,
) -> None:
    """Store a new password's hash and end the member's sessions, but for the one at hand; `NotFound("username")`.

    A `temporary` one is known to whoever made it: the member changes it before anything else.
    """
    await uow.serialise(ACCOUNTS)
    member = await uow.people.staff(username)
    if member is None:
        raise NotFound("username")
    await uow.people.put_staff(replace(member, password_hash=hashed, password_temporary=temporary))
    ended = await uow.staff_sessions.end_others(username, keeping.digest if keeping else None)
    facts = {"username": username, "sessions_ended": ended}
    await uow.audit.record(desk.clock.now(), by, "password_changed", facts)


async def end_session(desk: Desk, uow: UnitOfWork, session: StaffSession, digest: str) -> None:
    """End one of the own sessions; `NotFound("session")` when it is gone, or somebody else's."""
    found = await uow.staff_sessions.get(digest)
    if found is None or found.username != session.username:
        raise NotFound("session")
    await uow.staff_sessions.end(digest)
    facts = {"address": found.address}
    await uow.audit.record(desk.clock.now(), f"staff:{session.username}", "session_ended", facts)


def _recovery_codes(desk: Desk, vault: Vault, username: str) -> tuple[list[str], tuple[str, ...]]:
    """Return new codes on paper, and what is kept of them."""
    codes = [paper_codes.code_of(desk.ids.token()) for _ in range(paper_codes.HOW_MANY)]
    return codes, tuple(paper_codes.kept(vault, username, one) for one in codes)
