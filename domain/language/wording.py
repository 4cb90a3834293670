"""Puts requests, errors and facts into words: the one place that turns values into text for people."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from domain.fields.form import Field
from domain.fields.types import FieldType
from domain.language.service import Notice, Service
from domain.messages.catalogue import Catalogue, RenderedMessage
from domain.messages.records import MessageClass
from domain.requests.request import Phase, ServiceRequest
from domain.values import tracking_codes
from domain.values.calendar import TEHRAN, jalali_text
from domain.values.errors import DomainError
from domain.values.identifiers import mobile_shown
from domain.values.money import in_words
from domain.values.text import grouped, persian_digits


def last_day(moment: datetime) -> str:
    """Return the Jalali day that ends at a deadline (deadlines are midnights)."""
    return jalali_text((moment - timedelta(seconds=1)).astimezone(TEHRAN).date())


def day_and_hour(moment: datetime | str) -> str:
    """Return the Jalali day and the hour in Tehran of a moment, or of its ISO form as requests keep it."""
    local = (datetime.fromisoformat(moment) if isinstance(moment, str) else moment).astimezone(TEHRAN)
    return f"{jalali_text(local.date())} {persian_digits(f'{local.hour:02}:{local.minute:02}')}"


def _identifier(value: object) -> str:
    """Bill and payment ids stay in ASCII digits: people type them into bank menus as they read them."""
    return str(value)


def _code(code: str) -> str:
    return f"{LEFT_TO_RIGHT}{tracking_codes.shown(code)}{RIGHT_TO_LEFT}"


def _as_read(text: str) -> str:
    """Return a value with its digits as people read them; a code with Latin letters stays as it was typed."""
    return text if any(sign.isalpha() and sign.isascii() for sign in text) else persian_digits(text)


def letter_number(number: str) -> str:
    """Return a letter's number: one of digits and Latin letters goes left to right, one with Persian words as it is."""
    own_words = any(sign.isalpha() and not sign.isascii() for sign in number)
    return persian_digits(number) if own_words else f"{LEFT_TO_RIGHT}{persian_digits(number)}{RIGHT_TO_LEFT}"


LEFT_TO_RIGHT, RIGHT_TO_LEFT = "\u200e", "\u200f"
"""Around a grouped code in a right-to-left text: without the first, screens show its three groups in reverse order;
without the second, a number behind the code changes places with it.
"""

FACTS: Mapping[str, Callable[[Any], str]] = {
    "amount": grouped,
    "refund": grouped,
    "amount_words": in_words,
    "deadline": last_day,
    "payment_deadline": lambda moment: last_day(datetime.fromisoformat(moment)),
    "booked_start": day_and_hour,
    "booked_end": day_and_hour,
    "handed_over_at": day_and_hour,
    "paid_at": day_and_hour,
    "visit_start": day_and_hour,
    "visited_at": day_and_hour,
    "letter_number": letter_number,
    "letter_date": lambda day: jalali_text(date.fromisoformat(day)),
    "bill_id": _identifier,
    "payment_id": _identifier,
    "barcode": _identifier,
    "reference": _identifier,
    "mobile": mobile_shown,
    "owner_mobile": lambda number: persian_digits(mobile_shown(number)),
    "old": _code,
}
"""How facts that are no form fields are shown; any other is shown with Persian digits."""

NAMED: Mapping[str, str] = {"documents": "choices.document", "missing": "choices.document"}
"""Facts that are lists of names, and the table of the catalogue that holds their words."""

CODED = frozenset({"reason"})
"""Facts in somebody's words or by a stable code (`choices.reason`), also where a form has a field of that name."""

KEPT = (
    "question", "reason", "booked_start", "machine", "operator", "visit_start", "officer_name", "letter_number",
    "letter_date",
)  # fmt: skip
"""What a request keeps beside its form that its messages may say."""


