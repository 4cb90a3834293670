"""Signing in at the staff's site: password, second factor, fresh proofs; every refusal is counted and audited.

Nothing is told of who exists: an unknown user name costs the same time and gets the same answer as a wrong password;
and from outside, so does the right password of an account that has no second factor. An attempt waits for its turn
(`AttemptQueue`) and is counted before its password is compared; what is counted by what:
`domain/people/sign_in_attempts.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from domain.actions.desk import Desk
from domain.actions.staff import attempts, known_devices, paper_codes
from domain.actions.staff.attempts import Attempt
from domain.actions.staff.own_account import ACCOUNTS, LONGEST_PASSWORD
from domain.actions.staff.refusals import note
from domain.people.ports import AttemptQueue, Passwords
from domain.people.sessions import IDLE, REMEMBERED, SecondFactor, StaffSession, agent_of, digest_of, step_of
from domain.people.sign_in_attempts import AttemptLimits, ClientOrigin, limits_at_door, limits_of_session
from domain.unit_of_work import Store, UnitOfWork, Vault
from domain.values.errors import AuthenticationFailed

_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class _Compared:
    """What came of comparing a password: the attempt as it was counted, the hash that the password was compared with
    (None without a usable account), whether it was right, and whether the account has a second factor.
    """

    attempt: Attempt
    stored: str | None
    right: bool
    enrolled: bool


@dataclass(frozen=True, slots=True)
class Doorman:
    """Lets the staff in: the desk's clock and chance, the store, what passwords and secrets are checked with, and who
    is looked at next.
    """

    desk: Desk
    store: Store
    passwords: Passwords
    vault: Vault
    queue: AttemptQueue

    async def sign_in(
        self, username: str, password: str, caller: ClientOrigin, *, former: StaffSession | None = None
    ) -> tuple[StaffSession, str]:
        """Check the password and return a new session with its token; `former`, the session that the browser had, ends.

        From outside the session can do nothing before its second factor was shown. Errors:
        `AuthenticationFailed("password")`, with the detail `outside` for whoever is outside, whatever was wrong: also
        that there is no second factor; `TooManyRequests` (`sign_in`, `busy`).
        """
        name = username.strip()[:_LONGEST_NAME]
        limits = limits_at_door(name, caller, self._device(name, caller))
        compared = await self._compared(name, password, limits)
        if not compared.right:
            raise await self._refused(name, caller, "sign_in_refused")
        if not caller.inside and not compared.enrolled:
            raise await self._refused(name, caller, "sign_in_not_enrolled")
        return await self._new(name, caller, compared.attempt, by=compared.stored, ended=[former] if former else [])

    async def show_code(
        self, session: StaffSession, code: str, caller: ClientOrigin, *, former: StaffSession | None = None
    ) -> tuple[StaffSession, str]:
        """Check the second factor (a code of the authenticator, or one on paper, which is used up).

        The session is replaced by a new one that has it, with another token; so is `former`, a session of the same
        member in the same browser. The forms that are open there, of `former` if it is given, are the new one's.
        Errors: `AuthenticationFailed("code")`, `TooManyRequests("sign_in")`.
        """
        name, now = session.username, self.desk.clock.now()
        limits = limits_at_door(name, caller, self._device(name, caller))
        async with self.store.unit() as uow:
            attempt = await attempts.begin(uow, limits, now)
            right = await self._use_code(uow, name, code)
            if not right:
                await self._note(uow, name, "code_refused", caller)
        if not right:
            raise AuthenticationFailed("code")
        ended = [former, session] if former else [session]
        return await self._new(name, caller, attempt, second_factor=True, ended=ended, living=session)

    async def prove(self, session: StaffSession, password: str, code: str, caller: ClientOrigin) -> None:
        """Take a fresh proof: the password, and from outside a code too. What is wrong is counted for this session
        alone: nobody else's attempts keep it from its proofs. Errors: those of both.
        """
        name = session.username
        attempt = await self._shown(session, password, caller)
        async with self.store.unit() as uow:
            right = caller.inside or await self._use_code(uow, name, code)
            if right:
                await self._prove(uow, session, caller, attempt)
            else:
                await self._note(uow, name, "code_refused", caller)
        if not right:
            raise AuthenticationFailed("code")

    async def confirm_password(self, session: StaffSession, password: str, caller: ClientOrigin) -> None:
        """Check the password once more, whatever the session's age, counted as proofs are. Errors as for a proof."""
        attempt = await self._shown(session, password, caller)
        async with self.store.unit() as uow:
            await attempts.take_back(uow, attempt)

    async def sign_out(self, session: StaffSession, caller: ClientOrigin) -> None:
        """End the session."""
        async with self.store.unit() as uow:
            await uow.staff_sessions.end(session.digest)
            await self._audit(uow, session.username, "signed_out", caller)

    def make_known(self, username: str, caller: ClientOrigin) -> str | None:
        """Return a token by which the browser of somebody who has signed in is known from now on; None where it is."""
        now = self.desk.clock.now()
        if self._device(username, caller) and known_devices.is_recent(caller.device, now):
            return None
        return known_devices.token_of(self.vault, username, self.desk.ids.token(), now.date())

    async def note_foreign_form(self, username: str, caller: ClientOrigin) -> None:
        """Audit that somebody's browser was made to sign in by a page of another site, alike ones together."""
        name, now = username.strip()[:_LONGEST_NAME], self.desk.clock.now()
        async with self.store.unit() as uow:
            facts = {**_facts(caller), "why": "foreign_form"}
            await note(uow, now, "staff", name, "denied", facts, known=partial(_is_known, uow, name))

    def _device(self, username: str, caller: ClientOrigin) -> str | None:
        return known_devices.device_of(self.vault, username, caller.device, self.desk.clock.now())

    async def _shown(self, session: StaffSession, password: str, caller: ClientOrigin) -> Attempt:
        """Check the password of somebody who has a session; return the attempt, still to be taken back."""
        name = session.username
        compared = await self._compared(name, password, limits_of_session(name, session.digest))
        if not compared.right:
            raise await self._refused(name, caller, "proof_refused")
        return compared.attempt

    async def _compared(self, username: str, password: str, limits: AttemptLimits) -> _Compared:
        """Wait for a turn, count the attempt, and compare the password; `TooManyRequests` where there were too many."""
        async with self.queue.turn(limits.source, known=limits.known):
            now = self.desk.clock.now()
            async with self.store.unit(write=False) as uow:
                await attempts.refuse_locked(uow, limits, now)
            async with self.store.unit() as uow:
                attempt = await attempts.begin(uow, limits, now)
                member, factor = await uow.people.staff(username), await uow.second_factors.get(username)
            usable = member and member.active and len(password) <= LONGEST_PASSWORD
            stored = member.password_hash if member and usable else None
            right = await self.passwords.matches(stored, password[:LONGEST_PASSWORD])
        return _Compared(attempt, stored, right, bool(factor and factor.confirmed))

    async def _new(
        self,
        username: str,
        caller: ClientOrigin,
        attempt: Attempt,
        *,
        by: str | None = None,
        second_factor: bool = False,
        ended: Sequence[StaffSession] = (),
        living: StaffSession | None = None,
    ) -> tuple[StaffSession, str]:
        """Begin a session in the place of those `ended`; it takes over the forms that are open in the first of them, if
        that is the same member's.

        Their token gives nobody anything: it counts with the cookie alone, whose token is new, and forms of other
        sites are refused by what the browser says of them. `AuthenticationFailed("password")` where the password that
        was shown (its hash is `by`) was changed meanwhile, the account was closed, or the `living` one was ended.
        """
        now, token = self.desk.clock.now(), self.desk.ids.token() + self.desk.ids.token()
        csrf = next((one.csrf for one in ended[:1] if one.username == username), None) or self.desk.ids.token()
        session = StaffSession(
            digest_of(token), username, csrf, now, now, now, second_factor, caller.address, agent_of(caller.agent)
        )
        async with self.store.unit() as uow:
            await uow.serialise(ACCOUNTS)
            member = await uow.people.staff(username)
            there = {one.digest for one in ended if await uow.staff_sessions.end(one.digest)}
            gone = living is not None and living.digest not in there
            if member is None or not member.active or by not in {None, member.password_hash} or gone:
                raise AuthenticationFailed("password")
            await attempts.take_back(uow, attempt)
            await uow.staff_sessions.add(session)
            await self._audit(uow, username, "second_factor_shown" if second_factor else "signed_in", caller)
        return session, token

    async def _prove(self, uow: UnitOfWork, session: StaffSession, caller: ClientOrigin, attempt: Attempt) -> None:
        session.proved_at = self.desk.clock.now()
        await uow.staff_sessions.proved(session.digest, session.proved_at)
        await attempts.take_back(uow, attempt)
        await self._audit(uow, session.username, "proved", caller)

    async def _use_code(self, uow: UnitOfWork, username: str, code: str) -> bool:
        """Use a code up; False when it is wrong or was used before."""
        factor = await uow.second_factors.get(username, lock=True)
        used = self._used(factor, code) if factor and factor.confirmed else None
        if used:
            await uow.second_factors.put(used)
        return used is not None

    def _used(self, factor: SecondFactor, code: str) -> SecondFactor | None:
        """Return the factor after this code was used; None when it is wrong or was used before."""
        step = step_of(self.vault.open(factor.sealed), code, self.desk.clock.now())
        if step is not None:
            return replace(factor, last_step=step) if step > factor.last_step else None
        left = paper_codes.without(self.vault, factor.username, factor.recovery, code)
        return None if left is None else replace(factor, recovery=left)

    async def _refused(self, username: str, caller: ClientOrigin, what: str) -> AuthenticationFailed:
        """Audit a refused password; return what is told, which from outside is the same whatever was wrong."""
        async with self.store.unit() as uow:
            await self._note(uow, username, what, caller)
        return AuthenticationFailed("password", detail=None if caller.inside else "outside")

    async def _note(self, uow: UnitOfWork, username: str, what: str, caller: ClientOrigin) -> None:
        """Audit a refusal, alike ones together."""
        now = self.desk.clock.now()
        await note(uow, now, "staff", username, what, _facts(caller), known=partial(_is_known, uow, username))

    async def _audit(self, uow: UnitOfWork, username: str, what: str, caller: ClientOrigin) -> None:
        await uow.audit.record(self.desk.clock.now(), f"staff:{username}", what, _facts(caller))


def _facts(caller: ClientOrigin) -> Mapping[str, Any]:
    return {"address": caller.address, "inside": caller.inside, "agent": agent_of(caller.agent)}


async def _is_known(uow: UnitOfWork, username: str) -> bool:
    return await uow.people.staff(username) is not None


async def forget_sessions(desk: Desk, store: Store) -> int:
    """Forget the sessions that ended so long ago that no form of theirs is asked back any more; return how many."""
    async with store.unit() as uow:
        return await uow.staff_sessions.sweep(desk.clock.now() - IDLE - REMEMBERED)
