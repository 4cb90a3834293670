"""Counter offices, what they earn, how their tills were closed, and the nonces of their software.

In a commission rule an empty office or service means every one: NULLs would never collide in a unique key.
"""

from sqlalchemy import Boolean, Column, Date, Index, Integer, Table, or_

from store.engines.types import ID, JSON_VALUE, SafeText, Utc, partial_index
from store.schema.base import id_column, metadata

offices = Table(
    "offices",
    metadata,
    Column("code", SafeText, primary_key=True),
    Column("name", SafeText, nullable=False),
    Column("username", SafeText, nullable=False, unique=True),
    Column("keys", JSON_VALUE, nullable=False),
    Column("networks", JSON_VALUE, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("locks", JSON_VALUE, nullable=False),
    Column("created_at", Utc, nullable=False),
)

commission_rules = Table(
    "commission_rules",
    metadata,
    id_column(),
    Column("office", SafeText, nullable=False),
    Column("service", SafeText, nullable=False),
    Column("per_request", ID, nullable=False),
    Column("share_bp", Integer, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("made_by", SafeText, nullable=False),
    Column("made_at", Utc, nullable=False),
)
# One rule about a thing begins on a day, but for those that were withdrawn: they end on their own first day.
partial_index(
    "uq_commission_rules_begun",
    commission_rules.c.office,
    commission_rules.c.service,
    commission_rules.c.valid_from,
    where=or_(commission_rules.c.valid_to.is_(None), commission_rules.c.valid_to > commission_rules.c.valid_from),
    unique=True,
)
# Two officers who change one rule at the same time cannot both leave an open one.
partial_index(
    "uq_commission_rules_open",
    commission_rules.c.office,
    commission_rules.c.service,
    where=commission_rules.c.valid_to.is_(None),
    unique=True,
)

# Two officers who close a till at the same time cannot both leave the closing of one number.
till_closings = Table(
    "till_closings",
    metadata,
    Column("office", SafeText, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("day", Date, nullable=False),
    Column("declared", ID, nullable=False),
    Column("payments", Integer, nullable=False),
    Column("amount", ID, nullable=False),
    Column("note", SafeText, nullable=False),
    Column("closed_by", SafeText, nullable=False),
    Column("closed_at", Utc, nullable=False),
    Index(None, "office", "day"),
)

office_nonces = Table(
    "office_nonces",
    metadata,
    Column("office", SafeText, primary_key=True),
    Column("nonce", SafeText, primary_key=True),
    Column("ends_at", Utc, nullable=False),
    Index(None, "ends_at"),
)
