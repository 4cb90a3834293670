"""Places where a process can be told to die: the named steps of the program, which itself is the installed one,
unchanged.

A step is reached by a wrapper around the function that does it.
"""

import os
import signal
from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any

from alembic.operations import Operations

from channels.pishkhan_soap.calls import CallHandler
from channels.portal import mobile_steps
from channels.portal import payments as payment_pages
from channels.portal.mobile_steps import MobileSteps
from channels.portal.papers import sent_papers
from channels.portal.papers.upload_calls import UploadCalls
from channels.portal.requests import summary_pages
from channels.portal.requests.begin_pages import BeginPages
from channels.portal.requests.paper_pages import PaperPages
from channels.portal.requests.section_pages import SectionPages
from channels.portal.requests.summary_pages import SummaryPages
from channels.portal.tracking.request_papers import RequestPaperPage
from channels.relay.relay import Relay
from channels.sms import inbound, polling
from channels.sms.providers.kavenegar import Kavenegar
from channels.sms.providers.sms_ir import SmsIr
from channels.telegram import reception
from channels.telegram.carrier import BotCarrier
from domain.actions.drafts import submitting
from domain.actions.payments import begin, card_refund_worker, changes
from domain.actions.payments.advance import AttemptWorker
from domain.actions.payments.card_refund_worker import CardRefundWorker
from domain.actions.requests import timers
from domain.gateways.attempt import AttemptState
from domain.messages.carriers import SendVerdict
from payments.bale import BaleGateway
from payments.behpardakht.gateway import BehpardakhtGateway
from payments.sadad import Sadad
from payments.saman import Saman
from payments.zarinpal import Zarinpal
from store.drafts.drafts import SqlDraftRepository
from store.drafts.files import SqlDraftFileRepository
from store.engines.postgresql_session import PostgresqlSession
from store.engines.shared_commit import SharedWriter
from store.messages.inbox import SqlInboxRepository
from store.messages.outbox import SqlOutboxRepository
from store.payments.attempts import SqlPaymentAttemptRepository
from store.repositories.documents import SqlDocumentRepository
from store.repositories.history import SqlHistoryRepository
from store.repositories.idempotency_keys import SqlIdempotencyKeyRepository
from store.uploads import SqlUploadRepository


class Step:
    """Place where a process dies: before or after one of these functions (a class or module, and a name in it).

    `counts` tells whether a result makes it the step.
    """

    def __init__(
        self, *functions: tuple[Any, str], after: bool, counts: Callable[[Any], bool] = lambda _: True
    ) -> None:
        self.functions = functions
        self.after = after
        self.counts = counts


SMS_PROVIDERS = (Kavenegar, SmsIr)
BANK_GATEWAYS = (BaleGateway, BehpardakhtGateway, Sadad, Saman, Zarinpal)


def is_in(state: AttemptState) -> Callable[[Any], bool]:
    """Tell whether an attempt is in a state, once it is stored so."""
    return lambda attempt: attempt.state is state


