"""Commands of a citizen, whichever conversation they come from: each takes the slots and returns the reply."""

from collections.abc import Sequence
from dataclasses import replace

from domain.actions.bills.merged_bills import find_payable, load_parts, may_merge, merge_bills, render_parts_title
from domain.actions.bills.own_bills import find_last_paid_bill, list_payable_own_bills
from domain.actions.bills.subjects import SUBJECTS, render_purpose
from domain.actions.conversations.delivery_replies import confirm_delivery
from domain.actions.conversations.enquiries.contact import say_when_looked_at
from domain.actions.conversations.enquiries.holders import add_holder
from domain.actions.conversations.open_requests import add_requests_by_others, list_candidates
from domain.actions.conversations.turn_context import MOST_COUNTED, SlotValues, TurnContext
from domain.actions.feedback import feedback
from domain.actions.links.payment_links import find_bill_pages, join_bill_page
from domain.actions.messages import notify
from domain.actions.requests import reopen as reopening
from domain.actions.requests import track
from domain.actions.requests.command import take_command
from domain.actions.requests.timers import record_broken_sla
from domain.actions.walk_ins.mobile_correction import object_to_change
from domain.bills.bill import Bill, BillState
from domain.bills.merged_bill import FEWEST_PARTS, MergedBill, derive_merged_deadline, derive_merged_state
from domain.blocks.charging import REQUEST_SUBJECT, list_request_bills
from domain.chats.chat import MESSENGERS
from domain.conversation.buttons.requests import list_request_rows
from domain.conversation.dialogue.frames import CONFIRM_STEP, Frame
from domain.engine.engine import StepOutcome
from domain.engine.overdue import SLA_BROKEN
from domain.language.service import Command
from domain.messages.catalogue import JOINED_PART_BUDGET, RenderedMessage, fit_lines, join_fitting
from domain.messages.keyboards import ReplyMarkup
from domain.messages.records import MessageClass
from domain.requests.request import RequestFilter, ServiceRequest
from domain.values.bill_ids import BillIds
from domain.values.errors import BillNotFound
from domain.values.text import group_digits, persian_digits
from domain.values.tracking_codes import TrackingCode, parse_code

SUGGESTION_MARK = "suggestion"
"""The slot of a comment that is a suggestion."""


async def announce_outcome(turn: TurnContext, outcome: StepOutcome) -> RenderedMessage:
    """Queue what a step announces, and return what of it answers the citizen who took it."""
    replies = await notify.announce_outcome(turn, outcome)
    reply = replies[-1] if replies else await describe_status(turn, outcome.request)
    if turn.left_open:
        longer_text = f"{reply.text}\n{turn.left_open}"
        reply = replace(reply, text=join_fitting(max(reply.part_budget, JOINED_PART_BUDGET), longer_text, reply.text))
    return say_when_looked_at(turn, reply, outcome.request)


async def describe_status(turn: TurnContext, request: ServiceRequest) -> RenderedMessage:
    """Return the state of an own request and what it waits for."""
    text_key, facts = await notify.find_status_text(turn, request)
    if over_reply := _describe_ended_deadline(turn, request, facts):
        return over_reply
    reply = turn.render_about(request, text_key if text_key in turn.dependencies.catalogue else "sms.status", **facts)
    return await add_payment_link(turn, reply, await list_request_bills(turn.uow.bills, request)) if facts else reply


def _describe_ended_deadline(turn: TurnContext, request: ServiceRequest, facts: SlotValues) -> RenderedMessage | None:
    """Return that the deadline of a request's open bill is over: nobody is told to pay until yesterday; None for any
    other bill.
    """
    deadline = facts.get("deadline")
    if deadline is None or deadline > turn.dependencies.clock.now():
        return None
    return turn.render_about(request, "sms.bill_over", amount=facts["amount"], deadline=deadline)


async def track_request(turn: TurnContext, slots: SlotValues) -> RenderedMessage:
    """Follow a request: in full from its own mobile, service and phase from another."""
    tracking_result = await track.track_request(turn, slots["code"], turn.actor.identifier)
    if tracking_result.is_own:
        late_reply = await _describe_late(turn, tracking_result.request)
        reply = late_reply or await describe_status(turn, tracking_result.request)
        return add_holder(turn, reply, tracking_result.request)
    return turn.render_about(tracking_result.request, "sms.status_of_other")


