"""Persons of the stories: people at their phones, and the staff at the command line."""

from collections.abc import Mapping
from itertools import count
from typing import Any

from domain.values import tracking_codes
from domain.values.identifiers import parse_mobile as mobile_stored
from tests.e2e.support.office import Office
from tests.e2e.support.text_matching import Facts, read_facts, visible_text

SLIPS = count(1)
"""Numbers of bank slips: the bank gives none twice."""


class Phone:
    """A citizen's, an operator's or an officer's phone: texts the municipality, reads its texts one after the other."""

    def __init__(self, office: Office, mobile: str) -> None:
        self.mobile = mobile
        self._office = office
        self._read = len(office.panel.of(mobile))

    async def texts(self, text: str) -> None:
        """Send a text; the municipality's server must have taken it."""
        [(status, body)] = await self._office.webhooks.inbound(self.mobile, text)
        assert status == 200, body

    async def reads(self) -> str:
        """Wait for the next text and return what one sees of it."""
        panel = self._office.panel
        await panel.wait_until(
            lambda: len(panel.of(self.mobile)) > self._read, f"text {self._read + 1} for {self.mobile}"
        )
        self._read += 1
        return visible_text(panel.of(self.mobile)[self._read - 1].message)

    async def hears(self, *keys: str) -> Facts:
        """Wait for the next text, which must be these texts of the catalogue, and return the facts in it."""
        return read_facts(await self.reads(), *keys)

    async def hears_about(self, code: str, *keys: str) -> Facts:
        """Wait for the next text that names this tracking code, leaving others unread, and return the facts in it."""
        while visible_text(tracking_codes.display_code(code)) not in (text := await self.reads()):
            pass
        return read_facts(text, *keys)

    async def says(self, text: str, *keys: str) -> Facts:
        """Send a text and hear the reply."""
        await self.texts(text)
        return await self.hears(*keys)

    async def outbox(self) -> list[dict[str, Any]]:
        """Messages for this phone, sent or waiting, oldest first."""
        rows = await self._office.cli("outbox", "list", "--recipient", self.mobile)
        stored = mobile_stored(self.mobile)
        return sorted((row for row in rows if row["recipient"] in (stored, self.mobile)), key=lambda row: row["id"])

    async def has_read_everything(self) -> None:
        """Nothing else was sent to this phone, and nothing waits to be."""
        rows = await self.outbox()
        assert len(rows) == self._read == len(self._office.panel.of(self.mobile)), rows


class Desk:
    """The staff, at the command line of an office."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def does(self, action: str, code: str, *, by: str = "civil", **inputs: str) -> dict[str, Any]:
        """Take a transition of a request as that user, and return the request."""
        answer: dict[str, Any] = await self._office.cli(*self.command(action, code, by, inputs))
        return answer

    async def may_not(self, action: str, code: str, *, by: str = "civil", **inputs: str) -> str:
        """Try a transition that is refused, and return what is said about it."""
        finished = await self._office.run(*self.command(action, code, by, inputs))
        assert finished.code == 1, finished
        assert "Traceback" not in finished.err, finished
        return finished.err

    def command(self, action: str, code: str, by: str, inputs: Mapping[str, str]) -> tuple[str, ...]:
        """The command line of a transition."""
        given = [part for name, value in inputs.items() for part in ("--set", f"{name}={value}")]
        return ("request", "act", code, action, "--as", by, *given)

    async def shows(self, code: str) -> dict[str, Any]:
        """A request as `request show` prints it."""
        shown: dict[str, Any] = await self._office.cli("request", "show", code)
        return shown

    async def takes_payment(self, bill: Facts, *, reference: str | None = None) -> dict[str, Any]:
        """Record a bank slip over the bill in a text."""
        answer: dict[str, Any] = await self._office.cli(*self.payment(bill, reference=reference))
        return answer

    def payment(self, bill: Facts, *, amount: str | None = None, reference: str | None = None) -> tuple[str, ...]:
        """The command line that records a bank slip, with a fresh reference unless one is given."""
        slip = reference or f"slip-{next(SLIPS)}"
        return (
            "payment",
            "record",
            bill["bill_id"],
            bill["payment_id"],
            amount or rials(bill["amount"]),
            "--reference",
            slip,
            "--as",
            "revenue",
            "--surplus",
        )


def rials(shown: str) -> str:
    """An amount in a text («۱٬۲۵۰٬۰۰۰») as the command line takes it."""
    return str(int(shown.replace("٬", "")))
