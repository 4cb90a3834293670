"""An authenticated call in one unit of work: who calls, is it new, what comes of it.

Nonce, call, its work and its answer are committed together, so a call is done and answered or not at all, whatever
dies; the same `clientRequestId` with the same body then gets the same answer, and with another body is refused.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache, partial
from typing import Any

from channels.pishkhan_soap.call_rate import CallRate
from channels.pishkhan_soap.operation import CounterCall, Operation
from channels.pishkhan_soap.operations.declared import CHANNEL_KEY
from channels.pishkhan_soap.reasons import SoapAuthenticationReason, SoapRateReason, SoapReplayReason
from channels.pishkhan_soap.schema import NAMESPACE
from channels.pishkhan_soap.shapes import REQUEST_HEAD
from channels.pishkhan_soap.username_token import UsernameToken, refuse_stale_token
from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.documents.preparing import prepare_file
from domain.actions.offices.accounts import clear_lock_out, lock_out_address
from domain.actions.staff.read_events import record_read_event
from domain.actions.staff.refusals import record_refusal
from domain.audit.read_events import ReadKind, describe_filters
from domain.idempotency.ports import RecordedOperation
from domain.offices.office import Office, attempt_key
from domain.papers.ports import Printer
from domain.unit_of_work import Store, UnitOfWork, Vault
from domain.values import identifiers
from domain.values.actors import Actor, Role
from domain.values.calendar import clock_text, to_tehran
from domain.values.errors import (
    AuthenticationFailed,
    DomainError,
    DuplicateRequest,
    Forbidden,
    InvalidField,
    NotFound,
    Replayed,
    TooManyRequests,
    Unavailable,
)
from domain.values.files import PreparedFile, digest_content
from domain.values.reasons import DuplicateReason, ForbiddenReason, NotFoundReason

LOCK_ATTEMPTS = 10
"""Refused tokens of one office from one address, in the window and without a right one, that lock the address out."""

LOCK_WINDOW = timedelta(minutes=15)

PROVED_REASONS = frozenset(
    {SoapAuthenticationReason.CLOCK, SoapAuthenticationReason.TEHRAN_AS_UTC, SoapAuthenticationReason.ADDRESS}
)
"""Refusals of a token that a key proved."""

UNCOUNTED_REASONS = PROVED_REASONS | {SoapAuthenticationReason.LOCKED}
"""Refusals that are not counted: who has the key guesses nothing, and who is locked out was counted."""

FURTHEST_CLOCK = timedelta(days=3650)
"""A token's moment beyond it is kept as if it were this: no clock of ours ever comes there."""

LEAST_KEYS_COMPARED = 2
"""A refused token was compared with so many keys at least, as many as an office has while it changes them: the time
that it took does not tell whether its user name is an office's.
"""


HEAD_KEYS = frozenset(element.key for element in REQUEST_HEAD)
"""Values that every call has; all others are the operation's own."""


@dataclass(frozen=True, slots=True)
class CounterCaller:
    """Origin of a call: the address, and whether nobody on the way could read it."""

    address: str
    is_private: bool


