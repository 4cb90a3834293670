"""Payers with browsers: they leave for a bank, pay or do not, come back, and remember all that they were shown.

A browser whose connection fails does what its owner does: it waits until there is a server again and asks once more.
What it is shown is compared at once with the bank's books (`docs/payments.md`): nobody may be told a falsehood.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.faults.support.payment_banks import CARDS, Cut, PaymentBank, SaleMoney
from tests.faults.support.payment_bills import LinkedBill
from tests.support.patience import patient

PayerStory = Literal[
    "pays", "pays", "pays", "pays_twice", "returns_often", "declined_then_pays", "cancels", "stays_away", "pays_less"
]
"""Acts of a payer: `pays_twice` by two sessions at one bill, `stays_away` after having paid, `returns_often` with
several browsers at once, `pays_less` than was asked for, where a bank lets that happen."""

CALLBACKS_AT_ONCE = 5
LOOKS = 8
LOOK_SECONDS = 0.15
"""A payer looks at the result again until it is known, so often at most."""

REQUEST_SECONDS = 30.0

_VERDICT = re.compile(r'<h1 class="verdict ([a-z_]+)"')
_TRUE_OF: Mapping[str, frozenset[SaleMoney]] = {
    "settled": frozenset({"ours"}),
    "surplus": frozenset({"ours"}),
    "suspense": frozenset({"ours"}),
    "reversed": frozenset({"returned"}),
    "declined": frozenset({"none", "returned"}),
    "failed": frozenset({"none", "returned"}),
    "asking": frozenset({"none", "held", "ours", "returned"}),
    "unknown": frozenset({"none", "held", "ours", "returned"}),
}
"""Statements of a result page about an attempt → places of its money at the bank at that moment."""

NOT_KNOWN = frozenset({"asking", "unknown"})
"""Statement while nothing is known: as long as it looks again by itself, and then."""


@dataclass(frozen=True, slots=True)
class PayerPlan:
    """Plan of a payer, and the connections to the bank that break meanwhile."""

    story: PayerStory
    bank: str
    cuts: tuple[tuple[str, Cut], ...] = ()

    def __str__(self) -> str:
        cuts = "".join(f" {operation}:{cut}" for operation, cut in self.cuts)
        return f"{self.story} at {self.bank}{cuts}"


@dataclass(slots=True)
class Witness:
    """Statements that all payers saw, with those that were untrue."""

    references: dict[tuple[str, str], LinkedBill] = field(default_factory=dict)
    """Sessions that a browser was sent to, by bank and reference."""
    result_paths: list[tuple[str, str, str]] = field(default_factory=list)
    """Bank, reference and result page of those who came back."""
    verdicts: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    callback_count: int = 0


class PaymentSite:
    """The municipality's site as browsers reach it. `is_open` is set while there is a server."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.is_open = asyncio.Event()
        self._session = ClientSession(timeout=ClientTimeout(patient(REQUEST_SECONDS)))

    async def fetch(self, method: str, path: str, values: Mapping[str, str] | None = None) -> tuple[int, str, str]:
        """Ask until somebody answers; return status, path and text of the page that one is led to."""
        while True:
            await self.is_open.wait()
            try:
                parameters, form = (values, None) if method == "GET" else (None, values)
                async with self._session.request(method, self.address + path, params=parameters, data=form) as page:
                    return page.status, page.url.path, await page.text()
            except (ClientError, TimeoutError):
                await asyncio.sleep(0.01)

    async def close(self) -> None:
        """Close all browsers."""
        await self._session.close()


