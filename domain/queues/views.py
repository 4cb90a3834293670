"""Filters that a member of the staff keeps under names."""

from dataclasses import dataclass
from datetime import datetime

from domain.requests.request import JsonObject


@dataclass(frozen=True, slots=True)
class SavedView:
    """A filter that a member of the staff keeps under a name; it is checked again whenever it is read."""

    username: str
    name: str
    filter: JsonObject
    saved_at: datetime
