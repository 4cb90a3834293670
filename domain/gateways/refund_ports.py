"""Ports of transfers back to cards."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Protocol

from domain.gateways.refund_attempt import RefundAttempt, RefundAttemptEvent

CARD_REFUNDS_WAKE = "card_refunds"
"""Wake channel of commits that left transfers to be sent, beside the channels of messages."""


class CardRefundRepository(Protocol):
    """Attempts to send money back to paying cards, with histories. A number belongs to one attempt of a gateway."""

    async def add(self, refund: RefundAttempt) -> None:
        """Store a new attempt, and wake at the commit what sends it; `Conflict("card_refund")` when its number is
        taken.
        """
        ...

    async def save(self, refund: RefundAttempt) -> RefundAttempt:
        """Store a changed attempt and return it with its new revision; `Conflict("card_refund")` when another save came
        in between.
        """
        ...

    async def get(self, card_refund_id: int, *, lock: bool = False) -> RefundAttempt:
        """Return an attempt; `NotFound("card_refund")`."""
        ...

    async def find_by_number(self, gateway: str, refund_number: int) -> RefundAttempt | None:
        """Return the attempt with our number at a gateway."""
        ...

    async def find_by_reference(self, gateway: str, reference: str) -> RefundAttempt | None:
        """Return the attempt with the bank's number of the transfer."""
        ...

    async def list_of_bill(self, bill_row_id: int) -> list[RefundAttempt]:
        """Return the attempts about a bill, oldest first."""
        ...

    async def list_of_sale(self, attempt_id: int) -> list[RefundAttempt]:
        """Return the attempts about what an attempt to pay brought, oldest first."""
        ...

    async def list_open(self, limit: int, created_before: datetime | None = None) -> list[RefundAttempt]:
        """Return the attempts whose end is not known, oldest first; those from before a moment, or all."""
        ...

    async def list_unfiled(self, finished_since: datetime, limit: int) -> list[RefundAttempt]:
        """Return the attempts whose money went since a moment and that no booked line of a settlement file is of,
        oldest first; at gateways whose files have lines of refunds alone.
        """
        ...

    async def is_filed(self, card_refund_id: int) -> bool:
        """Tell whether a booked line of a settlement file is of an attempt."""
        ...

    async def claim_due(self, gateway: str, now: datetime, claim_token: str, lease: timedelta) -> RefundAttempt | None:
        """Claim the attempt at a gateway that is due at `now`, held by nobody, and waits longest; None: there is none.

        A claim lasts for `lease` of the database's time: one whose holder died ends by itself.
        """
        ...

    async def claim(self, card_refund_id: int, claim_token: str, lease: timedelta) -> RefundAttempt | None:
        """Claim one open attempt, due or not; None while somebody holds it, and where there is none."""
        ...

    async def renew_claims(self, card_refund_ids: Collection[int], claim_token: str, lease: timedelta) -> int:
        """Let claims that are still held by this token last for `lease` from now on; return how many."""
        ...

    async def release_claim(self, card_refund_id: int, claim_token: str) -> bool:
        """Give up a claim; whether it was still held."""
        ...

    async def add_event(self, event: RefundAttemptEvent) -> None:
        """Append to the history of an attempt."""
        ...

    async def list_events(self, card_refund_id: int) -> list[RefundAttemptEvent]:
        """Return the history of an attempt, oldest first."""
        ...
