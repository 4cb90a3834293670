"""Read events: that somebody of the staff, or of a counter office, was shown personal data.

An event says who, when (the first time in an hour), what kind of thing and which one. It is no second place for the
data themselves: a request is named by its tracking code, a row by its number, and what was searched for is masked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.values.calendar import MomentSpan
from domain.values.identifiers import mask_name
from domain.values.text import ascii_digits

READING_HOUR = timedelta(hours=1)
"""Alike readings within such an hour, aligned to the epoch, are one event."""

READ_EVENT_RETENTION = timedelta(days=400)
"""For so long events are kept: a year, and the time in which somebody notices something."""

LONGEST_SUBJECT = 200

_TRACKING_CODE_DIGITS = 9
_LEAST_PERSONAL_DIGITS = 7
"""Digits from which on a number may be somebody's (mobile, national code, plate with its series)."""


class ReadKind(StrEnum):
    """Kind of data read."""

    QUEUE = "queue"
    """A queue of requests, with the names in it."""
    SEARCH = "search"
    """Results of a search among all requests."""
    REQUEST = "request"
    """A request, in full."""
    DOCUMENT = "document"
    """A file of a request."""
    PAPER = "paper"
    """A printed paper, on the screen or as PDF."""
    REGISTRY = "registry"
    """A list of rows of a registry."""
    REGISTRY_ROW = "registry_row"
    """A row of a registry."""
    IMPORT_FILE = "import_file"
    """An imported file with its faulty rows."""
    CALENDAR = "calendar"
    """A calendar with whom visits and machines go to."""
    MONEY = "money"
    """Payments, refunds and receipts, with who paid."""
    MESSAGES = "messages"
    """Messages of citizens and to them."""
    COMMENTS = "comments"
    """Comments and ratings, with who wrote them."""
    OFFICE = "office"
    """Acts of a counter office, for whom."""
    STAFF = "staff"
    """The staff's own data."""
    REPORT = "report"
    """A report, which may list requests."""
    OFFICE_CALL = "office_call"
    """An answer to the software of a counter office."""
    COMMAND = "command"
    """Data that a command showed to whoever has the machine."""


@dataclass(frozen=True, slots=True)
class ReadEvent:
    """Fact that something was read; alike readings of an hour are one."""

    id: int
    """Later events have greater ones."""
    at: datetime
    """Time of the first reading in that hour, in UTC."""
    viewer: str
    """Reader, as a label (`staff:sara`)."""
    kind: ReadKind
    """Kind of data."""
    subject: str
    """Its code or title: a tracking code, a registry with the row's number, filters with masked values."""


@dataclass(frozen=True, slots=True)
class ReadEventFilter:
    """Filter of a list of events; None means any."""

    viewer: str | None = None
    """As a label; what was read for somebody absent is the viewer's too."""
    kind: ReadKind | None = None
    """Kind of data read."""
    subject: str | None = None
    """Subject, exactly."""
    made: MomentSpan | None = None
    """The span in which it was read."""
    before: int | None = None
    """Only events with a smaller number; the newest come first."""
    limit: int = 50
    """Number of events shown at most."""


def number_hour(moment: datetime) -> int:
    """Return the number of the hour that a moment is in, since the epoch."""
    return int(moment.timestamp() // READING_HOUR.total_seconds())


def describe_filters(filters: Iterable[tuple[str, str]]) -> str:
    """Return what a list was narrowed down by, with masked values: `queue=open search=0912…67`."""
    described = (f"{name}={mask_filter_value(value)}" for name, value in filters if value.strip())
    return " ".join(described)[:LONGEST_SUBJECT]


def mask_filter_value(value: str) -> str:
    """Return a value that names nobody: keys of choices, days and tracking codes as they are, of numbers the first four
    digits and the last two, of words their first letters.
    """
    text = "".join(sign for sign in ascii_digits(value) if sign.isprintable()).strip()
    digits = "".join(sign for sign in text if sign.isdecimal())
    is_key = text.isascii() and text.replace("_", "").isalpha() and text == text.lower()
    is_day = len(digits) in {6, 7, 8} and text.count("/") + text.count("-") == 2
    if is_key or is_day or (digits == text and len(digits) == _TRACKING_CODE_DIGITS):
        return text
    if len(digits) >= _LEAST_PERSONAL_DIGITS:
        return f"{digits[:4]}…{digits[-2:]}"
    return text if digits == text else mask_name(text)
