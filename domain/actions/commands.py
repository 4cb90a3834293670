"""What a citizen's commands do, whichever conversation they come from: each takes the slots and returns the reply."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain import bill_ids
from domain.actions import act, feedback, notify, submit, tariffs, track
from domain.actions.desk import Desk
from domain.charging import SUBJECT, bills_of
from domain.conversation.dialogue import Conversation, Frame
from domain.errors import BillNotFound, DomainError, NotAllowedNow, NotFound
from domain.forms import number_text
from domain.outgoing import MessageClass
from domain.people import Actor
from domain.ports import UnitOfWork
from domain.requests import Phase, RequestFilter, ServiceRequest
from domain.tariffs import Wanted
from domain.text import grouped, persian_digits

Slots = Mapping[str, Any]

LISTED = 5
"""Own requests shown in one text."""

ONLY_ONE_IS_MEANT = frozenset({"reply", "rate"})
"""Intents that need no menu when only one request can be meant."""

ONLY_LOOKING = frozenset({"track", "list", "pay", "tariff", "help"})
"""Intents that change no request."""


@dataclass(frozen=True, slots=True)
class Said:
    """A reply's text, its key in the catalogue, its class, and the request it is about."""

    text: str
    key: str
    cls: MessageClass = MessageClass.REPLY
    request_id: int | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    """One turn of a conversation: the desk, the open unit, who speaks, and the grammar in use."""

    desk: Desk
    uow: UnitOfWork
    actor: Actor
    conversation: Conversation

    def text(self, key: str) -> str:
        """Return a text without placeholders."""
        return self.desk.catalogue.text(key)

    def say(self, key: str, **facts: str) -> Said:
        """Render a reply."""
        return Said(self.desk.catalogue.render(key, facts), key)

    def say_about(self, request: ServiceRequest, key: str, **facts: Any) -> Said:
        """Render a reply about a request."""
        words = self.desk.wording.facts(request, facts)
        return Said(self.desk.catalogue.render(key, words), key, request_id=request.id)

    def say_error(self, error: DomainError) -> Said:
        """Word an error."""
        return Said(self.desk.wording.error(error), f"errors.{error.code}")

    def numbered(self, options: Sequence[str], words: str) -> str:
        """Return «۱ لودر، ۲ گریدر …» for a menu."""
        names = [self.text(f"{words}.{option}") for option in options]
        return "، ".join(f"{persian_digits(str(number))} {name}" for number, name in enumerate(names, start=1))


async def submit_form(talk: Talk, frame: Frame) -> Said:
    """Submit a service's form for the citizen who speaks."""
    found = talk.conversation.keyword(frame.intent)
    if found is None:
        raise NotFound("service")
    outcome = await submit.submit(talk.desk, talk.uow, found[0].key, frame.slots, talk.actor, talk.actor.ident)
    return await _announced(talk, outcome)


async def _announced(talk: Talk, outcome: Any) -> Said:
    replies = await notify.announce(talk.desk, talk.uow, outcome, talk.actor)
    if not replies:
        return await status(talk, outcome.request)
    return Said(replies[-1].text, replies[-1].key, request_id=outcome.request.id)


async def status(talk: Talk, request: ServiceRequest) -> Said:
    """Say where an own request stands and what it waits for."""
    key = f"services.{request.service}.status.{request.state}"
    facts = notify.bill_facts(await bills_of(talk.uow, request))
    return talk.say_about(request, key if key in talk.desk.catalogue else "sms.status", **facts)


async def track_code(talk: Talk, slots: Slots) -> Said:
    """Follow a request: in full from its own mobile, service and phase from another."""
    found = await track.track(talk.desk, talk.uow, slots["code"], talk.actor.ident)
    if found.own:
        return await status(talk, found.request)
    return talk.say_about(found.request, "sms.status_of_other")


async def list_own(talk: Talk, slots: Slots) -> Said:
    """List the citizen's newest requests."""
    wanted = RequestFilter(mobile=talk.actor.ident, limit=LISTED)
    requests = await talk.uow.requests.find(wanted)
    if not requests:
        return talk.say("sms.no_requests")
    lines = [talk.say_about(one, "sms.list_line").text for one in requests]
    return Said("\n".join([talk.text("sms.list"), *lines]), "sms.list")


async def pay(talk: Talk, slots: Slots) -> Said:
    """Tell amount and ids of what is to be paid, by tracking code or bill id."""
    if "bill_id" in slots:
        return await _pay_bill(talk, str(slots["bill_id"]))
    found = await track.track(talk.desk, talk.uow, slots["code"], talk.actor.ident)
    if not found.own:
        return talk.say_about(found.request, "sms.status_of_other")
    facts = notify.bill_facts(found.bills)
    return talk.say_about(found.request, "sms.pay" if facts else "sms.nothing_to_pay", **facts)


