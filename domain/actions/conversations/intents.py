"""The intents of the citizens: how each is asked, checked, done and summed up.

`HANDLERS` has an object for each command; all forms of services share one, all look-ups another. The loop that calls
them is in `converse.py`; an answer that changes an earlier one is read in `domain/conversation/dialogue/`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from domain.actions.conversations import commands
from domain.actions.conversations.authentic import describe_authenticity
from domain.actions.conversations.changing import (
    CHANGED_FIELD,
    change_answer,
    check_change,
    find_field_of_value,
    is_checked,
    render_change_question,
)
from domain.actions.conversations.chats.officer_questions import render_officer_question
from domain.actions.conversations.chats.operator_jobs import report_typed_hours
from domain.actions.conversations.enquiries.contact import describe_contact
from domain.actions.conversations.enquiries.holders import describe_holder
from domain.actions.conversations.enquiries.meant_requests import select_meant_requests
from domain.actions.conversations.languages import choose_language
from domain.actions.conversations.open_requests import find_same_request, list_candidates, read_staff_answer
from domain.actions.conversations.price_replies import answer_lookup, describe_tariff
from domain.actions.conversations.questions import (
    describe_left_open,
    find_closed_day_of,
    prefix_reason,
    render_offer,
    render_question,
    render_summary,
)
from domain.actions.conversations.refund_accounts import keep_iban, refuse_needless_iban, render_iban_question
from domain.actions.conversations.turn_context import Outcome, SlotValues, TurnContext, Wrong
from domain.actions.requests import submit
from domain.authorization.request_policy import awaits_answer_of, is_citizen_of, keeps_mobile_for
from domain.bills.bill import BillState
from domain.blocks.charging import list_request_bills
from domain.blocks.visits import VISIT_START
from domain.chats.chat import MESSENGERS
from domain.conversation.dialogue.frames import CONFIRM_STEP, OFFER, Ask, Frame, Reaction
from domain.conversation.reading.account_numbers import IBAN_INTENT
from domain.conversation.reading.command_fields import CODE_FIELD, MENU_INTENT, WORKED_HOURS_INTENT
from domain.conversation.reading.endings import CANCEL_INTENT, read_ending_parts
from domain.conversation.reading.vocabulary import CHANGE_INTENT
from domain.engine.engine import StepOutcome
from domain.engine.form_preview import list_value_refusals
from domain.fields.moments import HourOfDay
from domain.language.service import Command
from domain.messages.catalogue import RenderedMessage
from domain.parsing.identifiers import find_tracking_codes
from domain.parsing.suggestions import names_suggestion
from domain.requests.request import ServiceRequest
from domain.values.errors import DomainError, InvalidField, MissingField, UnknownKind

CommandAction = Callable[[TurnContext, SlotValues], Awaitable[RenderedMessage]]

LATE_ANSWER_INTENTS = frozenset({"confirm", "deny"})
"""Intents of words that answer a summary, when they are alone."""


@dataclass(frozen=True, slots=True)
class Handler:
    """One intent. This is the simplest kind: it asks its fields in order, and is done without a question."""

    action: CommandAction
    """The action behind it."""
    is_reading: bool = False
    """Whether it changes nothing: what it counts as a guess stays then, although it fails."""

    async def ask(self, turn: TurnContext, step: Ask) -> Outcome:
        """Ask the missing field, or the summary to be confirmed."""
        turn.asks_question = True
        if step.frame.asked == CONFIRM_STEP:
            return prefix_reason(turn, step, await self.summarize(turn, step.frame))
        step.frame.same_as = None
        return prefix_reason(turn, step, await self.word_question(turn, step.frame, is_unsure=step.is_unsure))

    async def word_question(self, turn: TurnContext, frame: Frame, *, is_unsure: bool = False) -> RenderedMessage:
        """Return the question for the field that the frame asks."""
        return render_question(turn, frame, is_unsure=is_unsure)

    async def summarize(self, turn: TurnContext, frame: Frame) -> RenderedMessage:
        """Return the question whether it shall be done, with all that was said."""
        return await render_offer(turn, frame)

    async def check(self, turn: TurnContext, frame: Frame) -> Outcome | None:
        """Return what comes before it is done; None where it is done now."""
        return None

    async def perform(self, turn: TurnContext, frame: Frame) -> StepOutcome | RenderedMessage:
        """Do it, and return the reply, or the outcome that is announced."""
        return await self.action(turn, frame.slots)


def ask_first(turn: TurnContext, frame: Frame) -> Reaction:
    """Return the question that is asked once before a frame is done."""
    frame.plain = False
    turn.dialogue.frames.append(frame)
    return turn.conversation.ask_next(turn.dialogue)


class FormHandler(Handler):
    """The forms of services: submitted once they are complete."""

    __slots__ = ()

    async def ask(self, turn: TurnContext, step: Ask) -> Outcome:
        """Ask again at once for an hour that is refused whatever else is filled in: «امروز ساعت ۸», said at ten."""
        service, frame = turn.conversation.forms[step.frame.intent].service, step.frame
        hour_names = {field.name for field in service.form if isinstance(field.type, HourOfDay)} - {*frame.left_open}
        if step.problem is None and not hour_names.isdisjoint(frame.stated_slots):
            refusals = list_value_refusals(turn.dependencies.engine, turn.uow, service, frame.stated_slots, turn.actor)
            if wrong := next((refusal for refusal in refusals if refusal.field in hour_names), None):
                return Wrong(frame, wrong)
        return await super().ask(turn, step)

    async def summarize(self, turn: TurnContext, frame: Frame) -> RenderedMessage:
        """Return which service it is, what it would cost, and all that was said."""
        return await render_summary(turn, frame)

    async def check(self, turn: TurnContext, frame: Frame) -> Outcome | None:
        """Ask once more for what is for a closed day, or is the same request again."""
        if frame.asked != CONFIRM_STEP and find_closed_day_of(turn, frame):
            return ask_first(turn, frame)
        if same_code := await find_same_request(turn, frame):
            frame.asked, frame.same_as = None, same_code
            return ask_first(turn, frame)
        return None

    async def perform(self, turn: TurnContext, frame: Frame) -> StepOutcome:
        """Submit it for the citizen who speaks, with what is left to the unit told in the form's remark."""
        service = turn.conversation.forms[frame.intent].service
        values, remark = frame.stated_slots, describe_left_open(turn, frame)
        if remark and service.remark_field:
            own_remark = values.get(service.remark_field, "")
            values = {**values, service.remark_field: f"{own_remark}\n{remark}".strip()}
            turn.left_open = remark
        return await submit.submit_read_form(turn, service, values)