async def _describe_late(turn: TurnContext, request: ServiceRequest) -> RenderedMessage | None:
    """Return that work is late which should have begun, and notify its unit, once a state; None where it is not."""
    late_key = f"services.{request.service}.late.{request.state}"
    if late_key not in turn.dependencies.catalogue or not notify.is_late(turn, request):
        return None
    locked_request = await turn.uow.requests.get(request.id, lock=True)
    if locked_request.state == request.state and request.state not in (SLA_BROKEN.find(locked_request) or []):
        await record_broken_sla(turn, locked_request)
    return turn.render_about(request, late_key)


async def list_own_requests(turn: TurnContext, slots: SlotValues) -> RenderedMessage:
    """List the citizen's newest requests, and what others asked for him."""
    criteria = RequestFilter(mobile=turn.actor.identifier, limit=MOST_COUNTED)
    requests = await add_requests_by_others(turn, await turn.uow.requests.list_requests(criteria))
    if not requests:
        return turn.render("sms.no_requests")
    reply, _ = turn.render_list("sms.list", requests)
    if turn.actor.channel not in MESSENGERS:
        return reply
    facts = [(request.code, turn.dependencies.wording.request_facts(request)) for request in requests]
    labels_by_code = {code: f"{request_facts['code']} {request_facts['service']}" for code, request_facts in facts}
    return replace(reply, markup=ReplyMarkup(list_request_rows(turn.text_of, labels_by_code, turn.wished_page)))


async def describe_payment(turn: TurnContext, slots: SlotValues) -> RenderedMessage:
    """Return amount and ids of what is to be paid, by tracking code or bill id, or one pair for all of it."""
    if "bill_id" in slots:
        return await _describe_bill_payment(turn, slots["bill_id"])
    if "together" in slots:
        return await _describe_payment_together(turn)
    tracking_result = await track.track_request(turn, slots["code"], turn.actor.identifier)
    if not tracking_result.is_own:
        return turn.render_about(tracking_result.request, "sms.status_of_other")
    bills = await list_request_bills(turn.uow.bills, tracking_result.request)
    return await _describe_request_payment(turn, tracking_result.request, bills)


async def _describe_request_payment(
    turn: TurnContext, request: ServiceRequest, bills: Sequence[Bill]
) -> RenderedMessage:
    """Return what is to be paid of a request's bills, and what the one to be paid is for."""
    facts = notify.payable_bill_facts(bills)
    if over_reply := _describe_ended_deadline(turn, request, facts):
        return over_reply
    if facts:
        bill = next(one for one in bills if one.bill_id == facts["bill_id"])
        facts["service"] = await render_purpose(turn, bill)
    reply = turn.render_about(request, "sms.pay" if facts else "sms.nothing_to_pay", **facts)
    return await add_payment_link(turn, reply, bills)


async def _describe_payment_together(turn: TurnContext) -> RenderedMessage:
    bills = await list_payable_own_bills(turn, turn.actor.identifier)
    if len(bills) >= FEWEST_PARTS:
        return await merge_own_bills(turn, bills)
    return await _describe_own_bill(turn, bills[0]) if bills else turn.render("sms.none_to.pay")


async def _describe_bill_payment(turn: TurnContext, bill_id: str) -> RenderedMessage:
    try:
        bill = await find_payable(turn.uow, bill_id)
    except BillNotFound:
        await track.count_guess(turn, turn.actor.identifier)
        raise
    if isinstance(bill, MergedBill):
        return await describe_merged_bill(turn, bill)
    if await SUBJECTS[bill.subject_kind].find_mobile(turn.uow, bill) == turn.actor.identifier:
        return await _describe_own_bill(turn, bill)
    await track.count_guess(turn, turn.actor.identifier)
    title = await SUBJECTS[bill.subject_kind].render_title(turn, bill)
    return turn.render("sms.bill_of_other", amount=group_digits(bill.amount), service=title)


async def _describe_own_bill(turn: TurnContext, bill: Bill) -> RenderedMessage:
    if bill.subject_kind == REQUEST_SUBJECT:
        return await _describe_request_payment(turn, await turn.uow.requests.get(bill.subject_id), [bill])
    title = await SUBJECTS[bill.subject_kind].render_title(turn, bill)
    if not bill.state.is_payable:
        return await add_payment_link(turn, turn.render("sms.bill_settled", service=title), [bill])
    id_facts = {"bill_id": bill.bill_id, "payment_id": bill.payment_id}
    reply = turn.render("sms.pay_bill", service=title, amount=group_digits(bill.amount), **id_facts)
    return await add_payment_link(turn, reply, [bill])


