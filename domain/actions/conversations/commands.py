"""What a citizen's commands do, whichever conversation they come from: each takes the slots and returns the reply."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from domain.actions.bills.own_bills import bills_of_rows
from domain.actions.bills.subjects import SUBJECTS
from domain.actions.conversations.look_up import answer_key, look_up
from domain.actions.desk import Desk
from domain.actions.feedback import feedback
from domain.actions.messages import notify
from domain.actions.requests import reopen as reopening
from domain.actions.requests import submit, track
from domain.actions.requests.command import AWAITED, command
from domain.bills.bill import Bill, BillState
from domain.blocks.charging import SUBJECT, bills_of
from domain.chats.chat import MESSENGERS
from domain.conversation.dialogue import CONFIRM, Conversation
from domain.conversation.frames import Frame
from domain.engine.engine import Outcome
from domain.language.service import Command, Lookup, Prices, Service
from domain.messages.catalogue import as_many_as_fit
from domain.requests.request import Phase, RequestFilter, ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values import bill_ids, tracking_codes
from domain.values.actors import Actor
from domain.values.errors import BillNotFound, DomainError, NotFound
from domain.values.message_parts import count_parts
from domain.values.text import grouped, persian_digits

Slots = Mapping[str, Any]

LISTED = 5
"""Own requests shown in one text, at most."""

COUNTED = 200
"""Own requests that are looked for, to say how many more there are than are shown."""

ONLY_ONE_IS_MEANT = frozenset({"reply", "rate", "confirm", "deny"})
"""Intents that need no menu when only one request can be meant."""

ENDING = frozenset({"cancel", "deny"})
"""Intents that end a request."""

ONLY_LOOKING = frozenset({"track", "list", "pay", "tariff", "help"})
"""Intents that change no request."""


@dataclass(frozen=True, slots=True)
class CommandReply:
    """A reply's text, its key in the catalogue, the message parts that it may have, and the request it is about.

    `then` is the intent that the reply offers to do: the citizen's next text says yes or no.
    """

    text: str
    key: str
    parts: int
    request_id: int | None = None
    then: Frame | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    """One turn of a conversation: the desk, the open unit, who speaks, and the grammar in use."""

    desk: Desk
    uow: UnitOfWork
    actor: Actor
    conversation: Conversation

    def text(self, key: str) -> str:
        """Return a text without placeholders."""
        return self.desk.catalogue.text(self.worded(key))

    def worded(self, key: str) -> str:
        """Return the key of a text as this channel has it: where there are buttons, some are worded for them."""
        own = f"in_chat.{key}"
        return own if self.actor.channel in MESSENGERS and own in self.desk.catalogue else key

    def say(self, key: str, **facts: str) -> CommandReply:
        """Render a reply."""
        return self.saying(self.desk.catalogue.render(self.worded(key), facts), key)

    def saying(self, text: str, key: str, request: ServiceRequest | None = None) -> CommandReply:
        """Return a reply in these words, which fit the budget of `key`."""
        return CommandReply(text, key, self.desk.catalogue.parts(key), request_id=request.id if request else None)

    def say_about(self, request: ServiceRequest, key: str, **facts: Any) -> CommandReply:
        """Render a reply about a request."""
        words = self.desk.wording.facts(request, facts)
        return self.saying(self.desk.catalogue.render(self.worded(key), words), key, request)

    def say_error(self, error: DomainError) -> CommandReply:
        """Word an error."""
        return self.saying(self.desk.wording.error(error), f"errors.{error.code}")

    def numbered(self, options: Sequence[str], words: str) -> str:
        """Return a menu of options that have names in a table of the catalogue."""
        return self.menu([self.text(f"{words}.{option}") for option in options])

    def listed(
        self, key: str, requests: Sequence[ServiceRequest], *, numbered: bool = False
    ) -> tuple[CommandReply, int]:
        """Return a reply of a head and a line a request, the first that there is room for, and how many those are.

        How many more there are is said, and how to reach them.
        """

        def more(shown: int) -> list[str]:
            left = len(requests) - shown
            return [self.say("sms.more", count=persian_digits(left)).text] if left else []

        lines = [self.say_about(one, "sms.list_line").text for one in requests[:LISTED]]
        if numbered:
            lines = [f"{persian_digits(number)}) {line}" for number, line in enumerate(lines, start=1)]
        text, number = as_many_as_fit(self.desk.catalogue.parts(key), self.text(key), lines, more)
        return self.saying(text, key), number

    def fitting(self, key: str, intents: Sequence[str]) -> list[str]:
        """Return the first of these intents, as many as the text `key` has room for in its menu."""
        offered = list(intents)
        while count_parts(self.say(key, menu=self.numbered(offered, "intents")).text) > self.desk.catalogue.parts(key):
            offered.pop()
        return offered

    def menu(self, names: Sequence[str]) -> str:
        """Return «۱ لودر، ۲ گریدر …»."""
        return "، ".join(f"{persian_digits(str(number))} {name}" for number, name in enumerate(names, start=1))


async def submit_form(talk: Talk, frame: Frame) -> CommandReply:
    """Submit a service's form for the citizen who speaks."""
    found = talk.conversation.keyword(frame.intent)
    if found is None:
        raise NotFound("service")
    outcome = await submit.submit(talk.desk, talk.uow, found[0].key, frame.said, talk.actor, talk.actor.ident)
    return await _announced(talk, outcome)


