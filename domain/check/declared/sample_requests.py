"""A request that is nowhere stored, to ask a declaration's functions about: its form is filled with sample values."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from domain.fields.form import Field
from domain.fields.types import ReadingContext
from domain.language.service import Service, StepContext
from domain.requests.request import ServiceRequest
from domain.settings.policy import Policy
from domain.unit_of_work import IdGenerator, UnitOfWork
from domain.values.actors import SYSTEM
from domain.values.calendar import WorkingCalendar
from domain.values.errors import DomainError
from domain.values.tracking_codes import make_code

NOW = datetime(2026, 3, 16, 20, tzinfo=UTC)
"""Shortly before Nowruz, late in the evening: any moment will do."""

SAMPLE_CODE = make_code(12_345_678)

SAMPLE_WORDS = ("2026-03-18", "08:00", "2026-03-18T08:00:00+00:00", "2", "50", "text")
"""Sample values for fields: the first that a field reads."""


def build_sample_context(
    service: Service,
    state_name: str,
    form_values: dict[str, Any],
    kept_values: dict[str, Any],
    policy: Policy | None = None,
) -> StepContext:
    """Return what a function of the declaration looks at when a request comes into a state; there is no unit of work
    in it, and nobody acts.
    """
    phase = service.state_named(state_name).phase
    request = ServiceRequest(
        id=1, code=SAMPLE_CODE, service=service.key, version=service.version, state=state_name, phase=phase,
        channel="sms", mobile=None, created_at=NOW, updated_at=NOW, fields=form_values, data=kept_values,
        entered_at=NOW,
    )  # fmt: skip
    nowhere, nobody = cast("UnitOfWork", None), cast("IdGenerator", None)
    return StepContext(
        uow=nowhere, request=request, inputs={}, actor=SYSTEM, now=NOW, policy=policy or Policy(),
        calendar=WorkingCalendar(), ids=nobody,
    )  # fmt: skip


def sample_form(service: Service) -> Mapping[str, Any]:
    """Return a value for each field that a form has for certain, as far as one of the words is read by it."""
    values = {field.name: _sample_value(field) for field in service.form if field.is_always_given}
    return {name: value for name, value in values.items() if value is not None}


def _sample_value(field: Field) -> Any:
    for word in (*field.choices, *SAMPLE_WORDS):
        try:
            return field.read_value(word, ReadingContext(NOW, field.choices))
        except DomainError:
            continue
    return None
