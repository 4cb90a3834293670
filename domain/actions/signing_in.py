"""Signing in at the staff's site: password, second factor, fresh proofs; every refusal is counted and audited.

Nothing is told of who exists: an unknown user name costs the same time and gets the same answer as a wrong password.
Refusals are counted by user name and address together, by user name and by address, so that a guesser is stopped and
does not lock everybody else out. Whether somebody is let in or refused is decided one after the other: who knocks a
hundred times at once gets as many tries as who knocks a hundred times in a row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

from domain.actions.desk import Desk
from domain.actions.own_account import ACCOUNTS
from domain.actions.refusals import note
from domain.errors import AuthenticationFailed, TooManyRequests
from domain.ports import Passwords, Store, UnitOfWork, Vault
from domain.staff_sessions import IDLE, REMEMBERED, SecondFactor, StaffSession, agent_of, digest_of, step_of
from domain.text import compact

WINDOW = timedelta(minutes=15)
"""Refusals are counted over this time, and the door is shut for the rest of it."""

MOST_OF_PAIR, MOST_OF_USER, MOST_OF_ADDRESS = 5, 30, 30
"""Refusals of a user name from one address, of a user name from anywhere, and from one address for any user name."""

LONGEST_PASSWORD = 200
_LONGEST_NAME = 40
_DECIDING = "door"
"""What units that let somebody in, or refuse it, wait for each other by."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a call comes from: its address, its browser's own name, and whether that is inside the organisation."""

    address: str
    agent: str
    inside: bool


