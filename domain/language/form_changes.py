"""Parts of a sent form that its citizen may still change, and the states for it.

A service declares it (`Service.changeable`), every channel offers it, one action does it
(`domain/actions/requests/change.py`). `check` proves that nothing may be changed on which a step that was taken before
relies (`Effect.relied_fields`): a price, a booking, somebody's consent.
"""

from dataclasses import dataclass

from domain.fields.stored import stored_texts

UNREVIEWED_CHANGES = stored_texts("unreviewed_changes")
"""Stored field for changes by the citizen since the staff took their last step: names of fields."""


@dataclass(frozen=True, slots=True)
class ChangeableFields:
    """Fields of the form that a citizen may change while a request is in some states."""

    states: tuple[str, ...]
    """The states, by their names."""
    field_names: tuple[str, ...]
    """The fields; one that others do as well for (`Field.alternatives`) goes together with them."""
