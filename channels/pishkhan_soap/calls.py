"""An authenticated call in one unit of work: who calls, is it new, what comes of it.

Nonce, call, its work and its answer are committed together, so a call is done and answered or not at all, whatever
dies; the same `clientRequestId` with the same body then gets the same answer, and with another body is refused.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import Any

from channels.pishkhan_soap.declared import CHANNEL
from channels.pishkhan_soap.operation import CounterCall, Operation
from channels.pishkhan_soap.schema import NAMESPACE
from channels.pishkhan_soap.username_token import CLOCK, UsernameToken, refuse_old
from domain.actions.desk import Desk
from domain.actions.offices.accounts import key_proved, lock_out
from domain.actions.staff.refusals import note
from domain.offices.office import Office, attempts_of
from domain.papers.ports import Printer
from domain.unit_of_work import Store, UnitOfWork, Vault
from domain.values import identifiers
from domain.values.actors import Actor, Role
from domain.values.errors import (
    AuthenticationFailed,
    DomainError,
    DuplicateRequest,
    Forbidden,
    InvalidField,
    NotFound,
    Replayed,
)

LOCK_ATTEMPTS = 10
"""Refused tokens of one office from one address, in the window and without a right one, that lock the address out."""

LOCK_WINDOW = timedelta(minutes=15)

LOCKED = "locked"
"""The detail of a refused token from an address that is locked out."""

ADDRESS = "address"
"""The detail of a call that a key proved, and that came from another network than the office is bound to."""

NO_GUESSES = frozenset({CLOCK, ADDRESS, LOCKED})
"""Details of refusals that are not counted: who has the key guesses nothing, and who is locked out was counted."""

KEYS_TRIED = 2
"""A refused token was tried against so many keys at least, as many as an office has while it changes them: the time
that it took does not tell whether its user name is an office's.
"""


@dataclass(frozen=True, slots=True)
class CounterCaller:
    """Where a call comes from: the address, and whether nobody on the way could read it."""

    address: str
    private: bool


@dataclass(frozen=True, slots=True)
class Begun:
    """A call whose work is committed and whose answer is still to be completed."""

    call_id: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Counter:
    """Takes calls. `skew` is how far a caller's clock may be from ours."""

    desk: Desk
    store: Store
    vault: Vault
    printer: Printer
    skew: timedelta
    _nobodys: str = field(init=False, repr=False)
    """A key that no office has, sealed as theirs are."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_nobodys", self.vault.close(secrets.token_hex(16)))

    async def take(
        self, operation: Operation, values: Mapping[str, Any], token: UsernameToken, caller: CounterCaller
    ) -> str:
        """Return the answer's body, of this call or of the earlier one that it repeats; raises domain errors."""
        office = None
        try:
            async with self.store.unit() as uow:
                office = await self.authenticated(uow, token, caller)
                done = await self._once(uow, office, operation, values)
        except DomainError as error:
            if office is not None and error.code != "unavailable":
                await self._keep_nonce(office, token, caller)
            raise
        return done if isinstance(done, str) else await self._completed(office, operation, done)

    async def _completed(self, office: Office, operation: Operation, begun: Begun) -> str:
        """Complete an answer outside of any unit, and keep it."""
        assert operation.completes is not None, "such a call is never begun"  # noqa: S101 - holds by construction
        answer = body_of(operation, await operation.completes(self.printer, begun.values))
        async with self.store.unit() as uow:
            await uow.calls.answer(office.code, begun.call_id, answer)
        return answer

    async def _keep_nonce(self, office: Office, token: UsernameToken, caller: CounterCaller) -> None:
        """Take the nonce of a call that was undone: it shall not be taken again, by whoever saw it, to better luck."""
        async with self.store.unit() as uow:
            await self._take_nonce(uow, office, token)
            await key_proved(self.desk, uow, office, caller.address, LOCK_WINDOW)

    async def _take_nonce(self, uow: UnitOfWork, office: Office, token: UsernameToken) -> bool:
        ends_at = self.desk.clock.now() + 2 * self.skew
        return not token.nonce or await uow.calls.take_nonce(office.code, token.nonce_name, ends_at)

    async def authenticated(self, uow: UnitOfWork, token: UsernameToken, caller: CounterCaller) -> Office:
        """Return the office that the token proves; its nonce is taken in this unit.

        Who does not prove a key learns nothing of the office, not even by the time, whether there is one.
        """
        now = self.desk.clock.now()
        office = _serving(await uow.offices.by_username(token.username))
        if not token.digested and not caller.private:
            raise AuthenticationFailed("Password", detail="plain_text")
        if not self._proved(office, token, now) or office is None:
            raise await self._denied(uow, office, token, caller)
        if not office.admits(caller.address):
            raise AuthenticationFailed("Username", detail=ADDRESS)
        refuse_old(token, now, self.skew)
        if not await self._take_nonce(uow, office, token):
            raise Replayed("Nonce", detail="nonce")
        await key_proved(self.desk, uow, office, caller.address, LOCK_WINDOW)
        return office

    def _proved(self, office: Office | None, token: UsernameToken, now: datetime) -> bool:
        keys = office.usable_keys(now) if office else ()
        proved = token.proves(self.vault.open(key.sealed) for key in keys)
        if not proved:
            token.proves(self.vault.open(self._nobodys) for _ in range(len(keys), KEYS_TRIED))
        return proved

    async def _denied(
        self, uow: UnitOfWork, office: Office | None, token: UsernameToken, caller: CounterCaller
    ) -> AuthenticationFailed:
        """Return what is told: who is locked out, an office or a stranger, is told so."""
        now = self.desk.clock.now()
        shut = await uow.lines.is_shut(attempts_of(token.username, caller.address), now)
        if office.locked(caller.address, now) if office else shut:
            return AuthenticationFailed("Username", detail=LOCKED)
        return AuthenticationFailed("UsernameToken")

    async def _once(
        self, uow: UnitOfWork, office: Office, operation: Operation, said: Mapping[str, Any]
    ) -> str | Begun:
        values = dict(said)
        if values.pop("office").lower() != office.code.lower():
            raise Forbidden("officeCode", detail="other_office")
        clerk, call_id, now = clerk_of(office, values.pop("clerk")), values.pop("call_id"), self.desk.clock.now()
        digest = digest_of(operation, clerk, values)
        earlier = await uow.calls.begin(office.code, call_id, digest, operation.name, now + operation.keeps, now)
        if earlier is not None:
            if earlier.digest != digest:
                raise DuplicateRequest("clientRequestId", detail="call_id_used")
            if earlier.answer is not None:
                return earlier.answer
            if operation.completes is None:
                raise NotFound("clientRequestId", detail="answer_erased")
        found = await operation.run(CounterCall(self.desk, uow, office, clerk, values))
        if operation.completes:
            return Begun(call_id, found)
        answer = body_of(operation, found)
        await uow.calls.answer(office.code, call_id, answer)
        return answer

    async def note_refusal(self, username: str, caller: CounterCaller, error: DomainError, operation: str) -> None:
        """Record a refused call (alike ones together), and lock its address out after too many.

        Who has the key and a wrong clock or network goes on being told what is wrong.
        """
        now = self.desk.clock.now()
        detail = {"username": username, "address": caller.address, "operation": operation, "error": str(error)}
        async with self.store.unit() as uow:
            await note(uow, now, "office", username, "counter_refused", detail, known=partial(_is_known, uow, username))
            if username and isinstance(error, AuthenticationFailed) and error.detail not in NO_GUESSES:
                await self._count(uow, username, caller, now)

    async def _count(self, uow: UnitOfWork, username: str, caller: CounterCaller, now: datetime) -> None:
        pair = attempts_of(username, caller.address)
        if await uow.lines.hit(pair, now, LOCK_WINDOW) < LOCK_ATTEMPTS:
            return
        office = _serving(await uow.offices.by_username(username))
        if office is None:
            await uow.lines.shut(pair, now + LOCK_WINDOW)
        elif not office.locked(caller.address, now):
            await lock_out(self.desk, uow, office.code, caller.address, LOCK_WINDOW)


