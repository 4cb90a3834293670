"""What fields suggest as answers: each is one that the field would keep as it is, and short enough for a button."""

from collections.abc import Iterator
from datetime import UTC, datetime

from domain.check.flaws import Flaw
from domain.fields.form import Field
from domain.fields.types import ReadingContext
from domain.language.service import Service
from domain.values.errors import DomainError

MOST_SUGGESTION_BYTES = 48
"""In UTF-8: a button's data holds the turn beside its answer."""

_ANY_MOMENT = datetime(2026, 3, 21, 8, tzinfo=UTC)


def suggestion_flaws(service: Service) -> Iterator[Flaw]:
    """Find suggested answers that their own field refuses or reads as something else, or that no button can bear."""
    asked_fields = (*service.form, *(field for step in service.transitions for field in step.inputs))
    for field in asked_fields:
        for suggestion in field.suggestions:
            if not _is_kept_as_it_is(field, suggestion):
                yield Flaw("unsound_suggestion", service.key, f"{field.name}: {suggestion}")
            elif len(suggestion.encode()) > MOST_SUGGESTION_BYTES:
                yield Flaw("long_suggestion", service.key, f"{field.name}: {suggestion}")


def _is_kept_as_it_is(field: Field, suggestion: str) -> bool:
    try:
        return str(field.read_value(suggestion, ReadingContext(_ANY_MOMENT, field.choices))) == suggestion
    except DomainError:
        return False
