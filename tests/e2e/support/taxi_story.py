"""A taxi organisation for the end-to-end tests, imported: taxis with an owner, a driver and an auxiliary driver."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from tests.e2e.support.office import OPENING_YEAR, Office
from tests.e2e.support.office_setup import written
from tests.e2e.support.people import Desk, Phone
from tests.e2e.support.text_matching import Facts

TAXIS = 400
OFFICER = "taxi"
DUTY_RIALS = 2_500_000
_numbers = count(1, 2)


def national_code(number: int) -> str:
    """A valid national code that belongs to nobody else here."""
    nine = f"{number:09}"
    remainder = sum(int(digit) * weight for digit, weight in zip(nine, range(10, 1, -1), strict=True)) % 11
    return nine + str(remainder if remainder < 2 else 11 - remainder)


@dataclass(frozen=True, slots=True)
class Taxi:
    """A taxi by its number, from 1; nothing of it is another's, but that an odd one and the next have one owner."""

    number: int

    @property
    def plate(self) -> str:
        """Its plate."""
        return f"{10 + self.number % 90}ت{100 + self.number}-59"

    @property
    def code(self) -> str:
        """Its taxi code."""
        return str(200 + self.number)

    @property
    def owner(self) -> tuple[str, str]:
        """National code and mobile of the owner: of two taxis each."""
        number = (self.number + 1) // 2
        return national_code(110_000_000 + number), f"0912777{1000 + number}"

    @property
    def driver(self) -> tuple[str, str]:
        """National code and mobile of the main driver."""
        return national_code(120_000_000 + self.number), f"0912777{2000 + self.number}"

    @property
    def auxiliary(self) -> tuple[str, str]:
        """National code and mobile of the auxiliary driver."""
        return national_code(130_000_000 + self.number), f"0912777{3000 + self.number}"


def new_taxis() -> tuple[Taxi, Taxi]:
    """Two taxis of one owner that no test had before."""
    number = next(_numbers)
    assert number < TAXIS, f"more tests ask for taxis than the {TAXIS} that are imported"
    return Taxi(number), Taxi(number + 1)


async def furnish_taxis(office: Office) -> None:
    """Give a furnished office its taxi officer, and import the registries."""
    await office.cli("staff", "add", OFFICER, "--role", "taxi_officer", "--mobile", "09125559005")
    for table, rows in (("owner", owners()), ("vehicle", vehicles()), ("driver", drivers()), ("duty", duties())):
        finished = await office.run("import", table, str(written(office.home / f"{table}.csv", rows)))
        assert finished.code == 0, finished


def owners() -> Iterable[Sequence[str]]:
    """Rows of the owners' file."""
    yield "national_id", "name", "mobile"
    for number in range(1, TAXIS, 2):
        code, mobile = Taxi(number).owner
        yield code, f"مالک {number}", mobile


def vehicles() -> Iterable[Sequence[str]]:
    """Rows of the vehicles' file."""
    yield "plate", "taxi_code", "type", "owner"
    for taxi in map(Taxi, range(1, TAXIS + 1)):
        yield taxi.plate, taxi.code, "line", taxi.owner[0]


def drivers() -> Iterable[Sequence[str]]:
    """Rows of the drivers' file."""
    yield "national_code", "name", "mobile", "kind", "vehicles"
    for taxi in map(Taxi, range(1, TAXIS + 1)):
        yield taxi.driver[0], f"راننده {taxi.number}", taxi.driver[1], "main", taxi.plate
        yield taxi.auxiliary[0], f"کمکی {taxi.number}", taxi.auxiliary[1], "auxiliary", taxi.plate


def duties() -> Iterable[Sequence[str]]:
    """Rows of the duties' file: a year of every taxi."""
    yield "vehicle", "year", "amount"
    for taxi in map(Taxi, range(1, TAXIS + 1)):
        yield taxi.plate, OPENING_YEAR, str(DUTY_RIALS)


class TaxiStory:
    """One leave or report of somebody at a phone."""

    def __init__(self, service: str, citizen: Phone, desk: Desk) -> None:
        self.service = service
        self.citizen = citizen
        self.desk = desk
        self.code = ""

    async def begins(self, text: str, notice: str = "submit") -> Facts:
        """The citizen's text makes the request; the reply has the tracking code."""
        facts = await self.citizen.says(text, self.key(notice))
        self.code = facts["code"].replace(" ", "")
        return facts

    async def is_approved(self) -> None:
        """The officer takes a leave and approves it; the driver hears of both."""
        for action in ("take", "approve"):
            await self.does(action)
        for action in ("take", "approve"):
            await self.hears(action)

    def key(self, notice: str) -> str:
        """The key of a notice of the service."""
        return f"services.{self.service}.notices.{notice}"

    async def does(self, action: str, **inputs: str) -> dict[str, Any]:
        """Let the officer take a step."""
        return await self.desk.does(action, self.code, by=OFFICER, **inputs)

    async def may_not(self, action: str, *, by: str = OFFICER, **inputs: str) -> str:
        """Let the staff try a step that is refused; what is said about it."""
        return await self.desk.may_not(action, self.code, by=by, **inputs)

    async def hears(self, notice: str) -> Facts:
        """The citizen's next text is this notice, about this request."""
        facts = await self.citizen.hears(self.key(notice))
        assert facts.get("code", self.code).replace(" ", "") == self.code
        return facts

    async def says(self, text: str, notice: str) -> Facts:
        """The citizen texts and hears this notice in reply."""
        return await self.citizen.says(text, self.key(notice))

    async def state(self) -> str:
        """State."""
        return str((await self.desk.shows(self.code))["state"])
