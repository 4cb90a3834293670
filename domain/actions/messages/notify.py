"""Queueing of messages: who is told, when it may leave, and what stays unsaid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from domain.actions.conversations.request_buttons import about
from domain.actions.desk import Desk
from domain.actions.staff import staffing
from domain.bills.bill import Bill
from domain.blocks.charging import bills_of
from domain.blocks.papers_pending import lacking_of
from domain.chats.chat import Chat, ChatAddress
from domain.engine.engine import Outcome
from domain.language.service import Audience, StoredMobile
from domain.messages.catalogue import RenderedMessage
from domain.messages.keyboards import ReplyMarkup
from domain.messages.records import MessageClass, OutboxMessage
from domain.requests.request import Phase, ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor, Role

SMS = "sms"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message goes: a channel, an address in it, and the mobile (+989…) of a chat that has proved one."""

    channel: str
    recipient: str
    mobile: str | None = None


def by_sms(mobile: str) -> Address:
    """Return the address of a mobile."""
    return Address(SMS, mobile)


def in_chat(chat: Chat) -> Address:
    """Return the address of a chat."""
    return Address(chat.channel, chat.chat_id, chat.mobile)


async def announce(desk: Desk, uow: UnitOfWork, outcome: Outcome, actor: Actor) -> list[RenderedMessage]:
    """Queue what a step calls for, and return the texts that are the direct reply to the citizen who took it.

    The reply to a citizen's own message replaces the notice that would go to the same line (services.md,
    "Notifications"): to whoever applied, or was asked for consent.
    """
    replies = []
    for told in outcome.told:
        message = desk.wording.notice(outcome.request, told.notice, told.facts)
        for mobile in await recipients(desk, uow, outcome.request, told.notice.to):
            if actor.kind == "citizen" and mobile == actor.ident:
                replies.append(message)
            else:
                await queue(desk, uow, mobile, message, outcome.request.id)
    return replies


async def queue(
    desk: Desk,
    uow: UnitOfWork,
    mobile: str,
    message: RenderedMessage,
    request_id: int | None = None,
    *,
    until: datetime | None = None,
) -> OutboxMessage | None:
    """Put one text into the outbox for a mobile (+989…); None when the line has stopped texts of this class.

    It goes where this person wants it: into a chat with a messenger's bot, or by SMS; security codes always by SMS.
    Urgent classes leave at once; others wait for the end of quiet hours, and bulk for a working day. `until` is when
    the text is worth nothing any more, if that is sooner than for others of its class.
    """
    if message.cls.stopped_by_opt_out and await uow.lines.opted_out(mobile):
        return None
    way = None
    if message.cls is not MessageClass.SECURITY:
        way = wished(await uow.chats.ways_to(mobile, request_id))
    row = made(desk, Address(way.channel, way.chat_id, mobile) if way else by_sms(mobile), message, request_id)
    row.expires_at = min(row.expires_at, until) if row.expires_at and until else row.expires_at
    if way:
        row.content = await _shown_with(desk, uow, request_id, mobile, way.channel)
        row.moves_at = row.not_before + desk.policy.messenger_patience if desk.policy.messenger_patience else None
    await uow.outbox.add(row)
    return row


async def _shown_with(
    desk: Desk, uow: UnitOfWork, request_id: int | None, mobile: str, channel: str
) -> dict[str, Any] | None:
    """Return what a chat shows under a notice: what can be done with its request now."""
    if request_id is None:
        return None
    return ReplyMarkup(await about(desk, uow, await uow.requests.get(request_id), mobile, channel)).as_json()


async def reply(
    desk: Desk,
    uow: UnitOfWork,
    to: Address,
    message: RenderedMessage,
    request_id: int | None = None,
    shown: ReplyMarkup | None = None,
) -> OutboxMessage:
    """Put the direct reply to what came from an address into the outbox; it goes back there."""
    row = made(desk, to, message, request_id)
    row.content = shown.as_json() if shown else None
    await uow.outbox.add(row)
    return row