class LookupHandler(Handler):
    """The look-ups of services."""

    __slots__ = ()

    async def perform(self, turn: TurnContext, frame: Frame) -> RenderedMessage:
        """Answer it."""
        if lookup := turn.conversation.forms[frame.intent].lookup:
            return await answer_lookup(turn, lookup.service, lookup.lookup, frame.slots)
        raise UnknownKind("intent")


@dataclass(frozen=True, slots=True)
class RequestCommand(Handler):
    """A command about one request: where no code is said, the citizen's own requests are offered."""

    takes_only_one: bool = False
    """Whether a request is taken unasked that alone can be meant."""
    shows_only_one: bool = False
    """Whether that one is shown before it is done: no code was said."""

    async def ask(self, turn: TurnContext, step: Ask) -> Outcome:
        """Ask which of the citizen's requests is meant, or what else is missing."""
        if step.frame.asked != CODE_FIELD.name:
            return await super(RequestCommand, self).ask(turn, step)
        step.frame.same_as = None
        return await self.ask_request(turn, step)

    async def ask_request(self, turn: TurnContext, step: Ask) -> Outcome:
        """Offer the requests that may be meant; take the only one, or say that there is none."""
        frame = step.frame
        candidates = self.select_candidates(turn, step, await list_candidates(turn, frame.intent))
        if not candidates:
            turn.dialogue.frames.pop()
            return await self.report_none(turn, step)
        if self.takes_only_one and len(candidates) == 1 and step.problem is None:
            frame.plain = frame.plain and not self.shows_only_one
            frame.slots["code"] = candidates[0].code
            return turn.conversation.ask_next(turn.dialogue)
        return prefix_reason(turn, step, offer_requests(turn, frame, candidates))

    def select_candidates(
        self, turn: TurnContext, step: Ask, candidates: Sequence[ServiceRequest]
    ) -> Sequence[ServiceRequest]:
        """Return those of the requests that the text may mean."""
        return candidates if step.problem else select_meant_requests(turn, candidates, turn.text)

    async def report_none(self, turn: TurnContext, step: Ask) -> Outcome:
        """Say that nothing is there to be meant; the frame has left the stack."""
        return turn.render_error(step.problem) if step.problem else turn.render(f"sms.none_to.{step.frame.intent}")


