"""`GetDocument`: papers are printed as PDF, outside of any unit of work, once for the same call."""

from base64 import b64decode

import pytest

from domain.papers.document import Letterhead, Printout
from domain.values.actors import Role
from domain.values.errors import Unavailable
from domain.values.reasons import UnavailableReason
from tests.channels.pishkhan_soap.raw_client import Answer
from tests.channels.pishkhan_soap.soap_office import Office, office_at, open_town, serve_soap
from tests.support.municipality import Municipality, StandingClock
from tests.support.printed_papers import ADDRESS, pages_of, scanned


async def delivered(office: Office) -> str:
    """A request of the office whose machine was handed over; its code."""
    code, town = await office.submitted(), office.town
    await town.do(code, "accept", Role.CIVIL)
    await town.do(code, "price", Role.REVENUE)
    await town.pay(code)
    await town.do(code, "schedule", Role.CIVIL)
    await town.do(code, "hand_over", Role.CIVIL, early="yes")
    return code


def content(answer: Answer) -> bytes:
    """The file in an answer."""
    assert answer.code == "ok", answer.content
    return b64decode(answer.text("content"))


async def test_the_form_comes_as_a_pdf_that_can_be_verified(office: Office) -> None:
    code = await delivered(office)
    answer = await office.call("GetDocument", {"trackingCode": code, "name": "delivery_form"})
    assert (answer.text("name"), answer.text("fileName"), answer.text("mediaType")) == (
        "delivery_form",
        f"delivery_form-{code}.pdf",
        "application/pdf",
    )
    pages = pages_of(content(answer))
    token = (await office.town.request(code)).data["delivery_token"]
    assert (len(pages), scanned(pages)) == (1, {("QRCode", f"{ADDRESS}/verify/{token}")})


async def test_the_same_call_gets_the_same_file(office: Office) -> None:
    said = {"trackingCode": await delivered(office), "name": "delivery_form"}
    first, again = [await office.call("GetDocument", said, call_id="d-1") for _ in range(2)]
    assert content(first) == content(again)


@pytest.mark.parametrize("name", ["letter", "permit", "delivery_form"])
async def test_what_is_not_issued_is_not_found(office: Office, name: str) -> None:
    fault = (await office.call("GetDocument", {"trackingCode": await office.submitted(), "name": name})).fault
    assert (fault.code, fault.field) == ("not_found", "name")
    assert "صادر نشده" in fault.message


async def test_an_erased_answer_is_printed_again_as_far_as_it_may_be(office: Office) -> None:
    said = {"trackingCode": await delivered(office), "name": "delivery_form"}
    await office.call("GetDocument", said, call_id="d-1")
    office.town.sql("UPDATE idempotency_keys SET answer = NULL WHERE key = 'd-1'")
    assert content(await office.call("GetDocument", said, call_id="d-1")).startswith(b"%PDF")


class Writing:
    """A printer that needs the database to itself for a moment, and fails at first."""

    def __init__(self, town: Municipality) -> None:
        self._town = town
        self.asked = 0

    def render_html(self, printout: Printout) -> str:
        raise NotImplementedError

    def current_letterhead(self) -> Letterhead:
        raise NotImplementedError

    async def render_pdf(self, *printouts: Printout) -> bytes:
        self.asked += 1
        async with self._town.store.open_unit() as uow:
            await uow.audit.add_entry(self._town.clock.now(), "printer", "printed", {})
        if self.asked == 1:
            raise Unavailable("printer", UnavailableReason.PRINTER)
        return b"%PDF-1.7"

    async def close(self) -> None:
        pass


async def test_printing_holds_no_unit_and_may_be_tried_again(furnished_url: str) -> None:
    async with open_town(furnished_url, StandingClock()) as town:
        printer = Writing(town)
        async with serve_soap(town, printer=printer) as wire:
            office = office_at(town, wire)
            said = {"trackingCode": await delivered(office), "name": "delivery_form"}
            fault = (await office.call("GetDocument", said, call_id="d-1")).fault
            assert fault.code == "unavailable"
            assert "چاپ" in fault.message
            answers = [await office.call("GetDocument", said, call_id="d-1") for _ in range(2)]
    assert [content(answer) for answer in answers] == [b"%PDF-1.7"] * 2
    assert printer.asked == 2