async def _announced(talk: Talk, outcome: Outcome) -> CommandReply:
    replies = await notify.announce(talk.desk, talk.uow, outcome, talk.actor)
    if not replies:
        return await status(talk, outcome.request)
    return talk.saying(replies[-1].text, replies[-1].key, outcome.request)


async def status(talk: Talk, request: ServiceRequest) -> CommandReply:
    """Say where an own request stands and what it waits for."""
    key, facts = await notify.standing(talk.desk, talk.uow, request)
    return talk.say_about(request, key if key in talk.desk.catalogue else "sms.status", **facts)


async def track_code(talk: Talk, slots: Slots) -> CommandReply:
    """Follow a request: in full from its own mobile, service and phase from another."""
    found = await track.track(talk.desk, talk.uow, slots["code"], talk.actor.ident)
    if found.own:
        return await status(talk, found.request)
    return talk.say_about(found.request, "sms.status_of_other")


async def list_own(talk: Talk, slots: Slots) -> CommandReply:
    """List the citizen's newest requests, and what others asked for him."""
    wanted = RequestFilter(mobile=talk.actor.ident, limit=COUNTED)
    requests = await _with_others(talk, await talk.uow.requests.find(wanted))
    if not requests:
        return talk.say("sms.no_requests")
    return talk.listed("sms.list", requests)[0]


async def _with_others(talk: Talk, own: list[ServiceRequest]) -> list[ServiceRequest]:
    """Add what others asked for this citizen; newest first."""
    finders = [service.concerning for service in talk.desk.services.values() if service.concerning]
    others = [one for find in finders for one in await find(talk.uow, talk.actor.ident)]
    whole = {one.id: one for one in (*own, *others)}
    return sorted(whole.values(), key=lambda one: one.created_at, reverse=True)[:COUNTED]


async def pay(talk: Talk, slots: Slots) -> CommandReply:
    """Tell amount and ids of what is to be paid, by tracking code or bill id."""
    if "bill_id" in slots:
        return await _pay_bill(talk, str(slots["bill_id"]))
    found = await track.track(talk.desk, talk.uow, slots["code"], talk.actor.ident)
    if not found.own:
        return talk.say_about(found.request, "sms.status_of_other")
    facts = notify.bill_facts(await bills_of(talk.uow, found.request))
    return talk.say_about(found.request, "sms.pay" if facts else "sms.nothing_to_pay", **facts)


async def _pay_bill(talk: Talk, text: str) -> CommandReply:
    bill_id = bill_ids.parse_bill_id(text)
    try:
        bill = await talk.uow.bills.by_bill_id(bill_id)
    except BillNotFound:
        await track.count_guess(talk.desk, talk.uow, talk.actor.ident)
        raise
    subject, facts = SUBJECTS[bill.subject_kind], notify.bill_facts([bill])
    title = await subject.title(talk.desk, talk.uow, bill)
    if await subject.mobile(talk.uow, bill) != talk.actor.ident:
        await track.count_guess(talk.desk, talk.uow, talk.actor.ident)
        return talk.say("sms.bill_of_other", amount=grouped(bill.amount), service=title)
    if bill.subject_kind == SUBJECT:
        request = await talk.uow.requests.get(bill.subject_id)
        return talk.say_about(request, "sms.pay" if facts else "sms.nothing_to_pay", **facts)
    if not facts:
        return talk.say("sms.bill_settled", service=title)
    ids = {"bill_id": bill.bill_id, "payment_id": bill.payment_id}
    return talk.say("sms.pay_bill", service=title, amount=grouped(bill.amount), **ids)


