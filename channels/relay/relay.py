"""The relay: carries queued messages of one channel to its carriers, and finds out what became of the unknown ones.

It claims in a short unit of work, sends outside of any, and marks in another. If the process dies between sending and
marking, the claim runs out with its lease, the message is `unknown`, and a provider that can be asked is asked at once,
before anything is sent again (channels.md, "Outbound"); where it cannot, or does not know, the staff decide. In a chat,
where nobody can be asked and twice is harmless, it is sent again. One claim goes through one carrier: its name is noted
before the first byte leaves. What goes to one recipient goes in order: when a message must wait, those behind it wait
too.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from channels.relay.outcomes import choose_outcomes, list_provider_ids
from channels.relay.pacing import Bucket, RecipientHolds, back_off
from domain.actions.claims import keep_claims
from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.messages.notify import SMS_CHANNEL
from domain.actions.messages.rerouting import keep_undelivered, record_blocked_chats, reroute_to_sms
from domain.actions.messages.status_notices import replace_expired_notices
from domain.messages.carriers import CandidateOutcomes, Carrier, OutcomeInquiry, SendResult, SendVerdict
from domain.messages.records import MessageState, OutboxMessage
from domain.unit_of_work import Store, UnitOfWork
from domain.values.message_parts import count_parts

log = logging.getLogger(__name__)

CLAIM_LEASE = timedelta(seconds=9)
"""Time for which a claim outlives its holder, as the lease of the job that sends does; while sending lasts it is
renewed. What a process had under way when it died is asked about then: longer after its death than a request takes to
arrive."""

TICK_SECONDS = 20.0
"""After so long a long queue is left to the next run: a run that comes to its end shows that texts go out."""

BATCH_SECONDS = 10
LARGEST_BATCH = 100
LARGEST_LOOK_UP = 2000
"""Messages that are looked up at once among those that a carrier lists as sent."""

MOST_ATTEMPTS = 8
SENDS_AT_ONCE = 8
LONGEST_DOWN_TIME = timedelta(seconds=60)
RECEIPTS_REACH = timedelta(hours=48)
MOST_RESENDS = 3
"""So often what was under way when a process died is sent again in a chat: it may never have left."""

SEVERAL_RECIPIENTS = 3
"""So many recipients made to wait at once: it is not them, the whole line is too fast."""

_LOST_STATES = frozenset({MessageState.FAILED, MessageState.UNDELIVERED, MessageState.BLOCKED})

Aftermath = Callable[[ActionContext, Sequence[OutboxMessage]], Awaitable[None]]
"""Work, in the unit that marks them, on messages that will not arrive."""


@dataclass(frozen=True, slots=True)
class ChannelRoute:
    """Facts of a channel for the relay."""

    channel: str
    """Its name in the outbox."""
    count_weight: Callable[[str], int]
    """Weight of a text in the carrier's rate: its message parts, or 1."""
    on_lost: Aftermath
    """Work on messages refused for good."""
    on_late: Aftermath
    """Work on messages that waited too long for this channel."""
    refused: MessageState
    """Their state when the carrier will never take them. The staff may send a failed one again, no undelivered one."""
    on_outdated: Aftermath = replace_expired_notices
    """Work on messages too old to be true."""
    resends: bool = False
    """Whether a message that may or may not have arrived is sent again; else it is asked about, or left to the
    staff."""


def _weigh_one(message_text: str) -> int:
    return 1


SMS_ROUTE = ChannelRoute(
    SMS_CHANNEL, count_parts, on_lost=keep_undelivered, on_late=keep_undelivered, refused=MessageState.FAILED
)
"""Weighed in message parts. What a provider refuses for good has no other way."""


def chat_route(channel: str) -> ChannelRoute:
    """Return the route of a messenger, which counts messages: what it cannot bring goes by SMS, once."""
    return ChannelRoute(
        channel,
        _weigh_one,
        on_lost=record_blocked_chats,
        on_late=reroute_to_sms,
        refused=MessageState.UNDELIVERED,
        resends=True,
    )