async def describe_own_bills(turn: TurnContext) -> RenderedMessage | None:
    """Return what the citizen has to pay: one open bill as if it had been named, several with their sum and one link
    for all; where nothing is open, the receipt of what was paid last, if anything was. None where there is no answer
    but what is asked next.
    """
    bills = await list_payable_own_bills(turn, turn.actor.identifier)
    if len(bills) > 1:
        return await _list_open_bills(turn, bills)
    if bills:
        return await _describe_own_bill(turn, bills[0])
    last_bill = await find_last_paid_bill(turn.uow, turn.actor.identifier)
    if last_bill is None or await list_candidates(turn, "pay"):
        return None
    return await add_payment_link(turn, turn.render("sms.none_to.pay"), [last_bill])


async def _list_open_bills(turn: TurnContext, bills: Sequence[Bill]) -> RenderedMessage:
    can_merge = may_merge(bills)
    bill_lines = [await _render_bill_line(turn, bill) for bill in bills]
    bill_pages = await find_bill_pages(turn, bills)

    def describe_rest(shown_count: int) -> list[str]:
        hidden_count = len(bills) - shown_count
        hidden_line = [turn.render("sms.more_bills", count=persian_digits(hidden_count)).text] if hidden_count else []
        merge_hint = [turn.text_of("sms.merge_hint")] if can_merge else []
        return [*hidden_line, *merge_hint, *([bill_pages.address] if bill_pages.address else [])]

    head = turn.render("sms.bills", amount=group_digits(sum(bill.amount for bill in bills)))
    text, _ = fit_lines(head.part_budget, head.text, bill_lines, describe_rest)
    return replace(head, text=text, bill_pages=bill_pages, can_merge=can_merge)


async def _render_bill_line(turn: TurnContext, bill: Bill) -> str:
    purpose = await render_purpose(turn, bill)
    id_facts = {"bill_id": bill.bill_id, "payment_id": bill.payment_id}
    return turn.render("sms.bill_line", service=purpose, amount=group_digits(bill.amount), **id_facts).text


async def cancel_request(turn: TurnContext, slots: SlotValues) -> RenderedMessage:
    """Cancel an own request."""
    return await _run_command(turn, slots["code"], Command.CANCEL, {})


async def reply_to_staff(turn: TurnContext, slots: SlotValues) -> RenderedMessage:
    """Answer the question that staff asked about an own request; a chat says what was taken."""
    reply = await _run_command(turn, slots["code"], Command.REPLY, {"text": slots["text"]})
    if turn.actor.channel not in MESSENGERS:
        return reply
    return replace(reply, text=f"{reply.text}\n{turn.render('chat.answer_taken', text=slots['text']).text}")


async def confirm_request(turn: TurnContext, slots: SlotValues) -> RenderedMessage:
    """Consent to somebody else's request that awaits this citizen's answer, or confirm the delivery of an own one."""
    if delivery_reply := await confirm_delivery(turn, slots["code"]):
        return delivery_reply
    return await _run_command(turn, slots["code"], Command.CONFIRM, {})


async def deny_request(turn: TurnContext, slots: SlotValues) -> RenderedMessage:
    """Refuse somebody else's request that awaits this citizen's answer; or object that the number of an own one was
    changed.
    """
    if await object_to_change(turn, slots["code"]):
        return turn.render("sms.mobile_objected", code=turn.dependencies.wording.tracking_code_text(slots["code"]))
    return await _run_command(turn, slots["code"], Command.DENY, {})


async def _run_command(
    turn: TurnContext, code: TrackingCode, citizen_command: Command, inputs: SlotValues
) -> RenderedMessage:
    return await announce_outcome(turn, await take_command(turn, code, citizen_command, inputs))


async def store_comment(turn: TurnContext, slots: SlotValues) -> RenderedMessage:
    """Keep a comment or suggestion."""
    code = parse_code(slots["code"]) if "code" in slots else None  # nobody is asked for it: no field has read it
    opinion = await feedback.store_comment(
        turn, slots["text"], code=code, service=slots.get("service"), is_suggestion=SUGGESTION_MARK in slots
    )
    if opinion.number is not None:
        return turn.render("sms.suggestion.kept", number=persian_digits(opinion.number))
    return say_when_looked_at(turn, turn.render("sms.comment_kept"), None)


