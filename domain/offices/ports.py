"""The repositories of counter offices, their tills and their nonces, as protocols; `store/` implements them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Protocol

from domain.offices.office import CommissionRule, CounterPayment, Office
from domain.offices.tills import TillClosing


class OfficeRepository(Protocol):
    """Offices, what they earn by, and what they brought."""

    async def find_by_username(self, username: str, *, lock: bool = False) -> Office | None:
        """Return whom that user name is. `lock` keeps other writers off the row until the unit ends."""
        ...

    async def get_by_code(self, code: str, *, lock: bool = False) -> Office:
        """Return by code; `NotFound("office")`. Lock whatever is to be put back changed."""
        ...

    async def list_all(self) -> list[Office]:
        """Return every office by code."""
        ...

    async def save(self, office: Office) -> None:
        """Store a new or changed office (by code); `Conflict("username")` when that is another office's."""
        ...

    async def list_rules(self) -> list[CommissionRule]:
        """Return every commission rule, by office and service, oldest first."""
        ...

    async def add_rule(self, rule: CommissionRule) -> None:
        """Store a new rule, once the open one was closed; `Conflict` when another is open or begins that day."""
        ...

    async def close_rule(self, rule_id: int, valid_to: date | None) -> None:
        """End a rule on that day (exclusive), or open its end (None); `NotFound("rule")`."""
        ...

    async def withdraw_rule(self, rule_id: int) -> None:
        """End a rule on its own first day, so that it holds on none; it is kept, and another one may begin on that day.

        `NotFound("rule")`. The caller keeps others off rules about the same (`serialise`).
        """
        ...

    async def count_requests(self, office_code: str, start: datetime, end: datetime) -> Mapping[str, int]:
        """Return service → how many requests the office brought from `start` on and before `end`."""
        ...

    async def list_payments(self, office_code: str, start: datetime, end: datetime) -> list[CounterPayment]:
        """Return the payments that the office reported from `start` on and before `end`, oldest first; reversed ones
        are none.
        """
        ...


class TillRepository(Protocol):
    """Closings of offices' tills: they are added, and nothing else."""

    async def list_closings(self, office_code: str, first_day: date, end_day: date) -> list[TillClosing]:
        """Return every closing of the days from `first_day` on and before `end_day`, in the order of their numbers."""
        ...

    async def last_closing_number(self, office_code: str) -> int:
        """Return the number of the office's latest closing, 0 when there is none."""
        ...

    async def add(self, closing: TillClosing) -> None:
        """Keep a closing; `Conflict` when its office has one of that number."""
        ...


class NonceRepository(Protocol):
    """Nonces of counter software: each is taken once, in any process."""

    async def take(self, office_code: str, nonce: str, expires_at: datetime) -> bool:
        """Take a nonce, to be remembered until then; False when it was taken before."""
        ...

    async def is_taken(self, office_code: str, nonce: str) -> bool:
        """Return whether a nonce was taken, without taking it."""
        ...

    async def delete_expired(self, now: datetime, limit: int) -> int:
        """Forget nonces whose time is over, at most `limit` of them; return how many."""
        ...