async def _pay_bill(talk: Talk, text: str) -> Said:
    bill_id = bill_ids.parse_bill_id(text)
    try:
        bill = await talk.uow.bills.by_bill_id(bill_id)
    except BillNotFound:
        await track.count_guess(talk.desk, talk.uow, talk.actor.ident)
        raise
    request = await talk.uow.requests.get(bill.subject_id) if bill.subject_kind == SUBJECT else None
    if request is None or request.mobile != talk.actor.ident:
        await track.count_guess(talk.desk, talk.uow, talk.actor.ident)
        service = talk.desk.wording.service(request.service) if request else ""
        return talk.say("sms.bill_of_other", amount=grouped(bill.amount), service=service)
    facts = notify.bill_facts([bill])
    return talk.say_about(request, "sms.pay" if facts else "sms.nothing_to_pay", **facts)


async def tariff(talk: Talk, slots: Slots) -> Said:
    """Tell what hours of a machine cost today; one hour where none are said."""
    hours = float(slots.get("hours", 1))
    wanted = [Wanted({"machine": slots["machine"]}, hours)]
    made = await tariffs.quote_for(talk.desk, talk.uow, "machinery", wanted)
    machine = talk.text(f"choices.machine.{slots['machine']}")
    least = made.lines[0].minimum
    return talk.say("sms.tariff", machine=machine, hours=number_text(max(hours, least)), amount=grouped(made.total))


async def cancel(talk: Talk, slots: Slots) -> Said:
    """Cancel an own request."""
    return await _act(talk, slots["code"], "cancel", {})


async def reply(talk: Talk, slots: Slots) -> Said:
    """Answer the question that staff asked about an own request."""
    return await _act(talk, slots["code"], "answer", {"text": slots["text"]})


async def _act(talk: Talk, code: str, action: str, inputs: Slots) -> Said:
    return await _announced(talk, await act.act(talk.desk, talk.uow, code, action, inputs, talk.actor))


async def consent(talk: Talk, slots: Slots) -> Said:
    """Answer for a vehicle's owner; no request waits for one until a service asks owners."""
    raise NotAllowedNow("code", detail="no_consent")


async def comment(talk: Talk, slots: Slots) -> Said:
    """Keep a comment or suggestion."""
    await feedback.comment(
        talk.desk, talk.uow, slots["text"], talk.actor, code=slots.get("code"), service=slots.get("service")
    )
    return talk.say("sms.comment_kept")


async def rate(talk: Talk, slots: Slots) -> Said:
    """Keep a rating of a finished request."""
    request = await feedback.rate(talk.desk, talk.uow, slots["code"], slots["score"], slots.get("text"), talk.actor)
    return talk.say_about(request, "sms.rated", score=slots["score"])


async def rate_bare(talk: Talk, score: int) -> Said | None:
    """Take a bare 1–5 as the answer to the rating question, when one is open."""
    request = await feedback.awaiting_rating(talk.desk, talk.uow, talk.actor.ident)
    return await rate(talk, {"code": request.code, "score": score}) if request else None


async def explain(talk: Talk, slots: Slots) -> Said:
    """Explain one service."""
    return talk.say(f"sms.about.{slots['service']}")


async def opt_out(talk: Talk, *, stopped: bool) -> Said:
    """Stop or resume reminders and bulk texts."""
    await talk.uow.lines.set_opt_out(talk.actor.ident, stopped, talk.desk.clock.now())
    return talk.say("sms.opted_out" if stopped else "sms.opted_in")


async def own_codes(talk: Talk, intent: str) -> list[ServiceRequest]:
    """Return the citizen's requests that an intent without a code may mean, newest first."""
    wanted = RequestFilter(mobile=talk.actor.ident, open_only=intent not in {"rate", "comment", "track"}, limit=LISTED)
    requests = await talk.uow.requests.find(wanted)
    needed = {"reply": Phase.NEEDS_CITIZEN, "pay": Phase.NEEDS_PAYMENT, "rate": Phase.DONE}.get(intent)
    return [one for one in requests if needed in {None, one.phase}]


def offer(talk: Talk, intent: str, requests: Sequence[ServiceRequest]) -> Said:
    """Ask which of the citizen's requests is meant, by number."""
    lines = [
        f"{persian_digits(str(number))}) {talk.say_about(one, 'sms.list_line').text}"
        for number, one in enumerate(requests, start=1)
    ]
    return Said("\n".join([talk.text(f"sms.which.{intent}"), *lines]), f"sms.which.{intent}")


COMMANDS: Mapping[str, Callable[[Talk, Slots], Awaitable[Said]]] = {
    "track": track_code,
    "list": list_own,
    "pay": pay,
    "tariff": tariff,
    "cancel": cancel,
    "reply": reply,
    "comment": comment,
    "rate": rate,
    "confirm": consent,
    "deny": consent,
    "help": explain,
}
"""Every command that belongs to no service."""
