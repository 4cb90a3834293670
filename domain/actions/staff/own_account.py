"""Own account of a member of the staff: authenticator, password, sessions."""

from dataclasses import replace

from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.staff import paper_codes
from domain.people.sessions import SecondFactor, StaffSession, find_code_period, generate_secret
from domain.repositories import StaffRepositories
from domain.unit_of_work import Store, Vault
from domain.values.errors import AuthenticationFailed, NotAllowedNow, NotFound
from domain.values.reasons import AuthenticationReason, NotAllowedReason

SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 200
"""Characters of a password that somebody chooses: the same limits where it is set and where it is shown."""

ACCOUNTS_LOCK = "accounts"
"""Lock taken by units that change accounts: a row of the staff is stored as a whole."""


async def begin_enrolment(context: ActionContext[StaffRepositories], vault: Vault, username: str) -> str:
    """Return the secret of a new authenticator, to be confirmed; asked again before that, it is the same one.

    `NotAllowedNow` when there is a confirmed one: it is given up first (`give_up_second_factor`).
    """
    factor = await context.uow.second_factors.find(username, lock=True)
    if factor and factor.confirmed:
        raise NotAllowedNow("code", NotAllowedReason.ENROLLED)
    if factor:
        return vault.unseal_secret(factor.sealed)
    secret = generate_secret()
    await context.uow.second_factors.save(
        SecondFactor(username, vault.seal_secret(secret), False, 0, (), context.dependencies.clock.now())
    )
    return secret


async def confirm_enrolment(
    context: ActionContext[StaffRepositories],
    vault: Vault,
    username: str,
    code: str,
    kept_session: StaffSession | None = None,
) -> list[str]:
    """Take the new authenticator into use by its first code; return the recovery codes, which are shown this once. The
    member's other sessions end: somebody who came in without the code stays no longer.

    Errors: `NotFound("code")` when none was begun, `NotAllowedNow` when it is in use, `AuthenticationFailed("code")`.
    """
    factor, now = await context.uow.second_factors.find(username, lock=True), context.dependencies.clock.now()
    if factor is None:
        raise NotFound("code")
    if factor.confirmed:
        raise NotAllowedNow("code", NotAllowedReason.ENROLLED)
    time_step = find_code_period(vault.unseal_secret(factor.sealed), code, now)
    if time_step is None:
        raise AuthenticationFailed("code", AuthenticationReason.WRONG_CODE)
    recovery_codes, stored_codes = _make_recovery_codes(context.dependencies, vault, username)
    await context.uow.second_factors.save(replace(factor, confirmed=True, last_step=time_step, recovery=stored_codes))
    await context.uow.staff_sessions.delete_others(username, kept_session.digest if kept_session else None)
    await context.uow.audit.add_entry(now, f"staff:{username}", "second_factor_enrolled", {})
    return recovery_codes


async def enrol_at_once(
    context: ActionContext[StaffRepositories], vault: Vault, username: str, recorded_by: str
) -> tuple[str, list[str]]:
    """Give a member a new authenticator at once, in place of any other; return its secret and the recovery codes.

    For whoever has a shell here. Every session of the member ends. `NotFound("username")`.
    """
    if await context.uow.people.find_staff(username) is None:
        raise NotFound("username")
    secret, now = generate_secret(), context.dependencies.clock.now()
    recovery_codes, stored_codes = _make_recovery_codes(context.dependencies, vault, username)
    await context.uow.second_factors.save(SecondFactor(username, vault.seal_secret(secret), True, 0, stored_codes, now))
    ended = await context.uow.staff_sessions.delete_others(username)
    facts = {"username": username, "sessions_ended": ended}
    await context.uow.audit.add_entry(now, recorded_by, "second_factor_given", facts)
    return secret, recovery_codes


async def give_up_second_factor(
    context: ActionContext[StaffRepositories], username: str, recorded_by: str, kept_session: StaffSession | None = None
) -> None:
    """Forget an authenticator (a lost phone) and end its owner's other sessions; from outside nobody signs in with that
    account any more. `NotFound("code")`.
    """
    if not await context.uow.second_factors.delete(username):
        raise NotFound("code")
    await context.uow.staff_sessions.delete_others(username, kept_session.digest if kept_session else None)
    await context.uow.audit.add_entry(
        context.dependencies.clock.now(), recorded_by, "second_factor_given_up", {"username": username}
    )


async def rewrap_paper_codes(store: Store, vault: Vault) -> int:
    """Wrap the codes on paper that lie as plain hashes, from before; return of how many members. They go on working."""
    changed_count = 0
    async with store.open_unit() as uow:
        for factor in await uow.second_factors.list_all(lock=True):
            keyed_codes = tuple(
                paper_codes.key_digest(vault, factor.username, stored_code) for stored_code in factor.recovery
            )
            if keyed_codes != factor.recovery:
                await uow.second_factors.save(replace(factor, recovery=keyed_codes))
                changed_count += 1
    return changed_count


async def set_password(
    context: ActionContext[StaffRepositories],
    username: str,
    password_hash: str,
    recorded_by: str,
    *,
    kept_session: StaffSession | None = None,
    is_temporary: bool = False,
) -> None:
    """Store a new password's hash and end the member's sessions, but for the one at hand; `NotFound("username")`.

    A `is_temporary` one is known to whoever made it: the member changes it before anything else.
    """
    await context.uow.serialise(ACCOUNTS_LOCK)
    member = await context.uow.people.find_staff(username)
    if member is None:
        raise NotFound("username")
    await context.uow.people.save_staff(replace(member, password_hash=password_hash, password_temporary=is_temporary))
    ended = await context.uow.staff_sessions.delete_others(username, kept_session.digest if kept_session else None)
    facts = {"username": username, "sessions_ended": ended}
    await context.uow.audit.add_entry(context.dependencies.clock.now(), recorded_by, "password_changed", facts)


async def end_own_session(
    context: ActionContext[StaffRepositories], session: StaffSession, session_digest: str
) -> None:
    """End one of the own sessions; `NotFound("session")` when it is gone, or somebody else's."""
    own_session = await context.uow.staff_sessions.find(session_digest)
    if own_session is None or own_session.username != session.username:
        raise NotFound("session")
    await context.uow.staff_sessions.delete(session_digest)
    facts = {"address": own_session.address}
    await context.uow.audit.add_entry(
        context.dependencies.clock.now(), f"staff:{session.username}", "session_ended", facts
    )


def _make_recovery_codes(dependencies: Dependencies, vault: Vault, username: str) -> tuple[list[str], tuple[str, ...]]:
    """Return new codes on paper, and what is kept of them."""
    recovery_codes = [
        paper_codes.make_paper_code(dependencies.ids.new_token()) for _ in range(paper_codes.CODES_PER_MEMBER)
    ]
    return recovery_codes, tuple(paper_codes.digest_code(vault, username, paper_code) for paper_code in recovery_codes)
