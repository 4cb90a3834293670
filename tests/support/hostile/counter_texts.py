"""Texts of counter offices, made hostile: markup and the beginnings of formulas in every text of the contract.

Which elements are texts is read from the contract, so a further service's are tried by themselves. A text that the
domain reads as something else (a plate, a service's key) is refused, and told apart by trying.
"""

from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import Any, TypeAlias

from channels.pishkhan_soap import shapes
from channels.pishkhan_soap.call_rate import CallRate
from channels.pishkhan_soap.calls import CallHandler as Calls
from channels.pishkhan_soap.contract import Contract
from channels.pishkhan_soap.http import PishkhanSoap
from channels.pishkhan_soap.operation import Operation
from channels.pishkhan_soap.schema import SchemaRecord, SchemaType, SimpleType, camel_case
from domain.actions.context import ActorContext
from domain.actions.offices import accounts
from domain.fields.types import Text
from domain.language.service import Service
from domain.values.actors import SYSTEM
from printing.printer import PaperPrinter
from tests.channels.pishkhan_soap.contract_values import USUAL, familiar
from tests.channels.pishkhan_soap.envelopes import Signer, body, fresh
from tests.channels.pishkhan_soap.raw_client import Answer, RawClient
from tests.channels.pishkhan_soap.soap_office import KEY, SKEW
from tests.support.hostile.texts import PREFIXES, hostile_text
from tests.support.printed_papers import ADDRESS, letterhead
from tests.support.scenarios.expert_unit import PHOTO
from tests.support.scenarios.taxi_registries import DRIVER_CODE, DRIVER_MOBILE, PLATE
from tests.support.staff_site import StaffSite

OFFICE, CODE = "2002", "trackingCode"
SATURDAY = date(2026, 11, 28)
HEAD = {member.name for member in shapes.REQUEST_HEAD}
KNOWN = {
    "FullName": "عبدالله ایری",
    "NationalCode": DRIVER_CODE,
    "Mobile": DRIVER_MOBILE,
    "Plate": PLATE,
    "PostalCode": "4947113456",
    "ExpertKindChoice": "subdivision",
    "ServiceKey": "machinery",
    "State": "submitted",
    "Identifier": "1",
}
"""Values of types that are more than their facets say."""

Given: TypeAlias = "Callable[[Counter], Awaitable[Mapping[str, Any]]]"
"""Subject of a call: values that exist at the site."""

Path = tuple[str, ...]
"""The names of the elements that lead to one."""


def is_text(kind: SchemaType) -> bool:
    """Whether anything may be written there, as far as the contract says."""
    facets = {name for name, _ in kind.facets} if isinstance(kind, SimpleType) else set()
    return (
        isinstance(kind, SimpleType)
        and kind.xsd_base in {"xs:string", "xs:token"}
        and not facets & {"pattern", "enumeration"}
    )


def texts_of(record: SchemaRecord, path: Path = ()) -> Iterator[tuple[Path, int]]:
    """Every text of a request with the most characters that it may have; the office's own head is left out."""
    for member in record.members:
        here = (*path, member.name)
        if isinstance(member.value_type, SchemaRecord):
            yield from texts_of(member.value_type, here)
        elif is_text(member.value_type) and member.name not in HEAD:
            yield here, int(dict(member.value_type.facets).get("maxLength", "500"))


def usual(record: SchemaRecord, known: Mapping[str, str], wanted: Collection[str] = ()) -> dict[str, Any]:
    """Good values of what is required or wanted, and of what holds a text or a day."""
    return {
        one.name: usual(one.value_type, known)
        if isinstance(one.value_type, SchemaRecord)
        else _usual(one.value_type, known)
        for one in record.members
        if one.name not in HEAD
        and (one.required or one.name in wanted or one.value_type.name == "Day" or _holds_text(one.value_type))
    }


def _holds_text(kind: SchemaType) -> bool:
    return bool(dict(texts_of(kind))) if isinstance(kind, SchemaRecord) else is_text(kind)


def _usual(kind: SimpleType, known: Mapping[str, str]) -> str:
    facets = dict(reversed(kind.facets))
    if kind.name in known:
        return known[kind.name]
    if "pattern" in facets:
        return familiar(kind, facets["pattern"])[0]
    by_base = USUAL | {"xs:base64Binary": b64encode(PHOTO).decode()}
    return facets.get("enumeration") or facets.get("minInclusive") or by_base.get(kind.xsd_base) or "متن"


