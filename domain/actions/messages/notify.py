"""Queueing of messages: who is notified, when it may leave, and what is left out."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from domain.actions import staffing
from domain.actions.context import ActionContext, ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.line_languages import find_line_language
from domain.actions.messages.status_cards import CARD_KEY, find_card_chat, find_card_state
from domain.bills.bill import Bill
from domain.blocks.charging import LEAST_TIME_TO_PAY, list_request_bills
from domain.blocks.papers_pending import find_missing_papers
from domain.blocks.visit_times import CrewRepositories
from domain.chats.chat import MESSENGERS, SILENT_MESSENGERS, Chat, ChatAddress
from domain.engine.engine import DueNotice, StepOutcome
from domain.language.awaited import ANSWER_UNTIL_FACT
from domain.language.message_links import LinkKind, LinkSubject
from domain.language.service import STAFF_AUDIENCES, Audience, StoredMobile
from domain.messages.catalogue import RenderedMessage
from domain.messages.keyboards import ReplyMarkup
from domain.messages.records import MessageClass, OutboxMessage
from domain.messages.senders import name_sender
from domain.repositories import MessageRepositories, StaffRepositories
from domain.requests.ports import TimerRepository
from domain.requests.request import Phase, ServiceRequest, TimerKind
from domain.values.actors import Role
from domain.values.languages import PERSIAN, in_language
from domain.values.text import close_up_codes

SMS_CHANNEL = "sms"

LATE_AFTER = timedelta(minutes=15)
"""Time after its hour from which work that has not begun is told as late."""


@dataclass(frozen=True, slots=True)
class Address:
    """Recipient of a message: a channel, an address in it, and the mobile (+989…) of a chat that
    has proved one."""

    channel: str
    recipient: str
    mobile: str | None = None


def sms_address(mobile: str) -> Address:
    """Return the address of a mobile."""
    return Address(SMS_CHANNEL, mobile)


def address_in_chat(chat: Chat) -> Address:
    """Return the address of a chat."""
    return Address(chat.channel, chat.chat_id, chat.mobile)


async def announce_outcome(
    context: ActorContext, outcome: StepOutcome, *, texts_actor: bool = False
) -> list[RenderedMessage]:
    """Queue what a step calls for, and return the texts that are the direct reply to the citizen who took it.

    The reply to a citizen's own message replaces the notice that would go to the same line (services.md,
    "Notifications"): to whoever applied, or was asked for consent. Where the channel is a page, which is gone with its
    window, that one is texted too (`texts_actor`), and nothing is returned.
    """
    replies, request = [], outcome.request
    for due_notice in outcome.due_notices:
        audience = due_notice.notice.audience
        mobiles = await find_recipients(context, request, audience)
        if audience in STAFF_AUDIENCES:  # the page of a bill and its receipt is the payer's
            render_plainly = partial(
                context.dependencies.wording.render_notice, request, due_notice.notice, due_notice.facts
            )
            await notify_staff(context, mobiles, render_plainly)
            continue
        render_notice = partial(_render_due_notice, context, request, due_notice)
        for mobile in mobiles:
            is_reply = context.actor.kind == "citizen" and mobile == context.actor.identifier
            if is_reply and not texts_actor:
                in_chat = context.actor.channel in MESSENGERS
                reply = replace(await render_notice(for_chats=in_chat), cls=MessageClass.REPLY)
                replies.append(reply.word_for_chat() if in_chat else reply)
            else:
                render_for_line = render_notice if is_reply else partial(render_notice, mobile)
                deadline = due_notice.facts.get("deadline")
                until = deadline - LEAST_TIME_TO_PAY if deadline else None
                await notify_line(context, mobile, render_for_line, until=until)
    await _queue_status_card(context, request)
    return replies


async def _queue_status_card(context: ActionContext, request: ServiceRequest) -> None:
    """Put the status card of a request as it is now into the outbox, where its citizen's chat has one."""
    mobile, chat = request.mobile, await find_card_chat(context.uow.chats, request)
    card_state = await find_card_state(context.uow.outbox, chat, request) if chat else None
    if chat is None or card_state is None or mobile is None:
        return
    text_key, facts = await find_status_text(context, request)
    if text_key not in context.dependencies.catalogue:
        return
    with in_language(await find_line_language(context, mobile)):
        heading = context.dependencies.wording.render_about(request, CARD_KEY, {}, MessageClass.REPLY)
        status = context.dependencies.wording.render_about(request, text_key, facts, MessageClass.REPLY).word_for_chat()
        card = replace(heading, text=f"{heading.text}\n{status.text}")
        card = await fill_links(context, card, (LinkKind.BUTTONS,), LinkSubject(request, facts, mobile, chat.channel))
    markup = replace(card.markup or ReplyMarkup(), is_silent=True, card=card_state)
    address = Address(chat.channel, chat.chat_id, mobile)
    await context.uow.outbox.add(build_outbox_message(context.dependencies, address, replace(card, markup=markup)))