@dataclass(frozen=True, slots=True)
class PendingAnswer:
    """A call whose work is committed and whose answer is still to be completed."""

    call_id: str
    answer_values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CallHandler:
    """Takes the calls of counter offices."""

    dependencies: Dependencies
    """Dependencies of all actions."""
    store: Store
    """Opens the unit of work of a call."""
    vault: Vault
    """Opens the offices' keys, which tokens are compared with."""
    printer: Printer
    """Makes the papers that an answer may bear."""
    clock_skew: timedelta
    """Allowed distance of a caller's clock from ours."""
    call_rate: CallRate
    """Rate at which each office may call."""
    _nobodys: str = field(init=False, repr=False)
    """A key that no office has, sealed as theirs are."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_nobodys", self.vault.seal_secret(secrets.token_hex(16)))

    async def handle_call(
        self, operation: Operation, call_values: Mapping[str, Any], token: UsernameToken, caller: CounterCaller
    ) -> str:
        """Return the answer's body, of this call or of the earlier one that it repeats; raises domain errors."""
        await self._refuse_over_rate(token, caller)
        prepared_values = await self._prepare_values(operation, call_values, token, caller)
        try:
            async with self.store.open_unit() as uow:
                office = await self.authenticate_office(uow, token, caller)
                call_result = await self._run_once(uow, office, operation, call_values, prepared_values)
        except DomainError as error:
            if error.code != "unavailable":
                await self.retain_nonce(token, caller, error)
            raise
        return (
            call_result if isinstance(call_result, str) else await self._complete_answer(office, operation, call_result)
        )

    async def _prepare_values(
        self, operation: Operation, call_values: Mapping[str, Any], token: UsernameToken, caller: CounterCaller
    ) -> Mapping[str, Any] | DomainError:
        """Return the values of a call with its files prepared, or why they are not: that is for the unit to raise,
        which finds out first who calls.
        """
        if operation.prepare_values is None:
            return call_values
        try:
            async with self.store.open_unit(write=False) as uow:
                new_call = await self._admit_new_call(uow, call_values, token, caller)
                if operation.admit_files is not None:
                    await operation.admit_files(new_call)
            return await operation.prepare_values(partial(self._prepare_file, new_call.clerk), call_values)
        except DomainError as refusal:
            return refusal

    async def _admit_new_call(
        self, uow: UnitOfWork, call_values: Mapping[str, Any], token: UsernameToken, caller: CounterCaller
    ) -> CounterCall:
        """Return a call that is admitted and new, in a unit that only reads; raises why it is not.

        Files of any other call are not opened: that costs a scan, which nobody shall cause again and again.
        """
        office = await self._admit_office(uow, token, caller)
        if token.nonce and await uow.office_nonces.is_taken(office.code, token.nonce_digest):
            raise Replayed("Nonce", SoapReplayReason.NONCE)
        clerk = _identify_caller(office, call_values)
        if await uow.idempotency_keys.find(office.code, call_values["call_id"], self.dependencies.clock.now()):
            raise Unavailable("clientRequestId")  # its answer is given again; who hears this came as it was forgotten
        return CounterCall(self.dependencies, uow, office, clerk, call_values)

    async def _prepare_file(self, clerk: Actor, file_name: str, content: bytes) -> PreparedFile:
        return await prepare_file(self.dependencies, self.store, file_name, content, clerk)

    async def _complete_answer(self, office: Office, operation: Operation, pending: PendingAnswer) -> str:
        """Complete an answer outside of any unit, and keep it."""
        assert operation.complete_answer is not None, "such a call is never begun"  # noqa: S101 - holds by construction
        answer_body = render_body(operation, await operation.complete_answer(self.printer, pending.answer_values))
        async with self.store.open_unit() as uow:
            await uow.idempotency_keys.save_answer(office.code, pending.call_id, answer_body)
        return answer_body

    async def _refuse_over_rate(self, token: UsernameToken, caller: CounterCaller) -> None:
        """Raise `TooManyRequests` for an office that calls too often; who proves no key hears of that alone.

        A unit that only reads suffices: nothing of the call is taken, and the same message may come again.
        """
        next_moment = self.call_rate.find_next_moment(token.username, self.dependencies.clock.now())
        if next_moment is None:
            return
        async with self.store.open_unit(write=False) as uow:
            await self._admit_office(uow, token, caller)
        until = clock_text(to_tehran(next_moment + timedelta(seconds=59)))  # the minute that has begun by then
        raise TooManyRequests("officeCode", SoapRateReason.OFFICE, until=until)

    async def retain_nonce(self, token: UsernameToken, caller: CounterCaller, refusal: DomainError) -> None:
        """Take the nonce of a call that was refused: whoever saw it shall not send another body with it.

        Nothing is written for a token that no key proves, so strangers cost no more than a denial.
        """
        if isinstance(refusal, AuthenticationFailed) and refusal.reason not in PROVED_REASONS:
            return
        async with self.store.open_unit(write=False) as uow:
            office = _active_office(await uow.offices.find_by_username(token.username))
        if not self._proves_key(office, token, self.dependencies.clock.now()) or office is None:
            return
        async with self.store.open_unit() as uow:
            await self._take_nonce(uow, office, token)
            if office.admits_address(caller.address):
                await clear_lock_out(ActionContext(self.dependencies, uow), office, caller.address, LOCK_WINDOW)

    async def _take_nonce(self, uow: UnitOfWork, office: Office, token: UsernameToken) -> bool:
        now = self.dependencies.clock.now()
        made_at = min(max(token.parse_created() or now, now), now + FURTHEST_CLOCK)
        ends_at = made_at + 2 * self.clock_skew
        return not token.nonce or await uow.office_nonces.take(office.code, token.nonce_digest, ends_at)

    async def authenticate_office(self, uow: UnitOfWork, token: UsernameToken, caller: CounterCaller) -> Office:
        """Return the office that the token proves; its nonce is taken in this unit."""
        office = await self._admit_office(uow, token, caller)
        if not await self._take_nonce(uow, office, token):
            raise Replayed("Nonce", SoapReplayReason.NONCE)
        self.call_rate.count_call(token.username, self.dependencies.clock.now())
        await clear_lock_out(ActionContext(self.dependencies, uow), office, caller.address, LOCK_WINDOW)
        return office

    async def _admit_office(self, uow: UnitOfWork, token: UsernameToken, caller: CounterCaller) -> Office:
        """Return the office that the token proves, if it may call from there and now; nothing is changed.

        Who does not prove a key learns nothing of the office, not even by the time, whether there is one.
        """
        now = self.dependencies.clock.now()
        office = _active_office(await uow.offices.find_by_username(token.username))
        if not token.is_digested and not caller.is_private:
            raise AuthenticationFailed("Password", SoapAuthenticationReason.PLAIN_TEXT)
        if not self._proves_key(office, token, now) or office is None:
            raise await self._build_denial(uow, office, token, caller)
        if not office.admits_address(caller.address):
            raise AuthenticationFailed("Username", SoapAuthenticationReason.ADDRESS)
        refuse_stale_token(token, now, self.clock_skew)
        return office

    def _proves_key(self, office: Office | None, token: UsernameToken, now: datetime) -> bool:
        sealed_keys = [office_key.sealed for office_key in office.list_usable_keys(now)] if office else []
        if not token.proving_keys.isdisjoint(sealed_keys):
            return True  # an earlier unit of this call compared them
        proving_keys = [sealed for sealed in sealed_keys if token.is_proved_by([self.vault.unseal_secret(sealed)])]
        token.proving_keys.update(proving_keys)
        is_proved = bool(proving_keys)
        if not is_proved:
            token.is_proved_by(
                self.vault.unseal_secret(self._nobodys) for _ in range(len(sealed_keys), LEAST_KEYS_COMPARED)
            )
        return is_proved

    async def _build_denial(
        self, uow: UnitOfWork, office: Office | None, token: UsernameToken, caller: CounterCaller
    ) -> AuthenticationFailed:
        """Return the error for the caller: who is locked out, an office or a stranger, learns so."""
        now = self.dependencies.clock.now()
        is_locked_out = await uow.lines.is_blocked(attempt_key(token.username, caller.address), now)
        if office.is_locked_out(caller.address, now) if office else is_locked_out:
            return AuthenticationFailed("Username", SoapAuthenticationReason.LOCKED)
        return AuthenticationFailed("UsernameToken")

    async def _run_once(
        self,
        uow: UnitOfWork,
        office: Office,
        operation: Operation,
        body_values: Mapping[str, Any],
        prepared_values: Mapping[str, Any] | DomainError,
    ) -> str | PendingAnswer:
        clerk = _identify_caller(office, body_values)
        call_id, now = body_values["call_id"], self.dependencies.clock.now()
        call_values = {key: value for key, value in body_values.items() if key not in HEAD_KEYS}
        call_digest = digest_call(operation, clerk, call_values)
        earlier_call = await uow.idempotency_keys.begin(
            office.code, call_id, call_digest, operation.name, now + operation.answer_lifetime, now
        )
        earlier_answer = _find_earlier_answer(operation, earlier_call, call_digest) if earlier_call else None
        if earlier_answer is not None:
            return earlier_answer
        operation_values = _select_prepared(call_values, prepared_values)
        call = CounterCall(self.dependencies, uow, office, clerk, operation_values)
        answer_values = await self._run_operation(operation, call)
        if operation.complete_answer:
            return PendingAnswer(call_id, answer_values)
        answer_body = render_body(operation, answer_values)
        await uow.idempotency_keys.save_answer(office.code, call_id, answer_body)
        return answer_body

    async def _run_operation(self, operation: Operation, call: CounterCall) -> Mapping[str, Any]:
        """Return the answer's values; that personal data was read is recorded with it."""
        answer_values = await operation.run_operation(call)
        if operation.reads_personal_data:
            now, subject = self.dependencies.clock.now(), _describe_reading(operation, call.values)
            await record_read_event(call.uow.audit, now, call.clerk.label, ReadKind.OFFICE_CALL, subject)
        return answer_values

    async def record_refusal(self, username: str, caller: CounterCaller, error: DomainError, operation: str) -> None:
        """Record a refused call (equal ones together), and lock its address out after too many.

        Who has the key and a wrong clock or network goes on learning what is wrong.
        """
        now = self.dependencies.clock.now()
        audit_facts = {"username": username, "address": caller.address, "operation": operation, "error": str(error)}
        async with self.store.open_unit() as uow:
            await record_refusal(
                uow,
                now,
                "office",
                username,
                "counter_refused",
                audit_facts,
                is_known=partial(_is_registered, uow, username),
            )
            if username and isinstance(error, AuthenticationFailed) and error.reason not in UNCOUNTED_REASONS:
                await self._count_attempt(uow, username, caller, now)

    async def _count_attempt(self, uow: UnitOfWork, username: str, caller: CounterCaller, now: datetime) -> None:
        attempt_pair = attempt_key(username, caller.address)
        if await uow.lines.add_hit(attempt_pair, now, LOCK_WINDOW) < LOCK_ATTEMPTS:
            return
        office = _active_office(await uow.offices.find_by_username(username))
        if office is None:
            await uow.lines.block_until(attempt_pair, now + LOCK_WINDOW)
        elif not office.is_locked_out(caller.address, now):
            await lock_out_address(ActionContext(self.dependencies, uow), office.code, caller.address, LOCK_WINDOW)


