"""Ports of payments at gateways: attempts with their history, callbacks, links."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from domain.gateways.attempt import AttemptEvent, AttemptState, PaymentAttempt
from domain.gateways.callback_record import CallbackRecord
from domain.gateways.health import SessionResult
from domain.gateways.payment_link import PaymentLink
from domain.values.row_ids import HIGHEST_ID

PAYMENTS_WAKE = "payments"
"""Wake channel of commits that left attempts to be advanced, beside the channels of messages."""


class PaymentAttemptRepository(Protocol):
    """Attempts. A reference and a sale number belong to one attempt of a gateway."""

    async def add(self, attempt: PaymentAttempt) -> None:
        """Store a new attempt; `Conflict("attempt")` when its order number is taken."""
        ...

    async def save(self, attempt: PaymentAttempt) -> PaymentAttempt:
        """Store a changed attempt and return it with its new revision.

        `Conflict("attempt")` when another save came in between, `Conflict("sale")` when the sale number is another
        attempt's.
        """
        ...

    async def get(self, attempt_id: int, *, lock: bool = False) -> PaymentAttempt:
        """Return an attempt; `NotFound("attempt")`."""
        ...

    async def find_by_order(self, gateway: str, order_number: int, *, lock: bool = False) -> PaymentAttempt | None:
        """Return the attempt with our number at a gateway."""
        ...

    async def find_by_reference(self, gateway: str, reference: str, *, lock: bool = False) -> PaymentAttempt | None:
        """Return the attempt with the bank's name of the session, compared letter by letter."""
        ...

    async def find_by_sale(self, gateway: str, sale_number: str) -> PaymentAttempt | None:
        """Return the attempt that has the bank's number of a sale."""
        ...

    async def list_of_bill(self, bill_row_id: int) -> list[PaymentAttempt]:
        """Return the attempts at a bill, oldest first."""
        ...

    async def list_needing_attention(self, limit: int, before: int = HIGHEST_ID) -> list[PaymentAttempt]:
        """Return attempts that bear an alert or are unknown, newest first, those with lower keys than `before`."""
        ...

    async def count_needing_attention(self) -> int:
        """Return how many attempts bear an alert or are unknown."""
        ...

    async def list_session_results(self, gateway: str, since: datetime, limit: int) -> list[SessionResult]:
        """Return what became of the last sessions that a gateway was asked for since a moment, the latest first. Those
        that are being asked for, that the payer's own doing prevented, or of which nobody knows, are left out.
        """
        ...

    async def count_by_state(self, first_id: int) -> Mapping[tuple[str, AttemptState], int]:
        """Return how many of the attempts from a key on are in which state at which gateway."""
        ...

    async def list_due_gateways(self, moment: datetime) -> list[str]:
        """Return the gateways at which attempts are due since before a moment, in order."""
        ...

    async def claim_due(
        self, gateways: Collection[str], now: datetime, claim_token: str, limit: int, lease: timedelta
    ) -> list[PaymentAttempt]:
        """Claim attempts at these gateways that are due at `now` and nobody holds, those that wait longest first.

        A claim lasts for `lease` of the database's time: one whose holder died ends by itself.
        """
        ...

    async def claim(self, attempt_id: int, claim_token: str, lease: timedelta) -> PaymentAttempt | None:
        """Claim one attempt, due or not; None while somebody holds it, and where there is none."""
        ...

    async def renew_claims(self, attempt_ids: Collection[int], claim_token: str, lease: timedelta) -> int:
        """Let claims that are still held by this token last for `lease` from now on; return how many."""
        ...

    async def release_claim(self, attempt_id: int, claim_token: str) -> bool:
        """Give up a claim; whether it was still held."""
        ...

    async def add_event(self, event: AttemptEvent) -> None:
        """Append to the history of an attempt."""
        ...

    async def list_events(self, attempt_id: int) -> list[AttemptEvent]:
        """Return the history of an attempt, oldest first."""
        ...

    async def add_callback(self, callback_record: CallbackRecord) -> None:
        """Keep a callback as it came."""
        ...

    async def list_callbacks(self, attempt_id: int) -> list[CallbackRecord]:
        """Return the callbacks that named an attempt, oldest first."""
        ...


class PaymentLinkRepository(Protocol):
    """Links under which bills are paid."""

    async def ensure(self, link: PaymentLink) -> PaymentLink:
        """Store a link, or return the one that the same bills have already."""
        ...

    async def find(self, token: str) -> PaymentLink | None:
        """Return the link with a token."""
        ...

    async def list_of_bills(self, bill_row_ids: Sequence[int]) -> list[PaymentLink]:
        """Return the links that pay any of these bills."""
        ...
