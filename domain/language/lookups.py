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
    """A look-up under way: the open unit, who asks (a mobile, or None), the values said, and what the rules need.

    `asked_by` is the asker as the audit names it. A `is_brief` answer has to fit one text; another one may tell
    everything.
    """

    uow: "UnitOfWork"
    asker_mobile: str | None
    stated_values: Mapping[str, Any]
    now: datetime
    policy: Policy
    calendar: "WorkingCalendar"
    ids: "IdGenerator"
    asked_by: str
    is_brief: bool


LookupAnswer = tuple[str, Mapping[str, Any]]
"""One line of an answer: a text under `services.<service>.answers` and its facts."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """A question that makes no request. `find_answers` returns its lines, or raises a domain error; `answer_names` are
    the texts that they may be, so that each can be proved to be there.
    """

    intent: Intent
    form: tuple[Field, ...]
    find_answers: Callable[[LookupContext], Awaitable[list[LookupAnswer]]]
    answer_names: tuple[str, ...]
    soap_operation: str | None = None


@dataclass(frozen=True, slots=True)
class PriceLookup:
    """How a service tells its prices: the command «تعرفه» finds it by the one field of `form` that is required.

    `answer_names` are the texts that the lines of `find_answers` may be.
    """

    form: tuple[Field, ...]
    find_answers: Callable[[LookupContext], Awaitable[list[LookupAnswer]]]
    answer_names: tuple[str, ...]

    @property
    def subject_field(self) -> str:
        """The name of the required field."""
        return next(field.name for field in self.form if field.required)
