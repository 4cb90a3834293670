"""Places where a process can be told to die: the named steps of the program, which itself is the installed one,
unchanged.

A step is reached by a wrapper around a public function of ours or of a library; where what matters is the transaction
in which that was called, by one around the unit of work as well.
"""

import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from enum import Enum, auto
from inspect import iscoroutinefunction
from typing import Any

import aiosqlite
from alembic.operations import Operations
from asyncpg.pool import PoolConnectionProxy

from channels.pishkhan_soap.calls import CallHandler
from channels.portal import mobile_steps
from channels.portal import payments as payment_pages
from channels.portal.papers import sent_papers
from channels.portal.requests import begin_pages, section_pages, summary_pages
from channels.sms import inbound, polling
from channels.sms.providers.kavenegar import Kavenegar
from channels.sms.providers.sms_ir import SmsIr
from channels.telegram import reception
from channels.telegram.carrier import BotCarrier
from domain.actions.drafts import submitting
from domain.actions.payments import advance, attempt_changes, begin, card_refund_worker
from domain.gateways.attempt import AttemptState, GatewayCall
from domain.gateways.refund_attempt import RefundAttemptState
from domain.messages.carriers import SendVerdict
from payments.bale import BaleGateway
from payments.behpardakht.gateway import BehpardakhtGateway
from payments.sadad import Sadad
from payments.saman import Saman
from payments.zarinpal import Zarinpal
from store.drafts.drafts import SqlDraftRepository
from store.drafts.files import SqlDraftFileRepository
from store.messages.inbox import SqlInboxRepository
from store.messages.outbox import SqlOutboxRepository
from store.payments.attempts import SqlPaymentAttemptRepository
from store.payments.card_refunds import SqlCardRefundRepository
from store.repositories.documents import SqlDocumentRepository
from store.repositories.history import SqlHistoryRepository
from store.repositories.idempotency_keys import SqlIdempotencyKeyRepository
from store.repositories.requests import SqlTimerRepository
from store.unit_of_work import SqlStore
from store.uploads import SqlUploadRepository


class When(Enum):
    """Moment of death, by the function that does a step."""

    BEFORE = auto()
    AFTER = auto()
    UNIT_WRITTEN = auto()
    """The unit of work that it was called in is about to be committed."""
    UNIT_COMMITTED = auto()


class Step:
    """Place where a process dies, by one of these functions (a class or module, and a name in it).

    `counts` tells whether a result makes it the step, `is_meant` whether the arguments of a call do.
    """

    def __init__(
        self,
        *functions: tuple[Any, str],
        when: When,
        counts: Callable[[Any], bool] = lambda _: True,
        is_meant: Callable[..., bool] = lambda *_, **__: True,
    ) -> None:
        self.functions = functions
        self.when = when
        self.counts = counts
        self.is_meant = is_meant


SMS_PROVIDERS = (Kavenegar, SmsIr)
BANK_GATEWAYS = (BaleGateway, BehpardakhtGateway, Sadad, Saman, Zarinpal)
COMMITS = ((aiosqlite.Connection, "execute"), (PoolConnectionProxy, "execute"))
"""The functions of the drivers by which a unit is committed, among others."""


def is_in(state: AttemptState) -> Callable[[Any], bool]:
    """Tell whether an attempt is in a state, once it is stored so."""
    return lambda attempt: attempt.state is state


def is_accepted(result: Any) -> bool:
    """Tell whether a message was accepted."""
    return result.verdict is SendVerdict.ACCEPTED


def is_commit(_connection: Any, sql: str, *_: Any, **__: Any) -> bool:
    """Tell whether a statement commits."""
    return sql.endswith("COMMIT")


def is_about_request(*arguments: Any, **_: Any) -> bool:
    """Tell whether a file is prepared for a request, whose code is the last argument."""
    return bool(arguments[5:] and arguments[5])


def is_about_draft(*arguments: Any, **named: Any) -> bool:
    """Tell whether a file is prepared for what has no code yet."""
    return not is_about_request(*arguments, **named)


