"""Puts requests, errors and facts into words: the one place that turns values into text for people."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, TypeAlias

from domain.fields.form import Field
from domain.fields.stored import select_stored
from domain.fields.types import FieldType
from domain.language.question_subjects import list_marked_fields, list_marked_papers
from domain.language.service import Notice, Service
from domain.language.summaries import summarize_work
from domain.messages.catalogue import CHAT_PREFIX, Catalogue, RenderedMessage
from domain.messages.records import MessageClass
from domain.requests.request import Phase, ServiceRequest
from domain.unit_of_work import Clock
from domain.values import tracking_codes
from domain.values.calendar import (
    TEHRAN_ZONE,
    clock_text,
    hour_text,
    jalali_long_text,
    jalali_text,
    spoken_day_text,
    to_tehran,
)
from domain.values.errors import DomainError
from domain.values.identifiers import display_mobile
from domain.values.languages import join_list
from domain.values.money import amount_in_words
from domain.values.text import count_code_units, group_digits, persian_digits


def last_day_before(deadline: datetime) -> date:
    """Return the day that ends at a deadline (deadlines are midnights)."""
    return (deadline - timedelta(seconds=1)).astimezone(TEHRAN_ZONE).date()


def deadline_day_text(moment: datetime) -> str:
    """Return the Jalali day that ends at a deadline, in numbers."""
    return jalali_text(last_day_before(moment))


def day_and_hour_text(moment: datetime | str) -> str:
    """Return the Jalali day and the hour in Tehran of a moment, or of its ISO form as requests keep it."""
    local_moment = (datetime.fromisoformat(moment) if isinstance(moment, str) else moment).astimezone(TEHRAN_ZONE)
    return f"{jalali_text(local_moment.date())} {persian_digits(f'{local_moment.hour:02}:{local_moment.minute:02}')}"


def spoken_moment_text(moment: datetime, today: date, hour_word: str) -> str:
    """Return a moment as people say it: «سه‌شنبه ۱۰ آذر ساعت ۸»."""
    local_moment = to_tehran(moment)
    return f"{spoken_day_text(local_moment.date(), today)} {hour_word} {hour_text(local_moment.time())}"


def spoken_deadline_text(moment: datetime, today: date, hour_word: str) -> str:
    """Return a deadline as people say it: the day that ends with it, or its day and the whole hour before it."""
    local_moment = to_tehran(moment)
    if local_moment.time() == time(0):
        return spoken_day_text(local_moment.date() - timedelta(days=1), today)
    return spoken_moment_text(local_moment.replace(minute=0), today, hour_word)


def menu_of_names(option_names: Iterable[str]) -> str:
    """Return «۱ لودر», «۲ گریدر» …, a line each."""
    return "\n".join(f"{persian_digits(number)} {name}" for number, name in enumerate(option_names, start=1))


def _identifier_text(value: object) -> str:
    """Bill and payment ids stay in ASCII digits: people type them into bank menus as they read them."""
    return str(value)


def _tracking_code_text(code: str) -> str:
    return _keep_left_to_right(tracking_codes.display_code(code))


def _readable_digits(text: str) -> str:
    """Return a value with its digits as people read them; a code with Latin letters stays as it was typed."""
    return text if any(character.isalpha() and character.isascii() for character in text) else persian_digits(text)


def letter_number_text(letter_number: str) -> str:
    """Return a letter's number: one of digits and Latin letters goes left to right, one with Persian words as it is."""
    has_persian_words = any(character.isalpha() and not character.isascii() for character in letter_number)
    return persian_digits(letter_number) if has_persian_words else _keep_left_to_right(persian_digits(letter_number))


def _keep_left_to_right(text: str) -> str:
    """Return a code with the marks that keep its parts in order where lines run the other way."""
    return f"{LEFT_TO_RIGHT}{text}{RIGHT_TO_LEFT}"


LEFT_TO_RIGHT, RIGHT_TO_LEFT = "\u200e", "\u200f"
"""Around a grouped code in a right-to-left text: without the first, screens show its three groups in reverse order;
without the second, a number behind the code changes places with it. A text without right-to-left letters drops them.
"""