STEPS = {
    "inbound_open": Step((SqlInboxRepository, "save"), after=True),
    "inbound": Step((inbound, "receive_sms"), (polling, "receive_sms"), after=True),
    "chat": Step((reception, "receive_update"), after=True),
    "claim": Step((Relay, "_claim_batch"), after=True, counts=lambda claimed: bool(claimed[0])),
    "accepted": Step(
        *((provider, "send") for provider in SMS_PROVIDERS),
        after=True,
        counts=lambda result: result.verdict is SendVerdict.ACCEPTED,
    ),
    "bot_accepted": Step(
        (BotCarrier, "send"), after=True, counts=lambda result: result.verdict is SendVerdict.ACCEPTED
    ),
    "mark": Step((SqlOutboxRepository, "save_outcome"), after=False),
    "mark_open": Step((SqlOutboxRepository, "save_outcome"), after=True),
    "asked": Step(*((provider, "ask_outcomes") for provider in SMS_PROVIDERS), after=True),
    "receipt_open": Step((SqlOutboxRepository, "apply_receipt"), after=True),
    "timer_open": Step((timers, "_run_timer"), after=True),
    "counter_begun": Step((SqlIdempotencyKeyRepository, "begin"), after=True, counts=lambda earlier: earlier is None),
    "counter_open": Step((SqlIdempotencyKeyRepository, "save_answer"), after=True),
    "counter": Step((CallHandler, "handle_call"), after=True),
    "attempt_open": Step((SqlPaymentAttemptRepository, "add"), after=True),
    "session_call": Step(*((gateway, "start") for gateway in BANK_GATEWAYS), after=False),
    "session": Step((begin, "_store_start"), after=False),
    "session_open": Step((begin, "_store_start"), after=True),
    "callback_open": Step((SqlPaymentAttemptRepository, "add_callback"), after=True),
    "callback": Step((payment_pages, "receive_callback"), after=True, counts=lambda attempt: attempt is not None),
    "attempt_claim": Step((AttemptWorker, "_claim_batch"), after=True, counts=lambda claimed: bool(claimed[0])),
    "bank_answer": Step((AttemptWorker, "_ask_bank"), after=True),
    "settle_answer": Step((BehpardakhtGateway, "settle"), after=True),
    "bank_answer_open": Step((AttemptWorker, "_store_answer"), after=True),
    "attempt_verified": Step((AttemptWorker, "_make_call"), after=True, counts=is_in(AttemptState.VERIFIED)),
    "attempt_settled": Step((AttemptWorker, "_make_call"), after=True, counts=is_in(AttemptState.SETTLED)),
    "payment_open": Step((changes, "record_payment"), after=True),
    "draft_begun_open": Step((SqlDraftRepository, "add"), after=True),
    "draft_begun": Step((BeginPages, "_begin"), after=True),
    "draft_open": Step((SqlDraftRepository, "save"), after=True),
    "section_saved": Step((SectionPages, "_save_section"), after=True),
    "code_asked_open": Step((mobile_steps, "send_session_code"), after=True),
    "code_asked": Step((MobileSteps, "_open_and_send"), after=True),
    "code_confirmed_open": Step((mobile_steps, "confirm_session_code"), after=True),
    "code_confirmed": Step((mobile_steps, "keep_session_token"), after=False),
    "draft_submit": Step((summary_pages, "submit_draft"), after=False),
    "request_of_draft_open": Step((submitting, "submit_request"), after=True),
    "draft_submitted_open": Step((summary_pages, "submit_draft"), after=True),
    "draft_submitted": Step((SummaryPages, "_submit"), after=True),
    "upload_chunk_open": Step((SqlUploadRepository, "append_chunk"), after=True),
    "upload_chunk_saved": Step((UploadCalls, "_append_chunk"), after=True),
    "draft_file_prepared": Step((sent_papers, "prepare_file"), after=True),
    "draft_file_open": Step((SqlDraftFileRepository, "add"), after=True),
    "draft_file_saved": Step((PaperPages, "_save_papers"), after=True),
    "file_prepared": Step((RequestPaperPage, "_keep_papers"), after=False),
    "document_open": Step((SqlDocumentRepository, "add"), after=True),
    "document_added": Step((RequestPaperPage, "_add_papers"), after=True),
    "refund_claim": Step((CardRefundWorker, "_claim_batch"), after=True, counts=lambda claimed: bool(claimed[0])),
    "refund_sent": Step((CardRefundWorker, "_store_sent"), after=True),
    "refund_answer": Step((CardRefundWorker, "_store_answer"), after=False),
    "refund_answer_open": Step(
        (card_refund_worker, "store_refund_change"), after=True, counts=lambda refund: not refund.state.is_open
    ),
    "seal": Step((SqlHistoryRepository, "add_seal"), after=True),
    "commit": Step((SharedWriter, "_commit_batch"), (PostgresqlSession, "_commit_transaction"), after=False),
    "committed": Step((SharedWriter, "_commit_batch"), (PostgresqlSession, "_commit_transaction"), after=True),
    "migration": Step((Operations, "invoke"), after=True),
}
"""The named steps. What ends in `_open`, and a seal, was written into a unit of work that is not committed yet."""


def make_mortal(name: str, at: int) -> None:
    """Let this process die when the step comes for the `at`-th time."""
    step = STEPS[name]
    passed = 0

    def pass_by(result: Any = None) -> Any:
        nonlocal passed
        passed += not step.after or step.counts(result)
        if passed == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    for owner, function in step.functions:
        original = getattr(owner, function)
        setattr(owner, function, wrapped(original, pass_by, after=step.after))


def wrapped(original: Any, pass_by: Callable[..., Any], *, after: bool) -> Any:
    """The function, a coroutine function or a plain one, with `pass_by` called before or after it."""

    async def awaited(*args: Any, **named: Any) -> Any:
        if not after:
            pass_by()
            return await original(*args, **named)
        return pass_by(await original(*args, **named))

    def called(*args: Any, **named: Any) -> Any:
        if not after:
            pass_by()
            return original(*args, **named)
        return pass_by(original(*args, **named))

    return awaited if iscoroutinefunction(original) else called