async def all_bills(talk: Talk) -> CommandReply | None:
    """List everything that the citizen has to pay; None where nothing but requests is to be paid."""
    rows = await bills_of_rows(talk.desk, talk.uow, talk.actor.ident)
    if not rows:
        return None
    wanted = RequestFilter(mobile=talk.actor.ident, phase=Phase.NEEDS_PAYMENT, limit=LISTED)
    requests = await talk.uow.requests.find(wanted)
    of_requests = [bill for one in requests for bill in await bills_of(talk.uow, one) if bill.state.payable]
    lines = [await _bill_line(talk, bill) for bill in (*of_requests, *rows)]
    text, _ = as_many_as_fit(talk.desk.catalogue.parts("sms.bills"), talk.text("sms.bills"), lines, lambda _: [])
    return talk.saying(text, "sms.bills")


async def _bill_line(talk: Talk, bill: Bill) -> str:
    title = await SUBJECTS[bill.subject_kind].title(talk.desk, talk.uow, bill)
    ids = {"bill_id": bill.bill_id, "payment_id": bill.payment_id}
    return talk.say("sms.bill_line", service=title, amount=grouped(bill.amount), **ids).text


async def answer(talk: Talk, service: Service, lookup: Lookup | Prices, slots: Slots) -> CommandReply:
    """Answer a question that makes no request, line by line."""
    lines = await look_up(talk.desk, talk.uow, service, lookup, slots, talk.actor, brief=True)
    parts = sum(talk.desk.catalogue.parts(answer_key(service, line.key)) for line in lines)
    return CommandReply("\n".join(line.text for line in lines), f"services.{service.key}.answers", parts)


async def tariff(talk: Talk, slots: Slots) -> CommandReply:
    """Tell the price of what is named, by the service that prices it."""
    for service, prices in talk.conversation.prices():
        if prices.subject in slots:
            return await answer(talk, service, prices, slots)
    raise NotFound("tariff", detail="tariff")


async def cancel(talk: Talk, slots: Slots) -> CommandReply:
    """Cancel an own request."""
    return await _command(talk, slots["code"], Command.CANCEL, {})


async def asked_first(talk: Talk, intent: str, slots: Slots) -> bool:
    """Tell whether the person is asked before a request ends: one that is paid, booked or somebody else's wish.

    In a chat any: a finger slips more easily than a text is written.
    What cannot end is not asked about: the command itself says why.
    """
    if intent not in ENDING:
        return False
    try:
        request = await talk.uow.requests.by_code(tracking_codes.parse(str(slots["code"])))
    except DomainError:
        return False
    if intent == "deny":
        return request.awaits == talk.actor.ident
    steps = talk.desk.engine.service(request.service).on_command(Command.CANCEL)
    step = next((one for one in steps if request.state in one.sources), None)
    if step is None:
        return False
    if request.mobile != talk.actor.ident:
        return step.by_kept is not None and request.data.get(step.by_kept) == talk.actor.ident
    return talk.actor.channel in MESSENGERS or await _is_taken(talk, request)


async def _is_taken(talk: Talk, request: ServiceRequest) -> bool:
    """Tell whether a request is paid, or time is booked for it."""
    if any(bill.state is BillState.PAID for bill in await bills_of(talk.uow, request)):
        return True
    booked = await talk.uow.fleet.of_request(request.id)
    return "visit_start" in request.data or any(not booking.hold for booking, _ in booked)


async def reply(talk: Talk, slots: Slots) -> CommandReply:
    """Answer the question that staff asked about an own request."""
    return await _command(talk, slots["code"], Command.REPLY, {"text": slots["text"]})


async def confirm(talk: Talk, slots: Slots) -> CommandReply:
    """Consent to somebody else's request that awaits this citizen's answer."""
    return await _command(talk, slots["code"], Command.CONFIRM, {})


