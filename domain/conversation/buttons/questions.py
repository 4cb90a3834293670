"""The buttons under a question: the answers that can be chosen instead of typed, the way back, and the way out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, runtime_checkable

from domain.conversation.buttons.answers import Verb, answering, calling, turn_of
from domain.conversation.buttons.months import first_month, month_rows, read_month
from domain.conversation.command_fields import MENU, PAPERS
from domain.conversation.dialogue import CONFIRM, Conversation
from domain.conversation.frames import Dialogue, Frame
from domain.fields.form import Field
from domain.fields.types import Day, HourOfDay, Integer
from domain.language.wording import LEFT_TO_RIGHT
from domain.messages.keyboards import Button, Rows, in_rows
from domain.settings.policy import Policy
from domain.values import tracking_codes
from domain.values.calendar import in_tehran
from domain.values.text import persian_digits

Words = Callable[[str], str]

FIRST_HOUR, LAST_HOUR = 6, 20
"""Hours of the clock that are offered, each with its half; any other can be typed."""

MOST_STARS = 5
FEW_HOURS = 8
"""Lengths of work that are offered: whole hours up to a day's work."""


@runtime_checkable
class RulesOut(Protocol):
    """A guard of a form that can tell of some of its values alone that they are refused."""

    def rules_out(self, values: Mapping[str, Any], now: datetime, policy: Policy) -> bool:
        """Tell whether a form with these values is refused whatever else is filled in."""
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """A question that waits: the dialogue's top frame, the moment, the rules in force, and which page of its answers is
    wished.
    """

    conversation: Conversation
    dialogue: Dialogue
    words: Words
    now: datetime
    policy: Policy
    page: str | None = None

    def rows(self) -> Rows:
        """Return the buttons; none where nothing is asked."""
        frame = self.dialogue.top
        if frame is None or frame.asked is None:
            return ()
        return (*self._answers(frame), *self._ways_out(frame))

    def _answers(self, frame: Frame) -> Rows:
        if frame.asked == CONFIRM:
            return self._summary(frame)
        if frame.intent == MENU:
            return self._numbered([self.words(f"intents.{one}") for one in frame.options])
        if frame.asked == "code":
            labels = [f"{LEFT_TO_RIGHT}{tracking_codes.shown(code)}" for code in frame.options]
            return self._numbered(labels, width=1)
        field = next((one for one in self.conversation.form(frame.intent) if one.name == frame.asked), None)
        return self._of_field(frame, field) if field else ()

    def _of_field(self, frame: Frame, field: Field) -> Rows:
        if frame.options:
            return self._numbered([field.type.name_of(one, self.words) for one in frame.options])
        if frame.gap:
            return self._gap(frame.gap)
        return self._typed(frame, field)

    def _typed(self, frame: Frame, field: Field) -> Rows:
        """Return the answers of types that have few of them."""
        turn = turn_of(self.dialogue.as_json())
        match field.type:
            case Day(past=past):
                return self._month(frame, field.name, past=past)
            case HourOfDay():
                hours = [f"{hour:02}:{half}" for hour in range(FIRST_HOUR, LAST_HOUR) for half in ("00", "30")]
                open_ones = [hour for hour in hours if not self._ruled_out(frame, field.name, hour)]
                return in_rows([answering(turn, persian_digits(hour), hour) for hour in open_ones], 4)
            case Integer(least=1, most=most) if most == MOST_STARS:
                stars = [answering(turn, "⭐" * score, str(score)) for score in range(MOST_STARS, 0, -1)]
                return in_rows(stars, 1)
        return ()

    def _month(self, frame: Frame, name: str, *, past: bool) -> Rows:
        """Return a month of days, without those that would be refused; the first one that has any, unless leafed to."""
        today = in_tehran(self.now).date()

        def offered(day: date) -> bool:
            return (past or day >= today) and not self._ruled_out(frame, name, day.isoformat())

        month = read_month(self.page, today) if self.page else first_month(today, offered)
        return month_rows(turn_of(self.dialogue.as_json()), month, today, offered, past=past)

    def _ruled_out(self, frame: Frame, name: str, value: str) -> bool:
        """Tell whether the service's own rules refuse this answer after those that were given."""
        found = self.conversation.keyword(frame.intent)
        values = {**frame.slots, name: value}
        guards = found[0].on_submit if found else ()
        return any(isinstance(one, RulesOut) and one.rules_out(values, self.now, self.policy) for one in guards)

    def _gap(self, gap: str) -> Rows:
        """Return the answers to the missing part of a value."""
        if gap != "hours":
            return ()
        turn = turn_of(self.dialogue.as_json())
        most = min(FEW_HOURS, self.policy.max_hours_per_machine)
        hours = [answering(turn, persian_digits(hours), str(hours)) for hours in range(1, most + 1)]
        return in_rows(hours, 4)

    def _numbered(self, labels: list[str], width: int = 2) -> Rows:
        """Return a menu: each button answers with its number, as one types it."""
        turn = turn_of(self.dialogue.as_json())
        buttons = [answering(turn, label, str(number)) for number, label in enumerate(labels, start=1)]
        return in_rows(buttons, width)

    def _summary(self, frame: Frame) -> Rows:
        turn = turn_of(self.dialogue.as_json())
        form = self.conversation.keyword(frame.intent) is not None and not frame.same_as
        names = ("submit", "amend", "exit") if form else ("yes", "no")
        return (tuple(answering(turn, self.words(f"chat.buttons.{one}"), _SAYS[one]) for one in names),)

    def _ways_out(self, frame: Frame) -> Rows:
        """Return the way back and the way out, where there are any besides the answers."""
        if frame.asked == CONFIRM or frame.intent == MENU:
            return ()
        if frame.intent == PAPERS:
            return ((calling(self.words("chat.buttons.finish"), Verb.DONE, frame.slots["code"]),),)
        turn, row = turn_of(self.dialogue.as_json()), list[Button]()
        if frame.trail:
            row.append(answering(turn, self.words("chat.buttons.back"), _SAYS["back"]))
        row.append(answering(turn, self.words("chat.buttons.exit"), _SAYS["exit"]))
        return (tuple(row),)


_SAYS = {"submit": "بله", "yes": "بله", "amend": "قبلی", "back": "قبلی", "no": "خیر", "exit": "انصراف"}
"""What the fixed buttons say for a person, as one types it."""
