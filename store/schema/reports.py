"""Facts that reports add up, written as it happens, and the reports that were kept."""

from sqlalchemy import Boolean, Column, Date, Index, Integer, LargeBinary, Table, UniqueConstraint

from domain.requests.request import Phase
from store.engines.types import EnumText, SafeText, Utc, clustered_options
from store.schema.base import id_column, metadata, reference_column

steps = Table(
    "steps",
    metadata,
    Column("at", Utc, primary_key=True),
    reference_column("request_id", "requests.id", primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("service", SafeText, nullable=False),
    Column("kind", SafeText),
    Column("channel", SafeText, nullable=False),
    Column("office", SafeText),
    Column("officer", SafeText),
    Column("state", SafeText),
    Column("seconds", Integer, nullable=False),
    Column("worked", Integer, nullable=False),
    Column("late", Boolean),
    Column("outcome", EnumText(Phase)),
    Column("remote", Boolean, nullable=False),
    **clustered_options(),
)

machine_work = Table(
    "machine_work",
    metadata,
    reference_column("request_id", "requests.id", primary_key=True),
    Column("machine", SafeText, primary_key=True),
    Column("service", SafeText, nullable=False),
    Column("machine_type", SafeText, nullable=False),
    Column("start", Utc, nullable=False),
    Column("quoted", Integer, nullable=False),
    Column("worked", Integer, nullable=False),
    Index(None, "start"),
    Index(None, "machine", "request_id"),
)

service_durations = Table(
    "service_durations",
    metadata,
    Column("service", SafeText, primary_key=True),
    Column("working_days", Integer, nullable=False),
    Column("finished_count", Integer, nullable=False),
    Column("reckoned_at", Utc, nullable=False),
)

report_files = Table(
    "report_files",
    metadata,
    id_column(),
    Column("report", SafeText, nullable=False),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Column("name", SafeText, nullable=False),
    Column("size", Integer, nullable=False),
    Column("made_at", Utc, nullable=False),
    Column("content", LargeBinary, nullable=False),
    UniqueConstraint("report", "first", "last"),
)
