"""Stored fields of a request beside its form, declared once: under which name, as which type, and how people are shown
it.

`ServiceRequest.data` is a JSON column. Everything that is written into it or read out of it goes by a `StoredField`, so
that a value has its type wherever it is used, and its name stands in one place. Names are stored: they never change.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from domain.fields.form import Field
from domain.fields.moments import Day, Moment
from domain.fields.types import FieldType, Text
from domain.requests.request import ServiceRequest

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class StoredForm(Generic[Value]):
    """Conversion of a value to a JSON column's, and back."""

    to_json: Callable[[Value], Any]
    from_json: Callable[[Any], Value]


@dataclass(frozen=True, slots=True)
class StoredField(Field, Generic[Value]):
    """A value that a request keeps beside its form. Its label is under the text key `kept`."""

    stored_form: StoredForm[Value] = field(kw_only=True)
    """Stored form."""
    is_for_citizen: bool = False
    """Whether the citizen is shown it on the request's page, too."""
    take_figures: Callable[[Any], Any] | None = None
    """Takes the figures out of what is kept, where it has personal parts too. None: its type says whether it is a
    figure as a whole (`Field.survives_erasure`).
    """

    def find(self, request: ServiceRequest) -> Value | None:
        """Return the value; None where the request keeps none."""
        stored_json = request.data.get(self.name)
        return None if stored_json is None else self.stored_form.from_json(stored_json)

    def read(self, request: ServiceRequest) -> Value:
        """Return the value; `KeyError` is a fault in the code: no step wrote it yet."""
        return self.stored_form.from_json(request.data[self.name])

    def write(self, request: ServiceRequest, value: Value | None) -> None:
        """Keep a value; None says that it is known that there is none."""
        request.data[self.name] = None if value is None else self.to_json(value)

    def clear(self, request: ServiceRequest) -> None:
        """Keep it no longer."""
        request.data.pop(self.name, None)

    def is_kept_by(self, request: ServiceRequest) -> bool:
        """Return whether the request keeps a value, or that there is none."""
        return self.name in request.data

    def find_figures(self, request: ServiceRequest) -> Any:
        """Return what stays of what is kept, as it is kept, when personal data is erased; None where nothing does."""
        stored_json = request.data.get(self.name)
        if stored_json is None or self.take_figures is None:
            return stored_json if self.survives_erasure else None
        return self.take_figures(stored_json)

    def to_json(self, value: Value) -> Any:
        """Return what is kept of a value, as the history keeps it too."""
        return self.stored_form.to_json(value)


StoredFields = tuple[StoredField[Any], ...]
"""Several of them, of any types."""

TEXT_FORM: StoredForm[str] = StoredForm(str, str)
TEXTS_FORM: StoredForm[list[str]] = StoredForm(list, list)
DAY_FORM: StoredForm[date] = StoredForm(date.isoformat, date.fromisoformat)
MOMENT_FORM: StoredForm[datetime] = StoredForm(datetime.isoformat, datetime.fromisoformat)
MOMENTS_FORM: StoredForm[list[datetime]] = StoredForm(
    lambda moments: [moment.isoformat() for moment in moments],
    lambda texts: [datetime.fromisoformat(text) for text in texts],
)
FLAG_FORM: StoredForm[bool] = StoredForm(bool, bool)


def stored_text(name: str, field_type: FieldType | None = None, choices: tuple[str, ...] = ()) -> StoredField[str]:
    """Return a field that keeps a text, a code or an identifier."""
    return StoredField(name, field_type or Text(), choices=choices, stored_form=TEXT_FORM)


def stored_texts(name: str, field_type: FieldType | None = None) -> StoredField[list[str]]:
    """Return a field that keeps several texts or codes."""
    return StoredField(name, field_type or Text(), stored_form=TEXTS_FORM)


def stored_day(name: str) -> StoredField[date]:
    """Return a field that keeps a day."""
    return StoredField(name, Day(), stored_form=DAY_FORM)


def stored_moment(name: str) -> StoredField[datetime]:
    """Return a field that keeps a moment, in UTC."""
    return StoredField(name, Moment(), stored_form=MOMENT_FORM)


def stored_flag(name: str) -> StoredField[bool]:
    """Return a field that keeps whether something holds."""
    return StoredField(name, Text(), stored_form=FLAG_FORM)


def select_stored(request: ServiceRequest, field_names: Iterable[str]) -> dict[str, Any]:
    """Return what a request keeps under these names, as it is kept: for papers and messages that a declaration names
    facts for. What it does not keep is left out.
    """
    return {name: request.data[name] for name in field_names if name in request.data}


def list_stored(request: ServiceRequest) -> Mapping[str, Any]:
    """Return all that a request keeps beside its form, as it is kept."""
    return dict(request.data)