async def _is_known(uow: UnitOfWork, username: str) -> bool:
    return await uow.offices.by_username(username) is not None


def _serving(office: Office | None) -> Office | None:
    """Return the office unless it is switched off: then it is nobody."""
    return office if office and office.active else None


def clerk_of(office: Office, national_code: str) -> Actor:
    """Return the clerk as the history keeps it; `InvalidField("clerkNationalCode")`."""
    try:
        return _clerk(office.code, national_code)
    except InvalidField:
        raise InvalidField("clerkNationalCode") from None


@lru_cache(maxsize=4096)
def _clerk(office: str, national_code: str) -> Actor:
    # The same clerks call all day long.
    ident = f"{office}/{identifiers.national_code(national_code)}"
    return Actor(frozenset({Role.CLERK}), "clerk", ident, CHANNEL, office=office)


def digest_of(operation: Operation, clerk: Actor, values: Mapping[str, Any]) -> str:
    """Return what a repeated call must have in common with the first: operation, clerk and every value."""
    said = _JSON.encode([operation.name, clerk.ident, values])
    return hashlib.sha256(said.encode()).hexdigest()


def _hashed(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True, check_circular=False, default=_hashed)


def body_of(operation: Operation, values: Mapping[str, Any]) -> str:
    """Return an answer's element."""
    return f'<{operation.answer.name} xmlns="{NAMESPACE}">{operation.answer.xml(values)}</{operation.answer.name}>'
