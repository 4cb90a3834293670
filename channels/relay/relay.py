"""The relay: carries queued messages of one channel to its carriers, and finds out what became of the unknown ones.

It claims in a short unit of work, sends outside of any, and marks in another. If the process dies between sending and
marking, the claim runs out, the message is `unknown`, and a provider that can be asked by our own id is asked before
anything is sent again (channels.md, "Outbound"). In a chat, where nobody can be asked and twice is harmless, it is sent
again. One claim goes through one carrier: its name is noted before the first
byte leaves. What goes to one recipient goes in order: when a message must wait, those behind it wait too.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from channels.relay.pacing import Bucket, Holds, back_off
from domain.actions.desk import Desk
from domain.actions.messages.notify import SMS, replace_expired
from domain.actions.messages.rerouting import by_sms_instead, leave_chat, nothing
from domain.messages.ports import Carrier, SendResult, Verdict
from domain.messages.records import MessageState, OutboxMessage
from domain.unit_of_work import Store, UnitOfWork
from domain.values.message_parts import count_parts

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
"""Longer than any batch takes: sending times out sooner, and a batch is bounded by the carrier's rate."""

TICK_SECONDS = 20.0
"""After so long a long queue is left to the next run: a run that comes to its end shows that texts go out."""

BATCH_SECONDS = 10
LARGEST_BATCH = 100
MOST_ATTEMPTS = 8
AT_ONCE = 8
DOWN_FOR = timedelta(seconds=60)
RECEIPTS_REACH = timedelta(hours=48)
MOST_RESENDS = 3
"""So often what was under way when a process died is sent again in a chat: it may never have left."""

SEVERAL = 3
"""So many recipients told to wait at once: it is not them, the whole line is too fast."""

_LOST = frozenset({MessageState.FAILED, MessageState.UNDELIVERED, MessageState.BLOCKED})

Aftermath = Callable[[Desk, UnitOfWork, Sequence[OutboxMessage]], Awaitable[None]]
"""What is done, in the unit that marks them, with messages that will not arrive."""


@dataclass(frozen=True, slots=True)
class ChannelRoute:
    """What a channel is to its relay: what a text weighs against the carrier's rate, and what follows when one is
    refused for good (`lost`), has waited too long for this channel (`late`) or is too old to be true (`outdated`).
    `resends`: what may or may not have arrived is sent again; else it is asked about, or left to the staff.

    `refused` is the state of what the carrier will never take. Where that goes another way it is a real end: the staff
    may send a failed one again, and it would come twice.
    """

    channel: str
    weigh: Callable[[str], int]
    lost: Aftermath
    late: Aftermath
    refused: MessageState
    outdated: Aftermath = replace_expired
    resends: bool = False


def _one(text: str) -> int:
    return 1


BY_SMS = ChannelRoute(SMS, count_parts, lost=nothing, late=nothing, refused=MessageState.FAILED)
"""Weighed in message parts. What a provider refuses for good has no other way."""


def in_chats(channel: str) -> ChannelRoute:
    """Return the route of a messenger, which counts messages: what it cannot bring goes by SMS, once."""
    return ChannelRoute(
        channel, _one, lost=leave_chat, late=by_sms_instead, refused=MessageState.UNDELIVERED, resends=True
    )  # fmt: skip


@dataclass(slots=True)
class CarrierState:
    """A carrier as the relay sees it: its pace, until when it is left alone, and how often in a row it could not."""

    carrier: Carrier
    bucket: Bucket
    down_until: float = 0.0
    misses: int = 0


