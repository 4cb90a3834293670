"""The relay: carries queued texts to the SMS providers, and finds out what became of those whose outcome is unknown.

It claims in a short unit of work, sends outside of any, and marks in another. If the process dies between sending and
marking, the claim runs out, the message is `unknown`, and the provider is asked by our own id before anything is sent
again (channels.md, "Outbound"). One claim goes through one provider: its name is noted before the first byte leaves.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby

from channels.sms.pacing import PartsBucket, back_off
from domain.actions.desk import Desk
from domain.actions.notify import SMS, replace_expired
from domain.message_parts import count_parts
from domain.outgoing import MessageState, OutboxMessage
from domain.ports import SendResult, SmsProvider, Store, Verdict

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
"""Longer than any batch takes: sending times out sooner, and a batch is bounded by the provider's rate."""

BATCH_SECONDS = 10
LARGEST_BATCH = 100
MOST_ATTEMPTS = 8
AT_ONCE = 8
DOWN_FOR = timedelta(seconds=60)
RECEIPTS_REACH = timedelta(hours=48)


@dataclass(slots=True)
class Line:
    """A provider as the relay sees it: its pace, and until when it is left alone."""

    provider: SmsProvider
    bucket: PartsBucket
    down_until: float = 0.0


@dataclass(slots=True)
class Relay:
    """Sends through the first provider that is up, in the given order. `monotonic` tells seconds, `pause` waits
    them.
    """

    desk: Desk
    store: Store
    providers: Sequence[SmsProvider]
    monotonic: Callable[[], float]
    ask_after: timedelta = timedelta(seconds=30)
    """How long an unknown outcome rests before the provider is asked: a late acceptance has then arrived."""
    poll_after: timedelta = timedelta(minutes=5)
    lines: list[Line] = field(init=False)

    def __post_init__(self) -> None:
        self.lines = [Line(one, PartsBucket(one.rate, self.monotonic)) for one in self.providers]

    async def tick(self) -> int:
        """Send what is due until nothing is; return how many messages were taken up."""
        taken = 0
        while line := self._line():
            batch, token = await self._claim(line)
            if not batch:
                break
            taken += len(batch)
            await self._send_all(line, batch, token)
        return taken

    async def reconcile(self) -> int:
        """Ask about messages of unknown outcome; send again only what the provider surely never saw. Return how many
        settled.
        """
        async with self.store.unit() as uow:
            await uow.outbox.abandoned(SMS, LARGEST_BATCH)
        settled = 0
        for provider in self.providers:
            if provider.answers_by_local_id:
                settled += await self._ask(provider)
        return settled

    async def poll_receipts(self) -> int:
        """Ask for receipts that did not come by themselves; return how many came."""
        return sum([await self._poll(provider) for provider in self.providers])

    async def expire(self) -> int:
        """Give up on texts that became too old to send, and put a fresh status in their place; return how many."""
        async with self.store.unit() as uow:
            old = await uow.outbox.expire(SMS, self.desk.clock.now(), LARGEST_BATCH)
            await replace_expired(self.desk, uow, old)
        return len(old)

    def _line(self) -> Line | None:
        now = self.monotonic()
        return next((line for line in self.lines if line.down_until <= now), None)

    async def _claim(self, line: Line) -> tuple[list[OutboxMessage], str]:
        token, now = self.desk.ids.token(), self.desk.clock.now()
        limit = max(1, min(LARGEST_BATCH, int(line.provider.rate * BATCH_SECONDS)))
        async with self.store.unit() as uow:
            claimed = await uow.outbox.claim(SMS, now, limit, LEASE, token, provider=line.provider.name)
            batch = []
            for message in claimed:
                if message.cls.stopped_by_opt_out and await uow.lines.opted_out(message.recipient):
                    message.state, message.reason, message.updated_at = MessageState.EXPIRED, "opted_out", now
                    await uow.outbox.mark(message, token)
                else:
                    batch.append(message)
        return batch, token

    async def _send_all(self, line: Line, batch: list[OutboxMessage], token: str) -> None:
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

    async def _send(self, line: Line, message: OutboxMessage, token: str) -> None:
        if line.down_until > self.monotonic():
            result = SendResult(Verdict.PROVIDER_DOWN, reason=message.reason, waiting=True)
        else:
            message.parts = count_parts(message.text)
            while wait := line.bucket.take(message.parts):  # noqa: ASYNC110 - a rate is waited for, not an event
                await asyncio.sleep(wait)
            result = await line.provider.send(message)
        self._note(line, message, result)
        async with self.store.unit() as uow:
            if not await uow.outbox.mark(message, token):
                log.warning("claim of message %s was lost before its mark", message.id)

    def _note(self, line: Line, message: OutboxMessage, result: SendResult) -> None:
        """Write the provider's answer into the message."""
        now = self.desk.clock.now()
        message.reason, message.updated_at, message.provider = result.reason, now, line.provider.name
        if not result.waiting and result.verdict is not Verdict.PROVIDER_DOWN:
            message.attempts += 1
        match result.verdict:
            case Verdict.ACCEPTED:
                message.state, message.sent_at = MessageState.SENT, now
                message.provider_id, message.cost = result.provider_id, result.cost
            case Verdict.REFUSED:
                message.state = MessageState.FAILED
            case Verdict.BLOCKED:
                message.state = MessageState.BLOCKED
            case Verdict.UNKNOWN:
                message.state = MessageState.UNKNOWN
            case Verdict.PROVIDER_DOWN:
                self._put_down(line, result)
                message.state, message.not_before = MessageState.QUEUED, now + self._until_next_line()
            case Verdict.RETRY:
                self._put_back(line, message, result)

    def _put_back(self, line: Line, message: OutboxMessage, result: SendResult) -> None:
        if message.attempts >= MOST_ATTEMPTS:
            message.state = MessageState.FAILED
            return
        wait = timedelta(seconds=result.wait)
        if result.waiting:
            line.bucket.pause(result.wait)
        else:
            wait = max(wait, back_off(message.attempts, self.desk.ids.fraction()))
        message.state, message.not_before = MessageState.QUEUED, self.desk.clock.now() + wait

    def _put_down(self, line: Line, result: SendResult) -> None:
        if line.down_until <= self.monotonic():
            log.error("SMS provider %s cannot send: %s", line.provider.name, result.reason)
            line.down_until = self.monotonic() + DOWN_FOR.total_seconds()

    def _until_next_line(self) -> timedelta:
        """Return how long a message waits when its provider is down: not at all if another one is up."""
        return timedelta(0) if self._line() else DOWN_FOR

    async def _ask(self, provider: SmsProvider) -> int:
        now = self.desk.clock.now()
        async with self.store.unit(write=False) as uow:
            unknown = await uow.outbox.awaiting(
                SMS, provider.name, MessageState.UNKNOWN, now - self.ask_after, LARGEST_BATCH
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

    async def _poll(self, provider: SmsProvider) -> int:
        now = self.desk.clock.now()
        async with self.store.unit(write=False) as uow:
            sent = await uow.outbox.awaiting(
                SMS, provider.name, MessageState.SENT, now - self.poll_after, LARGEST_BATCH
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
