"""Machines and operators, and the slots in which they are booked."""

from sqlalchemy import Boolean, Column, Index, Integer, Table

from domain.fleet import ResourceKind, ResourceStatus
from store.engines.types import Choice, Listed, Utc, Words
from store.schema.base import metadata, own_id, refers

resources = Table(
    "resources",
    metadata,
    own_id(),
    Column("code", Words, nullable=False, unique=True),
    Column("kind", Choice(ResourceKind), nullable=False),
    Column("type", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("status", Choice(ResourceStatus), nullable=False),
    Column("capacity", Words, nullable=False),
    Column("mobile", Words),
    Column("skills", Listed(tuple), nullable=False),
    # As rows of a registry (`registries.py`); what the fleet itself writes leaves them alone.
    Column("revision", Integer, nullable=False, server_default="0"),
    Column("created_at", Utc),
    Column("updated_at", Utc),
)

bookings = Table(
    "bookings",
    metadata,
    own_id(),
    refers("request_id", "requests.id", nullable=True),
    refers("resource_id", "resources.id"),
    Column("start", Utc, nullable=False),
    Column("end", Utc, nullable=False),
    Column("hold", Boolean, nullable=False),
    Column("note", Words),
    Index(None, "request_id"),
    Index(None, "resource_id", "end"),
    Index(None, "end", "start"),
)

slots = Table(
    "slots",
    metadata,
    Column("slot", Integer, primary_key=True, autoincrement=False),
    refers("resource_id", "resources.id", primary_key=True),
    refers("booking_id", "bookings.id"),
    Index(None, "booking_id"),
)
