"""The account that money goes back to: the citizen is asked for it, gives it, and may change it until it is used.

An account that was given stands for all that is due to its line then. History and audit keep its last digits alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.actions.bills.changed_lines import RefundSubjectRepositories
from domain.actions.bills.subjects import SUBJECTS, lock_bill
from domain.actions.context import ActionContext, ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.messages.notify import notify_line
from domain.actions.payments.card_refunds import plan_card_transfers
from domain.authorization.policy import require_right
from domain.authorization.rights import Right
from domain.bills.bill import Bill, Refund, RefundState
from domain.bills.refund_ports import RefundTransferRepository
from domain.bills.refund_transfers import RefundAccount
from domain.blocks.charging import REQUEST_SUBJECT
from domain.idempotency.repeated_press import SAME_PRESS
from domain.messages.catalogue import RenderedMessage
from domain.repositories import GatewayRepositories, RefundRepositories
from domain.unit_of_work import Store
from domain.values.errors import NotAllowedNow
from domain.values.ibans import Iban
from domain.values.reasons import NotAllowedReason
from domain.values.text import group_digits

MOST_ASKED = 500
"""Bills that one run looks at, the oldest first."""


@dataclass(frozen=True, slots=True)
class OwnRefunds:
    """Refunds due to a line, in rials."""

    free_amount: int
    """Amount for which an account can still be given."""
    sent_amount: int
    """Amount on its way."""
    unnamed_amount: int = 0
    """Part of the free amount for which no account is given."""
    card_amount: int = 0
    """Amount that goes back to the card by which it came, and needs no account."""


async def ask_for_ibans(dependencies: Dependencies, store: Store) -> int:
    """Ask each citizen for the account that money goes back to, once; return how many were asked.

    Who paid by a card that the bank can pay back is not asked, unless the bank refused to.
    """
    async with store.open_unit(write=False) as uow:
        bill_rows = await uow.refund_transfers.list_unasked(MOST_ASKED)
    asked_count = 0
    for bill_row_id in bill_rows:
        async with store.open_unit() as uow:
            asked_count += await _ask_about_bill(ActionContext(dependencies, uow), bill_row_id)
    return asked_count


async def _ask_about_bill(context: ActionContext, bill_row_id: int) -> bool:
    bill = await lock_bill(context.uow, await context.uow.bills.get(bill_row_id))
    refunds = [refund for refund in await context.uow.bills.list_refunds(bill.id) if refund.is_free]
    account = await context.uow.refund_transfers.find_account(bill.id)
    mobile = await SUBJECTS[bill.subject_kind].find_mobile(context.uow, bill)
    if not refunds or mobile is None or (account and (account.iban or account.asked_at)):
        return False
    if await _may_go_to_card(context, bill):
        return False
    await _send_question(context, bill, refunds, mobile, "sms.iban_asked")
    return True


async def _may_go_to_card(context: ActionContext[GatewayRepositories], bill: Bill) -> bool:
    payments, refunds = await context.uow.bills.list_payments(bill.id), await context.uow.bills.list_refunds(bill.id)
    has_failed = any(attempt.state.has_failed for attempt in await context.uow.card_refunds.list_of_bill(bill.id))
    return not has_failed and bool(await plan_card_transfers(context, payments, refunds))


async def remind_of_iban(context: ActorContext, bill_row_id: int) -> None:
    """Ask once more, by the staff's hand; not again within `SAME_PRESS` of the last question.

    Errors: `Forbidden`, `BillNotFound`, and `NotAllowedNow` where nothing is due that goes no way yet, the account is
    given, or nobody can be asked.
    """
    reminder = require_right(Right.REFUNDS_PAY, context.actor, "refund")
    bill = await lock_bill(context.uow, await context.uow.bills.get(bill_row_id))
    refunds = [refund for refund in await context.uow.bills.list_refunds(bill.id) if refund.is_free]
    account = await context.uow.refund_transfers.find_account(bill.id)
    mobile = await SUBJECTS[bill.subject_kind].find_mobile(context.uow, bill)
    if not refunds or mobile is None or (account and account.iban):
        raise NotAllowedNow("iban", NotAllowedReason.IBAN_NOT_WANTED)
    if account and account.asked_at and account.asked_at > context.dependencies.clock.now() - SAME_PRESS:
        return
    await _send_question(context, bill, refunds, mobile, "sms.iban_reminded")
    facts = {"bill_id": bill.bill_id}
    await context.uow.audit.add_entry(context.dependencies.clock.now(), reminder.label, "refund_iban_asked", facts)


async def _send_question(
    context: ActionContext, bill: Bill, refunds: Sequence[Refund], mobile: str, text_key: str
) -> None:
    now = context.dependencies.clock.now()

    async def render_message() -> RenderedMessage:
        title = await SUBJECTS[bill.subject_kind].render_title(context, bill)
        facts = {"refund": group_digits(sum(refund.amount for refund in refunds)), "service": title}
        # It goes to the channel that its request came by.
        request_id = bill.subject_id if bill.subject_kind == REQUEST_SUBJECT else None
        return replace(context.dependencies.catalogue.render_message(text_key, facts), request_id=request_id)

    await context.uow.refund_transfers.save_account(RefundAccount(bill.id, mobile, asked_at=now))
    await notify_line(context, mobile, render_message)


async def find_own_refunds(context: ActionContext, mobile: str) -> OwnRefunds:
    """Return what is due back to a line (+989…); an account may be given before it is asked for."""
    card_amount = await _open_accounts(context, mobile)
    free_amount = unnamed_amount = sent_amount = 0
    for account in await context.uow.refund_transfers.list_waiting_accounts(mobile):
        for refund in await context.uow.bills.list_refunds(account.bill_id):
            if refund.state is RefundState.DUE:
                sent_amount += 0 if refund.is_free else refund.amount
                free_amount += refund.amount if refund.is_free else 0
                unnamed_amount += refund.amount if refund.is_free and account.iban is None else 0
    return OwnRefunds(free_amount, sent_amount, unnamed_amount, card_amount)


async def _open_accounts(context: ActionContext, mobile: str) -> int:
    """Let a line give the accounts that it is not asked for yet; return how many rials go back to cards instead."""
    card_amount = 0
    for bill_row_id in await context.uow.refund_transfers.list_unasked(MOST_ASKED):
        bill = await context.uow.bills.get(bill_row_id)
        if await SUBJECTS[bill.subject_kind].find_mobile(context.uow, bill) != mobile:
            continue
        if await _may_go_to_card(context, bill):
            refunds = await context.uow.bills.list_refunds(bill.id)
            card_amount += sum(refund.amount for refund in refunds if refund.is_free)
            continue
        await lock_bill(context.uow, bill)
        if await context.uow.refund_transfers.find_account(bill.id) is None:
            await context.uow.refund_transfers.save_account(RefundAccount(bill.id, mobile))
    return card_amount


async def give_iban(context: ActorContext, mobile: str, iban: Iban) -> int:
    """Keep the account that a line says for all that is due to it and goes no way yet; return how many rials these are.

    The same one again changes nothing; another one ends a second person's approval of the first. `NotAllowedNow`
    where nothing is due (`no_refund_due`), or all of it is on its way (`iban_in_use`).
    """
    given_amount = 0
    for account in await context.uow.refund_transfers.list_waiting_accounts(mobile):
        bill = await lock_bill(context.uow, await context.uow.bills.get(account.bill_id))
        refunds = [refund for refund in await context.uow.bills.list_refunds(bill.id) if refund.is_free]
        given_amount += sum(refund.amount for refund in refunds)
        present = await context.uow.refund_transfers.find_account(bill.id)
        if refunds and present and present.iban != iban:
            await _store_iban(context, bill, refunds, present, iban)
    if not given_amount:
        raise refuse_iban(await find_own_refunds(context, mobile))
    return given_amount


def refuse_iban(own_refunds: OwnRefunds) -> NotAllowedNow:
    """Return why no account is taken of a line to which nothing is due that goes no way yet."""
    is_sent = bool(own_refunds.sent_amount)
    return NotAllowedNow("iban", NotAllowedReason.IBAN_IN_USE if is_sent else NotAllowedReason.NO_REFUND_DUE)


async def _store_iban(
    context: ActorContext[RefundSubjectRepositories],
    bill: Bill,
    refunds: Sequence[Refund],
    account: RefundAccount,
    iban: Iban,
) -> None:
    now = context.dependencies.clock.now()
    account.iban, account.given_at = iban, now
    await context.uow.refund_transfers.save_account(account)
    for refund in refunds:
        if refund.approved_by is not None and refund.iban != iban:
            refund.iban, refund.approved_by, refund.approved_at, refund.to_card = None, None, None, False
            await context.uow.bills.save_refund(refund)
    facts = {"bill_id": bill.bill_id, "iban_end": iban.last_digits}
    await context.uow.audit.add_entry(now, context.actor.label, "refund_iban", facts)
    if bill.subject_kind == REQUEST_SUBJECT:
        request = await context.uow.requests.get(bill.subject_id, lock=True)
        await context.dependencies.engine.record_event(context.uow, request, "refund_iban", context.actor, facts)


async def ask_new_line(uow: RefundRepositories, request_id: int, mobile: str) -> None:
    """Have the new number (+989…) of a request asked for accounts that are not given yet; those that are given stay."""
    for bill in await uow.bills.list_of_subject(REQUEST_SUBJECT, request_id):
        account = await uow.refund_transfers.find_account(bill.id)
        if account and account.iban is None:
            await uow.refund_transfers.save_account(RefundAccount(bill.id, mobile))


async def forget_refused_iban(refund_transfers: RefundTransferRepository, bill_row_id: int) -> None:
    """Drop an account that the bank refused: its citizen is asked again."""
    account = await refund_transfers.find_account(bill_row_id)
    if account:
        account.iban = account.given_at = account.asked_at = None
        await refund_transfers.save_account(account)