async def _is_registered(uow: UnitOfWork, username: str) -> bool:
    return await uow.offices.find_by_username(username) is not None


def _find_earlier_answer(operation: Operation, earlier_call: RecordedOperation, call_digest: str) -> str | None:
    """Return what an earlier call with the same id was answered; None where its answer is still to be completed."""
    if earlier_call.digest != call_digest:
        raise DuplicateRequest("clientRequestId", DuplicateReason.CALL_ID_USED)
    if earlier_call.answer is None and operation.complete_answer is None:
        raise NotFound("clientRequestId", NotFoundReason.ANSWER_ERASED)
    return earlier_call.answer


def _select_prepared(
    call_values: Mapping[str, Any], prepared_values: Mapping[str, Any] | DomainError
) -> Mapping[str, Any]:
    """Return the values of a call with its files prepared; raises why one of them is not taken."""
    if isinstance(prepared_values, DomainError):
        raise prepared_values
    return {key: prepared_values[key] for key in call_values}


def _active_office(office: Office | None) -> Office | None:
    """Return the office unless it is switched off: then it is nobody."""
    return office if office and office.active else None


def _identify_caller(office: Office, call_values: Mapping[str, Any]) -> Actor:
    """Return the clerk whom a call names; `Forbidden("officeCode")` where it names another office."""
    if call_values["office"].lower() != office.code.lower():
        raise Forbidden("officeCode", ForbiddenReason.OTHER_OFFICE)
    return identify_clerk(office, call_values["clerk"])


