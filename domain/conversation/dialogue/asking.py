"""Next question of a dialogue: the form of each intent in one channel, the field that is missing, the summary."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from domain.chats.chat import MESSENGERS
from domain.conversation.dialogue.answers import Utterance
from domain.conversation.dialogue.corrections import Correction, list_amendable
from domain.conversation.dialogue.form_filling import (
    absorb_open_values,
    drop_answer,
    fill_heard_part,
    find_asking_field,
    find_next_missing,
    forget_kept,
    is_number,
    set_answer_aside,
    take_back,
)
from domain.conversation.dialogue.frames import AMEND_STEP, CONFIRM_STEP, Ask, Dialogue, Frame, Left, Perform, Reaction
from domain.conversation.dialogue.intent_forms import build_intent_forms
from domain.conversation.reading.command_fields import MENU_INTENT
from domain.conversation.reading.field_changes import FieldWords
from domain.conversation.reading.grammar import Grammar
from domain.conversation.reading.parsed_message import ParsedMessage
from domain.fields.form import Field
from domain.fields.types import Text
from domain.language.service import Service
from domain.values.errors import AmbiguousField, DomainError

MOST_MENU_LINES = 10
"""Intents that help offers in a text message."""

MOST_TRIES_IN_SAME_WORDS = 2
"""Number of times that a question is asked as it is; from then on it is asked in other words, with a person and a way
out."""

MOST_WORDS_OF_A_QUESTION = 6
"""Words of a text that only asks something, or answers it wrongly; a longer one tells of what is wanted."""


class Questions:
    """Questions for the services of one channel."""

    def __init__(self, grammar: Grammar, services: Mapping[str, Service], channel: str = "sms") -> None:
        self.grammar = grammar
        self.services = services
        self.channel = channel
        self.forms = build_intent_forms(services, channel)
        """Form of each intent."""
        self.field_words = {
            intent: FieldWords(form.submission.keyword.intent.field_words)
            for intent, form in self.forms.items()
            if form.submission
        }
        self.can_call_back = any(map(self.asks_for_person, self.forms))
        """Whether somebody who gets stuck can ask for a person."""

    def main_menu_intents(self) -> tuple[str, ...]:
        """Return the intents that help offers by number: the services first, then what every citizen needs. A text
        message has ten lines of them: a code alone is followed, each receipt says how to cancel, and the own file of a
        driver is in the drivers' menu.
        """
        service_intents = [
            intent.name
            for service in self.services.values()
            for intent in [
                *(source.intent for source in service.keywords),
                *(source.intent for source in service.lookups if source.form),
            ]
        ]
        if self.channel in MESSENGERS:
            return (*service_intents, "track", "list", "pay", "tariff", "cancel", "comment", "authentic")
        return (*service_intents, "list", "pay", "tariff", "comment")[:MOST_MENU_LINES]

    def asks_for_person(self, intent: str) -> bool:
        """Return whether whoever wants this wants to talk to somebody."""
        submission = self.forms[intent].submission
        return submission is not None and submission.keyword.intent.asks_for_person

    def ask_field_again(self, dialogue: Dialogue, frame: Frame, problem: DomainError) -> Ask | None:
        """Drop the value that turned out wrong, or to be needed after all, and ask it; None when nobody is asked it."""
        field = find_asking_field(self.forms[frame.intent], problem.field)
        if field is None:
            return None
        drop_answer(frame, field)
        if dialogue.top is not frame:
            dialogue.frames.append(frame)
        step = self.ask_next(dialogue, problem)
        return step if isinstance(step, Ask) else None

    def ask_next(
        self, dialogue: Dialogue, problem: DomainError | None = None, preferred: str | None = None
    ) -> Reaction:
        """Ask the next missing field of the top frame (`preferred`, or what gives the wrong one, before others), its
        summary, or let it be done.
        """
        frame = dialogue.frames[-1]
        missing_field = find_next_missing(frame, self.forms[frame.intent], problem.field if problem else preferred)
        is_immediate = frame.plain and (frame.one_shot or not self.forms[frame.intent].is_service_form)
        if missing_field is None and (is_immediate or frame.asked == CONFIRM_STEP):
            dialogue.frames.pop()
            return Perform(frame)
        frame.one_shot = False
        question_before = frame.asked, frame.gap
        frame.asked, frame.gap = missing_field or (CONFIRM_STEP, None)
        if not self.asks_kept_answer(frame):
            forget_kept(frame)
        frame.tries = frame.tries + 1 if question_before == (frame.asked, frame.gap) else 1
        is_doubted = isinstance(problem, AmbiguousField) and problem.field == frame.asked
        frame.options = (
            list(problem.options) if is_doubted and isinstance(problem, AmbiguousField) else self._menu(frame)
        )
        return Ask(frame, problem)

    def amend_answer(self, dialogue: Dialogue, name: str) -> Reaction:
        """Ask one answer of the top frame's form once more; the old one is kept until there is another."""
        frame = dialogue.frames[-1]
        if field := find_asking_field(self.forms[frame.intent], name):
            set_answer_aside(frame, field)
        frame.asked, frame.one_shot = None, False
        return self.ask_next(dialogue, preferred=name)

    @staticmethod
    def ask_again(frame: Frame, problem: DomainError | None = None) -> Ask:
        frame.tries += 1
        return Ask(frame, problem)

    def asks_kept_answer(self, frame: Frame) -> bool:
        """Return whether another answer is asked for than the one that is kept."""
        field = self.find_asked_field(frame)
        return field is not None and not frame.kept_slots.keys().isdisjoint({field.name, *field.alternatives})

    def find_asked_field(self, frame: Frame) -> Field | None:
        return next((field for field in self.forms[frame.intent].fields if field.name == frame.asked), None)

    def _menu(self, frame: Frame) -> list[str]:
        field = self.find_asked_field(frame)
        if field is None or frame.gap:
            return frame.options if frame.intent == MENU_INTENT else []
        if frame.intent == "tariff":
            return []  # all that has a price would be too long a menu: it is asked for in words
        return list(field.choices or field.type.numbered_choices())

    def is_outdated(self, frame: Frame) -> bool:
        """Return whether the frame was begun on another version of its service, or the service is gone."""
        return frame.version != self.forms[frame.intent].version

    def take_correction(self, dialogue: Dialogue, frame: Frame, correction: Correction) -> Reaction:
        """Ask what a correction of the form leads to."""
        frame.same_as = None  # what was confirmed before is no longer what is asked for
        if correction.is_unsure:
            frame.tries += 1
            return Ask(frame, is_unsure=True)
        if correction.asked == AMEND_STEP:
            frame.asked, frame.gap, frame.tries = AMEND_STEP, None, 1
            frame.options = list_amendable(frame, self.forms[frame.intent])
            return Ask(frame)
        if frame.asked in {CONFIRM_STEP, AMEND_STEP}:
            frame.asked = None
        frame.one_shot = False
        step = self.ask_next(dialogue, correction.problem, correction.asked)
        return replace(step, taken=correction.taken) if isinstance(step, Ask) else step

    def tells_of(self, intent: str, text: str, now: datetime) -> bool:
        """Return whether a text says something that the form of an intent asks for."""
        is_form = self.forms[intent].is_service_form and not is_number(text)
        story = self.grammar.parse_for_intent(intent, text, now) if is_form else None
        return story is not None and bool(story.slots)

    def read_story(self, heard: Utterance) -> Reaction | None:
        """Take what a text tells of a form's open questions beside the one that is asked; None where it tells none."""
        frame = heard.frame
        form = self.forms[frame.intent]
        story = self.grammar.parse_for_intent(frame.intent, heard.text, heard.now) if form.is_service_form else None
        heard_values = {**self.slots_of(story)} if story else {}
        if len(heard.text.split()) <= MOST_WORDS_OF_A_QUESTION:  # a wrong answer is no description of what is wanted
            own_words = {field.name for field in form.fields if isinstance(field.type, Text) and field.name != "place"}
            heard_values = {name: value for name, value in heard_values.items() if name not in own_words}
        heard_part = fill_heard_part(frame, form, heard.text)
        taken = absorb_open_values(frame, form, heard_values, heard.now) or heard_part
        if not taken:
            return None
        step = self.ask_next(heard.dialogue)
        return replace(step, taken=taken) if isinstance(step, Ask) else step

    def go_back(self, dialogue: Dialogue) -> Reaction:
        """Let the answer stay that is asked for once more, or ask the last question again."""
        frame = dialogue.frames[-1]
        if not take_back(frame):
            return self.ask_again(frame)
        frame.asked = None
        return self.ask_next(dialogue)

    def leave_dialogue(self, dialogue: Dialogue) -> Reaction:
        """Drop the top frame with all that was said for it."""
        return Left(left=True, intent=dialogue.frames.pop().intent) if dialogue.frames else Left(left=False)

    def slots_of(self, message: ParsedMessage) -> Mapping[str, Any]:
        """Return the slots, what was meant for a field and is wrong (the field's own parser says why, or the error
        itself is there), and what fills no slot of the grammar but a field of the form («۳ روز»).
        """
        form_names = {field.name for field in self.forms[message.intent].fields}
        partial_values = {name: value for name, value in message.partial_values.items() if name in form_names}
        return {**partial_values, **message.rejected_texts, **message.slots, **message.problems_by_slot}
