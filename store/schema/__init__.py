"""The tables. One schema for every engine; a change here needs a migration beside it (`store/migrations`).

Keys come from the `Ids` port and grow with time, so "newest first" is by id. Foreign keys are checked at the commit:
within a unit of work the order of writing is free. What a column means is told by the dataclass of its row.
"""

from store.schema.base import metadata
from store.schema.fleet import bookings, resources, slots
from store.schema.messages import dialogues, hits, inbox, opt_outs, outbox, receipts
from store.schema.money import bills, counters, payments, refunds, tariffs
from store.schema.people import comments, contents, documents, people, ratings, staff
from store.schema.requests import history, requests, seals, timers
from store.schema.running import audit, leases, work_calendar

__all__ = [
    "audit",
    "bills",
    "bookings",
    "comments",
    "contents",
    "counters",
    "dialogues",
    "documents",
    "history",
    "hits",
    "inbox",
    "leases",
    "metadata",
    "opt_outs",
    "outbox",
    "payments",
    "people",
    "ratings",
    "receipts",
    "refunds",
    "requests",
    "resources",
    "seals",
    "slots",
    "staff",
    "tariffs",
    "timers",
    "work_calendar",
]