async def _render_due_notice(
    context: ActionContext,
    request: ServiceRequest,
    due_notice: DueNotice,
    mobile: str = "",
    *,
    for_chats: bool = True,
) -> RenderedMessage:
    """Render a notice with the links that it asks for; `mobile` is whom it goes to, unless it is the reply itself, of
    which it is known whether a chat gets it (`for_chats`).
    """
    notice, facts = due_notice.notice, due_notice.facts
    message = context.dependencies.wording.render_notice(request, notice, facts, for_chats=for_chats)
    subject = LinkSubject(request, facts, mobile, notice_name=notice.text_name)
    return await fill_links(context, message, notice.links, subject)


async def fill_links(
    context: ActionContext, message: RenderedMessage, kinds: Iterable[LinkKind], subject: LinkSubject
) -> RenderedMessage:
    """Return a message with its links of these kinds."""
    for kind in kinds:
        message = await context.dependencies.link_fillers[kind](context, message, subject)
    return message


MessageRenderer = Callable[[], Awaitable[RenderedMessage]]
"""Renders a message in the language in force: that of whom it goes to."""


async def notify_line(
    context: ActionContext,
    mobile: str,
    render_message: MessageRenderer,
    *,
    until: datetime | None = None,
) -> OutboxMessage | None:
    """Put one text that comes unasked into the outbox for a mobile (+989…), rendered in the language of that line and
    with the municipality's name before it; see `queue_message`.
    """
    with in_language(await find_line_language(context, mobile)):
        message = name_sender(context.dependencies.catalogue, await render_message())
        return await queue_message(context, mobile, message, until=until)


async def notify_staff(
    context: ActionContext, mobiles: Iterable[str], render_message: Callable[[], RenderedMessage]
) -> None:
    """Put a text to members of the staff into the outbox, which is Persian whoever caused it."""
    with in_language(PERSIAN):
        for mobile in mobiles:
            await queue_message(context, mobile, render_message())


async def queue_message(
    context: ActionContext,
    mobile: str,
    message: RenderedMessage,
    *,
    until: datetime | None = None,
) -> OutboxMessage | None:
    """Put one text, rendered for whoever has a mobile (+989…), into the outbox; None when the line has stopped texts of
    its class. A text that is not the answer to its own recipient goes by `notify_line` or `notify_staff`.

    It goes where this person wants it: into a chat with a messenger's bot, or by SMS; security codes always by SMS.
    Urgent classes leave at once; others wait for the end of quiet hours, or come in them without a sound where the
    messenger can do that; bulk waits for a working day. `until` is when the text is worth nothing any more, if that is
    sooner than for others of its class.
    """
    if message.cls.stops_on_opt_out and await context.uow.lines.has_opted_out(mobile):
        return None
    chat = None
    if message.cls is not MessageClass.SECURITY:
        chats = await context.uow.chats.list_addresses(mobile, message.request_id)
        chat = choose_chat(chats, is_about_request=message.request_id is not None)
    address = Address(chat.channel, chat.chat_id, mobile) if chat else sms_address(mobile)
    if chat:
        subject = LinkSubject(mobile=mobile, channel=chat.channel)
        message = await fill_links(context, message.word_for_chat(), (LinkKind.BUTTONS,), subject)
    row = build_outbox_message(context.dependencies, address, message)
    row.expires_at = min(row.expires_at, until) if row.expires_at and until else row.expires_at
    if chat:
        row.moves_at = (
            row.not_before + context.dependencies.policy.messenger_patience
            if context.dependencies.policy.messenger_patience
            else None
        )
    await context.uow.outbox.add(row)
    return row


