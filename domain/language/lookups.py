"""Questions that make no request, as a service declares them: which words ask them, and who finds the answer."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.fields.form import Field
from domain.language.intents import Intent
from domain.settings.policy import Policy
from domain.unit_of_work import IdGenerator, UnitOfWork
from domain.values.calendar import WorkingCalendar


@dataclass(frozen=True, slots=True)
class LookupContext:
    """A look-up under way."""

    uow: "UnitOfWork"
    """The open unit of work."""
    asker_mobile: str | None
    """Mobile of the asker (+989…); None where that is not known."""
    stated_values: Mapping[str, Any]
    """The values of the form that were said."""
    now: datetime
    """The moment of the question, in UTC."""
    policy: Policy
    """The municipality's rules in force."""
    calendar: "WorkingCalendar"
    """Working days and hours in force."""
    ids: "IdGenerator"
    """Source of new ids and tokens."""
    asked_by: str
    """The asker as the audit names it."""
    is_brief: bool
    """Whether the answer has to fit one text; another one may state everything."""


LookupAnswer = tuple[str, Mapping[str, Any]]
"""One line of an answer: a text under `services.<service>.answers` and its facts."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """A question that makes no request."""

    intent: Intent
    """The intent whose words ask it."""
    form: tuple[Field, ...]
    """The fields that have to be said."""
    find_answers: Callable[[LookupContext], Awaitable[list[LookupAnswer]]]
    """Returns the lines of the answer, or raises a domain error."""
    answer_names: tuple[str, ...]
    """The texts that the lines may be, so that each can be proved to be there."""
    soap_operation: str | None = None
    """Operation of counter offices; None: they cannot."""


@dataclass(frozen=True, slots=True)
class PriceLookup:
    """Enquiry about a service's prices, by the command «تعرفه»."""

    form: tuple[Field, ...]
    """Form to be said; the command finds the price by the one field that is required."""
    find_answers: Callable[[LookupContext], Awaitable[list[LookupAnswer]]]
    """Returns the lines of the answer, or raises a domain error."""
    answer_names: tuple[str, ...]
    """The texts that the lines may be."""
    estimate: Callable[[LookupContext], Awaitable[int]] | None = None
    """Reckons what a filled form (`stated_values`) costs by today's tariff, in rials with VAT, or raises a domain
    error; None: a form alone does not say it.
    """

    @property
    def subject(self) -> Field:
        """The required field: what is priced."""
        return next(field for field in self.form if field.required)
