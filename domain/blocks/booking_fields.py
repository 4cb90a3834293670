"""Stored fields of booked machines and operators."""

from domain.fields.hours import Hours
from domain.fields.moments import Moment
from domain.fields.stored import (
    MOMENT_FORM,
    TEXT_FORM,
    StoredField,
    StoredFields,
    StoredForm,
    stored_moment,
    stored_texts,
)
from domain.fields.types import Text

BOOKED_MACHINES, BOOKED_OPERATORS = stored_texts("machines"), stored_texts("operators")
"""The codes of what is booked, a machine and an operator for each single machine wanted."""

MACHINE_TITLES = StoredField("machine", Text(), stored_form=TEXT_FORM, is_for_citizen=True)
OPERATOR_TITLES = StoredField("operator", Text(), stored_form=TEXT_FORM, is_for_citizen=True)
"""Names of these, joined."""

BOOKED_START = StoredField("booked_start", Moment(), stored_form=MOMENT_FORM, is_for_citizen=True)
BOOKED_END = stored_moment("booked_end")

HOURS_DONE: StoredField[list[float]] = StoredField("hours_done", Hours(limit=24), stored_form=StoredForm(list, list))
"""Hours worked, a number for each line of the request."""

BOOKING_FIELDS: StoredFields = (
    BOOKED_MACHINES,
    BOOKED_OPERATORS,
    BOOKED_START,
    BOOKED_END,
    MACHINE_TITLES,
    OPERATOR_TITLES,
)
"""Stored fields of a booking."""

BOOKING_NAMES = tuple(field.name for field in (BOOKED_MACHINES, BOOKED_OPERATORS, BOOKED_START, BOOKED_END))
"""Fields of it that the history keeps too."""