async def queue_reply(
    context: ActionContext[MessageRepositories], address: Address, message: RenderedMessage
) -> OutboxMessage:
    """Put the direct reply to what came from an address into the outbox; it goes back there."""
    queued = build_outbox_message(context.dependencies, address, message)
    await context.uow.outbox.add(queued)
    return queued


def build_outbox_message(dependencies: Dependencies, address: Address, message: RenderedMessage) -> OutboxMessage:
    """Return a message that is to be queued now: when it may leave, and until when it is worth it."""
    now, is_bulk = dependencies.clock.now(), message.cls is MessageClass.BULK
    waking_time = (
        now if message.cls.is_immediate else dependencies.calendar.next_sending_time(now, skip_holidays=is_bulk)
    )
    comes_silently = waking_time != now and not is_bulk and address.channel in SILENT_MESSENGERS
    not_before = now if comes_silently else waking_time
    is_sms = address.channel == SMS_CHANNEL
    is_closed_up = is_sms and not dependencies.policy.has_direction_marks
    return OutboxMessage(
        id=dependencies.ids.new_id(),
        channel=address.channel,
        recipient=address.recipient,
        cls=message.cls,
        key=message.key,
        text=close_up_codes(message.text) if is_closed_up else message.text,
        created_at=now,
        not_before=not_before,
        request_id=message.request_id,
        expires_at=not_before + _message_lifetime(dependencies, message.cls),
        mobile=address.mobile,
        content=None if is_sms else _keep_markup(message, is_silent=comes_silently),
    )


def _keep_markup(message: RenderedMessage, *, is_silent: bool) -> dict[str, Any] | None:
    """Return what the outbox keeps of what a chat shows with a message; None where that is nothing."""
    markup = message.markup or ReplyMarkup()
    return replace(markup, is_silent=markup.is_silent or is_silent, sms_text=message.sms_text).as_json()


def choose_chat(chats: Sequence[ChatAddress], *, is_about_request: bool) -> ChatAddress | None:
    """Return the chat that notices go to; None for SMS.

    A person's own choice comes first; else an own request's messages go to the channel it came by (services.md,
    "Notifications"), and those about another's request (an owner is asked for consent, an operator gets a job) to the
    chat that was linked last. A chosen messenger in which there is no active chat is no way.
    """
    for chat in chats:
        wished_channel = chat.chosen_channel or chat.request_channel
        if chat.channel == wished_channel or (wished_channel is None and is_about_request):
            return chat
    return None


def _message_lifetime(dependencies: Dependencies, cls: MessageClass) -> timedelta:
    return timedelta(minutes=5) if cls is MessageClass.SECURITY else dependencies.policy.notice_keeps


async def find_recipients(
    context: ActionContext[CrewRepositories], request: ServiceRequest, audience: Audience | StoredMobile
) -> list[str]:
    """Return the mobiles of those whom a notice or reminder of a request is meant for."""
    if isinstance(audience, StoredMobile):
        stored_mobile = audience.mobile_field.find(request)
        return [stored_mobile] if stored_mobile else []
    if audience is Audience.CITIZEN:
        return [request.mobile] if request.mobile else []
    if audience is Audience.OPERATORS:
        booked_resources = await context.uow.fleet.list_of_request(request.id)
        return sorted({resource.mobile for _, resource in booked_resources if resource.mobile})
    return await _list_responsible_mobiles(context, request)