def initials(operation: Operation) -> str:
    """An operation's name, so short that it has room in every text."""
    return "".join(one for one in operation.name if one.isupper())


def placed(values: Mapping[str, Any], path: Path, text: str) -> dict[str, Any]:
    """Values with another text at one place."""
    first, *rest = path
    return {**values, first: placed(values[first], tuple(rest), text) if rest else text}


@dataclass(slots=True)
class Counter:
    """An office at the site. `taken` are the hostile texts that were taken, by the names that they bear; `about` the
    tracking codes of the requests that they were written about.
    """

    site: StaffSite
    contract: Contract
    wire: RawClient
    signer: Signer
    taken: set[str] = field(default_factory=set)
    about: list[str] = field(default_factory=list)
    _days: Iterator[int] = field(default_factory=count)

    def service(self, operation: Operation) -> Service | None:
        """The service whose submission an operation is."""
        return next(
            (one for one in self.site.demo.desk.services.values() if one.soap_operation == operation.name), None
        )

    def good(self, operation: Operation) -> dict[str, Any]:
        """Good values for a call, on a day that no other call has, and no Friday."""
        weeks, days = divmod(next(self._days), 6)
        service, day = self.service(operation), SATURDAY + timedelta(weeks=weeks, days=days)
        papers = service.papers.paper_names if service and service.papers else ("deed",)
        either = {camel_case(one.name) for one in service.form if one.alternatives} if service else set[str]()
        known = {**KNOWN, "Day": day.isoformat(), "PaperName": papers[0]}
        if service and service.key == "call_back":  # one call waits at a time
            known["Mobile"] = f"+98912556{weeks:02}{days:02}"
        return usual(operation.request, known, either)

    async def call(self, name: str, values: Mapping[str, Any]) -> Answer:
        """Make a call, whose own id is hostile too."""
        inner = body(name, values, office=OFFICE, call_id=hostile_text(fresh("=call"), "", 64))
        return await self.wire.post(self.signer.signed(inner))

    async def readable(self, operation: Operation, given: Given) -> Mapping[Path, int]:
        """The texts of an operation that the domain takes as texts, each tried alone; the others are refused."""
        found = {}
        for path, most in texts_of(operation.request):
            values = {**self.good(operation), **await given(self)}
            answer = await self.call(operation.name, placed(values, path, hostile_text("x", "=", most)))
            if answer.code == "ok":
                found[path] = most
            else:
                assert answer.fault.field == path[-1], (operation.name, path, answer.fault)
        return found

    async def writes(self, operation: Operation, paths: Mapping[Path, int], prefix: str, given: Given) -> Answer:
        """Call with every text hostile."""
        values = {**self.good(operation), **await given(self)}
        self.about += [values[CODE]] if CODE in values else []
        for path, most in paths.items():
            name = f"{path[-1]}-{initials(operation)}-{PREFIXES.index(prefix)}"
            values = placed(values, path, hostile_text(name, prefix, most))
            self.taken.add(name)
        answer = await self.call(operation.name, values)
        assert answer.code == "ok", answer.fault
        return answer


def declared(service: Service) -> set[str]:
    """The texts of a service's form that people write themselves."""
    return {
        camel_case(one.name)
        for one in service.form
        if isinstance(one.type, Text) and not one.is_derived and not one.autofill
    }


@asynccontextmanager
async def counter_at(site: StaffSite, port: int) -> AsyncIterator[Counter]:
    """An office of the site, which is served at that port and has `soap` mounted."""
    async with site.store.open_unit() as uow:
        await accounts.add_office(
            ActorContext(site.demo.desk, uow, SYSTEM), site.vault, OFFICE, hostile_text("office", "=", 80), key=KEY
        )
    yield Counter(site, contract_of(site), RawClient(port), Signer(f"office-{OFFICE}", KEY, site.clock))


def contract_of(site: StaffSite) -> Contract:
    """The contract of the site's services."""
    return Contract(tuple(site.demo.desk.services.values()), site.demo.desk.catalogue)


@asynccontextmanager
async def soap_mounted(site: StaffSite) -> AsyncIterator[None]:
    """The counter channel at the site, before it is served."""
    printer = PaperPrinter(letterhead, ADDRESS)
    calls = Calls(site.demo.desk, site.store, site.vault, printer, SKEW, CallRate(1_000_000))
    PishkhanSoap(calls, contract_of(site), ADDRESS).mount(site.app)
    try:
        yield
    finally:
        await printer.close()