def offer_requests(turn: TurnContext, frame: Frame, requests: Sequence[ServiceRequest]) -> RenderedMessage:
    """Ask which of several requests a frame means, by number; those that fit are its menu."""
    reply, offered_count = turn.render_list(f"sms.which.{frame.intent}", requests, numbered=True)
    frame.options = [request.code for request in requests[:offered_count]]
    turn.asks_question = True
    return reply


class PayCommand(RequestCommand):
    """Paying: without a code it is answered by all that is to be paid."""

    __slots__ = ()

    async def ask_request(self, turn: TurnContext, step: Ask) -> Outcome:
        """Return the bills that are open, if any."""
        if step.problem is None and (bills_reply := await commands.describe_own_bills(turn)):
            turn.dialogue.frames.pop()
            return bills_reply
        return await super().ask_request(turn, step)


class ReplyCommand(RequestCommand):
    """An answer to a question of the staff."""

    __slots__ = ()

    async def ask(self, turn: TurnContext, step: Ask) -> Outcome:
        """Ask for the answer with what the question is, in a chat."""
        question = await render_officer_question(turn, step.frame)
        if question is None:
            return await super().ask(turn, step)
        turn.asks_question, step.frame.same_as = True, None
        return prefix_reason(turn, step, question)


class CancelCommand(RequestCommand):
    """Ending one's own request; what is paid, booked or somebody else's is asked about first, and in a chat any: a
    finger slips more easily than a text is written.
    """

    __slots__ = ()

    async def ask(self, turn: TurnContext, step: Ask) -> Outcome:
        """Ask which request ends where the text names several by their codes."""
        return await self.ask_which(turn, step.frame) or await super().ask(turn, step)

    async def ask_which(self, turn: TurnContext, frame: Frame) -> RenderedMessage | None:
        """Return the question which of the requests ends that one text names by their codes; None where it names one at
        most.
        """
        ended_text = read_ending_parts(turn.text).ended_text or turn.text
        named_codes = find_tracking_codes(ended_text) if frame.one_shot or frame.asked == CONFIRM_STEP else ()
        if len(named_codes) <= 1:
            return None
        requests = [one for one in await list_candidates(turn, frame.intent) if one.code in named_codes]
        if len(requests) <= 1:
            return None
        turn.dialogue.frames = [*(waiting for waiting in turn.dialogue.frames if waiting is not frame), frame]
        frame.slots.pop(CODE_FIELD.name, None)
        frame.asked, frame.one_shot = CODE_FIELD.name, False
        return offer_requests(turn, frame, requests)

    async def check(self, turn: TurnContext, frame: Frame) -> Outcome | None:
        """Ask first; not about what cannot end, for which the command itself says why."""
        if which_question := await self.ask_which(turn, frame):
            return which_question
        if frame.asked == CONFIRM_STEP or not (request := await _find_named_request(turn, frame)):
            return None
        cancel_steps = turn.dependencies.engine.get_service(request.service).command_steps(Command.CANCEL)
        cancel_step = next((candidate for candidate in cancel_steps if request.state in candidate.source_states), None)
        if cancel_step is None:
            return None
        if not is_citizen_of(request, turn.actor):
            is_asked = keeps_mobile_for(cancel_step, request, turn.actor)
        else:
            is_asked = turn.actor.channel in MESSENGERS or await _is_paid_or_booked(turn, request)
        return ask_first(turn, frame) if is_asked else None


async def _find_named_request(turn: TurnContext, frame: Frame) -> ServiceRequest | None:
    try:
        return await turn.uow.requests.get_by_code(frame.slots["code"])
    except DomainError:
        return None


async def _is_paid_or_booked(turn: TurnContext, request: ServiceRequest) -> bool:
    """Return whether a request is paid, or time is booked for it."""
    if any(bill.state is BillState.PAID for bill in await list_request_bills(turn.uow.bills, request)):
        return True
    booked_resources = await turn.uow.fleet.list_of_request(request.id)
    return VISIT_START.is_kept_by(request) or any(not booking.hold for booking, _ in booked_resources)