async def _list_responsible_mobiles(context: ActionContext[StaffRepositories], request: ServiceRequest) -> list[str]:
    """Return the mobile of a request's assignee, where that one is on duty in the unit whose turn it is and has one;
    else those of that unit's staff.
    """
    unit = context.dependencies.engine.get_service(request.service).state_named(request.state).unit
    mobiles_by_username = await _map_role_mobiles(context, unit) if unit else {}
    assignee_mobile = mobiles_by_username.get(request.assignee or "")
    return [assignee_mobile] if assignee_mobile else list(mobiles_by_username.values())


async def notify_assignee(context: ActionContext, request: ServiceRequest, text_key: str) -> OutboxMessage | None:
    """Queue a text about a request for whoever takes care of it; None while nobody does, or without a mobile."""
    member = await context.uow.people.find_staff(request.assignee) if request.assignee else None
    if member is None or not member.active or not member.mobile:
        return None
    with in_language(PERSIAN):
        message = context.dependencies.wording.render_about(request, text_key)
        return await queue_message(context, member.mobile, message)


async def list_unit_mobiles(context: ActionContext[StaffRepositories], request: ServiceRequest) -> list[str]:
    """Return the mobiles of the staff whose unit has the request in its queue now."""
    unit = context.dependencies.engine.get_service(request.service).state_named(request.state).unit
    return await list_role_mobiles(context, unit) if unit else []


async def list_role_mobiles(context: ActionContext[StaffRepositories], role: Role) -> list[str]:
    """Return the mobiles of those who take care of a role's work today."""
    return list((await _map_role_mobiles(context, role)).values())


async def _map_role_mobiles(context: ActionContext[StaffRepositories], role: Role) -> dict[str, str]:
    """Return user name → mobile of those who take care of a role's work today and have one."""
    members_on_duty = await staffing.list_on_duty(
        context.uow.people, role, staffing.today_in_tehran(context.dependencies)
    )
    return {member.username: member.mobile for member in members_on_duty if member.mobile}


async def find_status_text(context: ActionContext, request: ServiceRequest) -> tuple[str, dict[str, Any]]:
    """Return the key of the text that states the phase of a request, and its facts; the catalogue may lack that text.

    While required papers are missing, the state's text under `pending` is it, if there is one.
    """
    facts = (
        payable_bill_facts(await list_request_bills(context.uow.bills, request))
        if request.phase is Phase.NEEDS_PAYMENT
        else {}
    )
    facts |= await find_answer_deadline(context.uow.timers, request)
    service_prefix = f"services.{request.service}"
    pending_key = f"{service_prefix}.pending.{request.state}"
    if pending_key in context.dependencies.catalogue:
        facts["missing"] = await find_missing_papers(
            context.uow.documents, context.dependencies.services[request.service].papers, request
        )
    return (pending_key if facts.get("missing") else f"{service_prefix}.status.{request.state}"), facts


def is_late(context: ActionContext, request: ServiceRequest) -> bool:
    """Return whether what the reminders of a request's state announce (the hour of a machine, a visit) is over."""
    engine, now = context.dependencies.engine, context.dependencies.clock.now()
    reminders = engine.get_service(request.service).state_named(request.state).reminders
    moments = [engine.reckon_reminder_event(context.uow, request, reminder) for reminder in reminders]
    return any(moment is not None and moment + LATE_AFTER < now for moment in moments)


async def find_answer_deadline(timers: TimerRepository, request: ServiceRequest) -> dict[str, Any]:
    """Return as a fact until when a request waits for an answer; nothing where it waits for none, or for ever."""
    running = await timers.list_of_request(request.id) if request.phase is Phase.NEEDS_CITIZEN else []
    deadlines = [timer.at for timer in running if timer.kind is TimerKind.DEADLINE]
    return {ANSWER_UNTIL_FACT: min(deadlines)} if deadlines else {}


def payable_bill_facts(bills: Sequence[Bill]) -> dict[str, Any]:
    """Return what a message may say of the newest bill that can still be paid."""
    payable_bills = [bill for bill in bills if bill.state.is_payable]
    if not payable_bills:
        return {}
    bill = payable_bills[-1]
    return {"amount": bill.amount, "bill_id": bill.bill_id, "payment_id": bill.payment_id, "deadline": bill.deadline}
