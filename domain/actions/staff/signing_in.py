"""Signing in at the staff's site: password, second factor, fresh proofs; every refusal is counted and audited.

Nothing reveals who exists: an unknown user name costs the same time and gets the same answer as a wrong password;
and from outside, so does the right password of an account that has no second factor. An attempt waits for its turn
(`AttemptQueue`) and is counted before its password is compared; what is counted by what:
`domain/people/sign_in_attempts.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

from domain.actions.dependencies import Dependencies
from domain.actions.staff import attempts, known_devices, paper_codes
from domain.actions.staff.attempts import CountedAttempt
from domain.actions.staff.own_account import ACCOUNTS_LOCK, LONGEST_PASSWORD
from domain.actions.staff.refusals import record_refusal
from domain.people.ports import AttemptQueue, Passwords
from domain.people.sessions import (
    IDLE_LIMIT,
    REMEMBERED_FOR,
    SecondFactor,
    StaffSession,
    digest_token,
    find_code_period,
    shorten_agent,
)
from domain.people.sign_in_attempts import AttemptLimits, ClientOrigin, session_limits, sign_in_limits
from domain.repositories import AuditRepositories, StaffRepositories
from domain.unit_of_work import Store, Vault
from domain.values.errors import AuthenticationFailed
from domain.values.reasons import AuthenticationReason

_LONGEST_NAME = 40
_SHARED_DEVICE_WINDOW = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _PasswordCheck:
    """Result of comparing a password."""

    counted_attempt: CountedAttempt
    """The attempt, as it was counted."""
    password_hash: str | None
    """Hash that the password was compared with; None without a usable account."""
    is_right: bool
    """Whether the password was the account's."""
    is_enrolled: bool
    """Whether the account has a second factor."""


