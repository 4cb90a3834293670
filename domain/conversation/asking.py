"""What a dialogue asks next: the form of each intent in one channel, the field that is missing, the summary."""

from collections.abc import Mapping

from domain.chats.chat import MESSENGERS
from domain.conversation.command_fields import MENU_INTENT
from domain.conversation.field_changes import FieldWords
from domain.conversation.form_filling import (
    drop_answer,
    find_asking_field,
    find_next_missing,
    forget_kept,
    set_answer_aside,
)
from domain.conversation.frames import CONFIRM_STEP, Ask, Dialogue, Frame, Perform, Reaction
from domain.conversation.grammar import Grammar
from domain.conversation.intent_forms import build_intent_forms
from domain.fields.form import Field
from domain.language.service import Service
from domain.values.errors import AmbiguousField, DomainError

MOST_MENU_LINES = 10
"""Intents that help offers in a text message."""


class Questions:
    """What is asked for the services of one channel."""

    def __init__(self, grammar: Grammar, services: Mapping[str, Service], channel: str = "sms") -> None:
        self.grammar = grammar
        self.services = services
        self.channel = channel
        self.forms = build_intent_forms(services, channel)
        """What each intent asks for."""
        self.field_words = {
            intent: FieldWords(form.submission[1].intent.field_words)
            for intent, form in self.forms.items()
            if form.submission
        }
        self.can_call_back = any(
            form.submission[1].intent.asks_for_person for form in self.forms.values() if form.submission
        )
        """Whether somebody who gets stuck can ask for a person."""

    def main_menu_intents(self) -> tuple[str, ...]:
        """Return the intents that help offers by number: the services first, then what every citizen needs. A text
        message has ten lines of them: a code alone is followed, and each receipt says how to cancel.
        """
        service_intents = [
            intent.name
            for service in self.services.values()
            for intent in [
                *(source.intent for source in service.keywords),
                *(source.intent for source in service.lookups),
            ]
        ]
        if self.channel in MESSENGERS:
            return (*service_intents, "track", "list", "pay", "tariff", "cancel", "comment", "authentic")
        return (*service_intents, "list", "pay", "tariff", "comment")[:MOST_MENU_LINES]

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
        is_immediate = frame.plain and (frame.one_shot or not self.forms[frame.intent].submission)
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
        match = self.forms[frame.intent].submission
        return frame.version != (match[0].version if match else None)