class ConsentCommand(RequestCommand):
    """Consent to somebody else's request, or its refusal."""

    __slots__ = ()

    async def report_none(self, turn: TurnContext, step: Ask) -> Outcome:
        """Take a bare answer for one to the staff, where they have asked."""
        staff_step = None if step.problem else await read_staff_answer(turn, turn.text, is_clear=False)
        return staff_step or await super().report_none(turn, step)

    async def check(self, turn: TurnContext, frame: Frame) -> Outcome | None:
        """Ask before somebody else's request is refused; in a chat, before one agrees to what one did not name."""
        is_doubtful = frame.intent == "deny" or (turn.actor.channel in MESSENGERS and not frame.one_shot)
        if frame.asked == CONFIRM_STEP or not is_doubtful:
            return None
        request = await _find_named_request(turn, frame)
        return ask_first(turn, frame) if request and awaits_answer_of(request, turn.actor) else None


class ChangeCommand(RequestCommand):
    """Changing an answer of a sent request: done at once where one plain text says it, else shown first."""

    __slots__ = ()

    async def ask(self, turn: TurnContext, step: Ask) -> Outcome:
        """Ask which answer is changed, and to what; a value that only one field reads names the field."""
        frame = step.frame
        if frame.asked == CONFIRM_STEP and not is_checked(frame):
            turn.dialogue.frames.pop()
            return await self.check_change(turn, frame)
        if frame.asked in {CONFIRM_STEP, CODE_FIELD.name}:
            return await super().ask(turn, step)
        frame.same_as = None
        try:
            if frame.asked == CHANGED_FIELD and (field_name := await find_field_of_value(turn, frame)):
                frame.slots[CHANGED_FIELD] = field_name
                return turn.conversation.ask_next(turn.dialogue)
            question = await self.word_question(turn, frame)
        except InvalidField as error:
            return Wrong(frame, error)
        except DomainError as error:
            turn.dialogue.frames.pop()
            return turn.render_error(error)
        turn.asks_question = True
        return prefix_reason(turn, step, question)

    async def word_question(self, turn: TurnContext, frame: Frame, *, is_unsure: bool = False) -> RenderedMessage:
        """Return the question for the field, or for its new value."""
        return await render_change_question(turn, frame)

    async def check(self, turn: TurnContext, frame: Frame) -> Outcome | None:
        """Find out what the change would make of the request, once."""
        return None if frame.asked == CONFIRM_STEP else await self.check_change(turn, frame)

    async def check_change(self, turn: TurnContext, frame: Frame) -> Outcome:
        """Do a change that was said plainly in one text; show any other with the old value, and ask once."""
        try:
            await check_change(turn, frame)
        except (InvalidField, MissingField, UnknownKind) as error:
            return Wrong(frame, error)
        except DomainError as error:
            turn.intent = frame.intent
            return turn.render_error(error)
        frame.asked = CONFIRM_STEP if frame.plain and frame.one_shot else None
        return ask_first(turn, frame)


class CommentCommand(Handler):
    """A comment, or a suggestion where the text that calls it names it so."""

    __slots__ = ()

    async def ask(self, turn: TurnContext, step: Ask) -> Outcome:
        """Keep in mind that it is a suggestion: the next text is only its words."""
        mark_suggestion(turn, step.frame)
        return await super().ask(turn, step)

    async def perform(self, turn: TurnContext, frame: Frame) -> StepOutcome | RenderedMessage:
        """Store it."""
        mark_suggestion(turn, frame)
        return await super().perform(turn, frame)


def mark_suggestion(turn: TurnContext, frame: Frame) -> None:
    """Mark the frame of a comment whose text names a suggestion."""
    if names_suggestion(turn.text) or names_suggestion(frame.slots.get("text", "")):
        frame.slots[commands.SUGGESTION_MARK] = True


class AccountCommand(Handler):
    """The account that money goes back to: always asked about with its bank and the sum."""

    __slots__ = ()

    async def ask(self, turn: TurnContext, step: Ask) -> Outcome:
        """Ask for the account, where money waits for one."""
        if needless_reply := await refuse_needless_iban(turn):
            turn.dialogue.frames.pop()
            return needless_reply
        return await super().ask(turn, step)

    async def summarize(self, turn: TurnContext, frame: Frame) -> RenderedMessage:
        """Return the question whether the account is right."""
        return await render_iban_question(turn, frame)

    async def check(self, turn: TurnContext, frame: Frame) -> Outcome | None:
        """Ask first."""
        return None if frame.asked == CONFIRM_STEP else ask_first(turn, frame)


