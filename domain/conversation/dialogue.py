"""The dialogue: what a citizen's next text means, given what was asked before. Pure: no store, no words.

A dialogue is a stack of frames; each gathers the fields of one intent, and the top one is asked now. A frame below
waits while another interrupts, and is resumed. The order of reading is channels.md's: (1) opt-out, exit, back; (2)
the asked field's own parser; (3) a keyword with valid arguments; (4) a bare code, bare 11 and 12. What is refused is
not done, and what is not said plainly is asked once (`sentences`).
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from domain.chats.chat import MESSENGERS
from domain.conversation.answers import (
    CLEAR_MOODS,
    answer_by_repetition,
    choose_by_number,
    has_no_letters,
    is_bare_code,
    is_interruption,
    take_value,
)
from domain.conversation.command_fields import MENU_INTENT, PAYABLE_SLOTS
from domain.conversation.frames import OFFER, Ask, Dialogue, Frame, Left, OptOut, Perform, Reaction, Refused, Unknown
from domain.conversation.grammar import Grammar, ParsedMessage, value_as_json
from domain.conversation.intent_forms import build_intent_forms
from domain.conversation.sentences import Mood
from domain.conversation.yes_no import read_yes_or_no
from domain.fields.form import Field
from domain.fields.moments import Day, HourOfDay
from domain.fields.types import Text
from domain.language.service import Service
from domain.values.errors import AmbiguousField, DomainError, InvalidField
from domain.values.reasons import InvalidReason

CONFIRM_STEP = "confirm"
"""The asked name while a summary waits for yes or no."""

MOST_FRAMES = 3
"""Frames that may wait for each other; a further interruption drops the oldest."""


class Conversation:
    """Reads texts by one grammar for the services of one channel."""

    def __init__(self, grammar: Grammar, services: Mapping[str, Service], channel: str = "sms") -> None:
        self.grammar = grammar
        self.services = services
        self.channel = channel
        self.forms = build_intent_forms(services, channel)
        """What each intent asks for."""

    def find_asking_field(self, intent: str, name: str | None) -> Field | None:
        """Return the field that is asked in order to get a value: itself, or the one that it replaces."""
        form = [field for field in self.forms[intent].fields if not field.is_derived]
        return next(
            (field for field in form if name in field.alternatives),
            next((field for field in form if field.name == name), None),
        )

    def main_menu_intents(self) -> tuple[str, ...]:
        """Return the intents that help offers by number: the services first, then what every citizen needs."""
        service_intents = [
            intent.name
            for service in self.services.values()
            for intent in [
                *(source.intent for source in service.keywords),
                *(source.intent for source in service.lookups),
            ]
        ]
        commands = ("track", "list", "pay", "tariff", "cancel", "comment")
        # The menu of a text message is full.
        return (*service_intents, *commands, *(("authentic",) if self.channel in MESSENGERS else ()))

    def read_text(self, dialogue: Dialogue, text: str, now: datetime) -> Reaction:
        """Return what the text means and change the dialogue accordingly."""
        message = self.grammar.parse_message(text, now)
        if message.intent == "opt_out" and not (dialogue.frames and has_no_letters(text)):
            return OptOut(is_stopped=True)
        if message.intent == "exit" or self._gives_up_form(dialogue, message):
            return self._leave_dialogue(dialogue)
        if message.intent == "back" and dialogue.frames:
            return self._go_back(dialogue)
        if message.mood is Mood.REFUSED and (refused_step := self._read_refusal(dialogue, message)):
            return refused_step
        if dialogue.top is None:
            return self._read_outside(dialogue, message, now)
        return self._read_inside(dialogue, dialogue.top, message, text, now)

    def read_command(self, dialogue: Dialogue, text: str, now: datetime) -> Reaction:
        """Return what a text means that is a command whatever is asked now, as a button is; what is asked waits."""
        message = self.grammar.parse_message(text, now)
        if dialogue.top is None or message.intent in {"unknown", "opt_in", "opt_out", "exit", "back"}:
            return self.read_text(dialogue, text, now)
        return self._begin_interruption(dialogue, dialogue.top, message, now)

    def begin_intent(
        self, dialogue: Dialogue, intent: str, stated_values: Mapping[str, Any], now: datetime, *, is_plain: bool = True
    ) -> Reaction:
        """Start an intent with what was said with it: do it when complete, else ask the first missing field.

        What was not said plainly (`is_plain`) is asked once more before it is done.
        """
        match = self.forms[intent].submission
        frame = Frame(intent, version=match[0].version if match else None, plain=is_plain)
        if match:
            frame.slots.update(match[1].preset_values)
        problem = self._absorb(frame, stated_values, now)
        if problem and intent in {"track", "authentic"}:
            raise problem  # the code can be sent again: nothing needs to wait for it
        dialogue.frames.append(frame)
        step = self.ask_next(dialogue, problem)
        del dialogue.frames[:-MOST_FRAMES]
        return step

    def ask_field_again(self, dialogue: Dialogue, frame: Frame, problem: DomainError) -> Ask | None:
        """Drop the value that turned out wrong, or to be needed after all, and ask it; None when nobody is asked it."""
        field = self.find_asking_field(frame.intent, problem.field)
        if field is None:
            return None
        for name in (field.name, *field.alternatives):
            frame.slots.pop(name, None)
        if dialogue.top is not frame:
            dialogue.frames.append(frame)
        step = self.ask_next(dialogue, problem)
        return step if isinstance(step, Ask) else None

    def ask_next(self, dialogue: Dialogue, problem: DomainError | None = None) -> Reaction:
        """Ask the next missing field of the top frame, its summary, or let it be done."""
        frame = dialogue.frames[-1]
        missing_field = self._find_next_missing(frame, problem.field if problem else None)
        is_immediate = frame.plain and (frame.one_shot or not self.forms[frame.intent].submission)
        if missing_field is None and (is_immediate or frame.asked == CONFIRM_STEP):
            dialogue.frames.pop()
            return Perform(frame)
        frame.one_shot = False
        frame.asked, frame.gap = missing_field or (CONFIRM_STEP, None)
        is_doubted = isinstance(problem, AmbiguousField) and problem.field == frame.asked
        frame.options = (
            list(problem.options) if is_doubted and isinstance(problem, AmbiguousField) else self._menu(frame)
        )
        return Ask(frame, problem)

    def _gives_up_form(self, dialogue: Dialogue, message: ParsedMessage) -> bool:
        """A bare «لغو» amid a form gives the form up; only elsewhere it asks which request to cancel."""
        is_bare_cancel = message.intent == "cancel" and not message.slots and message.mood in CLEAR_MOODS
        return is_bare_cancel and dialogue.top is not None and self.forms[dialogue.top.intent].submission is not None

    def _read_outside(self, dialogue: Dialogue, message: ParsedMessage, now: datetime) -> Reaction:
        if message.intent == "opt_in":
            return OptOut(is_stopped=False)
        if message.intent in {"unknown", "back"}:
            return Unknown(tuple(message.suggested_intents))
        return self._begin_message(dialogue, message, now)

    def _begin_message(self, dialogue: Dialogue, message: ParsedMessage, now: datetime) -> Reaction:
        return self.begin_intent(
            dialogue, message.intent, self._slots_of(message), now, is_plain=message.mood is Mood.PLAIN
        )

    def _read_refusal(self, dialogue: Dialogue, message: ParsedMessage) -> Reaction | None:
        """Return what a refusal comes to; None where it answers the present question, or is its free text."""
        top = dialogue.top
        if top is None:
            return Refused(message.refused_intent)
        field = self._find_asked_field(top)
        is_free_text = field is not None and isinstance(field.type, Text)
        if (
            top.asked == CONFIRM_STEP
            or self.is_outdated(top)
            or (is_free_text and not self.forms[top.intent].submission)
        ):
            return None
        if message.refused_intent in {"", top.intent}:
            return self._leave_dialogue(dialogue)
        if is_free_text and message.refused_intent not in {"cancel", "exit"}:
            return None
        if top.intent == MENU_INTENT:
            dialogue.frames.pop()
            return Refused(message.refused_intent)
        return Ask(top)

    def _read_inside(
        self, dialogue: Dialogue, frame: Frame, message: ParsedMessage, text: str, now: datetime
    ) -> Reaction:
        if self.is_outdated(frame):
            dialogue.frames.pop()
            step = self.begin_intent(dialogue, frame.intent, {}, now)
            return Ask(step.frame, is_restarted=True) if isinstance(step, Ask) else step
        field = self._find_asked_field(frame)
        if is_interruption(message, text) and field is not None and isinstance(field.type, Text):
            return self._begin_interruption(dialogue, frame, message, now)
        try:
            return self._read_answer(dialogue, frame, message, text, now)
        except DomainError as problem:
            return self._read_no_answer(dialogue, frame, message, text, now, problem)

    def _read_no_answer(
        self, dialogue: Dialogue, frame: Frame, message: ParsedMessage, text: str, now: datetime, problem: DomainError
    ) -> Reaction:
        """Read a text that does not answer the question: a command, or nothing that helps."""
        if isinstance(problem, AmbiguousField) and not frame.gap:
            return self.ask_next(dialogue, problem)
        if message.intent in {"opt_in", "opt_out"}:
            return OptOut(is_stopped=message.intent == "opt_out")
        if is_interruption(message, text) or is_bare_code(message, text):
            return self._begin_interruption(dialogue, frame, message, now)
        if frame.intent == MENU_INTENT:
            dialogue.frames.pop()
            return self._read_behind_menu(dialogue, message, text, now)
        extra = self.grammar.parse_arguments(frame.intent, text, now)  # «لودر ۴ ساعت», where a machine was asked for
        return (
            self.ask_next(dialogue, self._absorb(frame, self._slots_of(extra), now)) if extra else Ask(frame, problem)
        )

    def _read_behind_menu(self, dialogue: Dialogue, message: ParsedMessage, text: str, now: datetime) -> Reaction:
        """A text that chose nothing from a menu is meant for the question that waits behind it, if there is one."""
        if dialogue.top:
            return self._read_inside(dialogue, dialogue.top, message, text, now)
        return self._read_outside(dialogue, message, now)

    def _begin_interruption(self, dialogue: Dialogue, frame: Frame, message: ParsedMessage, now: datetime) -> Reaction:
        if message.intent == frame.intent and self.forms[frame.intent].submission:
            frame.asked = frame.same_as = None  # what was confirmed before is no longer what is asked for
            frame.plain = frame.plain and message.mood is Mood.PLAIN
            return self.ask_next(dialogue, self._absorb(frame, self._slots_of(message), now))
        if frame.intent == MENU_INTENT:
            dialogue.frames.pop()
        return self._begin_message(dialogue, message, now)

    def _read_answer(
        self, dialogue: Dialogue, frame: Frame, message: ParsedMessage, text: str, now: datetime
    ) -> Reaction:
        if frame.asked == CONFIRM_STEP:
            return self._read_confirmation(dialogue, frame, message, text)
        field = self._find_asked_field(frame)
        menu_choice = choose_by_number(
            frame, text, offers_readings=field is not None and isinstance(field.type, Day | HourOfDay)
        )
        if frame.intent == MENU_INTENT:
            if menu_choice is None:
                raise InvalidField(reason=InvalidReason.MENU)
            dialogue.frames.pop()
            return self._begin_menu_choice(dialogue, menu_choice, str(frame.slots.get(OFFER, "")), now)
        if field is None:
            raise InvalidField(reason=InvalidReason.UNREADABLE)
        problem: DomainError | None = None
        if frame.gap:
            with field.naming_errors():
                frame.slots[field.name] = field.type.fill_missing_part(frame.slots[field.name], text)
        else:
            field, problem = self._take_alternative(frame, field, menu_choice or text, now)
        frame.trail.append(field.name)
        return self.ask_next(dialogue, problem)

    def _take_alternative(
        self, frame: Frame, field: Field, raw_value: str, now: datetime
    ) -> tuple[Field, DomainError | None]:
        """Read an answer as the asked field, else as one that does as well; return the field that it was."""
        try:
            return field, take_value(frame, field, raw_value, now)
        except DomainError as error:
            if error.reason is InvalidReason.PART_OF_DAY and frame.options:  # «عصر», asked which «۳» is meant
                return field, take_value(frame, field, f"{frame.options[-1]} {raw_value}", now)
            for alternative in self.forms[frame.intent].fields:
                if alternative.name in field.alternatives:
                    with suppress(DomainError):
                        return alternative, take_value(frame, alternative, raw_value, now)
            raise

    def _begin_menu_choice(self, dialogue: Dialogue, intent: str, offered_text: str, now: datetime) -> Reaction:
        """Begin what was chosen from a menu, with what the text said that it was offered for."""
        meant_message = self.grammar.parse_for_intent(intent, offered_text, now) if offered_text else None
        if meant_message is None:
            return self.begin_intent(dialogue, intent, {}, now)
        is_doubtful = self.grammar.is_binding(intent) or self.forms[intent].submission is not None
        return self.begin_intent(dialogue, intent, self._slots_of(meant_message), now, is_plain=not is_doubtful)

    def _read_confirmation(self, dialogue: Dialogue, frame: Frame, message: ParsedMessage, text: str) -> Reaction:
        answer, is_form = read_yes_or_no(text), self.forms[frame.intent].submission is not None
        if answer is None:
            answer = answer_by_repetition(frame, message, is_form=is_form)
        if answer is None:
            raise InvalidField(CONFIRM_STEP, InvalidReason.YES_OR_NO if is_form else InvalidReason.YES_NO)
        return self.ask_next(dialogue) if answer else self._leave_dialogue(dialogue)

    def _leave_dialogue(self, dialogue: Dialogue) -> Reaction:
        return Left(left=True, intent=dialogue.frames.pop().intent) if dialogue.frames else Left(left=False)

    def _go_back(self, dialogue: Dialogue) -> Reaction:
        frame = dialogue.frames[-1]
        if not frame.trail:
            return Ask(frame)
        last_slot = frame.trail.pop()
        frame.trail = [name for name in frame.trail if name != last_slot]
        frame.slots.pop(last_slot, None)
        frame.slots, frame.by_fill = frame.stated_slots, []  # what follows from the rest is found again
        frame.asked = None
        return self.ask_next(dialogue)

    def _find_asked_field(self, frame: Frame) -> Field | None:
        return next((field for field in self.forms[frame.intent].fields if field.name == frame.asked), None)

    def _find_next_missing(self, frame: Frame, refused: str | None) -> tuple[str, str | None] | None:
        """Return the field to ask now and its missing part; what gives `refused`, just found wrong, before others."""
        if frame.intent == MENU_INTENT:
            return MENU_INTENT, None
        if frame.intent == "pay" and frame.slots.keys() & PAYABLE_SLOTS:
            return None
        refused_field = self.find_asking_field(frame.intent, refused)
        if refused_field and refused_field.name not in frame.slots:
            return refused_field.name, None
        missing_parts = [
            (field.name, missing_part or None)
            for field in self.forms[frame.intent].asked_fields
            if (missing_part := _missing_part(field, frame)) is not None
        ]
        return min(missing_parts, key=lambda part: part[0] != refused, default=None)

    def _menu(self, frame: Frame) -> list[str]:
        field = self._find_asked_field(frame)
        if field is None or frame.gap:
            return frame.options if frame.intent == MENU_INTENT else []
        if frame.intent == "tariff":
            return []  # all that has a price would be too long a menu: it is asked for in words
        return list(field.choices or field.type.numbered_choices())

    def _slots_of(self, message: ParsedMessage) -> Mapping[str, Any]:
        """Return the slots, what was meant for a field and is wrong (the field's own parser says why, or the error
        itself is there), and what fills no slot of the grammar but a field of the form («۳ روز»).
        """
        form_names = {field.name for field in self.forms[message.intent].fields}
        partial_values = {name: value for name, value in message.partial_values.items() if name in form_names}
        return {**partial_values, **message.rejected_texts, **message.slots, **message.problems_by_slot}

    def _absorb(self, frame: Frame, stated_values: Mapping[str, Any], now: datetime) -> DomainError | None:
        """Take over what was said, as far as it is valid; return the first error, to be shown with the question."""
        fields_by_name = {field.name: field for field in self.forms[frame.intent].fields}
        other_values = {name: value for name, value in stated_values.items() if name not in fields_by_name}
        frame.slots.update({name: value_as_json(value) for name, value in other_values.items()})
        problem: DomainError | None = None
        for field in fields_by_name.values():
            if field.name in stated_values:
                try:
                    problem = take_value(frame, field, stated_values[field.name], now) or problem
                except DomainError as error:
                    problem = problem or error
                else:
                    frame.trail.append(field.name)
        return problem

    def is_outdated(self, frame: Frame) -> bool:
        """Return whether the frame was begun on another version of its service, or the service is gone."""
        match = self.forms[frame.intent].submission
        return frame.version != (match[0].version if match else None)


def _missing_part(field: Field, frame: Frame) -> str | None:
    """Return the missing part of a field, "" when all of it is missing, None when nothing is."""
    if field.name in frame.slots:
        return field.type.find_missing_part(frame.slots[field.name])
    return None if field.is_answered_in(frame.slots) else ""