@dataclass(frozen=True, slots=True)
class StaffSignIn:
    """Lets the staff in."""

    dependencies: Dependencies
    """Dependencies of all actions."""
    store: Store
    """Opens units of work."""
    passwords: Passwords
    """Compares and hashes passwords."""
    vault: Vault
    """Opens the secrets of authenticators."""
    attempt_queue: AttemptQueue
    """Decides whose attempt is looked at next."""

    async def sign_in(
        self, username: str, password: str, caller: ClientOrigin, *, former: StaffSession | None = None
    ) -> tuple[StaffSession, str]:
        """Check the password and return a new session with its token; `former`, the session that the browser had, ends.

        From outside the session can do nothing before its second factor was proved. Errors:
        `AuthenticationFailed("password")`, with the detail `outside` for whoever is outside, whatever was wrong: also
        that there is no second factor; `TooManyRequests` (`sign_in`, `busy`).
        """
        login_name = username.strip()[:_LONGEST_NAME]
        limits = sign_in_limits(login_name, caller, self._find_known_device(login_name, caller))
        check = await self._compare_password(login_name, password, limits)
        if not check.is_right:
            raise await self._refuse_password(login_name, caller, "sign_in_refused")
        if not caller.inside and not check.is_enrolled:
            raise await self._refuse_password(login_name, caller, "sign_in_not_enrolled")
        return await self._begin_session(
            login_name, caller, check.counted_attempt, shown_hash=check.password_hash, ended=[former] if former else []
        )

    async def show_second_factor(
        self, session: StaffSession, code: str, caller: ClientOrigin, *, former: StaffSession | None = None
    ) -> tuple[StaffSession, str]:
        """Check the second factor (a code of the authenticator, or one on paper, which is used up).

        The session is replaced by a new one that has it, with another token; so is `former`, a session of the same
        member in the same browser. The forms that are open there, of `former` if it is given, are the new one's.
        Errors: `AuthenticationFailed("code")`, `TooManyRequests("sign_in")`.
        """
        username, now = session.username, self.dependencies.clock.now()
        limits = sign_in_limits(username, caller, self._find_known_device(username, caller))
        async with self.store.open_unit() as uow:
            counted_attempt = await attempts.count_attempt(uow.lines, limits, now)
            is_right = await self._use_up_code(uow, username, code)
            if not is_right:
                await self._audit_refusal(uow, username, "code_refused", caller)
        if not is_right:
            raise AuthenticationFailed("code")
        ended = [former, session] if former else [session]
        return await self._begin_session(
            username, caller, counted_attempt, second_factor=True, ended=ended, living=session
        )

    async def prove_again(self, session: StaffSession, password: str, code: str, caller: ClientOrigin) -> None:
        """Take a fresh proof: the password, and from outside a code too. What is wrong is counted for this session
        alone: nobody else's attempts keep it from its proofs. Errors: those of both.
        """
        username = session.username
        counted_attempt = await self._check_proof_password(session, password, caller)
        async with self.store.open_unit() as uow:
            is_right = caller.inside or await self._use_up_code(uow, username, code)
            if is_right:
                await self._record_proof(uow, session, caller, counted_attempt)
            else:
                await self._audit_refusal(uow, username, "code_refused", caller)
        if not is_right:
            raise AuthenticationFailed("code")

    async def confirm_password(self, session: StaffSession, password: str, caller: ClientOrigin) -> None:
        """Check the password once more, whatever the session's age, counted as proofs are. Errors as for a proof."""
        counted_attempt = await self._check_proof_password(session, password, caller)
        async with self.store.open_unit() as uow:
            await attempts.take_back_attempt(uow.lines, counted_attempt)

    async def sign_out(self, session: StaffSession, caller: ClientOrigin) -> None:
        """End the session."""
        async with self.store.open_unit() as uow:
            await uow.staff_sessions.delete(session.digest)
            await self._audit_event(uow, session.username, "signed_out", caller)

    def issue_device_token(self, username: str, caller: ClientOrigin) -> str | None:
        """Return a token by which the browser of somebody who has signed in is known from now on; None where it is."""
        now = self.dependencies.clock.now()
        if self._find_known_device(username, caller) and known_devices.is_recent_token(caller.device_token, now):
            return None
        return known_devices.build_device_token(self.vault, username, self.dependencies.ids.new_token(), now.date())

    async def audit_foreign_form(self, username: str, caller: ClientOrigin) -> None:
        """Audit that somebody's browser was made to sign in by a page of another site, equal ones together."""
        login_name, now = username.strip()[:_LONGEST_NAME], self.dependencies.clock.now()
        async with self.store.open_unit() as uow:
            facts = {**_caller_facts(caller), "why": "foreign_form"}
            await record_refusal(
                uow, now, "staff", login_name, "denied", facts, is_known=partial(_is_staff_member, uow, login_name)
            )

    def _find_known_device(self, username: str, caller: ClientOrigin) -> str | None:
        return known_devices.find_device(self.vault, username, caller.device_token, self.dependencies.clock.now())

    async def _check_proof_password(self, session: StaffSession, password: str, caller: ClientOrigin) -> CountedAttempt:
        """Check the password of somebody who has a session; return the attempt, still to be taken back."""
        username = session.username
        check = await self._compare_password(username, password, session_limits(username, session.digest))
        if not check.is_right:
            raise await self._refuse_password(username, caller, "proof_refused")
        return check.counted_attempt

    async def _compare_password(self, username: str, password: str, limits: AttemptLimits) -> _PasswordCheck:
        """Wait for a turn, count the attempt, and compare the password; `TooManyRequests` where there were too many."""
        async with self.attempt_queue.wait_for_turn(limits.source, known=limits.is_recognised):
            now = self.dependencies.clock.now()
            async with self.store.open_unit(write=False) as uow:
                await attempts.refuse_locked_sign_in(uow.lines, limits, now)
            async with self.store.open_unit() as uow:
                counted_attempt = await attempts.count_attempt(uow.lines, limits, now)
                member, factor = await uow.people.find_staff(username), await uow.second_factors.find(username)
            is_usable = member and member.active and len(password) <= LONGEST_PASSWORD
            password_hash = member.password_hash if member and is_usable else None
            is_right = await self.passwords.verify_password(password_hash, password[:LONGEST_PASSWORD])
        return _PasswordCheck(counted_attempt, password_hash, is_right, bool(factor and factor.confirmed))

    async def _begin_session(
        self,
        username: str,
        caller: ClientOrigin,
        counted_attempt: CountedAttempt,
        *,
        shown_hash: str | None = None,
        second_factor: bool = False,
        ended: Sequence[StaffSession] = (),
        living: StaffSession | None = None,
    ) -> tuple[StaffSession, str]:
        """Begin a session in the place of those `ended`; it takes over the forms that are open in the first of them, if
        that is the same member's.

        Their token gives nobody anything: it counts with the cookie alone, whose token is new, and forms of other sites
        are refused by what the browser says of them. `AuthenticationFailed("password")` where the password that was
        shown (its hash is `shown_hash`) was changed meanwhile, the account was closed, or the `living` one was ended.
        """
        former_csrf = next((earlier.csrf for earlier in ended[:1] if earlier.username == username), None)
        session, token = self._build_session(username, caller, former_csrf, second_factor=second_factor)
        async with self.store.open_unit() as uow:
            await uow.serialise(ACCOUNTS_LOCK)
            member = await uow.people.find_staff(username)
            ended_digests = {earlier.digest for earlier in ended if await uow.staff_sessions.delete(earlier.digest)}
            living_ended = living is not None and living.digest not in ended_digests
            if member is None or not member.active or shown_hash not in {None, member.password_hash} or living_ended:
                raise AuthenticationFailed("password")
            await attempts.take_back_attempt(uow.lines, counted_attempt)
            await uow.staff_sessions.add(session)
            await self._audit_event(uow, username, "second_factor_shown" if second_factor else "signed_in", caller)
            await self._flag_shared_device(uow, username, caller)
        return session, token

    async def _flag_shared_device(self, uow: StaffRepositories, username: str, caller: ClientOrigin) -> None:
        """Audit, once a day for each pair, that a browser is a colleague's too: one person may have two accounts."""
        now = self.dependencies.clock.now()
        for member in await uow.people.list_staff() if caller.device_token else ():
            if member.username == username or not self._find_known_device(member.username, caller):
                continue
            if await uow.lines.add_hit(f"device:{username}:{member.username}", now, _SHARED_DEVICE_WINDOW) == 1:
                facts = {**_caller_facts(caller), "username": member.username}
                await uow.audit.add_entry(now, f"staff:{username}", "device_shared", facts)

    def _build_session(
        self, username: str, caller: ClientOrigin, former_csrf: str | None, *, second_factor: bool
    ) -> tuple[StaffSession, str]:
        """Build a session with a new token, and return both; its forms go on under `former_csrf`, if there is one."""
        now, ids = self.dependencies.clock.now(), self.dependencies.ids
        token = ids.new_token() + ids.new_token()
        session = StaffSession(
            digest=digest_token(token),
            username=username,
            csrf=former_csrf or ids.new_token(),
            made_at=now,
            seen_at=now,
            proved_at=now,
            second_factor=second_factor,
            address=caller.address,
            agent=shorten_agent(caller.browser_agent),
        )
        return session, token

    async def _record_proof(
        self, uow: StaffRepositories, session: StaffSession, caller: ClientOrigin, counted_attempt: CountedAttempt
    ) -> None:
        session.proved_at = self.dependencies.clock.now()
        await uow.staff_sessions.save_last_proved(session.digest, session.proved_at)
        await attempts.take_back_attempt(uow.lines, counted_attempt)
        await self._audit_event(uow, session.username, "proved", caller)

    async def _use_up_code(self, uow: StaffRepositories, username: str, code: str) -> bool:
        """Use a code up; False when it is wrong or was used before."""
        factor = await uow.second_factors.find(username, lock=True)
        used_factor = self._apply_code(factor, code) if factor and factor.confirmed else None
        if used_factor:
            await uow.second_factors.save(used_factor)
        return used_factor is not None

    def _apply_code(self, factor: SecondFactor, code: str) -> SecondFactor | None:
        """Return the factor after this code was used; None when it is wrong or was used before."""
        time_step = find_code_period(self.vault.unseal_secret(factor.sealed), code, self.dependencies.clock.now())
        if time_step is not None:
            return replace(factor, last_step=time_step) if time_step > factor.last_step else None
        remaining_codes = paper_codes.use_up_code(self.vault, factor.username, factor.recovery, code)
        return None if remaining_codes is None else replace(factor, recovery=remaining_codes)

    async def _refuse_password(self, username: str, caller: ClientOrigin, event: str) -> AuthenticationFailed:
        """Audit a refused password; return the error for the caller, which from outside is the same whatever
        was wrong.
        """
        async with self.store.open_unit() as uow:
            await self._audit_refusal(uow, username, event, caller)
        return AuthenticationFailed("password", None if caller.inside else AuthenticationReason.OUTSIDE)

    async def _audit_refusal(self, uow: StaffRepositories, username: str, event: str, caller: ClientOrigin) -> None:
        """Audit a refusal, equal ones together."""
        now = self.dependencies.clock.now()
        await record_refusal(
            uow, now, "staff", username, event, _caller_facts(caller), is_known=partial(_is_staff_member, uow, username)
        )

    async def _audit_event(self, uow: AuditRepositories, username: str, event: str, caller: ClientOrigin) -> None:
        await uow.audit.add_entry(self.dependencies.clock.now(), f"staff:{username}", event, _caller_facts(caller))


def _caller_facts(caller: ClientOrigin) -> Mapping[str, Any]:
    return {"address": caller.address, "inside": caller.inside, "agent": shorten_agent(caller.browser_agent)}


async def _is_staff_member(uow: StaffRepositories, username: str) -> bool:
    return await uow.people.find_staff(username) is not None


async def forget_ended_sessions(dependencies: Dependencies, store: Store) -> int:
    """Forget the sessions that ended so long ago that no form of theirs is asked back any more; return how many."""
    async with store.open_unit() as uow:
        return await uow.staff_sessions.delete_unused(dependencies.clock.now() - IDLE_LIMIT - REMEMBERED_FOR)
