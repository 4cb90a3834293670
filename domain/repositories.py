"""The repositories that a unit of work holds, as protocols; `store/` implements them.

They return domain objects and raise domain errors, and never commit.
"""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import date, datetime
from typing import Protocol

from domain.accounts import Document, Person, StaffMember, Substitution
from domain.bills import Bill, DueBack, Payment, PaymentMethod, Refund, Reversal
from domain.fleet import Booking, Resource, ResourceKind
from domain.history import Head, HistoryEvent, Seal
from domain.house_records import DeclaredDay
from domain.paging import Cursor
from domain.people import Role
from domain.requests import RequestFilter, ServiceRequest, Timer, TimerKind
from domain.tariffs import ProposedTariff, TariffRow


class Requests(Protocol):
    """The requests themselves."""

    async def add(self, request: ServiceRequest) -> bool:
        """Store a new request; False when its tracking code is taken (draw another)."""
        ...

    async def get(self, request_id: int, *, lock: bool = False) -> ServiceRequest:
        """Return by id; `NotFound`. `lock` keeps other writers off the row until the unit ends."""
        ...

    async def by_code(self, code: str, *, lock: bool = False) -> ServiceRequest:
        """Return by tracking code (nine digits); `NotFound("code")`."""
        ...

    async def save(self, request: ServiceRequest) -> None:
        """Store a changed request and count its revision up; `Conflict` when another save came in between."""
        ...

    async def codes(self, request_ids: Collection[int]) -> dict[int, str]:
        """Return the tracking codes of these requests, by id."""
        ...

    async def find(self, wanted: RequestFilter) -> list[ServiceRequest]:
        """Return requests, newest first."""
        ...

    async def give_turn(self, service: str, state: str, turn: str) -> None:
        """Let it be somebody's turn in all requests of a service that stand in a state."""
        ...

    async def live_states(self) -> set[tuple[str, int, str]]:
        """Return every (service, version, state) in which a request stands that can still go on: it is not final, or a
        timer is set.
        """
        ...


class Timers(Protocol):
    """What the scheduler must turn to, and when."""

    async def replace(self, request_id: int, timers: Sequence[Timer]) -> None:
        """Forget the request's timers and set these."""
        ...

    async def add(self, timer: Timer) -> None:
        """Set one more timer."""
        ...

    async def due(self, kind: TimerKind, now: datetime, limit: int) -> list[Timer]:
        """Return timers of that kind whose time has come, oldest first."""
        ...

    async def remove(self, timer: Timer) -> bool:
        """Forget one timer; False when it was gone already."""
        ...


class History(Protocol):
    """Chains of events and their seals."""

    async def append(self, event: HistoryEvent) -> None:
        """Store an event (its request's head is saved with the request)."""
        ...

    async def of_request(self, request_id: int) -> list[HistoryEvent]:
        """Return the events of a request in order."""
        ...

    def chains(self, after: int = 0, until: int | None = None) -> AsyncIterator[tuple[Head, list[HistoryEvent]]]:
        """Stream every request's head and events, in bounded memory, ordered by request id.

        Those of the requests behind the id `after`, up to and with `until`.
        """
        ...

    async def request_behind(self, after: int, number: int) -> int | None:
        """Return the id of the so manieth request (from 1) behind the id `after`; None when fewer are left."""
        ...

    async def unsealed_heads(self, limit: int) -> list[Head]:
        """Return heads that changed since they were last sealed."""
        ...

    async def last_seal(self) -> Seal | None:
        """Return the newest seal."""
        ...

    async def last_sealed(self) -> tuple[int, datetime] | None:
        """Return number and time of the newest seal, without the heads that it holds."""
        ...

    async def unsealed_events(self) -> int:
        """Return how many events came after the last seal of their request."""
        ...

    async def add_seal(self, seal: Seal) -> None:
        """Store a seal and note its heads as sealed."""
        ...

    def seals(self) -> AsyncIterator[Seal]:
        """Stream every seal in order."""
        ...


