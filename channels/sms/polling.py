"""Texts that are fetched from panels which call no webhook, every ten seconds, and then taken like those that come.

A panel lists the same texts again and again. Those that are stored are left out by their ids, so a text whose
listing was lost, or in whose middle the process died, is there the next time, and none is acted on twice. How far back
a listing must reach is kept in memory: a process that starts asks for a whole day.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from domain.actions.conversations.receive import read_provider_id, receive_sms
from domain.actions.dependencies import Dependencies
from domain.actions.messages.notify import SMS_CHANNEL
from domain.messages.carriers import TOO_MANY, InboundListing, ReceivedSms, SmsProvider
from domain.unit_of_work import Store

log = logging.getLogger(__name__)

FIRST_REACH = timedelta(hours=24)
"""Distance into the past of the first listing when a process starts: what came while none ran is answered late."""

OVERLAP = timedelta(hours=1)
"""Overlap of a listing with the last whole one: panels list some texts late."""

MOST_RESTS = 5
"""Turns that a panel which did not answer is left alone at most."""

_IDS_AT_ONCE = 500
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class _PanelPosition:
    """Place up to which a panel's texts were read."""

    provider: SmsProvider
    """Its provider."""
    listed_at: datetime | None = None
    """Time of the last listing that was whole and is stored; None: none by this process."""
    failure_count: int = 0
    """Number of times in a row that it did not answer."""
    rest_count: int = 0
    """Turns that it is still left alone."""


class InboundPoller:
    """Fetches texts from those of the providers that are polled."""

    def __init__(self, dependencies: Dependencies, store: Store, providers: Sequence[SmsProvider]) -> None:
        self._dependencies = dependencies
        self._store = store
        self._positions = [_PanelPosition(provider) for provider in providers if provider.polls_inbound]

    @property
    def is_needed(self) -> bool:
        """Whether there is a provider to fetch from."""
        return bool(self._positions)

    async def fetch_texts(self) -> int:
        """Fetch what came to each panel since its last whole listing; return how many texts were new.

        Errors: those of the store; what was not stored then is fetched at the next turn.
        """
        return sum([await self._fetch_from(position) for position in self._positions])

    async def _fetch_from(self, position: _PanelPosition) -> int:
        if position.rest_count:
            position.rest_count -= 1
            return 0
        now = self._dependencies.clock.now()
        since = position.listed_at - OVERLAP if position.listed_at else now - FIRST_REACH
        listing = await position.provider.fetch_inbound((since, now))
        new_texts = await self._leave_out_known(position.provider.name, listing.texts, since)
        for received_sms in new_texts:
            await receive_sms(self._dependencies, self._store, position.provider.name, received_sms)
        _note_listing(position, listing, now)
        return len(new_texts)

    async def _leave_out_known(
        self, provider_name: str, texts: Sequence[ReceivedSms], since: datetime
    ) -> list[ReceivedSms]:
        """Return the texts of the span that are not stored, the oldest first."""
        texts_by_id = {
            provider_id: received_sms
            for received_sms in texts
            if (provider_id := read_provider_id(received_sms)) and (received_sms.received_at or since) >= since
        }
        provider_ids, known_ids = list(texts_by_id), set[str]()
        async with self._store.open_unit(write=False) as uow:
            for start in range(0, len(provider_ids), _IDS_AT_ONCE):
                id_chunk = provider_ids[start : start + _IDS_AT_ONCE]
                known_ids |= await uow.inbox.list_known_fingerprints(SMS_CHANNEL, provider_name, id_chunk)
        new_texts = [text for provider_id, text in texts_by_id.items() if provider_id not in known_ids]
        return sorted(new_texts, key=lambda received_sms: received_sms.received_at or _LONG_AGO)


def _note_listing(position: _PanelPosition, listing: InboundListing, now: datetime) -> None:
    if listing.failure is None:
        if position.failure_count:
            log.warning("texts are fetched from %s again", position.provider.name)
        position.listed_at, position.failure_count = now, 0
        return
    if not position.failure_count:
        log.error("texts cannot be fetched from %s: %s", position.provider.name, listing.failure)
    if listing.failure == TOO_MANY and position.listed_at:
        # What is older than a day is given up, as at the start: else the listing would be too long for ever.
        position.listed_at = max(position.listed_at, now - FIRST_REACH + OVERLAP)
    position.failure_count += 1
    position.rest_count = min(2 ** min(position.failure_count, 8) - 1, MOST_RESTS)