@dataclass(slots=True)
class Relay:
    """Sends through the first carrier that is up, in the given order. `monotonic` tells seconds."""

    desk: Desk
    store: Store
    carriers: Sequence[Carrier]
    monotonic: Callable[[], float]
    route: ChannelRoute = BY_SMS
    ask_after: timedelta = timedelta(seconds=30)
    """How long an unknown outcome rests before the provider is asked: a late acceptance has then arrived."""
    poll_after: timedelta = timedelta(minutes=5)
    lines: list[CarrierState] = field(init=False)
    holds: Holds = field(init=False, default_factory=Holds)
    _ending: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self.lines = [CarrierState(one, Bucket(one.rate, self.monotonic)) for one in self.carriers]

    async def tick(self) -> int:
        """Send what is due until nothing is, or a while has passed; return how many messages were taken up."""
        taken, began = 0, self.monotonic()
        while not self._ending and self.monotonic() - began < TICK_SECONDS and (line := self._line()):
            batch, token = await self._claim(line)
            if not batch:
                break
            taken += len(batch)
            await self._send_all(line, batch, token)
        return taken

    def end(self) -> None:
        """Take up nothing more: the process stops, and what is being sent may finish."""
        self._ending = True

    async def reconcile(self) -> int:
        """Ask about messages of unknown outcome, and send again what the provider surely never saw; in a chat whatever
        may not have arrived. Return how many settled.
        """
        channel, now = self.route.channel, self.desk.clock.now()
        async with self.store.unit() as uow:
            await uow.outbox.abandoned(channel, LEASE, LARGEST_BATCH)
            await uow.outbox.pull_back(channel, now)
            if self.route.resends:
                await uow.outbox.resend(channel, now, MOST_RESENDS, LARGEST_BATCH)
        settled = 0
        for provider in self.carriers:
            if provider.answers_by_local_id:
                settled += await self._ask(provider)
        return settled

    async def poll_receipts(self) -> int:
        """Ask for receipts that did not come by themselves; return how many came."""
        return sum([await self._poll(provider) for provider in self.carriers])

    async def expire(self) -> int:
        """Give up on messages that waited too long for this channel, or became too old to be true; return how many."""
        number = 0
        while taken := await self._give_up():
            number += taken
        return number

    async def _give_up(self) -> int:
        channel, now = self.route.channel, self.desk.clock.now()
        async with self.store.unit() as uow:
            late = await uow.outbox.move(channel, now, LARGEST_BATCH)
            await self.route.late(self.desk, uow, late)
            old = await uow.outbox.expire(channel, now, LARGEST_BATCH)
            await self.route.outdated(self.desk, uow, old)
        return len(late) + len(old)

    def _line(self) -> CarrierState | None:
        now = self.monotonic()
        return next((line for line in self.lines if line.down_until <= now), None)

    async def _claim(self, line: CarrierState) -> tuple[list[OutboxMessage], str]:
        token, now = self.desk.ids.token(), self.desk.clock.now()
        # A carrier that cannot be asked leaves all of a dead process's claim unknown: there no more is claimed than is
        # sent at once.
        most = LARGEST_BATCH if line.carrier.answers_by_local_id else AT_ONCE
        limit = max(1, min(most, int(line.carrier.rate * BATCH_SECONDS)))
        async with self.store.unit() as uow:
            claimed = await uow.outbox.claim(self.route.channel, now, limit, LEASE, token, provider=line.carrier.name)
            batch = []
            for message in claimed:
                if message.cls.stopped_by_opt_out and await uow.lines.opted_out(message.line):
                    message.state, message.reason, message.updated_at = MessageState.EXPIRED, "opted_out", now
                    await uow.outbox.mark(message, token)
                else:
                    batch.append(message)
        return batch, token

    async def _send_all(self, line: CarrierState, batch: list[OutboxMessage], token: str) -> None:
        """Send a few at a time, but the texts of one recipient one after another, in order."""
        in_order = sorted(batch, key=lambda message: message.recipient)
        threads = [list(group) for _, group in groupby(in_order, key=lambda message: message.recipient)]
        gate = asyncio.Semaphore(AT_ONCE)

        async def send_thread(thread: list[OutboxMessage]) -> None:
            async with gate:
                for message in thread:
                    await self._send(line, message, token)

        # A mark that fails must not cut the other sends off: their outcome would then be unknown.
        ends = await asyncio.gather(*map(send_thread, threads), return_exceptions=True)
        for failure in (end for end in ends if end is not None):
            raise failure

    async def _send(self, line: CarrierState, message: OutboxMessage, token: str) -> None:
        now = self.desk.clock.now()
        if line.down_until > self.monotonic():
            self._put_back(message, now)
        elif held := self.holds.until(message.recipient, now):
            self._put_back(message, held)
        else:
            weight = message.parts = self.route.weigh(message.text)
            while wait := line.bucket.take(weight):  # noqa: ASYNC110 - a rate is waited for, not an event
                await asyncio.sleep(wait)
            self._note(line, message, await line.carrier.send(message))
        await self._mark(message, token)

    async def _mark(self, message: OutboxMessage, token: str) -> None:
        async with self.store.unit() as uow:
            if not await uow.outbox.mark(message, token):
                log.warning("claim of message %s was lost before its mark", message.id)
            elif message.state in _LOST:
                await self.route.lost(self.desk, uow, [message])

    def _note(self, line: CarrierState, message: OutboxMessage, result: SendResult) -> None:
        """Write the carrier's answer into the message."""
        now = self.desk.clock.now()
        message.reason, message.updated_at, message.provider = result.reason, now, line.carrier.name
        if result.verdict is Verdict.PROVIDER_DOWN:
            self._put_down(line, result)
            self._put_back(message, now)
            return
        line.misses = 0
        message.attempts += not result.waiting
        match result.verdict:
            case Verdict.ACCEPTED:
                message.state, message.sent_at = MessageState.SENT, now
                message.provider_id, message.cost = result.provider_id, result.cost
            case Verdict.REFUSED:
                message.state = self.route.refused
            case Verdict.BLOCKED:
                message.state = MessageState.BLOCKED
            case Verdict.UNKNOWN if not self._may_resend(message):
                message.state = MessageState.UNKNOWN
            case Verdict.UNKNOWN:
                message.resends += 1
                self._try_later(line, message, result)
            case Verdict.RETRY:
                self._try_later(line, message, result)

    def _may_resend(self, message: OutboxMessage) -> bool:
        """Tell whether a message without an answer is sent again: once, before those that wait behind it."""
        return self.route.resends and not message.resends and message.attempts < MOST_ATTEMPTS

    def _try_later(self, line: CarrierState, message: OutboxMessage, result: SendResult) -> None:
        if message.attempts >= MOST_ATTEMPTS:
            message.state = self.route.refused
            return
        now, wait = self.desk.clock.now(), timedelta(seconds=result.wait)
        if not result.waiting:
            wait = max(wait, back_off(message.attempts, self.desk.ids.fraction()))
        elif not result.recipient_only or self.holds.flooded(message.recipient, now + wait, now) >= SEVERAL:
            line.bucket.pause(result.wait)
        self.holds.hold(message.recipient, now + wait, now)
        self._put_back(message, now + wait)

    def _put_back(self, message: OutboxMessage, until: datetime) -> None:
        """Let it wait. While a line is down nothing is claimed for it, so there a message may keep its place."""
        message.state, message.not_before, message.updated_at = MessageState.QUEUED, until, self.desk.clock.now()

    def _put_down(self, line: CarrierState, result: SendResult) -> None:
        """Leave a carrier alone: for a minute, or as it says at first, then twice as long each time, up to a minute."""
        if line.down_until > self.monotonic():
            return
        log.error("%s cannot send: %s", line.carrier.name, result.reason)
        longest = DOWN_FOR.total_seconds()
        line.down_until = self.monotonic() + min((result.wait or longest) * 2.0 ** min(line.misses, 10), longest)
        line.misses += 1

    async def _ask(self, provider: Carrier) -> int:
        now = self.desk.clock.now()
        async with self.store.unit(write=False) as uow:
            unknown = await uow.outbox.awaiting(
                self.route.channel, provider.name, MessageState.UNKNOWN, now - self.ask_after, LARGEST_BATCH
            )
        if not unknown:
            return 0
        answers = await provider.outcome_of([message.id for message in unknown])
        settled = 0
        async with self.store.unit() as uow:
            for message in unknown:
                if message.id not in answers:
                    continue
                answer = answers[message.id]
                if answer is not None:
                    settled += await uow.outbox.settle(
                        message.id, MessageState.SENT, now, provider_id=answer.provider_id, cost=answer.cost
                    )
                elif message.updated_at and message.updated_at > now - provider.remembers:
                    settled += await uow.outbox.requeue(message.id, now, "never_arrived")
        return settled

    async def _poll(self, provider: Carrier) -> int:
        now = self.desk.clock.now()
        async with self.store.unit(write=False) as uow:
            sent = await uow.outbox.awaiting(
                self.route.channel, provider.name, MessageState.SENT, now - self.poll_after, LARGEST_BATCH
            )
        asked = {
            one.provider_id: one
            for one in sent
            if one.provider_id and one.sent_at and one.sent_at > now - RECEIPTS_REACH
        }
        if not asked:
            return 0
        receipts = await provider.receipts_for(list(asked))
        async with self.store.unit() as uow:
            came = [await uow.outbox.settle(asked[one.provider_id].id, one.state, now) for one in receipts]
            await uow.outbox.touch([message.id for message in sent], now)
        return sum(came)