class Bills(Protocol):
    """Bills, payments and refunds."""

    async def next_file_number(self) -> int:
        """Draw the next number (1 to 99,999,999) of the one never-reused sequence."""
        ...

    async def add(self, bill: Bill) -> None:
        """Store a new bill."""
        ...

    async def save(self, bill: Bill) -> None:
        """Store a changed state, deadline, note or settlement."""
        ...

    async def get(self, bill_row: int) -> Bill:
        """Return by row id; `BillNotFound`."""
        ...

    async def by_bill_id(self, bill_id: str, *, lock: bool = False) -> Bill:
        """Return by Iranian bill id; `BillNotFound`."""
        ...

    async def of_subject(self, kind: str, subject_id: int) -> list[Bill]:
        """Return the bills of a request, duty or violation, oldest first."""
        ...

    async def add_payment(self, payment: Payment) -> None:
        """Store a payment."""
        ...

    async def payment(self, method: PaymentMethod, reference: str) -> Payment | None:
        """Return the standing payment with that reference, if there is one; the first one of those at terminals."""
        ...

    async def alike(self, payment: Payment) -> list[Payment]:
        """Return the standing payments of its method with its reference, and its office's with its RRN."""
        ...

    async def reverse(self, reversal: Reversal) -> None:
        """Keep a reversal and mark its payment; `Conflict("payment")` when it was reversed before."""
        ...

    async def reversals_of(self, bill_row: int) -> list[Reversal]:
        """Return the reversals of payments of a bill, oldest first."""
        ...

    async def payments_of(self, bill_row: int) -> list[Payment]:
        """Return the payments of a bill, reversed ones too, oldest first."""
        ...

    async def add_refund(self, refund: Refund) -> None:
        """Store money to return."""
        ...

    async def refunds_of(self, bill_row: int) -> list[Refund]:
        """Return the refunds of a bill, oldest first."""
        ...

    async def save_refund(self, refund: Refund) -> None:
        """Store a changed refund."""
        ...

    async def refunds_due(self, limit: int) -> list[tuple[Refund, Bill]]:
        """Return what is still to go back with its bill, oldest first."""
        ...

    async def due_back(self, limit: int, at: Cursor | None = None) -> list[DueBack]:
        """Return the bills on which money is still to go back, from a place on (of the moment since when, and the
        bill's row id): the oldest first, `limit` and, if there are, one more.
        """
        ...

    async def total_due_back(self) -> tuple[int, int]:
        """Return on how many bills money is still to go back, and how many rials in all."""
        ...


class Sequences(Protocol):
    """Numbers without gaps, each given once: what is drawn in a unit that fails was never given."""

    async def next(self, name: str) -> int:
        """Draw the next number (1, 2, 3 …) of the sequence of that name (`letter:e:1405`)."""
        ...


class Tariffs(Protocol):
    """Dated prices."""

    async def of_service(self, service: str) -> list[TariffRow]:
        """Return all rows of a service, oldest first."""
        ...

    async def all(self) -> list[TariffRow]:
        """Return every row, by service and dimensions, oldest first."""
        ...

    async def add(self, row: TariffRow) -> None:
        """Store a new row."""
        ...

    async def get(self, tariff_id: int) -> TariffRow:
        """Return a row; `NotFound("tariff")`."""
        ...

    async def close(self, tariff_id: int, valid_to: date | None) -> None:
        """End a row on that day (exclusive), or open its end (None); `NotFound("tariff")`."""
        ...

    async def withdraw(self, tariff_id: int) -> None:
        """End a row on its own first day, so that it holds on none; it is kept, and another one may begin on that day.

        `NotFound("tariff")`. The caller keeps others off rows of the same thing (`serialise`).
        """
        ...

    async def propose(self, proposal: ProposedTariff) -> None:
        """Store a proposal; `Conflict` while another one for the same waits."""
        ...

    async def proposal(self, proposal_id: int, *, lock: bool = False) -> ProposedTariff:
        """Return a proposal; `NotFound("proposal")`."""
        ...

    async def save_proposal(self, proposal: ProposedTariff) -> None:
        """Store what was decided."""
        ...

    async def pending(self) -> list[ProposedTariff]:
        """Return the proposals that wait, oldest first."""
        ...