def made(desk: Desk, to: Address, message: RenderedMessage, request_id: int | None) -> OutboxMessage:
    """Return a message that is to be queued now: when it may leave, and until when it is worth it."""
    now = desk.clock.now()
    not_before = now
    if not message.cls.immediate:
        not_before = desk.calendar.next_open(now, skip_holidays=message.cls is MessageClass.BULK)
    return OutboxMessage(
        desk.ids.new_id(), to.channel, to.recipient, message.cls, message.key, message.text, now, not_before,
        request_id, expires_at=not_before + _keeps(desk, message.cls), mobile=to.mobile,
    )  # fmt: skip


def wished(ways: Sequence[ChatAddress]) -> ChatAddress | None:
    """Return the chat that notices go to; None for SMS.

    A person's own choice comes first; else a request's messages go to the channel it came by (services.md,
    "Notifications"). A chosen messenger in which there is no active chat is no way.
    """
    return next((way for way in ways if way.channel == (way.chosen or way.asked_by)), None)


def _keeps(desk: Desk, cls: MessageClass) -> timedelta:
    return timedelta(minutes=5) if cls is MessageClass.SECURITY else desk.policy.notice_keeps


async def recipients(desk: Desk, uow: UnitOfWork, request: ServiceRequest, to: Audience | StoredMobile) -> list[str]:
    """Return the mobiles of those whom a notice or reminder of a request is meant for."""
    if isinstance(to, StoredMobile):
        kept = request.data.get(to.name)
        return [kept] if kept else []
    if to is Audience.CITIZEN:
        return [request.mobile] if request.mobile else []
    if to is Audience.OPERATORS:
        booked = await uow.fleet.of_request(request.id)
        return sorted({resource.mobile for _, resource in booked if resource.mobile})
    return await unit_mobiles(uow, desk, request)


async def unit_mobiles(uow: UnitOfWork, desk: Desk, request: ServiceRequest) -> list[str]:
    """Return the mobiles of the staff whose unit has the request in its queue now."""
    unit = desk.engine.service(request.service).state(request.state).unit
    return await role_mobiles(uow, desk, unit) if unit else []


async def role_mobiles(uow: UnitOfWork, desk: Desk, role: Role) -> list[str]:
    """Return the mobiles of those who take care of a role's work today."""
    members = await staffing.on_duty(uow, role, staffing.today(desk))
    return [member.mobile for member in members if member.mobile]


async def replace_expired(desk: Desk, uow: UnitOfWork, expired: Sequence[OutboxMessage]) -> None:
    """Put one fresh status text in the place of a citizen's notices that became too old to be true, for requests still
    running.

    A status text that expired itself is not replaced again: then nobody reads that line.
    """
    old = [one for one in expired if not one.cls.immediate and ".status." not in one.key]
    lines = {(one.request_id, one.line) for one in old if one.request_id}
    for request_id, line in sorted(lines):
        request = await uow.requests.get(request_id)
        key, facts = await standing(desk, uow, request)
        if request.mobile != line or key not in desk.catalogue:
            continue
        message = desk.catalogue.message(key, desk.wording.facts(request, facts), MessageClass.NOTICE)
        await queue(desk, uow, line, message, request.id)


async def standing(desk: Desk, uow: UnitOfWork, request: ServiceRequest) -> tuple[str, dict[str, Any]]:
    """Return the key of the text that says where a request stands, and its facts; the catalogue may lack that text.

    While required papers are missing, the state's text under `pending` is it, if there is one.
    """
    facts = bill_facts(await bills_of(uow, request)) if request.phase is Phase.NEEDS_PAYMENT else {}
    base = f"services.{request.service}"
    pending = f"{base}.pending.{request.state}"
    if pending in desk.catalogue:
        facts["missing"] = await lacking_of(uow, desk.services[request.service].documents, request)
    return (pending if facts.get("missing") else f"{base}.status.{request.state}"), facts


def bill_facts(bills: Sequence[Bill]) -> dict[str, Any]:
    """Return what a message may say of the newest bill that can still be paid."""
    payable = [bill for bill in bills if bill.state.payable]
    if not payable:
        return {}
    bill = payable[-1]
    return {"amount": bill.amount, "bill_id": bill.bill_id, "payment_id": bill.payment_id, "deadline": bill.deadline}
