"""Machines and operators, and the slots in which they are booked."""

from sqlalchemy import Boolean, Column, Index, Integer, Table

from domain.fleet.resources import ResourceKind, ResourceStatus
from store.engines.types import EnumText, JsonList, SafeText, Utc
from store.schema.base import id_column, metadata, reference_column

resources = Table(
    "resources",
    metadata,
    id_column(),
    Column("code", SafeText, nullable=False, unique=True),
    Column("kind", EnumText(ResourceKind), nullable=False),
    Column("type", SafeText, nullable=False),
    Column("title", SafeText, nullable=False),
    Column("status", EnumText(ResourceStatus), nullable=False),
    Column("capacity", SafeText, nullable=False),
    Column("mobile", SafeText),
    Column("skills", JsonList(tuple), nullable=False),
    # As rows of a registry (`registries.py`); what the fleet itself writes leaves them alone.
    Column("revision", Integer, nullable=False, server_default="0"),
    Column("created_at", Utc),
    Column("updated_at", Utc),
)

bookings = Table(
    "bookings",
    metadata,
    id_column(),
    reference_column("request_id", "requests.id", nullable=True),
    reference_column("resource_id", "resources.id"),
    Column("start", Utc, nullable=False),
    Column("end", Utc, nullable=False),
    Column("hold", Boolean, nullable=False),
    Column("note", SafeText),
    Index(None, "request_id"),
    Index(None, "resource_id", "end"),
    Index(None, "end", "start"),
)

slots = Table(
    "slots",
    metadata,
    Column("slot", Integer, primary_key=True, autoincrement=False),
    reference_column("resource_id", "resources.id", primary_key=True),
    reference_column("booking_id", "bookings.id"),
    Index(None, "booking_id"),
)