@dataclass(slots=True)
class CarrierState:
    """A carrier as the relay sees it."""

    carrier: Carrier
    """Carrier that sends."""
    rate_bucket: Bucket
    """Its pace."""
    down_until: float = 0.0
    """Until when it is left alone, by the relay's `monotonic`, in seconds; 0: it is up."""
    miss_count: int = 0
    """Number of failures to send in a row."""


@dataclass(slots=True)
class Relay:
    """Sends a channel's queued messages, through the first carrier that is up."""

    dependencies: Dependencies
    """Dependencies of all actions."""
    store: Store
    """Opens units of work; none is open while something is sent."""
    carriers: Sequence[Carrier]
    """In order of preference."""
    monotonic: Callable[[], float]
    """A clock that only grows, in seconds."""
    route: ChannelRoute = SMS_ROUTE
    """The channel."""
    ask_unknown_after: timedelta = timedelta(seconds=30)
    """Time for which an unknown outcome rests before the provider is asked: a late acceptance has then arrived."""
    poll_receipts_after: timedelta = timedelta(minutes=5)
    """Time after sending at which receipts are asked for that did not come by themselves."""
    sends_at_once: int = SENDS_AT_ONCE
    """Number of messages on their way at a time."""
    carrier_states: list[CarrierState] = field(init=False)
    """One for each of `carriers`, in their order."""
    recipient_holds: RecipientHolds = field(init=False, default_factory=RecipientHolds)
    """Recipients that nothing is sent to for a while."""
    _is_ending: bool = field(init=False, default=False)
    """The process stops: nothing more is taken up."""

    def __post_init__(self) -> None:
        self.carrier_states = [
            CarrierState(carrier, Bucket(carrier.rate_per_second, self.monotonic)) for carrier in self.carriers
        ]

    async def send_due(self) -> int:
        """Send what is due until nothing is, or a while has passed; return how many messages were taken up."""
        taken_count, started_at = 0, self.monotonic()
        await self._settle_abandoned()
        while (
            not self._is_ending
            and self.monotonic() - started_at < TICK_SECONDS
            and (carrier_state := self._find_free_carrier())
        ):
            batch, claim_token = await self._claim_batch(carrier_state)
            if not batch:
                break
            taken_count += len(batch)
            await self._send_batch(carrier_state, batch, claim_token)
        return taken_count

    def stop_claiming(self) -> None:
        """Take up nothing more: the process stops, and what is being sent may finish."""
        self._is_ending = True

    async def reconcile_unknown(self) -> int:
        """Ask about messages of unknown outcome, and send again what the provider surely never saw; in a chat whatever
        may not have arrived. Return how many settled.
        """
        channel, now = self.route.channel, self.dependencies.clock.now()
        async with self.store.open_unit() as uow:
            await uow.outbox.pull_back_future(channel, now)
            if self.route.resends:
                await uow.outbox.resend_unknown(channel, now, MOST_RESENDS, LARGEST_BATCH)
        return await self._ask_about_unknown(now - self.ask_unknown_after)

    async def _settle_abandoned(self) -> None:
        """Find out at once what became of what a process had under way when it died: its claims fell with it.

        This is done under the lease of who sends, before anything is claimed: no claim of a living holder is ended.
        """
        channel, now = self.route.channel, self.dependencies.clock.now()
        async with self.store.open_unit(write=False) as uow:
            if not await uow.outbox.has_abandoned(channel, CLAIM_LEASE):
                return
        async with self.store.open_unit() as uow:
            abandoned_ids = await uow.outbox.mark_abandoned(channel, CLAIM_LEASE, LARGEST_BATCH)
            if self.route.resends:
                await uow.outbox.resend_unknown(channel, now, MOST_RESENDS, LARGEST_BATCH)
        await self._ask_about_unknown(now + timedelta.resolution, abandoned_ids)

    async def poll_receipts(self) -> int:
        """Ask for receipts that did not come by themselves; return how many came."""
        return sum([await self._poll_carrier(carrier) for carrier in self.carriers])

    async def expire_messages(self) -> int:
        """Give up on messages that waited too long for this channel, or became too old to be true; return how many."""
        expired_count = 0
        while given_up_count := await self._give_up_batch():
            expired_count += given_up_count
        return expired_count

    async def _give_up_batch(self) -> int:
        channel, now = self.route.channel, self.dependencies.clock.now()
        async with self.store.open_unit() as uow:
            late_messages = await uow.outbox.expire_for_rerouting(channel, now, LARGEST_BATCH)
            context = ActionContext(self.dependencies, uow)
            await self.route.on_late(context, late_messages)
            outdated_messages = await uow.outbox.expire_overdue(channel, now, LARGEST_BATCH)
            await self.route.on_outdated(context, outdated_messages)
        return len(late_messages) + len(outdated_messages)

    def _find_free_carrier(self) -> CarrierState | None:
        now = self.monotonic()
        return next((carrier_state for carrier_state in self.carrier_states if carrier_state.down_until <= now), None)

    async def _claim_batch(self, carrier_state: CarrierState) -> tuple[list[OutboxMessage], str]:
        claim_token, now = self.dependencies.ids.new_token(), self.dependencies.clock.now()
        # A carrier that does not know our ids leaves all of a dead process's claim unknown: there no more is claimed
        # than is sent at once.
        knows_ids = carrier_state.carrier.outcome_inquiry is OutcomeInquiry.OWN_ID
        largest_claim = LARGEST_BATCH if knows_ids else self.sends_at_once
        claim_limit = max(1, min(largest_claim, int(carrier_state.carrier.rate_per_second * BATCH_SECONDS)))
        async with self.store.open_unit() as uow:
            claimed_messages = await uow.outbox.claim_due(
                self.route.channel, now, claim_limit, CLAIM_LEASE, claim_token, provider=carrier_state.carrier.name
            )
            batch = []
            for message in claimed_messages:
                if message.cls.stops_on_opt_out and await uow.lines.has_opted_out(message.correspondent):
                    message.state, message.reason, message.updated_at = MessageState.EXPIRED, "opted_out", now
                    await uow.outbox.save_outcome(message, claim_token)
                else:
                    batch.append(message)
        return batch, claim_token

    async def _send_batch(self, carrier_state: CarrierState, batch: list[OutboxMessage], claim_token: str) -> None:
        """Send a few at a time, but the texts of one recipient one after another, in order."""
        ordered_messages = sorted(batch, key=lambda message: message.recipient)
        recipient_threads = [
            list(recipient_group)
            for _, recipient_group in groupby(ordered_messages, key=lambda message: message.recipient)
        ]
        send_slots = asyncio.Semaphore(self.sends_at_once)

        async def send_thread(recipient_thread: list[OutboxMessage]) -> None:
            async with send_slots:
                for message in recipient_thread:
                    await self._send_message(carrier_state, message, claim_token)

        message_ids = [message.id for message in batch]
        async with keep_claims(self.store, lambda uow: uow.outbox, message_ids, claim_token, CLAIM_LEASE):
            # A mark that fails must not cut the other sends off: their outcome would then be unknown.
            thread_results = await asyncio.gather(*map(send_thread, recipient_threads), return_exceptions=True)
        for failure in (thread_result for thread_result in thread_results if thread_result is not None):
            raise failure

    async def _send_message(self, carrier_state: CarrierState, message: OutboxMessage, claim_token: str) -> None:
        now = self.dependencies.clock.now()
        if carrier_state.down_until > self.monotonic():
            self._postpone_message(message, now)
        elif held_until := self.recipient_holds.held_until(message.recipient, now):
            self._postpone_message(message, held_until)
        else:
            message_weight = message.parts = self.route.count_weight(message.text)
            while wait_seconds := carrier_state.rate_bucket.take_parts(message_weight):  # noqa: ASYNC110 - a rate is waited for, not an event
                await asyncio.sleep(wait_seconds)
            self._apply_result(carrier_state, message, await carrier_state.carrier.send(message))
        await self._mark_message(message, claim_token)

    async def _mark_message(self, message: OutboxMessage, claim_token: str) -> None:
        async with self.store.open_unit() as uow:
            if not await uow.outbox.save_outcome(message, claim_token):
                log.warning("claim of message %s was lost before its mark", message.id)
            elif message.state in _LOST_STATES:
                await self.route.on_lost(ActionContext(self.dependencies, uow), [message])

    def _apply_result(self, carrier_state: CarrierState, message: OutboxMessage, result: SendResult) -> None:
        """Write the carrier's answer into the message."""
        now = self.dependencies.clock.now()
        message.reason, message.updated_at, message.provider = result.reason, now, carrier_state.carrier.name
        if result.verdict is SendVerdict.PROVIDER_DOWN:
            self._suspend_carrier(carrier_state, result)
            self._postpone_message(message, now)
            return
        carrier_state.miss_count = 0
        message.attempts += not result.is_uncounted
        match result.verdict:
            case SendVerdict.ACCEPTED:
                message.state, message.sent_at = MessageState.SENT, now
                message.provider_id = result.provider_id
                message.cost = self._count_rials(carrier_state.carrier, message, result)
            case SendVerdict.REFUSED:
                message.state = self.route.refused
            case SendVerdict.BLOCKED:
                message.state = MessageState.BLOCKED
            case SendVerdict.UNKNOWN if not self._may_resend(message):
                message.state = MessageState.UNKNOWN
            case SendVerdict.UNKNOWN:
                message.resends += 1
                self._retry_later(carrier_state, message, result)
            case SendVerdict.RETRY:
                self._retry_later(carrier_state, message, result)

    def _may_resend(self, message: OutboxMessage) -> bool:
        """Return whether a message without an answer is sent again: once, before those that wait behind it."""
        return self.route.resends and not message.resends and message.attempts < MOST_ATTEMPTS

    def _retry_later(self, carrier_state: CarrierState, message: OutboxMessage, result: SendResult) -> None:
        if message.attempts >= MOST_ATTEMPTS:
            message.state = self.route.refused
            return
        now, wait_time = self.dependencies.clock.now(), timedelta(seconds=result.wait_seconds)
        if not result.is_uncounted:
            wait_time = max(wait_time, back_off(message.attempts, self.dependencies.ids.random_fraction()))
        elif (
            not result.recipient_only
            or self.recipient_holds.note_flood(message.recipient, now + wait_time, now) >= SEVERAL_RECIPIENTS
        ):
            carrier_state.rate_bucket.pause_for(result.wait_seconds)
        self.recipient_holds.hold_recipient(message.recipient, now + wait_time, now)
        self._postpone_message(message, now + wait_time)

    def _postpone_message(self, message: OutboxMessage, not_before: datetime) -> None:
        """Let it wait. While a line is down nothing is claimed for it, so there a message may keep its place."""
        message.state, message.not_before, message.updated_at = (
            MessageState.QUEUED,
            not_before,
            self.dependencies.clock.now(),
        )

    def _suspend_carrier(self, carrier_state: CarrierState, result: SendResult) -> None:
        """Leave a carrier alone: for a minute, or as it says at first, then twice as long each time, up to a minute."""
        if carrier_state.down_until > self.monotonic():
            return
        log.error("%s cannot send: %s", carrier_state.carrier.name, result.reason)
        longest_seconds = LONGEST_DOWN_TIME.total_seconds()
        carrier_state.down_until = self.monotonic() + min(
            (result.wait_seconds or longest_seconds) * 2.0 ** min(carrier_state.miss_count, 10), longest_seconds
        )
        carrier_state.miss_count += 1

    def _count_rials(self, carrier: Carrier, message: OutboxMessage, result: SendResult) -> int | None:
        part_count = message.parts or self.route.count_weight(message.text)
        return carrier.cost_unit.to_rials(result.charge, part_count)

    async def _ask_about_unknown(self, rested_until: datetime, among: Collection[int] | None = None) -> int:
        """Ask each carrier about messages that became unknown before that moment; return how many settled."""
        inquirable_carriers = [
            carrier for carrier in self.carriers if carrier.outcome_inquiry is not OutcomeInquiry.NOTHING
        ]
        return sum([await self._ask_carrier(carrier, rested_until, among) for carrier in inquirable_carriers])

    async def _ask_carrier(self, carrier: Carrier, rested_until: datetime, among: Collection[int] | None) -> int:
        now = self.dependencies.clock.now()
        span = now - carrier.memory_period, rested_until
        async with self.store.open_unit(write=False) as uow:
            found_messages = await uow.outbox.list_awaiting(
                self.route.channel, carrier.name, MessageState.UNKNOWN, span, _find_inquiry_limit(carrier)
            )
        unknown_messages = [message for message in found_messages if among is None or message.id in among]
        if not unknown_messages:
            return 0
        candidates_by_id = await carrier.ask_outcomes(unknown_messages, now)
        async with self.store.open_unit() as uow:
            taken_ids = await self._find_taken_ids(uow, carrier, candidates_by_id)
            outcomes = choose_outcomes(unknown_messages, candidates_by_id, taken_ids)
            return sum(
                [
                    await self._settle_unknown(uow, carrier, message, outcomes[message.id])
                    for message in unknown_messages
                    if message.id in outcomes
                ]
            )

    async def _find_taken_ids(self, uow: UnitOfWork, carrier: Carrier, candidates_by_id: CandidateOutcomes) -> set[str]:
        """Return the carrier's ids that other messages have, whose words were found in place of these."""
        provider_ids = list_provider_ids(candidates_by_id)
        if carrier.outcome_inquiry is OutcomeInquiry.OWN_ID or not provider_ids:
            return set()
        return await uow.outbox.list_known_provider_ids(carrier.name, provider_ids)

    async def _settle_unknown(
        self, uow: UnitOfWork, carrier: Carrier, message: OutboxMessage, answer: SendResult | None
    ) -> bool:
        now = self.dependencies.clock.now()
        if answer is None:
            return await uow.outbox.requeue(message.id, now, "never_arrived")
        cost = self._count_rials(carrier, message, answer)
        return await uow.outbox.raise_state(
            message.id, MessageState.SENT, now, provider_id=answer.provider_id, cost=cost
        )

    async def _poll_carrier(self, carrier: Carrier) -> int:
        now = self.dependencies.clock.now()
        span = now - RECEIPTS_REACH, now - self.poll_receipts_after
        async with self.store.open_unit(write=False) as uow:
            sent_messages = await uow.outbox.list_awaiting(
                self.route.channel, carrier.name, MessageState.SENT, span, LARGEST_BATCH
            )
        messages_by_provider_id = {message.provider_id: message for message in sent_messages if message.provider_id}
        if not messages_by_provider_id:
            return 0
        receipts = await carrier.poll_receipts(list(messages_by_provider_id))
        async with self.store.open_unit() as uow:
            settled_flags = [
                await uow.outbox.raise_state(
                    messages_by_provider_id[polled_entry.provider_id].id, polled_entry.state, now
                )
                for polled_entry in receipts
            ]
            await uow.outbox.mark_asked([message.id for message in sent_messages], now)
        return sum(settled_flags)


def _find_inquiry_limit(carrier: Carrier) -> int:
    """Return how many messages are asked about at once. What a list does not have proves nothing and stays: so few
    would be the same ones every time.
    """
    return LARGEST_BATCH if carrier.outcome_inquiry is OutcomeInquiry.OWN_ID else LARGEST_LOOK_UP
