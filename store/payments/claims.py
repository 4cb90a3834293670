"""Claims on rows that a worker turns to: a token and the database's time, so that one whose holder died ends by itself.

A claim that lies further ahead than any is made for was written while the database's clock was ahead, and holds nobody
off.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Executable, Float, Table, bindparam, or_, update

from store.engines.base import DatabaseEngine
from store.repositories.leases import CLOCK_SLACK


class RowClaims:
    """The claims of one table, which has the columns `claim_token` and `claimed_until`."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self.release = (
            update(table)
            .where(table.c.id == bindparam("of_row"), table.c.claim_token == bindparam("held"))
            .values(claim_token=None, claimed_until=None)
        )
        """Gives up the claim of `of_row` where `held` is its token."""

    def is_unclaimed(self, engine: DatabaseEngine) -> ColumnElement[bool]:
        """Tell whether nobody holds a row."""
        claimed_until = self._table.c.claimed_until
        is_void_claim = claimed_until > engine.time_after(bindparam("longest", type_=Float))
        return or_(claimed_until.is_(None), claimed_until <= engine.now, is_void_claim)

    def claim_values(self, engine: DatabaseEngine) -> dict[str, Any]:
        """Return what a claim writes."""
        return {
            "claim_token": bindparam("token"),
            "claimed_until": engine.time_after(bindparam("lease", type_=Float)),
        }

    def renew(self, engine: DatabaseEngine) -> Executable:
        """Return what lets the claims of `of_rows`, where `held` is their token, last for `lease` from now on."""
        return (
            update(self._table)
            .where(self._table.c.id.in_(bindparam("of_rows", expanding=True)))
            .where(self._table.c.claim_token == bindparam("held"))
            .values(claimed_until=engine.time_after(bindparam("lease", type_=Float)))
        )


def build_claim_parameters(claim_token: str, lease: timedelta) -> dict[str, Any]:
    """Return the values of a statement that claims rows."""
    seconds = lease.total_seconds()
    return {"token": claim_token, "lease": seconds, "longest": (lease + CLOCK_SLACK).total_seconds()}


def build_renewal_parameters(row_ids: Collection[int], claim_token: str, lease: timedelta) -> dict[str, Any]:
    """Return the values of a statement that renews claims."""
    return {"of_rows": list(row_ids), "held": claim_token, "lease": lease.total_seconds()}
