"""Every operation of the contract, called well at least once by each client; zeep's answers are proved by the XSD."""

import hashlib
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession

from domain.services import SERVICES
from tests.e2e.soap.call_values import PHOTO, citizen, expert, items_of, machinery, tomorrow
from tests.e2e.soap.clients import ByZeep, Counter, Software
from tests.e2e.support.database_choice import on_database
from tests.e2e.support.office import Office
from tests.e2e.support.people import Desk, Phone
from tests.e2e.support.taxi_story import DUTY_RIALS, Taxi, new_taxis
from tests.support.printed_papers import pages_of, scanned
from tests.support.scenarios.shipped_services import SHIPPED_KEYS

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session"), on_database("postgresql")]

FURTHER_OPERATIONS = {service.soap_operation for service in SERVICES if service.key not in SHIPPED_KEYS}
"""Operations of services beside the shipped ones; what they ask for is theirs to say."""


class Watched:
    """A program of which is kept which operations were answered."""

    def __init__(self, software: Software) -> None:
        self._software = software
        self.answered: set[str] = set()

    async def call(self, operation: str, **values: Any) -> Any:
        """Call, and keep the operation's name once there is an answer."""
        answer = await self._software.call(operation, **values)
        self.answered.add(operation)
        return answer


async def test_every_operation(
    office: Office, counter: Counter, zeep: ByZeep, software: Software, reza: Phone, desk: Desk
) -> None:
    watched = Watched(software)
    await about_the_desk(watched, counter)
    code = await about_machines(watched, office, reza, desk)
    await about_opinions(watched, office, reza, desk)
    await about_taxis(watched, office, reza)
    await about_calls(watched, reza)
    listed = await watched.call("ListOfficeRequests", service="machinery")
    assert [one["trackingCode"] for one in items_of(listed["requests"], "request")] == [code]
    kept = await watched.call("SubmitComment", citizen=citizen(reza), service="machinery", text="راننده خوش‌برخورد بود")
    assert kept["state"] == "pending"
    assert watched.answered == zeep.operations - FURTHER_OPERATIONS


async def about_the_desk(watched: Watched, counter: Counter) -> None:
    """Is it there, what does it offer, what does it cost."""
    assert (await watched.call("Ping"))["office"] == f"دفتر {counter.code}"
    services = items_of((await watched.call("GetServices"))["services"], "service")
    assert [one["operation"] for one in services if one["operation"] not in FURTHER_OPERATIONS] == [
        "SubmitMachineryRequest",
        "SubmitExpertRequest",
        "SubmitTaxiLeave",
        "SubmitTaxiRenewal",
        "SubmitTaxiReport",
        "SubmitCallBack",
    ]
    assert "deed" in [one["name"] for one in items_of(services[1]["documents"], "document")]
    lines = items_of((await watched.call("GetTariff", service="machinery", machine="loader"))["lines"], "line")
    assert lines
    assert "لودر" in lines[0]["text"]


async def about_machines(watched: Watched, office: Office, phone: Phone, desk: Desk) -> str:
    """A machine is asked for, a question answered, money taken, the form printed; the request's code."""
    code = str((await watched.call("SubmitMachineryRequest", **machinery(office, phone)))["trackingCode"])
    await desk.does("ask", code, question="کوچه چند متر است؟")
    await watched.call("AnswerQuestion", trackingCode=code, text="شش متر")
    await desk.does("accept", code)
    await desk.does("price", code, by="revenue")
    [bill] = items_of((await watched.call("GetRequest", trackingCode=code))["bills"], "bill")
    ids = {"billId": bill["billId"], "paymentId": bill["paymentId"]}
    amount = (await watched.call("GetBill", **ids))["amount"]
    await watched.call("ReportCounterPayment", **ids, amount=amount, posReference="POS-1")
    assert (await watched.call("GetOfficeStatement", year=1415))["paymentAmount"] == amount
    await is_printed(watched, office, desk, code)
    return code


async def is_printed(watched: Watched, office: Office, desk: Desk, code: str) -> None:
    """The machine is handed over on its day; its form comes as a PDF whose code leads to the page that verifies it."""
    await desk.does("schedule", code)
    office.wake_at(8, days=1)
    await desk.does("hand_over", code)
    got = await watched.call("GetDocument", trackingCode=code, name="delivery_form")
    assert (got["mediaType"], got["fileName"]) == ("application/pdf", f"delivery_form-{code}.pdf")
    [(kind, address)] = scanned(pages_of(got["content"]))
    assert (kind, address.startswith("https://pishkhan.example.ir/verify/")) == ("QRCode", True)
    async with ClientSession(office.url) as browser, browser.get(urlsplit(address).path) as answer:
        assert answer.status == 200
        assert "اصل است و اعتبار دارد" in await answer.text()


async def about_opinions(watched: Watched, office: Office, phone: Phone, desk: Desk) -> None:
    """An opinion with papers at once and later; then it is cancelled."""
    made = await watched.call("SubmitExpertRequest", **expert(phone, "deed"))
    code = str(made["trackingCode"])
    assert items_of(made["missingDocuments"], "name") == ["national_card", "plan"]
    added = await watched.call("AttachDocument", trackingCode=code, name="plan", fileName="نقشه.jpg", content=PHOTO)
    assert (added["sha256"], added["size"]) == (hashlib.sha256(PHOTO).hexdigest(), len(PHOTO))
    assert (await watched.call("CancelRequest", trackingCode=code))["phase"] == "cancelled"
    assert [one["event"] for one in (await desk.shows(code))["history"]] == ["submit", "attach", "attach", "cancel"]


async def about_taxis(watched: Watched, office: Office, phone: Phone) -> None:
    """A leave of a driver, a violation of another, and what a taxi owes."""
    taxi, other = new_taxis()
    asks = Leave(taxi)
    leave = await watched.call("SubmitTaxiLeave", **asks.wish(office))
    assert leave["trackingCode"]
    renewed = {"paper": "insurance", "plate": taxi.plate, "expiry": "2037-12-06"}
    renewal = await watched.call("SubmitTaxiRenewal", citizen=asks.wish(office)["citizen"], **renewed)
    assert items_of(renewal["missingDocuments"], "name") == ["renewed_paper"]
    report = {"kind": "violation", "plate": other.plate, "text": "تندروی در خیابان امام"}
    assert (await watched.call("SubmitTaxiReport", citizen=citizen(phone), **report))["phase"] == "received"
    [line] = items_of((await watched.call("GetTaxiDuties", plate=taxi.plate))["lines"], "line")
    assert (line["amount"], line["year"]) == (DUTY_RIALS, 1415)
    assert line["billId"]


async def about_calls(watched: Watched, phone: Phone) -> None:
    """Somebody at the counter wants to be called, and thinks better of it: one call waits at a time."""
    made = await watched.call("SubmitCallBack", citizen=citizen(phone), about="عوارض خانه")
    assert made["phase"] == "received"
    assert (await watched.call("CancelRequest", trackingCode=made["trackingCode"]))["state"] == "withdrawn"


class Leave:
    """A leave of a taxi's main driver, who stands at the counter."""

    def __init__(self, taxi: Taxi) -> None:
        self._cab = taxi

    def wish(self, office: Office) -> dict[str, Any]:
        """Three days from tomorrow on."""
        code, mobile = self._cab.driver
        driver = {"fullName": f"راننده {self._cab.number}", "nationalCode": code, "mobile": mobile}
        return {
            "citizen": driver,
            "plate": self._cab.plate,
            "from": tomorrow(office),
            "days": 3,
            "scope": "in_city",
            "reason": "سفر",
        }
