"""The tables. One schema for every engine; a change here needs a migration beside it (`store/migrations`).

Keys come from the `Ids` port and grow with time, so "newest first" is by id. Foreign keys are checked at the commit:
within a unit of work the order of writing is free. What a column means is documented in the dataclass of its row.
"""

from store.schema.base import metadata
from store.schema.citizen_access import citizen_sessions
from store.schema.drafts import draft_holders, drafts
from store.schema.fleet import bookings, resources, slots
from store.schema.gateways import (
    payment_attempt_events,
    payment_attempt_shares,
    payment_attempts,
    payment_callbacks,
    payment_link_bills,
    payment_links,
)
from store.schema.issued import issued_papers
from store.schema.ledger import ledger_entries, suspense_receipts
from store.schema.messages import (
    chats,
    dialogues,
    hits,
    inbox,
    mobile_proofs,
    notice_channels,
    opt_outs,
    outbox,
    receipts,
)
from store.schema.money import (
    bills,
    counters,
    merged_bill_parts,
    merged_bills,
    payment_reversals,
    payments,
    proposed_tariffs,
    refunds,
    tariffs,
)
from store.schema.offices import commission_rules, office_calls, office_nonces, offices, till_closings
from store.schema.people import (
    comments,
    contents,
    documents,
    people,
    ratings,
    saved_views,
    service_views,
    staff,
    substitutes,
)
from store.schema.registries import (
    agencies,
    driver_vehicles,
    drivers,
    duties,
    import_files,
    imports,
    maintenance,
    owners,
    registry_changes,
    registry_reminders,
    rewards,
    vehicles,
    violations,
)
from store.schema.reports import machine_work, report_files, steps
from store.schema.requests import history, requests, seals, search_words, timers
from store.schema.running import audit, key_checks, leases, setting_changes, verifications, work_calendar
from store.schema.settlement import payment_differences, settlement_contents, settlement_files, settlement_lines
from store.schema.staff_access import second_factors, staff_sessions

__all__ = [
    "agencies",
    "audit",
    "bills",
    "bookings",
    "chats",
    "citizen_sessions",
    "comments",
    "commission_rules",
    "contents",
    "counters",
    "dialogues",
    "documents",
    "draft_holders",
    "drafts",
    "driver_vehicles",
    "drivers",
    "duties",
    "history",
    "hits",
    "import_files",
    "imports",
    "inbox",
    "issued_papers",
    "key_checks",
    "leases",
    "ledger_entries",
    "machine_work",
    "maintenance",
    "merged_bill_parts",
    "merged_bills",
    "metadata",
    "mobile_proofs",
    "notice_channels",
    "office_calls",
    "office_nonces",
    "offices",
    "opt_outs",
    "outbox",
    "owners",
    "payment_attempt_events",
    "payment_attempt_shares",
    "payment_attempts",
    "payment_callbacks",
    "payment_differences",
    "payment_link_bills",
    "payment_links",
    "payment_reversals",
    "payments",
    "people",
    "proposed_tariffs",
    "ratings",
    "receipts",
    "refunds",
    "registry_changes",
    "registry_reminders",
    "report_files",
    "requests",
    "resources",
    "rewards",
    "saved_views",
    "seals",
    "search_words",
    "second_factors",
    "service_views",
    "setting_changes",
    "settlement_contents",
    "settlement_files",
    "settlement_lines",
    "slots",
    "staff",
    "staff_sessions",
    "steps",
    "substitutes",
    "suspense_receipts",
    "tariffs",
    "till_closings",
    "timers",
    "vehicles",
    "verifications",
    "violations",
    "work_calendar",
]
