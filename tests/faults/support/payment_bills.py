"""Bills to be paid online: fines of taxi drivers, one a driver, each with the link under which it is paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from app.ids import RandomIds
from domain.actions.context import ActionContext, ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.links.fillers import LINK_FILLERS
from domain.actions.links.payment_links import ensure_payment_link
from domain.actions.registries.charges import issue_row_bill
from domain.actions.registries.rows import put_rows
from domain.blocks.billing import BillingContext
from domain.conversation.reading.grammar import Grammar
from domain.engine.engine import Engine
from domain.language.wording import Wording
from domain.messages.catalogue import Catalogue
from domain.registries.declarations import DRIVER, VIOLATION
from domain.services import collect_intents, services_by_key
from domain.settings.policy import Policy
from domain.unit_of_work import Clock, Store, UnitOfWork
from domain.values.actors import SYSTEM
from domain.values.calendar import WorkingCalendar
from store.unit_of_work import SqlStore
from tests.e2e.support.taxi_story import national_code
from tests.support.scenarios.sample_files import UnchangedFiles

FIRST_DRIVER = 300_000_000
LOWEST_FINE, FINE_STEP = 500_000, 1_000


@dataclass(frozen=True, slots=True)
class LinkedBill:
    """A bill that is to be paid."""

    id: int
    """The row's key."""
    amount: int
    """Rials."""
    token: str
    """Of its link."""
    mobile: str
    """The driver's, as it is stored."""


class FineOffice:
    """Fines drivers, beside the server and without it. `database_url` is the office's database."""

    def __init__(self, database_url: str, clock: Clock) -> None:
        known = services_by_key()
        engine = Engine(known, clock, RandomIds(), WorkingCalendar(), Policy(company_code="077"))
        self._dependencies = Dependencies(
            engine, Wording(Catalogue.load(), known), Grammar(collect_intents(known)), UnchangedFiles(), LINK_FILLERS
        )
        self._database_url = database_url
        self._numbers = count(1)

    async def issue_bills(self, wanted_count: int) -> list[LinkedBill]:
        """Fine so many drivers who are new, and bill them."""
        store = await SqlStore.connect(self._database_url)
        try:
            return await self._issue_bills(store, [next(self._numbers) for _ in range(wanted_count)])
        finally:
            await store.close()

    async def _issue_bills(self, store: Store, numbers: Sequence[int]) -> list[LinkedBill]:
        drivers = {
            number: {
                "national_code": national_code(FIRST_DRIVER + number),
                "name": "عبدالله ایری",
                "mobile": f"+98913{number:07}",
                "vehicles": [],
            }
            for number in numbers
        }
        fines = [
            {
                "driver": driver["national_code"],
                "date": self._dependencies.clock.now().date().isoformat(),
                "kind": "overcharge",
                "fine": LOWEST_FINE + number * FINE_STEP,
            }
            for number, driver in drivers.items()
        ]
        async with store.open_unit() as uow:
            context = ActorContext(self._dependencies, uow, SYSTEM)
            await put_rows(context, DRIVER, list(drivers.values()))
            rows = await put_rows(context, VIOLATION, fines)
            mobiles = [str(driver["mobile"]) for driver in drivers.values()]
            return [await self._bill_row(uow, row.row.id, mobile) for row, mobile in zip(rows, mobiles, strict=True)]

    async def _bill_row(self, uow: UnitOfWork, row_id: int, mobile: str) -> LinkedBill:
        now = self._dependencies.clock.now()
        context = BillingContext(self._dependencies.ids, self._dependencies.policy, now)
        bill = await issue_row_bill(uow, context, VIOLATION, row_id, SYSTEM.label)
        link = await ensure_payment_link(ActionContext(self._dependencies, uow), [bill])
        return LinkedBill(bill.id, bill.amount, link.token, mobile)