class HelpCommand(Handler):
    """Help: about a service or command that is named, else the menu of all that can be done."""

    __slots__ = ()

    async def check(self, turn: TurnContext, frame: Frame) -> Outcome | None:
        """Return the menu where nothing is named."""
        if frame.slots.keys().isdisjoint({"service", "about"}):
            return offer_menu(turn, "sms.help", turn.conversation.main_menu_intents(), "help")
        return None


def offer_menu(
    turn: TurnContext, text_key: str, intents: Sequence[str], intent: str, source: str | None = None
) -> RenderedMessage:
    """Offer what fits of these intents by number; what comes last is known to do without a menu.

    `source` is the text that they are offered for: what is chosen begins with what it holds.
    """
    offered_intents = turn.fitting_intents(text_key, intents)
    slots = {} if source is None else {OFFER: source}
    menu_frame = Frame(MENU_INTENT, slots, asked=MENU_INTENT, options=offered_intents, one_shot=False)
    menu_frame.unnumbered = not turn.shows_numbers(text_key)
    turn.dialogue.frames.append(menu_frame)
    turn.intent, turn.asks_question = intent, True
    return turn.render(text_key, menu=turn.numbered_menu(offered_intents, "intents"))


def offer_service(
    turn: TurnContext, text_key: str, intent: str, source: str | None = None, **facts: str
) -> RenderedMessage:
    """Ask whether one intent is wanted («… لازم دارید؟ ۱ بله»): yes begins it with what `source` says, by default with
    nothing but its first word.
    """
    form = turn.conversation.forms[intent]
    calling_word = form.submission.keyword.intent.certain_words[0] if form.submission else ""
    slots = {OFFER: source or calling_word}
    menu_frame = Frame(MENU_INTENT, slots, asked=MENU_INTENT, options=[intent], one_shot=False)
    turn.dialogue.frames.append(menu_frame)
    turn.asks_question = True
    return turn.render(text_key, **facts)


async def _refuse_unknown(turn: TurnContext, slots: SlotValues) -> RenderedMessage:
    raise UnknownKind("intent")


FORM_HANDLER, LOOKUP_HANDLER = FormHandler(_refuse_unknown), LookupHandler(_refuse_unknown)
UNKNOWN_HANDLER = Handler(_refuse_unknown)

HANDLERS: Mapping[str, Handler] = {
    WORKED_HOURS_INTENT: Handler(report_typed_hours),
    "track": RequestCommand(commands.track_request, is_reading=True, takes_only_one=True),
    "list": Handler(commands.list_own_requests, is_reading=True),
    "who_read": RequestCommand(describe_holder, is_reading=True, takes_only_one=True),
    "contact": Handler(describe_contact, is_reading=True),
    "pay": PayCommand(commands.describe_payment, is_reading=True),
    "authentic": Handler(describe_authenticity, is_reading=True),
    "tariff": Handler(describe_tariff, is_reading=True),
    CANCEL_INTENT: CancelCommand(commands.cancel_request, takes_only_one=True, shows_only_one=True),
    CHANGE_INTENT: ChangeCommand(change_answer, takes_only_one=True),
    "reply": ReplyCommand(commands.reply_to_staff, takes_only_one=True),
    "comment": CommentCommand(commands.store_comment),
    "rate": RequestCommand(commands.rate_request, takes_only_one=True),
    "confirm": ConsentCommand(commands.confirm_request, takes_only_one=True),
    "deny": ConsentCommand(commands.deny_request, takes_only_one=True),
    "reopen": RequestCommand(commands.reopen_request),
    IBAN_INTENT: AccountCommand(keep_iban),
    "help": HelpCommand(commands.explain_service, is_reading=True),
    "language": Handler(choose_language),
}
"""Every command that belongs to no service."""


def find_handler(turn: TurnContext, intent: str) -> Handler:
    """Return the handler of an intent; one that is only asked has that of unknown intents."""
    form = turn.conversation.forms[intent]
    if form.is_service_form:
        return FORM_HANDLER
    return LOOKUP_HANDLER if form.lookup else HANDLERS.get(intent, UNKNOWN_HANDLER)
