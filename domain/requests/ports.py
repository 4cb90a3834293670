"""Ports of requests: rows, timers, history, documents, and the erasure of personal data."""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime
from typing import Any, Protocol

from domain.requests.consent_link import ConsentLink
from domain.requests.documents import Document
from domain.requests.history import ChainHead, HistoryEvent, Seal
from domain.requests.notes import Mention, MentionedNote
from domain.requests.request import RequestFilter, ServiceRequest, Timer, TimerKind
from domain.values.tracking_codes import TrackingCode


class RequestRepository(Protocol):
    """The requests themselves."""

    async def add(self, request: ServiceRequest) -> bool:
        """Store a new request; False when its tracking code is taken (draw another)."""
        ...

    async def get(self, request_id: int, *, lock: bool = False) -> ServiceRequest:
        """Return by id; `NotFound`. `lock` keeps other writers off the row until the unit ends."""
        ...

    async def get_by_code(self, tracking_code: TrackingCode, *, lock: bool = False) -> ServiceRequest:
        """Return by tracking code; `NotFound("code")`."""
        ...

    async def save(self, request: ServiceRequest) -> None:
        """Store a changed request and count its revision up; `Conflict` when another save came in between."""
        ...

    async def save_head(self, request: ServiceRequest) -> None:
        """Store where the history of a locked request ends now, and nothing else: its revision stays."""
        ...

    async def list_codes(self, request_ids: Collection[int]) -> dict[int, TrackingCode]:
        """Return the tracking codes of these requests, by id."""
        ...

    async def list_by_ids(self, request_ids: Collection[int]) -> list[ServiceRequest]:
        """Return these requests, in no order; those that there are."""
        ...

    async def list_requests(self, request_filter: RequestFilter) -> list[ServiceRequest]:
        """Return requests, newest first."""
        ...

    async def list_open_forms(self, service: str, mobile: str, limit: int) -> list[tuple[TrackingCode, dict[str, Any]]]:
        """Return code and form values of a citizen's open requests of a service, newest first."""
        ...

    async def assign_turn(self, service: str, state: str, turn: str) -> None:
        """Let it be somebody's turn in all requests of a service that are in a state."""
        ...

    async def list_live_states(self) -> set[tuple[str, int, str]]:
        """Return every (service, version, state) of a request that can still go on: it is not final, or a
        timer is set.
        """
        ...


class TimerRepository(Protocol):
    """Due times of requests for the scheduler."""

    async def replace_all(self, request_id: int, timers: Sequence[Timer]) -> None:
        """Forget the request's timers and set these."""
        ...

    async def add(self, timer: Timer) -> None:
        """Set one more timer."""
        ...

    async def list_due(self, timer_kind: TimerKind, now: datetime, limit: int) -> list[Timer]:
        """Return timers of that kind whose time has come, oldest first."""
        ...

    async def list_of_request(self, request_id: int) -> list[Timer]:
        """Return the timers that a request has, the earliest first."""
        ...

    async def delete(self, timer: Timer) -> bool:
        """Forget one timer; False when it was gone already."""
        ...


class HistoryRepository(Protocol):
    """Chains of events and their seals."""

    async def append(self, event: HistoryEvent) -> None:
        """Store an event (its request's head is saved with the request)."""
        ...

    async def list_of_request(self, request_id: int) -> list[HistoryEvent]:
        """Return the events of a request in order."""
        ...

    def stream_chains(
        self, after_id: int = 0, until_id: int | None = None
    ) -> AsyncIterator[tuple[ChainHead, list[HistoryEvent]]]:
        """Stream every request's head and events, in bounded memory, ordered by request id.

        Those of the requests behind the id `after_id`, up to and with `until_id`.
        """
        ...

    async def find_request_behind(self, after_id: int, request_count: int) -> int | None:
        """Return the id of the so manieth request (from 1) behind the id `after_id`; None when fewer are left."""
        ...

    async def list_unsealed_heads(self, limit: int) -> list[ChainHead]:
        """Return heads that changed since they were last sealed."""
        ...

    async def find_last_seal(self) -> Seal | None:
        """Return the newest seal."""
        ...

    async def find_last_sealed(self) -> tuple[int, datetime] | None:
        """Return number and time of the newest seal, without the heads that it holds."""
        ...

    async def count_unsealed_events(self) -> int:
        """Return how many events came after the last seal of their request."""
        ...

    async def add_seal(self, seal: Seal) -> None:
        """Store a seal and note its heads as sealed."""
        ...

    def stream_seals(self) -> AsyncIterator[Seal]:
        """Stream every seal in order."""
        ...


class MentionRepository(Protocol):
    """Members of the staff named in notes about requests."""

    async def add_all(self, new_mentions: Sequence[Mention]) -> None:
        """Store whom a new note names."""
        ...

    async def count_unread(self, username: str, services: Collection[str]) -> int:
        """Return how many notes about requests of these services name somebody who has not read them."""
        ...

    async def has_unread(self, request_id: int, username: str) -> bool:
        """Return whether a note about a request names somebody who has not read it."""
        ...

    async def mark_read(self, request_id: int, username: str, now: datetime) -> int:
        """Note that somebody has read what names them in the notes of a request; count what they had not."""
        ...

    async def list_notes(self, username: str, services: Collection[str], limit: int) -> list[MentionedNote]:
        """Return the notes about requests of these services that name somebody, the newest first."""
        ...


class ConsentLinkRepository(Protocol):
    """Links by which others than the citizen answer what a request asks them."""

    async def add(self, consent_link: ConsentLink) -> None:
        """Store a link."""
        ...

    async def find(self, digest: str) -> ConsentLink | None:
        """Return the link whose token has this digest."""
        ...


class DocumentRepository(Protocol):
    """Files of requests."""

    async def add(self, document: Document, content: bytes) -> None:
        """Store a file; the same content is kept once."""
        ...

    async def add_stored(self, document: Document) -> None:
        """Store a file whose content another file of this unit has."""
        ...

    async def list_of_request(self, request_id: int) -> list[Document]:
        """Return the files of a request, oldest first."""
        ...

    async def get_content(self, sha256: str) -> bytes:
        """Return the bytes; `NotFound`."""
        ...


class PersonalDataRepository(Protocol):
    """Erases what the store keeps of people beside the request's own row. Nothing can be brought back."""

    async def list_ended_before(self, moment: datetime, limit: int) -> list[int]:
        """Return the ids of requests that ended before that moment, have not been erased and await no refund, oldest
        first.
        """
        ...

    async def has_refund_due(self, request_id: int) -> bool:
        """Return whether money is still to go back to the citizen of a request."""
        ...

    async def erase_request(self, request_id: int, now: datetime) -> int:
        """Erase what hangs on a request: the personal part of its events (their number is returned), files, texts that
        came and went, words about ratings and bills, accounts of refunds, answers to counter software. Texts still
        waiting expire.
        """
        ...

    async def erase_line(self, mobile: str, now: datetime) -> bool:
        """Erase what is known of a line, when no request has its number any more; return whether it was so."""
        ...

    async def erase_older(self, moment: datetime, now: datetime) -> int:
        """Erase texts, comments, persons and their wishes of before that moment that belong to no request that is still
        kept; return how many texts.
        """
        ...