class Fleet(Protocol):
    """Machines, operators and their bookings. No resource is ever in one half-hour slot twice."""

    async def resources(self, kind: ResourceKind, *, bookable_only: bool = False) -> list[Resource]:
        """Return machines or operators by code; `bookable_only` leaves out maintenance and retired ones."""
        ...

    async def resource(self, code: str) -> Resource:
        """Return by code; `NotFound`."""
        ...

    async def put_resource(self, resource: Resource) -> None:
        """Store a new or changed resource (by code)."""
        ...

    async def busy(self, start: datetime, end: datetime) -> set[int]:
        """Return the ids of resources taken in any slot that [start, end) touches."""
        ...

    async def book(self, bookings: Sequence[Booking]) -> None:
        """Take the slots; `Conflict("machine")` with the code of the resource when one is taken, and nothing is
        kept.
        """
        ...

    async def release(self, request_id: int) -> None:
        """Free everything that the request holds."""
        ...

    async def booking(self, booking_id: int) -> tuple[Booking, Resource]:
        """Return one booking; `NotFound("booking")`."""
        ...

    async def cancel(self, booking_id: int) -> None:
        """Free what one booking holds."""
        ...

    async def ahead(self, resource_id: int, since: datetime) -> list[Booking]:
        """Return the bookings of a resource that end after that moment, by time."""
        ...

    async def of_request(self, request_id: int) -> list[tuple[Booking, Resource]]:
        """Return what the request holds."""
        ...

    async def between(self, start: datetime, end: datetime) -> list[tuple[Booking, Resource]]:
        """Return bookings that touch [start, end): the calendar."""
        ...


class People(Protocol):
    """Citizens and staff."""

    async def person(self, mobile: str) -> Person | None:
        """Return the person with that mobile (+989…)."""
        ...

    async def put_person(self, person: Person) -> None:
        """Store a new person or what became known; a known name or code is never overwritten by None."""
        ...

    async def forget_person(self, mobile: str) -> None:
        """Forget whose number that is."""
        ...

    async def staff(self, username: str) -> StaffMember | None:
        """Return a staff member."""
        ...

    async def all_staff(self) -> list[StaffMember]:
        """Return every staff member by username."""
        ...

    async def staff_with_role(self, role: Role) -> list[StaffMember]:
        """Return the active members of a role."""
        ...

    async def put_staff(self, member: StaffMember) -> None:
        """Store a new or changed member (by username)."""
        ...

    async def substitutions(self, since: date) -> list[Substitution]:
        """Return who stands for whom on that day or later, by first day and names."""
        ...

    async def put_substitution(self, substitution: Substitution) -> None:
        """Store it; the same two from the same day on get the new last day."""
        ...

    async def drop_substitution(self, absent: str, deputy: str, first: date) -> Substitution | None:
        """Forget it and return what it was; None when there is none of these two from that day on."""
        ...


class Documents(Protocol):
    """Files of requests."""

    async def add(self, document: Document, content: bytes) -> None:
        """Store a file; the same content is kept once."""
        ...

    async def of_request(self, request_id: int) -> list[Document]:
        """Return the files of a request, oldest first."""
        ...

    async def content(self, sha256: str) -> bytes:
        """Return the bytes; `NotFound`."""
        ...


class WorkCalendar(Protocol):
    """Days that the municipality declared off or working, on top of the computed holidays."""

    async def overrides(self) -> dict[date, bool]:
        """Return day → whether it is a working day."""
        ...

    async def declared(self, since: date) -> list[DeclaredDay]:
        """Return the days from `since` on that were declared, in order."""
        ...

    async def set_override(self, day: date, working: bool, note: str) -> None:
        """Declare a day."""
        ...

    async def forget(self, day: date) -> bool:
        """Let a day be what it is by itself again; False when it was not declared."""
        ...