STEPS = {
    "inbound_open": Step((SqlInboxRepository, "save"), when=When.AFTER),
    "inbound": Step((inbound, "receive_sms"), (polling, "receive_sms"), when=When.AFTER),
    "chat": Step((reception, "receive_update"), when=When.AFTER),
    "claim": Step((SqlOutboxRepository, "claim_due"), when=When.UNIT_COMMITTED, counts=bool),
    "accepted": Step(*((provider, "send") for provider in SMS_PROVIDERS), when=When.AFTER, counts=is_accepted),
    "bot_accepted": Step((BotCarrier, "send"), when=When.AFTER, counts=is_accepted),
    "mark": Step((SqlOutboxRepository, "save_outcome"), when=When.BEFORE),
    "mark_open": Step((SqlOutboxRepository, "save_outcome"), when=When.AFTER),
    "asked": Step(*((provider, "ask_outcomes") for provider in SMS_PROVIDERS), when=When.AFTER),
    "receipt_open": Step((SqlOutboxRepository, "apply_receipt"), when=When.AFTER),
    "timer_open": Step((SqlTimerRepository, "delete"), when=When.UNIT_WRITTEN, counts=bool),
    "counter_begun": Step(
        (SqlIdempotencyKeyRepository, "begin"), when=When.AFTER, counts=lambda earlier: earlier is None
    ),
    "counter_open": Step((SqlIdempotencyKeyRepository, "save_answer"), when=When.AFTER),
    "counter": Step((CallHandler, "handle_call"), when=When.AFTER),
    "attempt_open": Step((SqlPaymentAttemptRepository, "add"), when=When.AFTER),
    "session_call": Step(*((gateway, "start") for gateway in BANK_GATEWAYS), when=When.BEFORE),
    "session": Step(*((gateway, "start") for gateway in BANK_GATEWAYS), when=When.AFTER),
    "session_open": Step((begin, "store_change"), when=When.AFTER),
    "callback_open": Step((SqlPaymentAttemptRepository, "add_callback"), when=When.AFTER),
    "callback": Step((payment_pages, "receive_callback"), when=When.AFTER, counts=lambda attempt: attempt is not None),
    "attempt_claim": Step((SqlPaymentAttemptRepository, "claim_due"), when=When.UNIT_COMMITTED, counts=bool),
    "bank_answer": Step(
        *((gateway, call.value) for gateway in BANK_GATEWAYS for call in GatewayCall),
        when=When.AFTER,
    ),
    "settle_answer": Step((BehpardakhtGateway, "settle"), when=When.AFTER),
    "bank_answer_open": Step((advance, "is_foreign_sale"), when=When.UNIT_WRITTEN),
    "attempt_verified": Step((advance, "store_change"), when=When.UNIT_COMMITTED, counts=is_in(AttemptState.VERIFIED)),
    "attempt_settled": Step((advance, "store_change"), when=When.UNIT_COMMITTED, counts=is_in(AttemptState.SETTLED)),
    "payment_open": Step((attempt_changes, "record_payment"), when=When.AFTER),
    "draft_begun_open": Step((SqlDraftRepository, "add"), when=When.AFTER),
    "draft_begun": Step((begin_pages, "begin_draft"), when=When.UNIT_COMMITTED),
    "draft_open": Step((SqlDraftRepository, "save"), when=When.AFTER),
    "section_saved": Step((section_pages, "save_section"), when=When.UNIT_COMMITTED),
    "code_asked_open": Step((mobile_steps, "send_session_code"), when=When.AFTER),
    "code_asked": Step((mobile_steps, "send_session_code"), when=When.UNIT_COMMITTED),
    "code_confirmed_open": Step((mobile_steps, "confirm_session_code"), when=When.AFTER),
    "code_confirmed": Step((mobile_steps, "keep_session_token"), when=When.BEFORE),
    "draft_submit": Step((summary_pages, "submit_draft"), when=When.BEFORE),
    "request_of_draft_open": Step((submitting, "submit_request"), when=When.AFTER),
    "draft_submitted_open": Step((summary_pages, "submit_draft"), when=When.AFTER),
    "draft_submitted": Step((summary_pages, "submit_draft"), when=When.UNIT_COMMITTED),
    "upload_chunk_open": Step((SqlUploadRepository, "append_chunk"), when=When.AFTER),
    "upload_chunk_saved": Step((SqlUploadRepository, "append_chunk"), when=When.UNIT_COMMITTED),
    "draft_file_prepared": Step((sent_papers, "prepare_file"), when=When.AFTER, is_meant=is_about_draft),
    "draft_file_open": Step((SqlDraftFileRepository, "add"), when=When.AFTER),
    "draft_file_saved": Step((SqlDraftFileRepository, "add"), when=When.UNIT_COMMITTED),
    "file_prepared": Step((sent_papers, "prepare_file"), when=When.AFTER, is_meant=is_about_request),
    "document_open": Step((SqlDocumentRepository, "add"), when=When.AFTER),
    "document_added": Step((SqlDocumentRepository, "add"), when=When.UNIT_COMMITTED),
    "refund_claim": Step((SqlCardRefundRepository, "claim_due"), when=When.UNIT_COMMITTED, counts=bool),
    "refund_sent": Step(
        (card_refund_worker, "store_refund_change"),
        when=When.UNIT_COMMITTED,
        counts=lambda refund: refund.state is RefundAttemptState.SENT,
    ),
    "refund_answer": Step(
        *((gateway, call) for gateway in BANK_GATEWAYS for call in ("refund", "inquire_refund")), when=When.AFTER
    ),
    "refund_answer_open": Step(
        (card_refund_worker, "store_refund_change"), when=When.AFTER, counts=lambda refund: not refund.state.is_open
    ),
    "seal": Step((SqlHistoryRepository, "add_seal"), when=When.AFTER),
    "commit": Step(*COMMITS, when=When.BEFORE, is_meant=is_commit),
    "committed": Step(*COMMITS, when=When.AFTER, is_meant=is_commit),
    "migration": Step((Operations, "invoke"), when=When.AFTER),
}
"""The named steps. What ends in `_open`, and a seal, was written into a unit of work that is not committed yet."""