FACT_RENDERERS: Mapping[str, Callable[[Any], str]] = {
    "amount": group_digits,
    "refund": group_digits,
    "amount_words": amount_in_words,
    "deadline": deadline_day_text,
    "payment_deadline": lambda moment: deadline_day_text(datetime.fromisoformat(moment)),
    "answer_until": day_and_hour_text,
    "booked_start": day_and_hour_text,
    "booked_end": day_and_hour_text,
    "handed_over_at": day_and_hour_text,
    "paid_at": day_and_hour_text,
    "visit_start": day_and_hour_text,
    "former_visit": day_and_hour_text,
    "visited_at": day_and_hour_text,
    "letter_number": letter_number_text,
    "letter_date": lambda day: jalali_text(date.fromisoformat(day)),
    "bill_id": _identifier_text,
    "payment_id": _identifier_text,
    "barcode": _identifier_text,
    "reference": _identifier_text,
    "mobile": display_mobile,
    "owner_mobile": lambda number: persian_digits(display_mobile(number)),
    "old": _tracking_code_text,
}
"""Renderers of facts that are no form fields; any other is shown with Persian digits."""

SpokenRenderer: TypeAlias = Callable[[datetime, date, str], str]
"""Says a moment: of it, today, and the word for hour."""

SPOKEN_RENDERERS: Mapping[str, SpokenRenderer] = {
    **dict.fromkeys(
        ("booked_start", "booked_end", "handed_over_at", "paid_at", "visit_start", "former_visit", "visited_at"),
        spoken_moment_text,
    ),
    **dict.fromkeys(("deadline", "payment_deadline", "answer_until"), spoken_deadline_text),
}
"""Renderers in messages of those of them that are times."""

NAME_LIST_TABLES: Mapping[str, str] = {"documents": "choices.document", "missing": "choices.document"}
"""Facts that are lists of names, and the table of the catalogue that holds their words."""

CODED_FACTS = frozenset({"reason"})
"""Facts in somebody's words or by a stable code (`choices.reason`), also where a form has a field of that name."""

ASKING_FACTS = ("question", "reason")
"""Facts kept by the blocks of asking and refusing: messages may say it of any service, declared or not."""


def _find_today(clock: Clock) -> date:
    return to_tehran(clock.now()).date()


def list_value_fields(service: Service) -> tuple[Field, ...]:
    """Return the fields of all that messages and papers may say: those of the form, and beside them the stored ones."""
    form_names = {field.name for field in service.form}
    return (*service.form, *(field for field in service.stored_fields if field.name not in form_names))


