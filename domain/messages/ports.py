"""Ports of messages: inbox, dialogues, outbox and lines."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

from domain.messages.code_spending import CodeSpending
from domain.messages.misread_texts import MisreadFilter, MisreadText
from domain.messages.records import InboundMessage, InboundState, MessageClass, MessageState, OutboxMessage
from domain.values.calendar import MomentSpan

StoredDialogue = tuple[dict[str, Any], datetime]
"""A stored dialogue and its expiry."""


class LineState(NamedTuple):
    """State of a line when a text of it is stored."""

    message_count: int
    """Messages of its sender in the present window, with this one."""
    stored_dialogue: StoredDialogue | None
    """As `DialogueRepository.load` gives it."""
    last_sent_text: str
    """The newest text that was queued for the sender in this channel; empty: none."""


class InboxRepository(Protocol):
    """Texts that came in."""

    async def add_counted(self, message: InboundMessage, count_window: timedelta) -> LineState | None:
        """Store a new text and count it. None, and nothing counted, when its fingerprint is known."""
        ...

    async def count_arrivals(self, channel: str, sender: str, now: datetime, count_window: timedelta) -> int:
        """Return how many messages of a sender `add_counted` has counted in the present window."""
        ...

    async def add(self, message: InboundMessage) -> bool:
        """Store it; False when its fingerprint is known (a duplicate delivery)."""
        ...

    async def find_duplicate(self, channel: str, provider: str, fingerprint: str) -> InboundMessage | None:
        """Return the earlier delivery of the same message."""
        ...

    async def list_known_fingerprints(self, channel: str, provider: str, fingerprints: Collection[str]) -> set[str]:
        """Return those of the fingerprints under which a message of the provider is stored."""
        ...

    async def save(self, message: InboundMessage) -> None:
        """Store what became of it."""
        ...

    async def list_last_from(self, channel: str, sender: str, limit: int) -> list[InboundMessage]:
        """Return the newest messages of a sender, newest first."""
        ...

    async def list_recent(
        self,
        *,
        state: InboundState | None = None,
        mobile: str | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[InboundMessage]:
        """Return messages, newest first, after the id `before` in this order; `mobile`: what came from it by SMS or out
        of its chats.
        """
        ...


class MisreadTextRepository(Protocol):
    """Texts that were not understood as they were meant."""

    async def add(self, misread: MisreadText) -> None:
        """Keep a text; one that is there is counted once more, and stays as it is."""
        ...

    async def withdraw(self, digest: str) -> None:
        """Count a text once less; one that nobody wrote then and the desk has not looked at is gone."""
        ...

    async def get(self, misread_id: int, *, lock: bool = False) -> MisreadText:
        """Return by id; `NotFound("misread_text")`."""
        ...

    async def save_label(self, misread: MisreadText) -> None:
        """Store what the desk made of a text."""
        ...

    async def list_texts(self, misread_filter: MisreadFilter) -> list[MisreadText]:
        """Return texts, those that came often first, of these the newest."""
        ...


class DialogueRepository(Protocol):
    """The running dialogue of each line, as opaque JSON of the conversation package."""

    async def load(self, channel: str, address: str) -> StoredDialogue | None:
        """Return the stored dialogue and its expiry, whether past or not."""
        ...

    async def save(self, channel: str, address: str, dialogue_state: Mapping[str, Any], expires_at: datetime) -> None:
        """Keep the dialogue, replacing what was there."""
        ...

    async def delete(self, channel: str, address: str) -> None:
        """Forget the dialogue."""
        ...


class OutboxRepository(Protocol):
    """Texts that go out. The relay claims in a short unit, sends outside it, and marks in another."""

    async def add(self, message: OutboxMessage) -> None:
        """Queue a message."""
        ...

    async def get(self, message_id: int) -> OutboxMessage:
        """Return by id; `NotFound`."""
        ...

    async def claim_due(
        self,
        channel: str,
        now: datetime,
        limit: int,
        lease_period: timedelta,
        claim_token: str,
        *,
        provider: str | None = None,
    ) -> list[OutboxMessage]:
        """Take queued messages whose time has come (by class priority, then age) for `lease_period` of the database's
        time.

        `provider` is noted as the one that is about to send, so that an abandoned claim can be asked about there.
        """
        ...

    async def save_outcome(self, message: OutboxMessage, claim_token: str) -> bool:
        """Store state, provider, parts, cost, reason and times of a claimed message; False when the claim was lost.

        The state's rank never falls, except back to queued by the holder of the claim.
        """
        ...

    async def renew_claims(self, message_ids: Collection[int], claim_token: str, lease: timedelta, /) -> int:
        """Let claims that are still held by this token last for `lease` from now on; return how many."""
        ...

    async def has_abandoned(self, channel: str, lease_period: timedelta) -> bool:
        """Return whether there is a claim that `mark_abandoned` would end."""
        ...

    async def mark_abandoned(self, channel: str, lease_period: timedelta, limit: int) -> frozenset[int]:
        """Turn claims whose lease ran out into `unknown` (the process died between sending and marking); return which.

        A claim further ahead than the `lease_period` that claims are taken for is void: a clock that was ahead made it.
        """
        ...

    async def pull_back_future(self, channel: str, now: datetime) -> int:
        """Have what was noted by a clock that was ahead be due, and asked about, from now on; count what was."""
        ...

    async def resend_unknown(self, channel: str, now: datetime, max_resends: int, limit: int) -> int:
        """Put abandoned messages of unknown outcome back into the queue, each up to `max_resends` times; count them."""
        ...

    async def list_awaiting(
        self, channel: str, provider: str, state: MessageState, span: MomentSpan, limit: int
    ) -> list[OutboxMessage]:
        """Return messages of a provider in that state (sent or unknown) that were last touched before the end of the
        span and sent since its begin (those of unknown outcome: last touched since then), oldest first.
        """
        ...

    async def list_known_provider_ids(self, provider: str, provider_ids: Collection[str]) -> set[str]:
        """Return those of the provider's ids that a message already has."""
        ...

    async def mark_asked(self, message_ids: Sequence[int], now: datetime) -> None:
        """Note that these were asked about just now, so that others have their turn next."""
        ...

    async def raise_state(
        self,
        message_id: int,
        state: MessageState,
        now: datetime,
        *,
        provider_id: str | None = None,
        reason: str | None = None,
        cost: int | None = None,
    ) -> bool:
        """Raise an unclaimed message to a state of higher rank; False when its rank is already as high (a late
        receipt).
        """
        ...

    async def apply_receipt(self, provider: str, provider_id: str, state: MessageState, now: datetime) -> bool:
        """Apply a delivery receipt by the provider's id; a receipt that comes before the mark is kept and applied by
        it.
        """
        ...

    async def requeue(self, message_id: int, now: datetime, reason: str) -> bool:
        """Put an unknown or failed message back into the queue by somebody's decision; False when in another state."""
        ...

    async def expire_overdue(self, channel: str, now: datetime, limit: int) -> list[OutboxMessage]:
        """Mark queued messages past `expires_at` as expired and return them, so that a fresh text can replace them."""
        ...

    async def expire_for_rerouting(self, channel: str, now: datetime, limit: int) -> list[OutboxMessage]:
        """Mark queued messages past `moves_at` as expired and return them, so that they can go another way."""
        ...

    async def withdraw_waiting(self, request_id: int, recipient: str, now: datetime, reason: str) -> int:
        """Let texts about a request that still wait for this mobile, or for its chats, expire; count them."""
        ...

    async def withdraw_since(
        self, request_id: int, since: datetime, classes: Collection[MessageClass], now: datetime, reason: str
    ) -> int:
        """Let texts about a request of these classes that were queued from a moment on and still wait expire; count
        them.
        """
        ...

    async def expire_waiting_in_chat(self, channel: str, recipient: str, now: datetime) -> list[OutboxMessage]:
        """Mark what still waits for a chat as expired and return it, so that it can go another way."""
        ...

    async def list_recent(
        self,
        *,
        state: MessageState | None = None,
        recipient: str | None = None,
        request_id: int | None = None,
        made: MomentSpan | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[OutboxMessage]:
        """Return messages, newest first; `made` within that span, and after the id `before` in this order.

        `recipient` is a mobile, for what went to it by SMS or into its chats, or a chat.
        """
        ...


class MessageCountRepository(Protocol):
    """Number of messages in each state, for monitoring; bounded by the primary key, which grows with time."""

    async def outgoing(self, first_id: int) -> Mapping[MessageState, int]:
        """Count messages under way however old, and those of the other states from `first_id` on, by state."""
        ...

    async def count_failed(self, since: datetime) -> int:
        """Return how many messages, made or arrived since then, failed or are of unknown outcome: what somebody may
        look after.
        """
        ...

    async def incoming(self, first_id: int) -> Mapping[InboundState, int]:
        """Count texts that came in from `first_id` on, by state."""
        ...


class CodeMessageRepository(Protocol):
    """Verification codes by SMS, as they lie in the outbox."""

    async def get_spending(self, queued_after: datetime) -> CodeSpending:
        """Return what the codes cost that were queued since then."""
        ...

    async def are_held_up(self, channel: str, now: datetime, patience: timedelta, memory: timedelta) -> bool:
        """Return whether nothing leaves by their channel: what should at once waits for longer than `patience`, or the
        newest code of the last `memory` that is older than that was not sent, and nothing was sent since.
        """
        ...


class LineRepository(Protocol):
    """Facts known of a citizen's line: opt-outs, and how often something was done from it."""

    async def save_opt_out(self, mobile: str, opted_out: bool, decided_at: datetime) -> None:
        """Remember «لغو11» (True) or 12 (False)."""
        ...

    async def has_opted_out(self, mobile: str) -> bool:
        """Return whether the line stopped reminders and bulk texts."""
        ...

    async def save_language(self, line: str, tag: str, chosen_at: datetime) -> None:
        """Remember the language that was chosen for a line."""
        ...

    async def find_language(self, line: str) -> str | None:
        """Return the tag of the language that was chosen for a line; None where none was."""
        ...

    async def delete_language(self, line: str) -> None:
        """Forget what was chosen for a line."""
        ...

    async def add_hit(self, count_key: str, now: datetime, count_window: timedelta) -> int:
        """Count one more under `count_key` in the present window (windows are aligned to the epoch); return the new
        count.
        """
        ...

    async def count_hits(self, count_key: str, now: datetime, count_window: timedelta) -> int:
        """Return the count without adding to it."""
        ...

    async def take_back_hit(self, count_key: str, counted_at: datetime, count_window: timedelta) -> None:
        """Count one less under `count_key` in the window of that moment, if it is still there."""
        ...

    async def list_counts(self, key_prefix: str, now: datetime) -> dict[str, int]:
        """Return what is counted in windows that are not over under keys that begin so; each ends in its window."""
        ...

    async def delete_count(self, count_key: str, now: datetime, count_window: timedelta) -> None:
        """Forget the count of `count_key` in the present window."""
        ...

    async def delete_counts(self, key_prefix: str) -> int:
        """Forget every count whose key begins like this, in any window; return how many there were."""
        ...

    async def block_until(self, block_key: str, blocked_until: datetime) -> None:
        """Remember that what is done under `block_key` is refused until then; done again, the later moment counts."""
        ...

    async def is_blocked(self, block_key: str, now: datetime) -> bool:
        """Return whether `block_key` is shut now."""
        ...
