"""Clerks of counter offices and what they remember: every call with its answer, and what it must have led to."""

import asyncio
import hashlib
import random
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from tests.e2e.support.office_setup import STAFF
from tests.e2e.support.taxi_story import national_code
from tests.faults.support.counter_calls import Call, Filed, Ledger, Paid, PreparedBill, Software
from tests.faults.support.counter_connection import CallAnswer, LineCut, Signer
from tests.support.scenarios.sample_files import write_marked_pdf

CITIZENS = 24
"""They are the customers of every clerk, so that units meet over the same people."""

CUT, CUT_TWICE, DOUBLE, REPLAYED, REUSED = 0.23, 0.04, 0.06, 0.03, 0.03
"""Shares of the calls: whose line is cut before the answer (some of them again at the next try), which are sent twice
at the same time, whose very bytes are sent again, whose id is used for another body.
"""

LATEST_CUT = 0.04

_WEIGHTS = {
    "machinery": 20,
    "expert": 14,
    "taxi_report": 10,
    "look": 12,
    "cancel": 9,
    "attach": 11,
    "pay": 13,
    "comment": 7,
    "list": 4,
}
_NAMES = ("سارا احمدی", "سارا احمدی‌نژاد")
_PAPERS = ("deed", "national_card", "plan", "photo")
ENDING = {
    "machinery": ("cancel", "cancelled"),
    "expert": ("cancel", "cancelled"),
    "taxi_report": ("withdraw", "withdrawn"),
}
"""Last event and state of a cancelled request."""


def citizen_mobile(number: int) -> str:
    """A citizen's mobile as clerks type it."""
    return f"0912444{7000 + number}"


def citizen_code(number: int) -> str:
    """A citizen's national code."""
    return national_code(150_100_000 + number)