async def rate_request(turn: TurnContext, slots: SlotValues) -> RenderedMessage:
    """Keep a rating of a finished request."""
    request = await feedback.rate_request(turn, slots["code"], slots["score"], slots.get("text"))
    if slots["score"] > turn.dependencies.policy.low_rating:
        return turn.render_about(request, "sms.rated", score=slots["score"])
    if not await reopening.can_reopen(turn, request):
        return turn.render_about(request, "sms.rated_low_only", score=slots["score"])
    turn.dialogue.frames.append(Frame("reopen", {"code": request.code}, asked=CONFIRM_STEP))
    turn.asks_question = True
    return turn.render_about(request, "sms.rated_low", score=slots["score"])


async def reopen_request(turn: TurnContext, slots: SlotValues) -> RenderedMessage:
    """Take up again a finished request that was rated low."""
    reopened = await reopening.reopen_rated_request(turn, slots["code"])
    return replace(reopened.message, cls=MessageClass.REPLY)


async def explain_service(turn: TurnContext, slots: SlotValues) -> RenderedMessage:
    """Explain one service, or how one command is given."""
    return turn.render(f"sms.about.{slots.get('service') or slots['about']}")


async def set_opt_out(turn: TurnContext, *, stopped: bool) -> RenderedMessage:
    """Stop or resume reminders and bulk texts."""
    await turn.uow.lines.save_opt_out(turn.actor.identifier, stopped, turn.dependencies.clock.now())
    return turn.render("sms.opted_out" if stopped else "sms.opted_in")


async def add_payment_link(turn: TurnContext, reply: RenderedMessage, bills: Sequence[Bill]) -> RenderedMessage:
    """Return a reply about bills of the citizen with the link to those that can be paid, else to the receipt of those
    that were, where it has room for it.
    """
    bill_pages = await find_bill_pages(turn, bills)
    text = join_bill_page(turn.dependencies.catalogue, reply.text, bill_pages, reply.part_budget)
    return replace(reply, text=text, bill_pages=bill_pages)


async def merge_own_bills(turn: TurnContext, bills: Sequence[Bill]) -> RenderedMessage:
    """Return one pair of ids for all these bills of the citizen; the errors are those of `merge_bills`."""
    merged_bill = await merge_bills(turn, [bill.id for bill in bills])
    return await _render_merged_bill(turn, merged_bill, bills)


async def describe_merged_bill(turn: TurnContext, merged_bill: MergedBill) -> RenderedMessage:
    """Return what a merged bill is for, by its bill id: all of an own one, of another's what anybody may know."""
    parts = await load_parts(turn.uow.bills, merged_bill)
    title, amount = await render_parts_title(turn, parts), group_digits(merged_bill.amount)
    if await SUBJECTS[parts[0].subject_kind].find_mobile(turn.uow, parts[0]) != turn.actor.identifier:
        await track.count_guess(turn, turn.actor.identifier)
        return turn.render("sms.bill_of_other", amount=amount, service=title)
    state = derive_merged_state([part.state for part in parts])
    if state.is_payable:
        return await _render_merged_bill(turn, merged_bill, parts)
    if state is BillState.PAID:
        return await add_payment_link(turn, turn.render("sms.bill_settled", service=title), parts)
    return turn.render("sms.merged_closed")


async def _render_merged_bill(turn: TurnContext, merged_bill: MergedBill, parts: Sequence[Bill]) -> RenderedMessage:
    ids = {"bill_id": merged_bill.bill_id, "payment_id": merged_bill.payment_id}
    facts = {"count": persian_digits(len(parts)), "amount": group_digits(merged_bill.amount), **ids}
    deadline = derive_merged_deadline(parts)
    if deadline is None:
        reply = turn.render("sms.pay_merged", **facts)
    else:
        facts["deadline"] = turn.dependencies.wording.render_fact(None, "deadline", deadline)
        reply = turn.render("sms.pay_merged_until", **facts)
    linked_reply = await add_payment_link(turn, reply, parts)
    merged_ids = BillIds(merged_bill.bill_id, merged_bill.payment_id)
    return replace(linked_reply, bill_pages=replace(linked_reply.bill_pages, payable_ids=merged_ids))
