"""Sheets with what the site before this one counted and published: they are described as registries are, and no rows of
theirs are kept as such (`domain/actions/feedback/old_site.py`).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from domain.fields.form import Field
from domain.fields.types import Choice, Integer, ReadingContext, Text, TextLookup
from domain.registries.declarations import Registry
from domain.registries.field_types import Note, RecordedDay

_GROUP_MARKS = re.compile(r"(?<=\d)[,٬،](?=\d{3})")

WAS_PUBLISHED, WAS_HIDDEN = "yes", "no"

MOST_VIEWS = 999_999_999
"""Views of a page that are taken for true."""


@dataclass(frozen=True, slots=True)
class TopicChoice(Choice):
    """A service, or a topic that several services share («taxi»), by its name in the catalogue."""

    titled: frozenset[str] = frozenset()
    """The keys that are services."""

    def display_name(self, choice: str, catalogue_text: TextLookup) -> str:
        """Return the title of a service, else the topic's name."""
        return catalogue_text(f"services.{choice}.title" if choice in self.titled else f"choices.service.{choice}")


@dataclass(frozen=True, slots=True)
class ViewNumber(Integer):
    """A whole number, which sites write in groups: 77,039."""

    def parse(self, raw_value: object, reading_context: ReadingContext) -> int:
        """Read it without the marks between its groups."""
        plain_value = _GROUP_MARKS.sub("", raw_value) if isinstance(raw_value, str) else raw_value
        return Integer.parse(self, plain_value, reading_context)


OLD_VIEWS = Registry(
    "old_views",
    (Field("service", TopicChoice()), Field("views", ViewNumber(0, MOST_VIEWS))),
    ("service", "views"),
    unique_fields=("service",),
)
"""The number of views of the page of each service."""

OLD_COMMENTS = Registry(
    "old_comments",
    (
        Field("service", TopicChoice()),
        Field("name", Note(80), required=False),
        Field("day", RecordedDay()),
        Field("text", Text(1_000)),
        Field("published", Choice("published"), choices=(WAS_PUBLISHED, WAS_HIDDEN)),
    ),
    ("service", "day", "text", "published"),
)
"""Comments. The name of a writer only tells two of a day apart: nobody is named here, and the retention of such names
was over before they came.
"""

OLD_SITE_SHEETS = (OLD_VIEWS, OLD_COMMENTS)


def offer_topics(description: Registry, service_keys: Iterable[str], topics: Iterable[str]) -> Registry:
    """Return a sheet whose rows may be about these topics; the keys of services are shown by their titles."""
    first, *others = description.fields
    service_field = replace(first, type=TopicChoice(titled=frozenset(service_keys)), choices=tuple(topics))
    return replace(description, fields=(service_field, *others))
