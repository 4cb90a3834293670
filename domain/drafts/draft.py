"""A draft: a form of a service as somebody fills it in, section by section, until it is submitted or forgotten.

A draft belongs to the sessions of browsers that hold it: the one that began it, and each one that took it up by its
short code together with a proof of its mobile. It keeps what was typed as it was typed, valid or not, so that nothing
is lost. Once it was submitted it knows its request: whatever is sent again, from any tab or device, leads there.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from domain.values.text import ascii_digits, fold_compactly
from domain.values.tracking_codes import TrackingCode

SECTION_DIGEST_DIGITS = 16
"""Hexadecimal digits by which the values of a section are compared with what a page showed."""

RESUME_CODE_DIGITS = 6
"""Digits of the short code: it opens nothing without a proof of the draft's mobile."""


class Relation(StrEnum):
    """Person for whom a citizen asks."""

    SELF = "self"
    FAMILY = "family"
    COMPANY = "company"
    OWNER = "owner"
    OTHER = "other"


@dataclass(slots=True)
class Draft:
    """A form that was begun."""

    id: int
    """Its own; part of the addresses of its pages, and of no use to a session that does not hold it."""
    service: str
    """The key of the service whose form it is."""
    version: int
    """The version of the declaration by which it was begun."""
    typed_values: dict[str, Any]
    """Field of the form → what was typed, as a page posted it: a text, a list of texts, rows of machines."""
    saved_sections: tuple[str, ...]
    """The sections that were saved at least once."""
    resume_code: str
    """The short code by which another device takes it up."""
    created_at: datetime
    """Time of the beginning, in UTC."""
    updated_at: datetime
    """Time of the last saving, in UTC."""
    expires_at: datetime
    """Time of its erasure, in UTC; every saving puts it off."""
    mobile: str | None = None
    """The number (+989…) that takes it up on another device; None while none was given. It may be unproved."""
    relation: Relation = Relation.SELF
    """Person for whom the citizen asks."""
    represented_name: str = ""
    """The name of whom the citizen asks for; empty for oneself."""
    request_code: TrackingCode | None = None
    """The tracking code of the request that it became; None while it was not submitted."""

    @property
    def is_submitted(self) -> bool:
        """Whether it became a request."""
        return self.request_code is not None

    def save_section(self, section_name: str, field_names: tuple[str, ...], typed_values: Mapping[str, Any]) -> None:
        """Take over what was typed in one section, in place of what was there; other sections stay as they are."""
        kept_values = {name: value for name, value in self.typed_values.items() if name not in field_names}
        new_values = {name: typed_values[name] for name in field_names if name in typed_values}
        self.typed_values = kept_values | new_values
        if section_name not in self.saved_sections:
            self.saved_sections = (*self.saved_sections, section_name)

    def holds(self, field_names: tuple[str, ...], typed_values: Mapping[str, Any]) -> bool:
        """Return whether it has these values of these fields, and no others, already."""
        return all(self.typed_values.get(name) == typed_values.get(name) for name in field_names)

    def digest_section(self, field_names: tuple[str, ...]) -> str:
        """Return what stands for the values of these fields: another one once any of them is another; empty while
        nothing was typed.
        """
        values = {name: self.typed_values[name] for name in field_names if name in self.typed_values}
        if not values:
            return ""
        values_text = json.dumps(values, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(values_text.encode()).hexdigest()[:SECTION_DIGEST_DIGITS]


@dataclass(frozen=True, slots=True)
class DraftHolder:
    """A session that holds a draft."""

    draft_id: int
    """The draft."""
    session_id: int
    """The session (`CitizenSession.id`)."""


def read_resume_code(typed_text: str) -> str:
    """Return a short code as it is kept, however it was typed; what is no code stays something that no draft has."""
    return ascii_digits(fold_compactly(typed_text))


def display_resume_code(resume_code: str) -> str:
    """Return a short code for people: two groups of three digits."""
    return f"{resume_code[:3]} {resume_code[3:]}"


@dataclass(frozen=True, slots=True)
class TypedForm:
    """Values posted by one page of a form."""

    section_name: str
    """The section that it is about."""
    typed_values: Mapping[str, Any] = field(default_factory=dict)
    """Field → what was typed."""
    typed_at: datetime | None = None
    """Time of typing, where it was before the values came (in UTC): «فردا» is the day after. None: now."""