def identify_clerk(office: Office, national_code: str) -> Actor:
    """Return the clerk as the history keeps it; `InvalidField("clerkNationalCode")`."""
    try:
        return _build_clerk(office.code, national_code)
    except InvalidField:
        raise InvalidField("clerkNationalCode") from None


@lru_cache(maxsize=4096)
def _build_clerk(office_code: str, national_code: str) -> Actor:
    # The same clerks call all day long.
    clerk_identity = f"{office_code}/{identifiers.parse_national_code(national_code)}"
    return Actor(frozenset({Role.CLERK}), "clerk", clerk_identity, CHANNEL_KEY, office_code=office_code)


def _describe_reading(operation: Operation, call_values: Mapping[str, Any]) -> str:
    """Return which operation was asked about what, with masked values."""
    named = describe_filters(
        (name, str(value)) for name, value in call_values.items() if isinstance(value, str | int | date)
    )
    return f"{operation.name} {named}".strip()


def digest_call(operation: Operation, clerk: Actor, call_values: Mapping[str, Any]) -> str:
    """Return what a repeated call must have in common with the first: operation, clerk and every value."""
    canonical_json = _JSON_ENCODER.encode([operation.name, clerk.identifier, call_values])
    return hashlib.sha256(canonical_json.encode()).hexdigest()


def _digest_value(value: bytes | date | time) -> str:
    """Return what stands for a file, a day or moment, and an hour."""
    match value:
        case bytes():
            return digest_content(value)
        case time():
            return value.strftime("%H:%M")
        case _:
            return value.isoformat()


_JSON_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, check_circular=False, default=_digest_value)


def render_body(operation: Operation, values: Mapping[str, Any]) -> str:
    """Return an answer's element."""
    return f'<{operation.answer.name} xmlns="{NAMESPACE}">{operation.answer.to_xml(values)}</{operation.answer.name}>'
