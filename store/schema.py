"""The tables. One schema for every engine; a change here needs a migration beside it (`store/migrations`).

Keys come from the `Ids` port and grow with time, so "newest first" is by id. Foreign keys are checked at the commit:
within a unit of work the order of writing is free. What a column means is told by the dataclass of its row.
"""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, UniqueConstraint

from domain.bills import BillKind, BillState, PaymentMethod, PaymentOutcome, RefundState
from domain.fleet import ResourceKind, ResourceStatus
from domain.outgoing import InboundState, MessageClass, MessageState
from domain.people import Role
from domain.requests import Phase, TimerKind
from store.engines.types import ID, JSON_VALUE, Canonical, Choice, Listed, Utc, Words, partial

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def _id(name: str = "id") -> Column[int]:
    return Column(name, ID, primary_key=True, autoincrement=False)


def _refers(name: str, target: str, *, nullable: bool = False, primary_key: bool = False) -> Column[int]:
    key = ForeignKey(target, deferrable=True, initially="DEFERRED")
    return Column(name, key, nullable=nullable, primary_key=primary_key, autoincrement=False)


def _roles(names: list[str]) -> frozenset[Role]:
    return frozenset(map(Role, names))


requests = Table(
    "requests",
    metadata,
    _id(),
    Column("code", Words, nullable=False, unique=True),
    Column("service", Words, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", Words, nullable=False),
    Column("phase", Choice(Phase), nullable=False),
    Column("channel", Words, nullable=False),
    Column("mobile", Words),
    Column("created_at", Utc, nullable=False),
    Column("updated_at", Utc, nullable=False),
    Column("office", Words),
    Column("assignee", Words),
    _refers("parent_id", "requests.id", nullable=True),
    Column("fields", JSON_VALUE, nullable=False),
    Column("data", JSON_VALUE, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("head_seq", Integer, nullable=False),
    Column("head_hash", Words, nullable=False),
    Column("sealed_seq", Integer, nullable=False, default=0),
    Index(None, "mobile", "id"),
    Index(None, "assignee", "id"),
    Index(None, "service", "state", "id"),
    Index(None, "phase", "service", "version", "state"),
)
partial("ix_requests_unsealed", requests.c.id, where=requests.c.head_seq > requests.c.sealed_seq)

timers = Table(
    "timers",
    metadata,
    _refers("request_id", "requests.id", primary_key=True),
    Column("kind", Choice(TimerKind), primary_key=True),
    Column("name", Words, primary_key=True),
    Column("at", Utc, primary_key=True),
    Index(None, "kind", "at"),
)

history = Table(
    "history",
    metadata,
    _refers("request_id", "requests.id", primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Utc, nullable=False),
    Column("actor_kind", Words, nullable=False),
    Column("channel", Words, nullable=False),
    Column("event", Words, nullable=False),
    Column("from_state", Words),
    Column("to_state", Words, nullable=False),
    Column("actor", Words),
    Column("note", Words),
    Column("payload", JSON_VALUE),
    Column("salt", Words),
    Column("digest", Words, nullable=False),
    Column("previous", Words, nullable=False),
    Column("hash", Words, nullable=False),
)

seals = Table(
    "seals",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Utc, nullable=False),
    Column("heads", JSON_VALUE, nullable=False),
    Column("previous", Words, nullable=False),
    Column("hash", Words, nullable=False),
    Column("signature", Words, nullable=False),
)

counters = Table("counters", metadata, Column("name", Words, primary_key=True), Column("value", ID, nullable=False))

bills = Table(
    "bills",
    metadata,
    _id(),
    Column("file_number", Integer, nullable=False, unique=True),
    Column("bill_id", Words, nullable=False, unique=True),
    Column("payment_id", Words, nullable=False),
    Column("amount", ID, nullable=False),
    Column("state", Choice(BillState), nullable=False),
    Column("kind", Choice(BillKind), nullable=False),
    Column("subject_kind", Words, nullable=False),
    Column("subject_id", ID, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("deadline", Utc),
    Column("explanation", JSON_VALUE, nullable=False),
    Column("settled_at", Utc),
    Column("note", Words),
    Column("revision", Integer, nullable=False),
    Index(None, "subject_kind", "subject_id"),
)

payments = Table(
    "payments",
    metadata,
    _id(),
    _refers("bill_id", "bills.id"),
    Column("amount", ID, nullable=False),
    Column("method", Choice(PaymentMethod), nullable=False),
    Column("reference", Words, nullable=False),
    Column("outcome", Choice(PaymentOutcome), nullable=False),
    Column("recorded_by", Words, nullable=False),
    Column("at", Utc, nullable=False),
    UniqueConstraint("method", "reference"),
    Index(None, "bill_id"),
)

refunds = Table(
    "refunds",
    metadata,
    _id(),
    _refers("bill_id", "bills.id"),
    Column("amount", ID, nullable=False),
    Column("reason", Words, nullable=False),
    Column("state", Choice(RefundState), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("iban", Words),
    Column("refunded_at", Utc),
    Index(None, "bill_id"),
)

tariffs = Table(
    "tariffs",
    metadata,
    _id(),
    Column("service", Words, nullable=False),
    Column("dimensions", Canonical, nullable=False),
    Column("unit", Words, nullable=False),
    Column("rate", ID, nullable=False),
    Column("minimum", Integer, nullable=False),
    Column("vat_percent", Integer, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("created_by", Words, nullable=False),
    Column("created_at", Utc, nullable=False),
    UniqueConstraint("service", "dimensions", "valid_from"),
)
# Two officers who change one price at the same time cannot both leave an open row.
partial("uq_tariffs_open", tariffs.c.service, tariffs.c.dimensions, where=tariffs.c.valid_to.is_(None), unique=True)

resources = Table(
    "resources",
    metadata,
    _id(),
    Column("code", Words, nullable=False, unique=True),
    Column("kind", Choice(ResourceKind), nullable=False),
    Column("type", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("status", Choice(ResourceStatus), nullable=False),
    Column("capacity", Words, nullable=False),
    Column("mobile", Words),
    Column("skills", Listed(tuple), nullable=False),
)

bookings = Table(
    "bookings",
    metadata,
    _id(),
    _refers("request_id", "requests.id"),
    _refers("resource_id", "resources.id"),
    Column("start", Utc, nullable=False),
    Column("end", Utc, nullable=False),
    Column("hold", Boolean, nullable=False),
    Index(None, "request_id"),
    Index(None, "end", "start"),
)

slots = Table(
    "slots",
    metadata,
    Column("slot", Integer, primary_key=True, autoincrement=False),
    _refers("resource_id", "resources.id", primary_key=True),
    _refers("booking_id", "bookings.id"),
    Index(None, "booking_id"),
)

people = Table(
    "people",
    metadata,
    Column("mobile", Words, primary_key=True),
    Column("full_name", Words),
    Column("national_code", Words),
    Column("created_at", Utc, nullable=False),
)

staff = Table(
    "staff",
    metadata,
    Column("username", Words, primary_key=True),
    Column("roles", Listed(_roles), nullable=False),
    Column("full_name", Words, nullable=False),
    Column("mobile", Words),
    Column("password_hash", Words, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", Utc, nullable=False),
)

ratings = Table(
    "ratings",
    metadata,
    _refers("request_id", "requests.id", primary_key=True),
    Column("score", Integer, nullable=False),
    Column("text", Words),
    Column("channel", Words, nullable=False),
    Column("at", Utc, nullable=False),
)

comments = Table(
    "comments",
    metadata,
    _id(),
    Column("service", Words),
    _refers("request_id", "requests.id", nullable=True),
    Column("mobile", Words),
    Column("text", Words, nullable=False),
    Column("channel", Words, nullable=False),
    Column("at", Utc, nullable=False),
    Column("published", Boolean, nullable=False),
)

contents = Table(
    "contents",
    metadata,
    Column("sha256", Words, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

documents = Table(
    "documents",
    metadata,
    _id(),
    _refers("request_id", "requests.id"),
    Column("field", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("media_type", Words, nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", ForeignKey("contents.sha256", deferrable=True, initially="DEFERRED"), nullable=False),
    Column("added_by", Words, nullable=False),
    Column("at", Utc, nullable=False),
    Index(None, "request_id"),
)

inbox = Table(
    "inbox",
    metadata,
    _id(),
    Column("channel", Words, nullable=False),
    Column("provider", Words, nullable=False),
    Column("provider_id", Words),
    Column("fingerprint", Words, nullable=False),
    Column("sender", Words, nullable=False),
    Column("mobile", Words),
    Column("recipient", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("received_at", Utc, nullable=False),
    Column("state", Choice(InboundState), nullable=False),
    Column("intent", Words),
    _refers("reply_id", "outbox.id", nullable=True),
    _refers("request_id", "requests.id", nullable=True),
    Column("reason", Words),
    UniqueConstraint("channel", "provider", "fingerprint"),
    Index(None, "channel", "sender", "received_at"),
)

dialogues = Table(
    "dialogues",
    metadata,
    Column("channel", Words, primary_key=True),
    Column("address", Words, primary_key=True),
    Column("state", JSON_VALUE, nullable=False),
    Column("expires_at", Utc, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    _id(),
    Column("channel", Words, nullable=False),
    Column("recipient", Words, nullable=False),
    Column("cls", Choice(MessageClass), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("key", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("not_before", Utc, nullable=False),
    _refers("request_id", "requests.id", nullable=True),
    Column("expires_at", Utc),
    Column("state", Choice(MessageState), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("provider", Words),
    Column("provider_id", Words),
    Column("parts", Integer),
    Column("cost", ID),
    Column("reason", Words),
    Column("sent_at", Utc),
    Column("updated_at", Utc),
    Column("claim_token", Words),
    Column("claimed_until", Utc),
    Index(None, "state", "updated_at"),
    Index(None, "provider", "provider_id"),
    Index(None, "request_id"),
    Index(None, "recipient", "id"),
)
_QUEUED = outbox.c.state == MessageState.QUEUED
partial("ix_outbox_queue", outbox.c.channel, outbox.c.priority, outbox.c.created_at, outbox.c.id, where=_QUEUED)
partial("ix_outbox_expiring", outbox.c.channel, outbox.c.expires_at, where=_QUEUED)
partial("ix_outbox_claimed", outbox.c.channel, outbox.c.claimed_until, where=outbox.c.state == MessageState.SENDING)

receipts = Table(
    "receipts",
    metadata,
    Column("provider", Words, primary_key=True),
    Column("provider_id", Words, primary_key=True),
    Column("state", Choice(MessageState), nullable=False),
    Column("at", Utc, nullable=False),
    Index(None, "at"),
)

opt_outs = Table(
    "opt_outs",
    metadata,
    Column("mobile", Words, primary_key=True),
    Column("stopped", Boolean, nullable=False),
    Column("at", Utc, nullable=False),
)

hits = Table(
    "hits",
    metadata,
    Column("key", Words, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("ends_at", Utc, nullable=False),
    Index(None, "ends_at"),
)

leases = Table(
    "leases",
    metadata,
    Column("name", Words, primary_key=True),
    Column("token", Words, nullable=False),
    Column("until", Utc, nullable=False),
)

work_calendar = Table(
    "work_calendar",
    metadata,
    Column("day", Date, primary_key=True),
    Column("working", Boolean, nullable=False),
    Column("note", Words, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("at", Utc, nullable=False),
    Column("actor", Words, nullable=False),
    Column("what", Words, nullable=False),
    Column("detail", JSON_VALUE, nullable=False),
    Index(None, "at"),
)