@dataclass(frozen=True, slots=True)
class Wording:
    """Words for the given services from one catalogue."""

    catalogue: Catalogue
    services: Mapping[str, Service]

    def service(self, key: str) -> str:
        """Return the title of a service."""
        return self.catalogue.text(f"services.{key}.title")

    def state(self, request: ServiceRequest) -> str:
        """Return the title of a request's state."""
        return self.catalogue.text(f"services.{request.service}.states.{request.state}")

    def phase(self, request: ServiceRequest) -> str:
        """Return the title of a request's phase."""
        return self.catalogue.text(f"phases.{request.phase.value}")

    def value(self, service: Service, name: str, value: Any) -> str:
        """Return a form value for people."""
        field = service.field(name)
        return field.type.show(value, self.catalogue.text) if field else str(value)

    def code(self, code: str) -> str:
        """Return a tracking code as people read it, its groups in order in a text of either direction."""
        return _code(code)

    def facts(self, request: ServiceRequest, extra: Mapping[str, Any] | None = None) -> dict[str, str]:
        """Return placeholder → text for a request: its code, titles, form values, and the extra facts over them."""
        words = {
            "code": _code(request.code),
            "service": self.service(request.service),
            "state": self.state(request),
            "phase": self.phase(request),
        }
        kept = {name: request.data[name] for name in KEPT if name in request.data}
        if request.phase is Phase.DECLINED:  # its form may have a reason too: a leave's
            kept.setdefault("reason", "unsaid")
        values = {**request.fields, **kept, **(extra or {})}
        return words | self.values(self.services[request.service].form, values)

    def values(self, form: Sequence[Field], values: Mapping[str, Any]) -> dict[str, str]:
        """Return form values and facts as text for people; a field not given shows what does as well (`instead`)."""
        types = {one.name: one.type for one in form}
        found = {name: self.fact(types.get(name), name, value) for name, value in values.items() if value is not None}
        given = {one.name: found[other] for one in form for other in reversed(one.instead) if other in found}
        return given | found

    def fact(self, kind: FieldType | None, name: str, value: Any) -> str:
        """Return a value of a form, or a fact of that name, for people."""
        if name in NAMED:
            return "، ".join(self.catalogue.text(f"{NAMED[name]}.{one}") for one in value)
        if name in FACTS:
            return FACTS[name](value)
        choice = f"choices.{name}.{value}"
        coded = name in CODED and choice in self.catalogue
        if kind is not None and not coded:
            return kind.show(value, self.catalogue.text)
        if choice in self.catalogue:
            return self.catalogue.text(choice)
        return value if isinstance(value, str) else persian_digits(str(value))

    def notice(self, request: ServiceRequest, notice: Notice, facts: Mapping[str, Any]) -> RenderedMessage:
        """Render a notice of a request's service."""
        key = f"services.{request.service}.notices.{notice.text}"
        # Whoever did not send a text himself (a walk-in citizen) gets the code of his request at once.
        cls = MessageClass.RECEIPT if notice.text == "submit" else MessageClass.NOTICE
        return self.catalogue.message(key, self.facts(request, facts), cls)

    def error(self, error: DomainError) -> str:
        """Return what a person is told about an error: its detail's text, or its code's."""
        detail = f"details.{error.code}.{error.detail}"
        key = detail if error.detail and detail in self.catalogue else f"errors.{error.code}"
        return self.catalogue.render(key, {name: self._param(name, value) for name, value in error.params.items()})

    def refusal(self, error: DomainError) -> str:
        """Return what is told above a form: the error, or how many faults there are, each told beside its field."""
        if len(error.faults) == 1:
            return self.error(error)
        return self.catalogue.render("web.form.several", {"count": persian_digits(len(error.faults))})

    def _param(self, name: str, value: object) -> str:
        if isinstance(value, list):
            return "، ".join(self._param(name, one) for one in value)
        if isinstance(value, datetime):
            return day_and_hour(value)
        if name == "codes":
            return _code(str(value))
        choice = f"choices.{name}.{value}"
        return self.catalogue.text(choice) if choice in self.catalogue else _as_read(str(value))