async def deny(talk: Talk, slots: Slots) -> CommandReply:
    """Refuse somebody else's request that awaits this citizen's answer."""
    return await _command(talk, slots["code"], Command.DENY, {})


async def _command(talk: Talk, code: str, word: Command, inputs: Slots) -> CommandReply:
    return await _announced(talk, await command(talk.desk, talk.uow, code, word, inputs, talk.actor))


async def comment(talk: Talk, slots: Slots) -> CommandReply:
    """Keep a comment or suggestion."""
    await feedback.comment(
        talk.desk, talk.uow, slots["text"], talk.actor, code=slots.get("code"), service=slots.get("service")
    )
    return talk.say("sms.comment_kept")


async def rate(talk: Talk, slots: Slots) -> CommandReply:
    """Keep a rating of a finished request."""
    request = await feedback.rate(talk.desk, talk.uow, slots["code"], slots["score"], slots.get("text"), talk.actor)
    if slots["score"] > talk.desk.policy.low_rating:
        return talk.say_about(request, "sms.rated", score=slots["score"])
    if not await reopening.can_reopen(talk.desk, talk.uow, request, talk.actor):
        return talk.say_about(request, "sms.rated_low_only", score=slots["score"])
    offer = Frame("reopen", {"code": request.code}, asked=CONFIRM)
    return replace(talk.say_about(request, "sms.rated_low", score=slots["score"]), then=offer)


async def rate_bare(talk: Talk, score: int, asked_since: datetime | None = None) -> CommandReply | None:
    """Take a bare 1–5 as the answer to the rating question, when one is open and nothing was `asked_since` then."""
    request = await feedback.awaiting_rating(talk.desk, talk.uow, talk.actor.ident)
    if request is None or (asked_since and asked_since >= request.updated_at):
        return None
    return await rate(talk, {"code": request.code, "score": score})


async def reopen(talk: Talk, slots: Slots) -> CommandReply:
    """Take up again a finished request that was rated low."""
    reason = talk.text("staff.reopened_by_rating")
    reopened = await reopening.reopen(talk.desk, talk.uow, slots["code"], reason, talk.actor)
    await notify.announce(talk.desk, talk.uow, reopened.outcome, talk.actor)
    return talk.saying(reopened.message.text, reopened.message.key, reopened.outcome.request)


async def explain(talk: Talk, slots: Slots) -> CommandReply:
    """Explain one service."""
    return talk.say(f"sms.about.{slots['service']}")


async def opt_out(talk: Talk, *, stopped: bool) -> CommandReply:
    """Stop or resume reminders and bulk texts."""
    await talk.uow.lines.set_opt_out(talk.actor.ident, stopped, talk.desk.clock.now())
    return talk.say("sms.opted_out" if stopped else "sms.opted_in")


async def own_codes(talk: Talk, intent: str) -> list[ServiceRequest]:
    """Return the requests that an intent without a code may mean, newest first."""
    mobile = talk.actor.ident
    if intent in AWAITED:
        return await talk.uow.requests.find(RequestFilter(awaits=mobile, open_only=True, limit=COUNTED))
    phase = {"reply": Phase.NEEDS_CITIZEN, "pay": Phase.NEEDS_PAYMENT, "rate": Phase.DONE}.get(intent)
    wanted = RequestFilter(mobile=mobile, phase=phase, open_only=intent == "cancel", limit=COUNTED)
    found = await talk.uow.requests.find(wanted)
    return await _with_others(talk, found) if intent == "cancel" else found


def offer(talk: Talk, intent: str, requests: Sequence[ServiceRequest]) -> tuple[CommandReply, int]:
    """Ask which of the citizen's requests is meant, by number; return how many of them fit besides."""
    return talk.listed(f"sms.which.{intent}", requests, numbered=True)


COMMANDS: Mapping[str, Callable[[Talk, Slots], Awaitable[CommandReply]]] = {
    "track": track_code,
    "list": list_own,
    "pay": pay,
    "tariff": tariff,
    "cancel": cancel,
    "reply": reply,
    "comment": comment,
    "rate": rate,
    "confirm": confirm,
    "deny": deny,
    "reopen": reopen,
    "help": explain,
}
"""Every command that belongs to no service."""