class Payer:
    """Somebody with a bill."""

    def __init__(
        self, site: PaymentSite, bank: PaymentBank, bill: LinkedBill, witness: Witness, plan: PayerPlan
    ) -> None:
        self._site = site
        self._bank = bank
        self._bill = bill
        self._witness = witness
        self._plan = plan
        self._card = Random(bill.id).choice(CARDS)

    async def act(self) -> None:
        """Do it all, as long as it takes."""
        for operation, cut in self._plan.cuts:
            self._bank.cut_next(operation, cut)
        reference = await self._leave()
        if reference is None:
            return
        match self._plan.story:
            case "cancels":
                return
            case "stays_away":
                self._bank.pay(reference, self._card)
            case "pays_twice":
                second = await self._leave()
                for one in filter(None, (reference, second)):
                    await self._pay(one)
            case "declined_then_pays":
                await self._come_back(reference, self._bank.decline(reference))
                await self._pay(reference)
            case _:
                await self._pay(reference)

    async def _leave(self) -> str | None:
        """Leave for the bank; return its name of the session, None where there is nothing to pay any more."""
        while True:
            status, _, page = await self._site.fetch(
                "POST", f"/pay/{self._bill.token}/start", {"gateway": self._bank.name}
            )
            if status == 503:
                continue  # the bank opened no session: one tries again
            found = [reference for reference in self._bank.sessions if reference in page]
            if status != 200 or not found:
                self._check_link_page(status, page)
                return None
            self._witness.references[self._bank.name, found[0]] = self._bill
            return found[0]

    async def _pay(self, reference: str) -> None:
        is_less = self._plan.story == "pays_less" and self._bank.takes_wrong_amounts
        brought = self._bank.pay(reference, self._card, self._bill.amount - 10_000 if is_less else None)
        if brought is not None:
            await self._come_back(reference, brought)

    async def _come_back(self, reference: str, brought: Mapping[str, str]) -> None:
        """Bring to the callback address what the bank gave, and look at the result until it is known."""
        browsers = CALLBACKS_AT_ONCE if self._plan.story == "returns_often" else 1
        await asyncio.gather(*(self._bring(reference, brought) for _ in range(browsers)))

    async def _bring(self, reference: str, brought: Mapping[str, str]) -> None:
        self._witness.callback_count += 1
        callback_path = self._bank.find_callback_path(reference)
        status, path, page = await self._site.fetch(self._bank.method, callback_path, brought)
        if status != 200 or "/result/" not in path:
            self._witness.violations.append(f"a callback of {reference} led to {path} ({status})")
            return
        self._witness.result_paths.append((self._bank.name, reference, path))
        for _ in range(LOOKS):
            if self._check_result(reference, page) not in NOT_KNOWN:
                return
            await asyncio.sleep(LOOK_SECONDS)
            _, _, page = await self._site.fetch("GET", path)

    def _check_result(self, reference: str, page: str) -> str:
        return check_result(self._witness, self._bank, reference, page)

    def _check_link_page(self, status: int, page: str) -> None:
        verdict = _find_verdict(page)
        if verdict == "paid" and not is_bill_paid_at_banks(self._witness, {self._bank.name: self._bank}, self._bill):
            self._witness.violations.append(
                f"the link of bill {self._bill.id} says {verdict}, and it is not ({status})"
            )


def check_result(witness: Witness, bank: PaymentBank, reference: str, page: str) -> str:
    """Compare what a result page says with the bank's books; return its verdict."""
    verdict = _find_verdict(page)
    witness.verdicts[verdict] += 1
    money = bank.sessions[reference].money
    if money not in _TRUE_OF.get(verdict, ()):
        witness.violations.append(f"{bank.name} {reference}: a payer was shown {verdict!r}, the money is {money}")
    return verdict


def is_bill_paid_at_banks(witness: Witness, banks: Mapping[str, PaymentBank], bill: LinkedBill) -> bool:
    """Tell whether a bank has the whole amount of a bill for us."""
    sessions = [reference for (name, reference), of in witness.references.items() if of == bill and name in banks]
    books = {reference: session for bank in banks.values() for reference, session in bank.sessions.items()}
    return any(books[one].money == "ours" and books[one].amount == bill.amount for one in sessions)


def _find_verdict(page: str) -> str:
    found = _VERDICT.search(page)
    return found[1] if found else ""
