"""The dialogue: what a citizen's next text means, given what was asked before. Pure: no store, no words.

A dialogue is a stack of frames; each gathers the fields of one intent, and the top one is asked now. A frame below
waits while another interrupts, and is resumed. The order of reading is channels.md's: (1) opt-out, exit, back; (2)
the asked field's own parser; (3) a keyword with valid arguments; (4) a bare code, bare 11 and 12. What is refused is
not done, and what is not said plainly is asked once (`sentences`).
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from domain.conversation.answers import (
    CLEAR,
    bare_code,
    chosen_by_number,
    interrupts,
    no_words,
    said_again,
    take_value,
)
from domain.conversation.command_fields import CHAT_FIELDS, COMMAND_FIELDS, MENU
from domain.conversation.frames import SAID, Ask, Dialogue, Frame, Left, OptOut, Perform, Refused, Step, Unknown
from domain.conversation.grammar import Grammar, Parsed
from domain.conversation.sentences import Mood
from domain.conversation.yes_no import yes_or_no
from domain.fields.form import Field
from domain.fields.types import Day, HourOfDay, Text
from domain.language.service import Keyword, Lookup, Prices, Service
from domain.values.errors import DomainError, Doubt, InvalidField

CONFIRM = "confirm"
"""The asked name while a summary waits for yes or no."""

DEEPEST = 3
"""Frames that may wait for each other; a further interruption drops the oldest."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Reads texts by one grammar for the services of one channel."""

    grammar: Grammar
    services: Mapping[str, Service]
    channel: str = "sms"

    def keyword(self, intent: str) -> tuple[Service, Keyword] | None:
        """Return the service that an intent starts."""
        for service in self.services.values():
            for keyword in service.keywords:
                if keyword.intent.name == intent:
                    return service, keyword
        return None

    def lookup(self, intent: str) -> tuple[Service, Lookup] | None:
        """Return the look-up that an intent asks for, with its service."""
        for service in self.services.values():
            for one in service.lookups:
                if one.intent.name == intent:
                    return service, one
        return None

    def prices(self) -> tuple[tuple[Service, Prices], ...]:
        """Return the services that tell their prices, with how."""
        return tuple((service, service.prices) for service in self.services.values() if service.prices)

    def fields(self, intent: str) -> tuple[Field, ...]:
        """Return what an intent asks for in this channel, in order."""
        return tuple(one for one in self.form(intent) if one.asked_in(self.channel))

    def form(self, intent: str) -> tuple[Field, ...]:
        """Return every field that an intent may take."""
        if found := self.keyword(intent):
            return found[0].form
        if asked := self.lookup(intent):
            return asked[1].form
        if intent == "tariff":
            return _any_of([one for _, price in self.prices() for one in price.form])
        return COMMAND_FIELDS.get(intent) or CHAT_FIELDS.get(intent, ())

    def asking(self, intent: str, name: str | None) -> Field | None:
        """Return the field that is asked in order to get a value: itself, or the one that it stands in for."""
        form = [one for one in self.form(intent) if not one.found]
        return next((one for one in form if name in one.instead), next((one for one in form if one.name == name), None))

    def offered(self, intent: str) -> bool:
        """Tell whether this channel can do the intent."""
        return intent in COMMAND_FIELDS or self.keyword(intent) is not None or self.lookup(intent) is not None

    def main_menu(self) -> tuple[str, ...]:
        """Return the intents that help offers by number: the services first, then what every citizen needs."""
        started = [
            intent.name
            for service in self.services.values()
            for intent in [*(one.intent for one in service.keywords), *(one.intent for one in service.lookups)]
        ]
        return (*started, "track", "list", "pay", "tariff", "cancel", "comment")

    def read(self, dialogue: Dialogue, text: str, now: datetime) -> Step:
        """Return what the text means and change the dialogue accordingly."""
        parsed = self.grammar.parse(text, now)
        if parsed.intent == "opt_out" and not (dialogue.frames and no_words(text)):
            return OptOut(stopped=True)
        if parsed.intent == "exit" or self._gives_form_up(dialogue, parsed):
            return self._leave(dialogue)
        if parsed.intent == "back" and dialogue.frames:
            return self._back(dialogue)
        if parsed.mood is Mood.REFUSED and (refused := self._refused(dialogue, parsed)):
            return refused
        if dialogue.top is None:
            return self._outside(dialogue, parsed, now)
        return self._inside(dialogue, dialogue.top, parsed, text, now)

    def command(self, dialogue: Dialogue, text: str, now: datetime) -> Step:
        """Return what a text means that is a command whatever is asked now, as a button is; what is asked waits."""
        parsed = self.grammar.parse(text, now)
        if dialogue.top is None or parsed.intent in {"unknown", "opt_in", "opt_out", "exit", "back"}:
            return self.read(dialogue, text, now)
        return self._interrupt(dialogue, dialogue.top, parsed, now)

    def begin(
        self, dialogue: Dialogue, intent: str, slots: Mapping[str, Any], now: datetime, *, plain: bool = True
    ) -> Step:
        """Start an intent with what was said with it: do it when complete, else ask the first missing field.

        What was not said plainly (`plain`) is asked once more before it is done.
        """
        found = self.keyword(intent)
        frame = Frame(intent, version=found[0].version if found else None, plain=plain)
        if found:
            frame.slots.update(found[1].presets)
        problem = self._absorb(frame, slots, now)
        if problem and intent == "track":
            raise problem  # the code alone can be sent again: nothing needs to wait for it
        dialogue.frames.append(frame)
        step = self.go_on(dialogue, problem)
        del dialogue.frames[:-DEEPEST]
        return step

    def ask_again(self, dialogue: Dialogue, frame: Frame, problem: DomainError) -> Ask | None:
        """Drop the value that turned out wrong, or to be needed after all, and ask it; None when nobody is asked it."""
        asked = self.asking(frame.intent, problem.field)
        if asked is None:
            return None
        for name in (asked.name, *asked.instead):
            frame.slots.pop(name, None)
        if dialogue.top is not frame:
            dialogue.frames.append(frame)
        step = self.go_on(dialogue, problem)
        return step if isinstance(step, Ask) else None

    def go_on(self, dialogue: Dialogue, problem: DomainError | None = None) -> Step:
        """Ask the next missing field of the top frame, its summary, or let it be done."""
        frame = dialogue.frames[-1]
        missing = self._next_missing(frame, problem.field if problem else None)
        at_once = frame.plain and (frame.one_shot or not self.keyword(frame.intent))
        if missing is None and (at_once or frame.asked == CONFIRM):
            dialogue.frames.pop()
            return Perform(frame)
        frame.one_shot = False
        frame.asked, frame.gap = missing or (CONFIRM, None)
        doubted = isinstance(problem, Doubt) and problem.field == frame.asked
        frame.options = list(problem.options) if doubted and isinstance(problem, Doubt) else self._menu(frame)
        return Ask(frame, problem)

    def _gives_form_up(self, dialogue: Dialogue, parsed: Parsed) -> bool:
        """A bare «لغو» amid a form gives the form up; only elsewhere it asks which request to cancel."""
        bare = parsed.intent == "cancel" and not parsed.slots and parsed.mood in CLEAR
        return bare and dialogue.top is not None and self.keyword(dialogue.top.intent) is not None

    def _outside(self, dialogue: Dialogue, parsed: Parsed, now: datetime) -> Step:
        if parsed.intent == "opt_in":
            return OptOut(stopped=False)
        if parsed.intent in {"unknown", "back"}:
            return Unknown(tuple(parsed.suggestions))
        return self._begin_parsed(dialogue, parsed, now)

    def _begin_parsed(self, dialogue: Dialogue, parsed: Parsed, now: datetime) -> Step:
        return self.begin(dialogue, parsed.intent, self._said(parsed), now, plain=parsed.mood is Mood.PLAIN)

    def _refused(self, dialogue: Dialogue, parsed: Parsed) -> Step | None:
        """Return what a refusal comes to; None where it answers the question that stands, or is its free text."""
        top = dialogue.top
        if top is None:
            return Refused(parsed.refused)
        asked = self._asked_field(top)
        free = asked is not None and isinstance(asked.type, Text)
        if top.asked == CONFIRM or self.outdated(top) or (free and not self.keyword(top.intent)):
            return None
        if parsed.refused in {"", top.intent}:
            return self._leave(dialogue)
        if free and parsed.refused not in {"cancel", "exit"}:
            return None
        if top.intent == MENU:
            dialogue.frames.pop()
            return Refused(parsed.refused)
        return Ask(top)

    def _inside(self, dialogue: Dialogue, frame: Frame, parsed: Parsed, text: str, now: datetime) -> Step:
        if self.outdated(frame):
            dialogue.frames.pop()
            step = self.begin(dialogue, frame.intent, {}, now)
            return Ask(step.frame, restarted=True) if isinstance(step, Ask) else step
        asked = self._asked_field(frame)
        if interrupts(parsed, text) and asked is not None and isinstance(asked.type, Text):
            return self._interrupt(dialogue, frame, parsed, now)
        try:
            return self._answer(dialogue, frame, parsed, text, now)
        except DomainError as problem:
            return self._no_answer(dialogue, frame, parsed, text, now, problem)

    def _no_answer(
        self, dialogue: Dialogue, frame: Frame, parsed: Parsed, text: str, now: datetime, problem: DomainError
    ) -> Step:
        """Read a text that does not answer the question: a command, or nothing that helps."""
        if isinstance(problem, Doubt) and not frame.gap:
            return self.go_on(dialogue, problem)
        if parsed.intent in {"opt_in", "opt_out"}:
            return OptOut(stopped=parsed.intent == "opt_out")
        if interrupts(parsed, text) or bare_code(parsed, text):
            return self._interrupt(dialogue, frame, parsed, now)
        if frame.intent == MENU:
            dialogue.frames.pop()
            return self._behind_menu(dialogue, parsed, text, now)
        more = self.grammar.arguments(frame.intent, text, now)  # «لودر ۴ ساعت», where a machine was asked for
        return self.go_on(dialogue, self._absorb(frame, self._said(more), now)) if more else Ask(frame, problem)

    def _behind_menu(self, dialogue: Dialogue, parsed: Parsed, text: str, now: datetime) -> Step:
        """A text that chose nothing from a menu is meant for the question that waits behind it, if there is one."""
        if dialogue.top:
            return self._inside(dialogue, dialogue.top, parsed, text, now)
        return self._outside(dialogue, parsed, now)

    def _interrupt(self, dialogue: Dialogue, frame: Frame, parsed: Parsed, now: datetime) -> Step:
        if parsed.intent == frame.intent and self.keyword(frame.intent):
            frame.asked = frame.same_as = None  # what was confirmed before is no longer what is asked for
            frame.plain = frame.plain and parsed.mood is Mood.PLAIN
            return self.go_on(dialogue, self._absorb(frame, self._said(parsed), now))
        if frame.intent == MENU:
            dialogue.frames.pop()
        return self._begin_parsed(dialogue, parsed, now)

    def _answer(self, dialogue: Dialogue, frame: Frame, parsed: Parsed, text: str, now: datetime) -> Step:
        if frame.asked == CONFIRM:
            return self._confirmed(dialogue, frame, parsed, text)
        asked = self._asked_field(frame)
        choice = chosen_by_number(frame, text, readings=asked is not None and isinstance(asked.type, Day | HourOfDay))
        if frame.intent == MENU:
            if choice is None:
                raise InvalidField(detail="menu")
            dialogue.frames.pop()
            return self._begin_chosen(dialogue, choice, str(frame.slots.get(SAID, "")), now)
        if asked is None:
            raise InvalidField(detail="unreadable")
        problem: DomainError | None = None
        if frame.gap:
            with asked.naming_errors():
                frame.slots[asked.name] = asked.type.fill(frame.slots[asked.name], text)
        else:
            asked, problem = self._take_one_of(frame, asked, choice or text, now)
        frame.trail.append(asked.name)
        return self.go_on(dialogue, problem)

    def _take_one_of(self, frame: Frame, asked: Field, raw: str, now: datetime) -> tuple[Field, DomainError | None]:
        """Read an answer as the asked field, else as one that does as well; return the field that it was."""
        try:
            return asked, take_value(frame, asked, raw, now)
        except DomainError as error:
            if error.detail == "part_of_day" and frame.options:  # «عصر», asked which «۳» is meant
                return asked, take_value(frame, asked, f"{frame.options[-1]} {raw}", now)
            for other in self.form(frame.intent):
                if other.name in asked.instead:
                    with suppress(DomainError):
                        return other, take_value(frame, other, raw, now)
            raise

    def _begin_chosen(self, dialogue: Dialogue, intent: str, text: str, now: datetime) -> Step:
        """Begin what was chosen from a menu, with what the text said that it was offered for."""
        meant = self.grammar.meant_for(intent, text, now) if text else None
        if meant is None:
            return self.begin(dialogue, intent, {}, now)
        doubtful = self.grammar.binds(intent) or self.keyword(intent) is not None
        return self.begin(dialogue, intent, self._said(meant), now, plain=not doubtful)

    def _confirmed(self, dialogue: Dialogue, frame: Frame, parsed: Parsed, text: str) -> Step:
        answer = yes_or_no(text)
        if answer is None:
            answer = said_again(frame, parsed, form=self.keyword(frame.intent) is not None)
        if answer is None:
            raise InvalidField(CONFIRM, detail="yes_or_no" if self.keyword(frame.intent) else "yes_no")
        return self.go_on(dialogue) if answer else self._leave(dialogue)

    def _leave(self, dialogue: Dialogue) -> Step:
        return Left(left=True, intent=dialogue.frames.pop().intent) if dialogue.frames else Left(left=False)

    def _back(self, dialogue: Dialogue) -> Step:
        frame = dialogue.frames[-1]
        if not frame.trail:
            return Ask(frame)
        last = frame.trail.pop()
        frame.trail = [name for name in frame.trail if name != last]
        frame.slots.pop(last, None)
        frame.slots, frame.by_fill = frame.said, []  # what follows from the rest is found anew
        frame.asked = None
        return self.go_on(dialogue)

    def _asked_field(self, frame: Frame) -> Field | None:
        return next((one for one in self.form(frame.intent) if one.name == frame.asked), None)

    def _next_missing(self, frame: Frame, first: str | None) -> tuple[str, str | None] | None:
        """Return the field to ask now and its missing part; what gives `first`, just found wrong, before others."""
        if frame.intent == MENU:
            return MENU, None
        if frame.intent == "pay" and "bill_id" in frame.slots:
            return None
        again = self.asking(frame.intent, first)
        if again and again.name not in frame.slots:
            return again.name, None
        missing = [
            (one.name, _lacks(one, frame)) for one in self.fields(frame.intent) if _lacks(one, frame) is not None
        ]
        missing.sort(key=lambda one: one[0] != first)
        return (missing[0][0], missing[0][1] or None) if missing else None

    def _menu(self, frame: Frame) -> list[str]:
        asked = self._asked_field(frame)
        if asked is None or frame.gap:
            return frame.options if frame.intent == MENU else []
        if frame.intent == "tariff":
            return []  # all that has a price would be too long a menu: it is asked for in words
        return list(asked.choices or asked.type.menu())

    def _said(self, parsed: Parsed) -> Mapping[str, Any]:
        """Return the slots as JSON, what was meant for a field and is wrong (the field's own parser says why, or the
        error itself stands there), and what fills no slot of the grammar but a field of the form («۳ روز»).
        """
        form = {one.name for one in self.form(parsed.intent)}
        partial = {name: value for name, value in parsed.partial.items() if name in form}
        return {**partial, **parsed.rejected, **parsed.as_json()["slots"], **parsed.problems}

    def _absorb(self, frame: Frame, slots: Mapping[str, Any], now: datetime) -> DomainError | None:
        """Take over what was said, as far as it is valid; return the first error, to be shown with the question."""
        form = {one.name: one for one in self.form(frame.intent)}
        frame.slots.update({name: value for name, value in slots.items() if name not in form})
        problem: DomainError | None = None
        for one in form.values():
            if one.name in slots:
                try:
                    problem = take_value(frame, one, slots[one.name], now) or problem
                except DomainError as error:
                    problem = problem or error
                else:
                    frame.trail.append(one.name)
        return problem

    def outdated(self, frame: Frame) -> bool:
        """Tell whether the frame was begun on another version of its service, or the service is gone."""
        found = self.keyword(frame.intent)
        return frame.version != (found[0].version if found else None)


def _lacks(field: Field, frame: Frame) -> str | None:
    """Return the missing part of a field, "" when all of it is missing, None when nothing is."""
    if field.name in frame.slots:
        return field.type.gap(frame.slots[field.name])
    return None if field.given_in(frame.slots) else ""


def _any_of(fields: Sequence[Field]) -> tuple[Field, ...]:
    """Let any required one of these fields stand for all of them."""
    names = tuple(one.name for one in fields if one.required)
    return tuple(replace(one, instead=names) if one.required else one for one in fields)
