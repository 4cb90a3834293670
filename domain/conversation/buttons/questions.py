"""The buttons under a question: the answers that can be chosen instead of typed, the way back, and the way out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from domain.conversation.buttons.answers import (
    FIELD_PREFIX,
    PAGE_PREFIX,
    ButtonVerb,
    answer_button,
    digest_turn,
    verb_button,
)
from domain.conversation.buttons.months import build_month_rows, find_first_month, read_month
from domain.conversation.buttons.pages import CHOICES_A_PAGE, REQUESTS_A_PAGE, find_page
from domain.conversation.buttons.tariffs import build_tariff_rows
from domain.conversation.dialogue.answers import PRESSED_SIGN
from domain.conversation.dialogue.corrections import list_amendable
from domain.conversation.dialogue.frames import AMEND_STEP, CONFIRM_STEP, Dialogue, Frame
from domain.conversation.dialogue.turns import Conversation
from domain.conversation.reading.command_fields import MENU_INTENT, PAPERS_INTENT, TARIFF_INTENT
from domain.fields.form import Field
from domain.fields.moments import Day, HourOfDay
from domain.fields.places import Place
from domain.fields.types import Integer
from domain.language.form_guards import refuses_answer
from domain.language.wording import LEFT_TO_RIGHT
from domain.messages.keyboards import Button, ButtonRows, arrange_in_rows, reading_row
from domain.messages.templates import cut_text
from domain.settings.policy import Policy
from domain.values import tracking_codes
from domain.values.calendar import WorkingCalendar, to_tehran
from domain.values.text import persian_digits

TextLookup = Callable[[str], str]

FIRST_HOUR, LAST_HOUR = 6, 20
"""Hours of the clock that are offered, each with its half; any other can be typed."""

HIGHEST_SCORE = 5
SUGGESTIONS_A_ROW = 3
ANSWERS_A_PAGE = 6
"""Answers of a form that are offered to be changed, before one leafs on."""

MOST_VALUE_CHARACTERS = 30
"""Characters of such an answer that stand on its button."""

AMENDED_SIGN = "✎"
MOST_OFFERED_HOURS = 8
"""Lengths of work that are offered: whole hours up to a day's work."""


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question that waits: the dialogue's top frame, whose buttons are to be shown."""

    conversation: Conversation
    """Intents and their forms."""
    dialogue: Dialogue
    """The running dialogue; its top frame is the question."""
    catalogue_text: TextLookup
    """Renders a text of the catalogue by its key."""
    now: datetime
    """The moment at which the buttons are shown, in UTC."""
    policy: Policy
    """The rules in force: answers that they refuse are not offered."""
    calendar: WorkingCalendar
    """Working days and hours of the municipality: its holidays are not offered for work of its own."""
    wished_page: str | None = None
    """Page of the answers (a month, a part of a long list) that a button leafed to; None: the first one that has
    any."""

    def build_rows(self) -> ButtonRows:
        """Return the buttons; none where nothing is asked."""
        frame = self.dialogue.top
        if frame is None or frame.asked is None:
            return ()
        return (*self._answer_rows(frame), *self._exit_rows(frame))

    def _answer_rows(self, frame: Frame) -> ButtonRows:
        if frame.asked == CONFIRM_STEP:
            return self._summary_rows(frame)
        if frame.asked == AMEND_STEP:
            return self._amend_rows(frame)
        if frame.intent == MENU_INTENT:
            return self._numbered_rows([self.catalogue_text(f"intents.{option}") for option in frame.options])
        if frame.asked == "code":
            labels = [f"{LEFT_TO_RIGHT}{tracking_codes.display_code(code)}" for code in frame.options]
            return self._numbered_rows(labels, row_width=1, page_size=REQUESTS_A_PAGE)
        if frame.intent == TARIFF_INTENT:
            return build_tariff_rows(self.conversation.services, self.catalogue_text)
        field = next(
            (option for option in self.conversation.forms[frame.intent].fields if option.name == frame.asked), None
        )
        return self._field_rows(frame, field) if field else ()

    def _field_rows(self, frame: Frame, field: Field) -> ButtonRows:
        if frame.options:
            labels = [field.type.display_name(option, self.catalogue_text) for option in frame.options]
            return self._numbered_rows([cut_text(label, MOST_VALUE_CHARACTERS) for label in labels])
        if frame.gap:
            return self._gap_rows(frame, field)
        if field.suggestions:
            return self._suggested_rows(frame, field)
        return self._typed_rows(frame, field)

    def _suggested_rows(self, frame: Frame, field: Field) -> ButtonRows:
        """Return the usual answers, without those that would be refused."""
        turn_key = digest_turn(self.dialogue.as_json())
        return arrange_in_rows(
            [
                answer_button(turn_key, field.type.render_value(suggestion, self.catalogue_text), suggestion)
                for suggestion in field.suggestions
                if not self._is_refused(frame, field.name, suggestion)
            ],
            SUGGESTIONS_A_ROW,
        )

    def _typed_rows(self, frame: Frame, field: Field) -> ButtonRows:
        """Return the answers of types that have few of them."""
        turn_key = digest_turn(self.dialogue.as_json())
        match field.type:
            case Day(is_near=True):
                return self._month_rows(frame, field.name, field.type)
            case HourOfDay():
                hours = [f"{hour:02}:{half}" for hour in range(FIRST_HOUR, LAST_HOUR) for half in ("00", "30")]
                open_hours = [hour for hour in hours if not self._is_refused(frame, field.name, hour)]
                return arrange_in_rows([answer_button(turn_key, persian_digits(hour), hour) for hour in open_hours], 4)
            case Place():
                return ((verb_button(self.catalogue_text("chat.buttons.point"), ButtonVerb.POINT),),)
            case Integer(minimum=1, maximum=most) if most == HIGHEST_SCORE:
                stars = [answer_button(turn_key, "⭐" * score, str(score)) for score in range(HIGHEST_SCORE, 0, -1)]
                return arrange_in_rows(stars, 1)
        return ()

    def _month_rows(self, frame: Frame, name: str, day_type: Day) -> ButtonRows:
        """Return a month of days, without those that would be refused, and without holidays where none are offered; the
        first one that has any, unless leafed to.
        """
        today, allows_past = to_tehran(self.now).date(), day_type.allows_past

        def is_offered(day: date) -> bool:
            is_open = day_type.offers_holidays or not self.calendar.is_holiday(day)
            return is_open and (allows_past or day >= today) and not self._is_refused(frame, name, day.isoformat())

        month = read_month(self.wished_page, today) if self.wished_page else find_first_month(today, is_offered)
        return build_month_rows(digest_turn(self.dialogue.as_json()), month, today, is_offered, allows_past=allows_past)

    def _is_refused(self, frame: Frame, name: str, value: object) -> bool:
        """Return whether the service's own rules refuse this answer after those that were given."""
        submission = self.conversation.forms[frame.intent].submission
        guards = submission.service.submit_guards if submission else ()
        return refuses_answer(guards, frame.slots, name, value, self.now, self.policy)

    def _gap_rows(self, frame: Frame, field: Field) -> ButtonRows:
        """Return the answers to the missing part of a value, without those that would be refused."""
        if frame.gap != "hours":
            return ()
        turn_key = digest_turn(self.dialogue.as_json())
        hours = [str(hours) for hours in range(1, MOST_OFFERED_HOURS + 1)]
        value = frame.slots[field.name]
        open_hours = [
            one for one in hours if not self._is_refused(frame, field.name, field.type.fill_missing_part(value, one))
        ]
        return arrange_in_rows([answer_button(turn_key, persian_digits(one), one) for one in open_hours], 4)

    def _numbered_rows(self, labels: list[str], row_width: int = 2, page_size: int = CHOICES_A_PAGE) -> ButtonRows:
        """Return a page of a menu: each button answers with its number."""
        turn_key = digest_turn(self.dialogue.as_json())
        buttons = [
            answer_button(turn_key, label, f"{PRESSED_SIGN}{number}") for number, label in enumerate(labels, start=1)
        ]
        return self._paged_rows(buttons, row_width, page_size)

    def _paged_rows(self, buttons: list[Button], row_width: int, page_size: int) -> ButtonRows:
        turn_key, page = digest_turn(self.dialogue.as_json()), find_page(len(buttons), page_size, self.wished_page)
        page_rows = page.build_rows(
            self.catalogue_text, lambda label, number: answer_button(turn_key, label, f"{PAGE_PREFIX}{number}")
        )
        return (*arrange_in_rows(buttons[page.start : page.end], row_width), *page_rows)

    def _summary_rows(self, frame: Frame) -> ButtonRows:
        turn_key = digest_turn(self.dialogue.as_json())
        is_form = self.conversation.forms[frame.intent].is_service_form and not frame.same_as
        answer_names = ("submit", "exit") if is_form else ("yes", "no")
        buttons = [
            answer_button(turn_key, self.catalogue_text(f"chat.buttons.{answer_name}"), _ANSWER_WORDS[answer_name])
            for answer_name in answer_names
        ]
        return (reading_row(buttons), *(self._amend_rows(frame) if is_form else ()))

    def _amend_rows(self, frame: Frame) -> ButtonRows:
        """Return a page of the answers that were given, each with its value: pressed, it is asked for once more."""
        turn_key, form = digest_turn(self.dialogue.as_json()), self.conversation.forms[frame.intent]
        buttons = [
            answer_button(turn_key, self._describe_answer(frame, field), f"{FIELD_PREFIX}{field.name}")
            for field in form.fields
            if field.name in list_amendable(frame, form)
        ]
        return self._paged_rows(buttons, 1, ANSWERS_A_PAGE)

    def _describe_answer(self, frame: Frame, field: Field) -> str:
        """Return what a field is called and what was said for it («ساعت: ۸ ✎»)."""
        form = self.conversation.forms[frame.intent]
        types_by_name = {one.name: one.type for one in form.fields}
        answered_name = next(name for name in (field.name, *field.alternatives) if name in frame.slots)
        value = types_by_name[answered_name].render_value(frame.slots[answered_name], self.catalogue_text)
        service_key = form.submission.service.key if form.submission else ""
        label = self.catalogue_text(f"services.{service_key}.fields.{answered_name}.label")
        return f"{label}: {cut_text(value, MOST_VALUE_CHARACTERS)} {AMENDED_SIGN}"

    def _exit_rows(self, frame: Frame) -> ButtonRows:
        """Return the way back and the way out, where there are any besides the answers."""
        if frame.asked == CONFIRM_STEP or frame.intent == MENU_INTENT:
            return ()
        if frame.intent == PAPERS_INTENT:
            return ((verb_button(self.catalogue_text("chat.buttons.finish"), ButtonVerb.DONE, frame.slots["code"]),),)
        turn_key, exit_buttons = digest_turn(self.dialogue.as_json()), list[Button]()
        if frame.trail or frame.kept_slots:
            label_key = "chat.buttons.keep" if frame.kept_slots else "chat.buttons.back"
            exit_buttons.append(answer_button(turn_key, self.catalogue_text(label_key), _ANSWER_WORDS["back"]))
        exit_buttons.append(answer_button(turn_key, self.catalogue_text("chat.buttons.exit"), _ANSWER_WORDS["exit"]))
        return (reading_row(exit_buttons),)


_ANSWER_WORDS = {"submit": "بله", "yes": "بله", "back": "قبلی", "no": "خیر", "exit": "انصراف"}
"""Words of the fixed buttons for a person, as one types them."""