class Clerk:
    """One clerk at a counter, whose calls a seed decides. `bills` can be paid by everybody."""

    def __init__(
        self, number: int, seed: int, signer: Signer, software: Software, ledger: Ledger, bills: list[PreparedBill]
    ) -> None:
        self._signer = signer
        self._chance = random.Random(f"{seed}/{number}")
        self._software = software
        self._ledger = ledger
        self._bills = bills
        self._filed: list[Filed] = []
        self._name = f"s{seed}-k{number}"
        self._code = national_code(140_100_000 + number)
        self._made = 0

    async def works(self, calls: int, made: Callable[[], None]) -> None:
        """Make so many calls, one after the other; `made` is told of each."""
        for _ in range(calls):
            await getattr(self, f"_{self._kind()}")()
            made()

    def _kind(self) -> str:
        possible = dict(_WEIGHTS)
        if not self._open():
            del possible["cancel"]
        if not self._open("expert"):
            del possible["attach"]
        if not self._filed:
            del possible["look"]
        return self._chance.choices(list(possible), list(possible.values()))[0]

    def _open(self, kind: str | None = None) -> list[Filed]:
        return [one for one in self._filed if one.state == "submitted" and kind in {None, one.call.kind}]

    def _call(self, kind: str, inner: str) -> Call:
        call = Call(self._signer, self._code, f"{self._name}-{self._made}", kind, inner)
        self._ledger.calls.append(call)
        return call

    def _next_id(self) -> str:
        self._made += 1
        return f"{self._name}-{self._made}"

    def _citizen(self) -> tuple[int, str]:
        number, name = self._chance.randrange(CITIZENS), self._chance.choice(_NAMES)
        return number, (
            f"<citizen><fullName>{name}</fullName><nationalCode>{citizen_code(number)}</nationalCode>"
            f"<mobile>{citizen_mobile(number)}</mobile></citizen>"
        )

    async def _machinery(self) -> None:
        token, (number, citizen) = self._next_id(), self._citizen()
        day = (self._signer.now().date() + timedelta(days=self._chance.randint(2, 20))).isoformat()
        hours = self._chance.choice((2, 3.5, 4))
        inner = (
            f"{citizen}<items><item><machine>loader</machine><hours>{hours}</hours></item></items>"
            f"<date>{day}</date><start>08:00</start><place>{token}</place>"
        )
        items = [{"machine": "loader", "hours": hours, "count": 1}]
        form = {"national_code": citizen_code(number), "items": items, "date": day, "start": "08:00", "place": token}
        await self._file("machinery", inner, number, form, [])

    async def _expert(self) -> None:
        token, (number, citizen) = self._next_id(), self._citizen()
        paper, papers, sent = self._chance.choice(_PAPERS), [], ""
        if self._chance.random() < 0.3:
            content = self._file_content(token)
            papers = [(paper, hashlib.sha256(content).hexdigest())]
            sent = f"<documents><document>{_document(paper, content)}</document></documents>"
        inner = (
            f"{citizen}<kind>valuation</kind><postalCode>4961712345</postalCode><address>خیابان امام</address>"
            f"<text>{token}</text>{sent}"
        )
        form = {"national_code": citizen_code(number), "kind": "valuation", "postal_code": "4961712345", "text": token}
        await self._file("expert", inner, number, form, papers)

    async def _taxi_report(self) -> None:
        token, (number, citizen) = self._next_id(), self._citizen()
        inner = f"{citizen}<kind>violation</kind><plate>12ت345-59</plate><text>{token}</text>"
        await self._file("taxi_report", inner, number, {"kind": "violation", "plate": "12ت345-59", "text": token}, [])

    async def _file(
        self, kind: str, inner: str, citizen: int, form: dict[str, Any], papers: list[tuple[str, str]]
    ) -> None:
        call = self._call(kind, inner)
        heard = await self._done(call)
        filed = Filed(call, citizen_mobile(citizen), heard.value("trackingCode"), form, papers)
        filed.events += ["attach"] * len(papers)
        self._filed.append(filed)
        self._ledger.filed.append(filed)
        self._ledger.tell(filed.mobile, f"services.{kind}.notices.submit")

    async def _look(self) -> None:
        self._next_id()
        filed = self._chance.choice(self._filed)
        heard = await self._done(self._call("look", f"<trackingCode>{filed.code}</trackingCode>"))
        assert heard.values("event") == filed.events, f"{heard.body} of {filed}"

    async def _cancel(self) -> None:
        self._next_id()
        filed = self._chance.choice(self._open())
        inner = f"<trackingCode>{filed.code}</trackingCode><reason>به خواست شهروند</reason>"
        event, filed.state = ENDING[filed.call.kind]
        heard = await self._done(self._call("cancel", inner))
        assert heard.value("state") == filed.state, heard.body
        filed.events.append(event)
        self._ledger.tell(filed.mobile, f"services.{filed.call.kind}.notices.{event}")

    async def _attach(self) -> None:
        token = self._next_id()
        filed = self._chance.choice(self._open("expert"))
        paper, content = self._chance.choice(_PAPERS), self._file_content(token if self._chance.random() < 0.7 else "")
        inner = f"<trackingCode>{filed.code}</trackingCode>{_document(paper, content)}"
        heard = await self._done(self._call("attach", inner))
        added = (paper, hashlib.sha256(content).hexdigest())
        assert (heard.value("name"), heard.value("sha256")) == added, heard.body
        if added not in filed.papers:  # the same file as the same paper changes nothing
            filed.papers.append(added)
            filed.events.append("attach")

    def _file_content(self, token: str) -> bytes:
        return write_marked_pdf(token, self._chance.choice((0, 0, 40_000)) if token else 0)

    async def _pay(self) -> None:
        token, bill = self._next_id(), self._chance.choice(self._bills)
        inner = (
            f"<billId>{bill.bill_id}</billId><paymentId>{bill.payment_id}</paymentId><amount>{bill.amount}</amount>"
            f"<posReference>{token}</posReference>"
        )
        call = self._call("pay", inner)
        heard = await self._done(call)
        self._ledger.paid.append(Paid(call, bill, heard.value("outcome")))
        if heard.value("outcome") == "settled":
            self._ledger.tell(bill.mobile, "services.machinery.notices.pay")
            self._ledger.tell(STAFF["civil"], "services.machinery.notices.unit_paid")
        elif heard.value("outcome") == "surplus":
            self._ledger.tell(bill.mobile, "sms.paid_twice")

    async def _comment(self) -> None:
        token, (number, citizen) = self._next_id(), self._citizen()
        filed = self._chance.choice(self._filed) if self._filed and self._chance.random() < 0.5 else None
        about = f"<trackingCode>{filed.code}</trackingCode>" if filed else ""
        await self._done(self._call("comment", f"{citizen}{about}<text>{token}</text>"))
        self._ledger.comments.append((token, citizen_mobile(number), filed.code if filed else None))

    async def _list(self) -> None:
        self._next_id()
        heard = await self._done(self._call("list", "<limit>200</limit>"))
        assert len(set(heard.values("trackingCode"))) == len(heard.values("trackingCode")), heard.body

    async def _done(self, call: Call) -> CallAnswer:
        """Make a call, over lines as bad as the seed has it, until it is answered; then try to do harm with it."""
        cuts = list(self._cuts())
        if self._chance.random() < DOUBLE:
            first, second = await asyncio.gather(self._software.answer(call, cuts), self._software.answer(call, []))
            assert first[0] == second[0], f"{call} got {first[0]} and {second[0]}"
        else:
            first = await self._software.answer(call, cuts)
        if self._chance.random() < REPLAYED:
            self._software.turn_from(first[0].port)
            refused = await self._software.refused(lambda: first[1], "replayed")
            self._ledger.replays += 1
            self._ledger.replays_elsewhere += refused.port != first[0].port
        if self._chance.random() < REUSED:
            other = Call(call.signer, call.clerk, call.id, "comment", f"{self._citizen()[1]}<text>دیگر</text>")
            await self._software.refused(lambda: self._software.written(other), "duplicate_request")
            self._ledger.reused += 1
        return first[0]

    def _cuts(self) -> Iterator[LineCut]:
        drawn = self._chance.random()
        for _ in range((drawn < CUT) + (drawn < CUT_TWICE)):
            yield LineCut(
                self._chance.choice((0.0, self._chance.uniform(0, LATEST_CUT))),
                half=self._chance.random() < 0.15,
                reset=self._chance.random() < 0.5,
            )


def _document(paper: str, content: bytes) -> str:
    return f"<name>{paper}</name><content>{b64encode(content).decode()}</content>"