@dataclass(frozen=True, slots=True)
class Wording:
    """Words for the given services from one catalogue."""

    catalogue: Catalogue
    services: Mapping[str, Service]
    clock: Clock | None = None
    """Says what day it is: days near it are said as people say them. None: all have their year, as on papers."""

    def in_full(self) -> "Wording":
        """Return the words for what is kept and compared, papers and tables: days in full, whatever day it is."""
        return replace(self, clock=None)

    def service_title(self, service_key: str) -> str:
        """Return the title of a service."""
        return self.catalogue.text(f"services.{service_key}.title")

    def state_title(self, request: ServiceRequest) -> str:
        """Return the title of a request's state."""
        return self.catalogue.text(f"services.{request.service}.states.{request.state}")

    def phase_title(self, request: ServiceRequest) -> str:
        """Return the title of a request's phase."""
        return self.catalogue.text(f"phases.{request.phase.value}")

    def paper_title(self, paper_name: str) -> str:
        """Return what a paper is called that people add to a request."""
        return self.catalogue.text(f"choices.document.{paper_name}")

    def section_title(self, service_key: str, section_name: str) -> str:
        """Return the title of a section of a form: its own, else the label of the field that it is called by."""
        own_key = f"services.{service_key}.sections.{section_name}.title"
        return self.catalogue.text(
            own_key if own_key in self.catalogue else f"services.{service_key}.fields.{section_name}.label"
        )

    def section_hint(self, service_key: str, section_name: str) -> str:
        """Return what is said below the title of a section; empty where nothing is."""
        return self.catalogue.first_text(f"services.{service_key}.sections.{section_name}.hint", fallback="")

    def form_value_text(self, service: Service, name: str, value: Any) -> str:
        """Return a form value for people."""
        form_field = service.form_field(name)
        return form_field.type.render_value(value, self.catalogue.text) if form_field else str(value)

    def work_text(self, service_key: str, values: Mapping[str, Any]) -> str:
        """Return what the work of a request is, in the values that its service names (`Service.summary`); empty
        where it names none, or is no more.
        """
        service = self.services.get(service_key)
        summary = summarize_work(service, values) if service else ()
        in_full = self.in_full()
        return join_list(in_full.render_fact(field.type, field.name, value) for field, value in summary)

    def tracking_code_text(self, code: str) -> str:
        """Return a tracking code as people read it, its groups in order in a text of either direction."""
        return _tracking_code_text(code)

    def request_facts(
        self,
        request: ServiceRequest,
        extra_facts: Mapping[str, Any] | None = None,
        wanted_names: Collection[str] | None = None,
    ) -> dict[str, str]:
        """Return placeholder → text for a request: its code, titles, form values, and the extra facts over them; all of
        them, or those of these names.
        """
        service = self.services[request.service]
        if wanted_names is not None:  # a field not given shows its alternatives
            alternatives = (name for field in service.form if field.name in wanted_names for name in field.alternatives)
            wanted_names = {*wanted_names, *alternatives}
        titles = {
            name: render_title(self, request)
            for name, render_title in _TITLE_RENDERERS.items()
            if wanted_names is None or name in wanted_names
        }
        stored_names = dict.fromkeys((*ASKING_FACTS, *(field.name for field in service.stored_fields)))
        stored_facts = select_stored(request, stored_names)
        if request.phase is Phase.DECLINED:  # its form may have a reason too: a leave's
            stored_facts.setdefault("reason", "unsaid")
        values = {**request.fields, **stored_facts, **(extra_facts or {})}
        if wanted_names is not None:
            values = {name: value for name, value in values.items() if name in wanted_names}
        if "question" in values:
            values["question"] = self._add_marked_names(request, str(values["question"]))
        return titles | self.render_values(list_value_fields(service), values)

    def list_marked_labels(self, request: ServiceRequest) -> list[str]:
        """Return what the fields and papers are called that the open question is about."""
        prefix = f"services.{request.service}.fields"
        return [
            *(self.catalogue.text(f"{prefix}.{name}.label") for name in list_marked_fields(request)),
            *(self.paper_title(name) for name in list_marked_papers(request)),
        ]

    def _add_marked_names(self, request: ServiceRequest, question: str) -> str:
        """Return a question with what it is about, where both fit into what messages have for a question."""
        marked_labels = self.list_marked_labels(request)
        if not marked_labels:
            return question
        whole_text = self.catalogue.render("units.marked", {"question": question, "names": join_list(marked_labels)})
        most_units = self.catalogue.length_limit("question", request.service)
        return whole_text if count_code_units(whole_text) <= most_units else question

    def render_values(self, form_fields: Sequence[Field], values: Mapping[str, Any]) -> dict[str, str]:
        """Return form values and facts as text for people; a field not given shows its `alternatives`."""
        types_by_name = {field.name: field.type for field in form_fields}
        value_texts = {
            name: self.render_fact(types_by_name.get(name), name, value)
            for name, value in values.items()
            if value is not None
        }
        alternative_texts = {
            field.name: value_texts[alternative]
            for field in form_fields
            for alternative in reversed(field.alternatives)
            if alternative in value_texts
        }
        return alternative_texts | value_texts

    def render_fact(self, field_type: FieldType | None, name: str, value: Any) -> str:
        """Return a value of a form, or a fact of that name, for people."""
        if name in NAME_LIST_TABLES:
            return join_list(self.catalogue.text(f"{NAME_LIST_TABLES[name]}.{listed_name}") for listed_name in value)
        if self.clock and name in SPOKEN_RENDERERS:
            return self._say_time(self.clock, SPOKEN_RENDERERS[name], value)
        if name in FACT_RENDERERS:
            return FACT_RENDERERS[name](value)
        choice_key = f"choices.{name}.{value}"
        is_coded = name in CODED_FACTS and choice_key in self.catalogue
        if field_type is not None and not is_coded:
            word = self.catalogue.text
            today = _find_today(self.clock) if self.clock else None
            return field_type.render_in_message(value, word, today) if today else field_type.render_value(value, word)
        if choice_key in self.catalogue:
            return self.catalogue.text(choice_key)
        return value if isinstance(value, str) else persian_digits(str(value))

    def _say_time(self, clock: Clock, say_moment: SpokenRenderer, value: datetime | str) -> str:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return say_moment(moment, _find_today(clock), self.catalogue.text("units.hour"))

    def render_page_value(self, field_type: FieldType, name: str, value: Any) -> str:
        """Return a value of a form or of what is kept beside it, as a page shows it under its label."""
        is_plain = name not in FACT_RENDERERS and name not in NAME_LIST_TABLES and name not in CODED_FACTS
        if is_plain:
            return field_type.render_on_page(value, self.catalogue.text)
        return self.in_full().render_fact(field_type, name, value)

    def describe_moment(self, moment: datetime) -> str:
        """Return weekday, day and hour in Tehran of a moment, in words."""
        local_moment = to_tehran(moment)
        clock = f"{self.catalogue.text('units.hour')} {clock_text(local_moment)}"
        return join_list([jalali_long_text(local_moment.date()), clock])

    def describe_near_moment(self, moment: datetime, now: datetime) -> str:
        """Return when something is, as people say it of these days: «دیروز ساعت ۹», «شنبه ۱۴ آذر ساعت ۷:۳۰»."""
        local_moment = to_tehran(moment)
        day = self.describe_near_day(local_moment.date(), now)
        return f"{day} {self.catalogue.text('units.hour')} {hour_text(local_moment.time())}"

    def describe_near_day(self, day: date, now: datetime) -> str:
        """Return a day as people say it of these days: «فردا», «شنبه ۱۴ آذر»."""
        today = to_tehran(now).date()
        near_day = {-1: "units.yesterday", 0: "units.today", 1: "units.tomorrow"}.get((day - today).days)
        return self.catalogue.text(near_day) if near_day else spoken_day_text(day, today)

    def render_notice(
        self, request: ServiceRequest, notice: Notice, facts: Mapping[str, Any], *, for_chats: bool = True
    ) -> RenderedMessage:
        """Render a notice of a request's service, as `render_about`."""
        key = f"services.{request.service}.notices.{notice.text_name}"
        # Whoever did not send a text himself (a walk-in citizen) gets the code of his request at once.
        message_class = MessageClass.RECEIPT if notice.text_name == "submit" else MessageClass.NOTICE
        return self.render_about(request, key, facts, message_class, for_chats=for_chats)

    def render_about(
        self,
        request: ServiceRequest,
        key: str,
        facts: Mapping[str, Any] | None = None,
        cls: MessageClass = MessageClass.REPLY,
        *,
        for_chats: bool = True,
    ) -> RenderedMessage:
        """Render a text about a request, with these facts beside its own; also as chats say it where they have words of
        their own, unless no chat gets it (`for_chats`). It goes out as `cls` where it names none.
        """
        fact_names, chat_key = self.catalogue.list_fact_names(key), f"{CHAT_PREFIX}{key}"
        if not for_chats or chat_key not in self.catalogue:
            return self.catalogue.render_message(key, self.request_facts(request, facts, fact_names), cls, request.id)
        text_facts = self.request_facts(request, facts, fact_names | self.catalogue.list_fact_names(chat_key))
        message = self.catalogue.render_message(key, text_facts, cls, request.id)
        return replace(message, chat_text=self.catalogue.render(chat_key, text_facts))

    def render_error(self, error: DomainError) -> str:
        """Return the text of an error for people."""
        return self.catalogue.render(*self.find_error_text(error))

    def find_error_text(self, error: DomainError) -> tuple[str, dict[str, str]]:
        """Return the key of the text of an error, its reason's or its code's, and the facts of that text."""
        reason_key = f"details.{error.code}.{error.reason}"
        key = reason_key if error.reason and reason_key in self.catalogue else f"errors.{error.code}"
        return key, {name: self._parameter_text(name, value) for name, value in error.params.items()}

    def render_error_message(self, error: DomainError) -> RenderedMessage:
        """Return the reply that states an error."""
        key = f"errors.{error.code}"
        return RenderedMessage(key, MessageClass.REPLY, self.render_error(error), self.catalogue.part_budget(key))

    def render_refusal(self, error: DomainError) -> str:
        """Return the text above a form: the error, or how many faults there are, each shown beside its field."""
        if len(error.faults) == 1:
            return self.render_error(error)
        return self.catalogue.render("web.form.several", {"count": persian_digits(len(error.faults))})

    def _parameter_text(self, parameter_name: str, value: object) -> str:
        if isinstance(value, list):
            return join_list(self._parameter_text(parameter_name, list_entry) for list_entry in value)
        if isinstance(value, datetime):
            return self._say_time(self.clock, spoken_moment_text, value) if self.clock else self.describe_moment(value)
        if isinstance(value, date):
            return spoken_day_text(value, _find_today(self.clock)) if self.clock else jalali_long_text(value)
        if parameter_name == "codes":
            return _tracking_code_text(str(value))
        return self.catalogue.first_text(f"choices.{parameter_name}.{value}", fallback=_readable_digits(str(value)))


_TITLE_RENDERERS: Mapping[str, Callable[[Wording, ServiceRequest], str]] = {
    "code": lambda wording, request: _tracking_code_text(request.code),
    "service": lambda wording, request: wording.service_title(request.service),
    "state": Wording.state_title,
    "phase": Wording.phase_title,
}
"""Facts that every request has for its messages, beside the values of its form."""
