"""What `demo load` tells: where to begin, what there is, and the commands that bring one request to its end."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app.demo import counter
from app.demo.data import rows
from app.demo.playing import payable
from app.demo.registers import citizen_names
from app.demo.stories import Story, newcomer
from domain.bills.bill import Bill
from domain.blocks.charging import bills_of
from domain.registries.declarations import DRIVER
from domain.registries.rows import RegistryFilter
from domain.requests.request import RequestFilter, ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values.identifiers import mobile, mobile_shown

FIRST = ("machinery", "submitted")
"""Service and state of the request that the commands begin with."""

_SHOWN = 1000


@dataclass(frozen=True, slots=True)
class DemoBill:
    """A bill that waits for money: both ids and whole rials."""

    bill_id: str
    payment_id: str
    amount: int


@dataclass(frozen=True, slots=True)
class DemoRequest:
    """A request of the demonstration as it stands now; `mobile` as people write it, `bill` while one is open."""

    code: str
    service: str
    state: str
    mobile: str
    name: str
    bill: DemoBill | None


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
    """The demonstration as it stands: `requests` are those that are told one by one, and one of each state of the other
    services; `counts` says how many there are of each service.

    `loaded` is False when it was there already. `sender` is the number (09…) from which a newcomer texts `text`;
    `phone` is the address of the demonstration's phone, `password` that of all the staff and `office` the counter
    office: None where there is none to tell.
    """

    loaded: bool
    sender: str
    sender_name: str
    text: str
    phone: str | None
    password: str | None
    staff: tuple[DemoStaffMember, ...]
    requests: tuple[DemoRequest, ...]
    counts: dict[str, int]
    office: DemoOffice | None = None

    @property
    def commands(self) -> list[str]:
        """The commands, after the program's name, that take a waiting request to its end, in order."""
        code = next((one.code for one in self.requests if (one.service, one.state) == FIRST), "CODE")
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
    def payments(self) -> list[str]:
        """The commands, after the program's name, that record the money of each open bill."""
        bills = [one.bill for one in self.requests if one.bill]
        return [
            f"payment record {bill.bill_id} {bill.payment_id} {bill.amount} --reference R-{bill.bill_id} --as revenue"
            for bill in bills
        ]

    def as_json(self) -> dict[str, Any]:
        """Return the same as data."""
        return asdict(self) | {"commands": self.commands, "payments": self.payments}


async def summarise(
    uow: UnitOfWork, stories: Sequence[Story], *, loaded: bool, phone: str | None, password: str | None
) -> Summary:
    """Read from the store how the requests of the demonstration stand."""
    names, first = citizen_names(), newcomer()
    shown = [await _shown(uow, story) for story in shown_stories(stories)]
    staff = [
        DemoStaffMember(row["username"], row["roles"], row["full_name"], mobile_shown(mobile(row["mobile"])))
        for row in rows("staff.csv")
    ]
    return Summary(
        loaded, mobile_shown(first.mobile), names[first.mobile], first.text, phone, password, tuple(staff),
        tuple(shown), dict(Counter(story.service for story in stories)), await _office(uow) if phone else None,
    )  # fmt: skip


async def _office(uow: UnitOfWork) -> DemoOffice | None:
    found = [one for one in await uow.offices.all() if one.code == counter.CODE]
    return DemoOffice(found[0].code, found[0].name, found[0].username, counter.KEY) if found else None


def shown_stories(stories: Sequence[Story]) -> list[Story]:
    """Return the first of each service and state, and every other one that is told by itself."""
    seen, shown = set(), []
    for story in stories:
        if story.told or (story.service, story.ends) not in seen:
            shown.append(story)
        seen.add((story.service, story.ends))
    return shown


async def first_request(uow: UnitOfWork, story: Story) -> ServiceRequest | None:
    """Return the request that the demonstration made for this citizen; others of the same line came later."""
    found = await uow.requests.find(RequestFilter(mobile=story.mobile, limit=_SHOWN))
    return found[-1] if found else None


async def _shown(uow: UnitOfWork, story: Story) -> DemoRequest:
    request = await first_request(uow, story)
    assert request is not None, "only what is loaded is summed up"  # noqa: S101 - holds by construction
    bill = payable(await bills_of(uow, request))
    known = await uow.people.person(story.mobile)
    name = await _driver_name(uow, story.mobile) or (known.full_name if known else None) or ""
    mobile_of = mobile_shown(story.mobile)
    return DemoRequest(request.code, request.service, request.state, mobile_of, name, _bill(bill))


async def _driver_name(uow: UnitOfWork, mobile_of: str) -> str | None:
    found = await uow.registries.find(RegistryFilter(DRIVER.key, {"mobile": mobile_of}, limit=1))
    return str(found[0].values["name"]) if found else None


def _bill(bill: Bill | None) -> DemoBill | None:
    return DemoBill(bill.bill_id, bill.payment_id, bill.amount) if bill else None
