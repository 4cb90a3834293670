"""Output of `demo load`: where to begin, what there is, and the commands that bring one request to its end."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app.demo import counter
from app.demo.data import read_rows
from app.demo.playing import find_payable_bill
from app.demo.registers import citizen_names_by_mobile
from app.demo.samples import list_sample_requests
from app.demo.stories import Story, read_newcomer, read_scripted_service
from domain.bills.bill import Bill
from domain.blocks.charging import list_request_bills
from domain.registries.declarations import DRIVER
from domain.registries.ports import RegistryRepository
from domain.registries.rows import RegistryFilter
from domain.requests.request import RequestFilter, ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values.identifiers import display_mobile, parse_mobile

COMMANDS_BEGIN_IN = "submitted"
"""The state of the request that the commands begin with, the first of those that are written out one by one."""

_MOST_REQUESTS = 1000


@dataclass(frozen=True, slots=True)
class DemoBill:
    """A bill that waits for money: both ids and whole rials."""

    bill_id: str
    payment_id: str
    amount: int


@dataclass(frozen=True, slots=True)
class DemoRequest:
    """A request of the demonstration in its present state."""

    code: str
    """Its tracking code as machines write it."""
    service: str
    """The service's key."""
    state: str
    """As its service names it."""
    mobile: str
    """As people write it (09…)."""
    name: str
    """The citizen's or driver's; empty where it is not known."""
    bill: DemoBill | None
    """The one that waits for money; None while none does."""


@dataclass(frozen=True, slots=True)
class DemoStaffMember:
    """One of the staff."""

    username: str
    role: str
    name: str
    mobile: str


@dataclass(frozen=True, slots=True)
class DemoOffice:
    """The counter office, as its software signs in."""

    code: str
    name: str
    username: str
    key: str


@dataclass(frozen=True, slots=True)
class Summary:
    """The demonstration in its present state, for whoever tries it."""

    loaded: bool
    """Whether this call loaded it; False when it was there already."""
    sender: str
    """The number (09…) from which a newcomer texts."""
    sender_name: str
    """Owner of that number."""
    text: str
    """Text of a newcomer."""
    phone: str | None
    """Address of the demonstration's phone; None without one."""
    password: str | None
    """Password of all the staff; None where there is none."""
    staff: tuple[DemoStaffMember, ...]
    """Members who can sign in."""
    requests: tuple[DemoRequest, ...]
    """Those that are written out one by one, and one of each state that requests of the other services are in."""
    counts: dict[str, int]
    """Service → how many requests there are of it."""
    office: DemoOffice | None = None
    """The counter office; None where there is none."""

    @property
    def journey_commands(self) -> list[str]:
        """The commands, after the program's name, that take a waiting request to its end, in order."""
        code = next(
            (
                request.code
                for request in self.requests
                if (request.service, request.state) == (read_scripted_service(), COMMANDS_BEGIN_IN)
            ),
            "CODE",
        )
        return [
            f"request act {code} accept --as civil",
            f"request act {code} price --as revenue",
            f"request show {code}",
            f"payment record BILL_ID PAYMENT_ID AMOUNT --reference R-{code} --as revenue",
            f"request act {code} schedule --as civil",
            f"request act {code} hand_over --as civil --set early=yes",
            f"request act {code} complete --as civil",
        ]

    @property
    def payment_commands(self) -> list[str]:
        """The commands, after the program's name, that record the money of each open bill."""
        bills = [request.bill for request in self.requests if request.bill]
        return [
            f"payment record {bill.bill_id} {bill.payment_id} {bill.amount} --reference R-{bill.bill_id} --as revenue"
            for bill in bills
        ]

    def as_json(self) -> dict[str, Any]:
        """Return the same as data."""
        return asdict(self) | {"commands": self.journey_commands, "payments": self.payment_commands}


async def summarise_demo(
    uow: UnitOfWork, stories: Sequence[Story], *, loaded: bool, phone: str | None, password: str | None
) -> Summary:
    """Read from the store the states of the requests of the demonstration."""
    citizen_names, beginner = citizen_names_by_mobile(), read_newcomer()
    story_requests = [await _find_loaded_request(uow, story) for story in choose_shown_stories(stories)]
    samples = await _list_sample_requests(uow, stories)
    listed_requests = [
        *story_requests,
        *{(request.service, request.state): request for request in reversed(samples)}.values(),
    ]
    staff = [
        DemoStaffMember(row["username"], row["roles"], row["full_name"], display_mobile(parse_mobile(row["mobile"])))
        for row in read_rows("staff.csv")
    ]
    return Summary(
        loaded=loaded,
        sender=display_mobile(beginner.mobile),
        sender_name=citizen_names[beginner.mobile],
        text=beginner.text,
        phone=phone,
        password=password,
        staff=tuple(staff),
        requests=tuple([await _build_demo_request(uow, request) for request in listed_requests]),
        counts=dict(Counter([*(story.service for story in stories), *(request.service for request in samples)])),
        office=await _find_office(uow) if phone else None,
    )


async def _find_office(uow: UnitOfWork) -> DemoOffice | None:
    offices = [office for office in await uow.offices.list_all() if office.code == counter.OFFICE_CODE]
    return DemoOffice(offices[0].code, offices[0].name, offices[0].username, counter.OFFICE_KEY) if offices else None


def choose_shown_stories(stories: Sequence[Story]) -> list[Story]:
    """Return the first of each service and state, and every other one that is written out by itself."""
    covered_states, chosen_stories = set(), []
    for story in stories:
        if story.is_scripted or (story.service, story.final_state) not in covered_states:
            chosen_stories.append(story)
        covered_states.add((story.service, story.final_state))
    return chosen_stories


async def find_first_request(uow: UnitOfWork, mobile: str) -> ServiceRequest | None:
    """Return the request that the demonstration made for this citizen; others of the same line came later."""
    requests = await uow.requests.list_requests(RequestFilter(mobile=mobile, limit=_MOST_REQUESTS))
    return requests[-1] if requests else None


async def _find_loaded_request(uow: UnitOfWork, story: Story) -> ServiceRequest:
    request = await find_first_request(uow, story.mobile)
    assert request is not None, "only what is loaded is summed up"  # noqa: S101 - holds by construction
    return request


async def _list_sample_requests(uow: UnitOfWork, stories: Sequence[Story]) -> list[ServiceRequest]:
    """Return the requests that samples became, in the order of the services."""
    found = [await find_first_request(uow, sample.applicant.mobile) for sample in list_sample_requests(stories)]
    return [request for request in found if request is not None]


async def _build_demo_request(uow: UnitOfWork, request: ServiceRequest) -> DemoRequest:
    mobile = request.mobile or ""
    bill = find_payable_bill(await list_request_bills(uow.bills, request))
    person = await uow.people.find_person(mobile)
    name = await _find_driver_name(uow.registries, mobile) or (person.full_name if person else None) or ""
    return DemoRequest(
        request.code, request.service, request.state, display_mobile(mobile), name, _build_demo_bill(bill)
    )


async def _find_driver_name(registries: RegistryRepository, mobile_number: str) -> str | None:
    drivers = await registries.list_rows(RegistryFilter(DRIVER.key, {"mobile": mobile_number}, limit=1))
    return str(drivers[0].values["name"]) if drivers else None


def _build_demo_bill(bill: Bill | None) -> DemoBill | None:
    return DemoBill(bill.bill_id, bill.payment_id, bill.amount) if bill else None