unit_marks: ContextVar[list[Any]] = ContextVar("unit_marks")
"""Calls of the step in the open unit of work of a task."""


class Reaper:
    """Kills this process when the step comes for the `at`-th time."""

    def __init__(self, step: Step, at: int) -> None:
        self._left = at
        self.step = step

    def pass_by(self) -> None:
        """Count the step."""
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def foresee(self) -> None:
        """Note that a function is about to be called."""
        if self.step.when is When.BEFORE:
            self.pass_by()

    def note(self, result: Any) -> Any:
        """Note that a function was called; return its result."""
        if self.step.counts(result):
            if self.step.when is When.AFTER:
                self.pass_by()
            unit_marks.get([]).append(result)
        return result


def make_mortal(name: str, at: int) -> None:
    """Let this process die when the step comes for the `at`-th time."""
    reaper = Reaper(STEPS[name], at)
    for owner, function in reaper.step.functions:
        setattr(owner, function, wrapped(getattr(owner, function), reaper))
    SqlStore.open_unit = watched(SqlStore.open_unit, reaper)  # type: ignore[method-assign]


def wrapped(original: Any, reaper: Reaper) -> Any:
    """The function, with its calls noted: a coroutine function, a plain one, or one of aiosqlite's, whose result is
    awaited where the call is meant.
    """

    async def awaited(*args: Any, **named: Any) -> Any:
        if not reaper.step.is_meant(*args, **named):
            return await original(*args, **named)
        reaper.foresee()
        return reaper.note(await original(*args, **named))

    def called(*args: Any, **named: Any) -> Any:
        if not reaper.step.is_meant(*args, **named):
            return original(*args, **named)
        if reaper.step.functions == COMMITS:
            return awaited(*args, **named)
        reaper.foresee()
        return reaper.note(original(*args, **named))

    return awaited if iscoroutinefunction(original) else called


def watched(open_unit: Any, reaper: Reaper) -> Any:
    """The function that opens units of work, with a look at those in which the step was called."""

    @asynccontextmanager
    async def open_watched(*args: Any, **named: Any) -> AsyncIterator[Any]:
        marks = list[Any]()
        marks_before = unit_marks.set(marks)
        try:
            async with open_unit(*args, **named) as uow:
                yield uow
                if marks and reaper.step.when is When.UNIT_WRITTEN:
                    reaper.pass_by()
        finally:
            unit_marks.reset(marks_before)
        if marks and reaper.step.when is When.UNIT_COMMITTED:
            reaper.pass_by()

    return open_watched