@dataclass(frozen=True, slots=True)
class Doorman:
    """Lets the staff in: the desk's clock and chance, the store, and what passwords and secrets are checked with."""

    desk: Desk
    store: Store
    passwords: Passwords
    vault: Vault

    async def sign_in(self, username: str, password: str, caller: Caller) -> tuple[StaffSession, str]:
        """Check the password and return a new session with its token.

        From outside the session can do nothing before its second factor was shown. Errors:
        `AuthenticationFailed("password")`, with the detail `not_enrolled` for one who is outside and has no second
        factor; `TooManyRequests`.
        """
        name = username.strip()[:_LONGEST_NAME]
        async with self.store.unit(write=False) as uow:
            await self._refuse_many(uow, name, caller)
            member = await uow.people.staff(name)
            factor = await uow.second_factors.get(name)
        known = member.password_hash if member and member.active else None
        if not await self.passwords.matches(known, password[:LONGEST_PASSWORD]):
            raise await self._refused(name, caller, "sign_in_refused")
        if not caller.inside and not (factor and factor.confirmed):
            raise await self._refused(name, caller, "sign_in_not_enrolled", "not_enrolled")
        return await self._new(name, caller, by=known)

    async def show_code(
        self, session: StaffSession, code: str, caller: Caller, *, former: StaffSession | None = None
    ) -> tuple[StaffSession, str]:
        """Check the second factor (a code of the authenticator, or one on paper, which is used up).

        The session is replaced by a new one that has it, with another token; so is `former`, a session of the same
        member in the same browser. The forms that are open there, of `former` if it is given, are the new one's.
        Errors: `AuthenticationFailed("code")`, `TooManyRequests`.
        """
        await self._check_code(session.username, code, caller)
        replaced = [former, session] if former else [session]
        return await self._new(session.username, caller, second_factor=True, instead_of=replaced)

    async def prove(self, session: StaffSession, password: str, code: str, caller: Caller) -> None:
        """Take a fresh proof: the password, and from outside a code too. Errors as above."""
        async with self.store.unit(write=False) as uow:
            await self._refuse_many(uow, session.username, caller)
            member = await uow.people.staff(session.username)
        known = member.password_hash if member and member.active else None
        if not await self.passwords.matches(known, password[:LONGEST_PASSWORD]):
            raise await self._refused(session.username, caller, "proof_refused")
        if not caller.inside:
            await self._check_code(session.username, code, caller)
        async with self.store.unit() as uow:
            await self._decide(uow, session.username, caller)
            session.proved_at = self.desk.clock.now()
            await uow.staff_sessions.proved(session.digest, session.proved_at)
            await self._audit(uow, session.username, "proved", caller)

    async def sign_out(self, session: StaffSession, caller: Caller) -> None:
        """End the session."""
        async with self.store.unit() as uow:
            await uow.staff_sessions.end(session.digest)
            await self._audit(uow, session.username, "signed_out", caller)

    async def note_foreign_form(self, username: str, caller: Caller) -> None:
        """Audit that somebody's browser was made to sign in by a page of another site, alike ones together."""
        name, now = username.strip()[:_LONGEST_NAME], self.desk.clock.now()
        async with self.store.unit() as uow:
            facts = {**_facts(caller), "why": "foreign_form"}
            await note(uow, now, "staff", name, "denied", facts, known=partial(_is_known, uow, name))

    async def _new(
        self,
        username: str,
        caller: Caller,
        *,
        by: str | None = None,
        second_factor: bool = False,
        instead_of: Sequence[StaffSession] = (),
    ) -> tuple[StaffSession, str]:
        """Begin a session. It takes over the forms that are open in the first of those whose place it takes.

        Their token gives nobody anything: it counts with the cookie alone, whose token is new, and forms of other
        sites are refused by what the browser says of them. `AuthenticationFailed("password")` where the password that
        was shown (its hash is `by`) was changed meanwhile, the account was closed, or the session at hand was ended.
        """
        now, token = self.desk.clock.now(), self.desk.ids.token() + self.desk.ids.token()
        csrf = instead_of[0].csrf if instead_of else self.desk.ids.token()
        session = StaffSession(
            digest_of(token), username, csrf, now, now, now, second_factor, caller.address, agent_of(caller.agent)
        )
        async with self.store.unit() as uow:
            await self._decide(uow, username, caller)
            await uow.serialise(ACCOUNTS)
            member = await uow.people.staff(username)
            there = [await uow.staff_sessions.end(one.digest) for one in instead_of]
            if member is None or not member.active or by not in {None, member.password_hash} or not all(there[-1:]):
                raise AuthenticationFailed("password")
            await uow.staff_sessions.add(session)
            await self._audit(uow, username, "second_factor_shown" if second_factor else "signed_in", caller)
        return session, token

    async def _check_code(self, username: str, code: str, caller: Caller) -> None:
        """Use a code up or count the refusal, in one unit; it is raised after that, so that the count stays."""
        async with self.store.unit() as uow:
            await self._decide(uow, username, caller)
            factor = await uow.second_factors.get(username, lock=True)
            used = self._used(factor, code) if factor and factor.confirmed else None
            if used:
                await uow.second_factors.put(used)
            else:
                await self._count(uow, username, caller, "code_refused")
        if not used:
            raise AuthenticationFailed("code")

    def _used(self, factor: SecondFactor, code: str) -> SecondFactor | None:
        """Return the factor after this code was used; None when it is wrong or was used before."""
        step = step_of(self.vault.open(factor.sealed), code, self.desk.clock.now())
        if step is not None:
            return replace(factor, last_step=step) if step > factor.last_step else None
        digest = digest_of(compact(code))
        left = tuple(one for one in factor.recovery if one != digest)
        return replace(factor, recovery=left) if len(left) < len(factor.recovery) else None

    async def _decide(self, uow: UnitOfWork, username: str, caller: Caller) -> None:
        """Begin to let somebody in or to refuse it: refuse what was asked before the door was shut, but comes after."""
        await uow.serialise(_DECIDING)
        await self._refuse_many(uow, username, caller)

    async def _refuse_many(self, uow: UnitOfWork, username: str, caller: Caller) -> None:
        now = self.desk.clock.now()
        for key, most in _keys(username, caller).items():
            if await uow.lines.hits(key, now, WINDOW) >= most:
                raise TooManyRequests(detail="sign_in")

    async def _refused(
        self, username: str, caller: Caller, what: str, detail: str | None = None
    ) -> AuthenticationFailed:
        """Count and audit a refused password; return what is told. `TooManyRequests` where the door is shut by now."""
        async with self.store.unit() as uow:
            await self._decide(uow, username, caller)
            await self._count(uow, username, caller, what)
        return AuthenticationFailed("password", detail=detail)

    async def _count(self, uow: UnitOfWork, username: str, caller: Caller, what: str) -> None:
        """Count and audit a refusal, alike ones together."""
        now = self.desk.clock.now()
        for key in _keys(username, caller):
            await uow.lines.hit(key, now, WINDOW)
        await note(uow, now, "staff", username, what, _facts(caller), known=partial(_is_known, uow, username))

    async def _audit(self, uow: UnitOfWork, username: str, what: str, caller: Caller) -> None:
        await uow.audit.record(self.desk.clock.now(), f"staff:{username}", what, _facts(caller))


async def forget_sessions(desk: Desk, store: Store) -> int:
    """Forget the sessions that ended so long ago that no form of theirs is asked back any more; return how many."""
    async with store.unit() as uow:
        return await uow.staff_sessions.sweep(desk.clock.now() - IDLE - REMEMBERED)


def _facts(caller: Caller) -> Mapping[str, Any]:
    return {"address": caller.address, "inside": caller.inside, "agent": agent_of(caller.agent)}


async def _is_known(uow: UnitOfWork, username: str) -> bool:
    return await uow.people.staff(username) is not None


def _keys(username: str, caller: Caller) -> dict[str, int]:
    return {
        f"door|{username}|{caller.address}": MOST_OF_PAIR,
        f"door|{username}|": MOST_OF_USER,
        f"door||{caller.address}": MOST_OF_ADDRESS,
    }
