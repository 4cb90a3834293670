"""A further service appears in the contract by its declaration alone, and counters bring requests of it and ask for its
prices.

It is the tree pruning of `docs/add-a-service.md`, to the letter; where prices are asked, the banner permit.
"""

import hashlib
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from lxml import etree

from app.security.vault import FernetVault
from channels.pishkhan_soap.call_rate import CallRate
from channels.pishkhan_soap.calls import CallHandler
from channels.pishkhan_soap.contract import Contract
from channels.pishkhan_soap.http import ENDPOINT_PATH, PishkhanSoap
from domain.actions.context import ActorContext
from domain.actions.offices import accounts
from domain.actions.tariffs.price_changes import add_tariff
from domain.services.machinery.declaration import MACHINERY_WORK
from domain.values.actors import SYSTEM, Role
from printing.printer import PaperPrinter
from store.migrate import migrate
from tests.support.municipality import CITIZEN, OFFICE, Municipality, StandingClock, actor, build_desk, municipality
from tests.support.printed_papers import ADDRESS, letterhead
from tests.support.scenarios.banner_permit import BANNER_TEXTS, BANNERS
from tests.support.scenarios.further_service import TREES, WORDS

KEY = "a-key-of-the-counter"
WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
NS = "{urn:pishkhan:counter:1}"
SUBMISSION = """
<SubmitTreePruning xmlns="urn:pishkhan:counter:1">
  <officeCode>1001</officeCode><clerkNationalCode>0499370899</clerkNationalCode>
  <clientRequestId>first</clientRequestId>
  <citizen><fullName>آنه محمدی</fullName><nationalCode>0499370899</nationalCode><mobile>09121234567</mobile></citizen>
  <trees>{trees}</trees><date>2026-11-28</date><place>خیابان امام، پلاک ۱۲</place>
</SubmitTreePruning>"""

QUESTION = """
<GetTariff xmlns="urn:pishkhan:counter:1">
  <officeCode>1001</officeCode><clerkNationalCode>0499370899</clerkNationalCode>
  <clientRequestId>{request_id}</clientRequestId><service>{service}</service>
</GetTariff>"""

Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def town(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Municipality]:
    """A municipality that offers tree pruning, or the service of the test's parameter, beside machines."""
    further_service, texts = getattr(request, "param", (TREES, WORDS))
    database = tmp_path / "pishkhan.db"
    await migrate(f"sqlite:///{database}")
    clock = StandingClock()
    desk = build_desk(clock, services=(MACHINERY_WORK, further_service), texts=texts)
    async with municipality(database, desk, clock) as opened:
        yield opened


@pytest.fixture
async def client(town: Municipality) -> AsyncIterator[Client]:
    """The channel, mounted alone, and an office that may call it."""
    vault = FernetVault("a secret key for a test")
    async with town.store.open_unit() as uow:
        await accounts.add_office(ActorContext(town.desk, uow, SYSTEM), vault, OFFICE, "دفتر پیشخوان", key=KEY)
    counter = CallHandler(
        town.desk, town.store, vault, PaperPrinter(letterhead, ADDRESS), timedelta(minutes=5), CallRate(1_000)
    )
    contract = Contract(tuple(town.desk.services.values()), town.desk.catalogue)
    app = web.Application()
    PishkhanSoap(counter, contract, "https://pishkhan.example.ir").mount(app)
    async with TestClient(TestServer(app)) as opened:
        yield opened


def signed(town: Municipality, body: str, nonce: bytes) -> bytes:
    """An envelope of SOAP 1.1 with a digest."""
    created = f"{town.clock.now():%Y-%m-%dT%H:%M:%SZ}"
    digest = b64encode(hashlib.sha1(nonce + created.encode() + KEY.encode(), usedforsecurity=False).digest()).decode()
    return f"""<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Header>
      <s:Security xmlns:s="{WSS}wssecurity-secext-1.0.xsd" xmlns:u="{WSS}wssecurity-utility-1.0.xsd">
      <s:UsernameToken><s:Username>office-1001</s:Username>
      <s:Password Type="{WSS}username-token-profile-1.0#PasswordDigest">{digest}</s:Password>
      <s:Nonce>{b64encode(nonce).decode()}</s:Nonce><u:Created>{created}</u:Created></s:UsernameToken></s:Security>
      </e:Header><e:Body>{body}</e:Body></e:Envelope>""".encode()


async def told(answer: ClientResponse) -> etree._Element:
    """The element in an answer's body."""
    return etree.fromstring(await answer.read())[-1][0]


async def test_its_operation_is_in_the_contract(client: Client) -> None:
    wsdl = await (await client.get(f"{ENDPOINT_PATH}?WSDL")).text()
    assert 'operation name="SubmitTreePruning"' in wsdl
    assert '<xs:element name="trees" type="tns:TreePruningTreesNumber">' in wsdl
    assert "ثبت درخواست «هرس درخت»" in wsdl
    assert wsdl.count('location="https://pishkhan.example.ir/soap/pishkhan"') == 2


async def test_a_counter_brings_a_request_of_it(client: Client, town: Municipality) -> None:
    answer = await client.post(ENDPOINT_PATH, data=signed(town, SUBMISSION.format(trees=3), b"0123456789abcdef"))
    assert (answer.status, answer.content_type) == (200, "text/xml")
    response = await told(answer)
    assert (response.tag, response.findtext(f"{NS}phase")) == (f"{NS}SubmitTreePruningResponse", "received")
    request = await town.request(response.findtext(f"{NS}trackingCode") or "")
    place = {"trees": 3, "date": "2026-11-28", "place": "خیابان امام، پلاک ۱۲"}
    assert (request.service, request.office, request.fields) == ("tree_pruning", OFFICE, place)
    [notice] = await town.sent(CITIZEN)
    assert notice.key == "services.tree_pruning.notices.submit"


async def test_its_form_is_proved(client: Client, town: Municipality) -> None:
    answer = await client.post(ENDPOINT_PATH, data=signed(town, SUBMISSION.format(trees=51), b"fedcba9876543210"))
    fault = await told(answer)
    [detail] = fault.iter(f"{NS}CounterFault")
    assert (answer.status, detail.findtext(f"{NS}code"), detail.findtext(f"{NS}field")) == (
        500,
        "invalid_field",
        "trees",
    )
    assert "تعداد درخت" in (detail.findtext(f"{NS}message") or "")
    assert await town.requests_of() == []


@pytest.mark.parametrize("town", [(BANNERS, BANNER_TEXTS)], indirect=True)
async def test_a_counter_asks_for_the_prices_of_a_service_without_a_look_up(client: Client, town: Municipality) -> None:
    wsdl = await (await client.get(f"{ENDPOINT_PATH}?WSDL")).text()
    assert "One of: machinery, banner_permit." in wsdl
    unpriced = QUESTION.format(request_id="unpriced", service="banner_permit")
    fault = await told(await client.post(ENDPOINT_PATH, data=signed(town, unpriced, b"0123456789abcdef")))
    assert [code.text for code in fault.iter(f"{NS}code")] == ["not_found"]
    async with town.store.open_unit() as uow:
        for street_class, rate in (("main", 20_000), ("alley", 7_000)):
            dimensions = {"street_class": street_class}
            await add_tariff(
                ActorContext(town.desk, uow, actor(Role.REVENUE)),
                BANNERS.key,
                dimensions,
                rate=rate,
                unit="square_metre_day",
            )
    priced = QUESTION.format(request_id="priced", service="banner_permit")
    response = await told(await client.post(ENDPOINT_PATH, data=signed(town, priced, b"fedcba9876543210")))
    lines = [(line.findtext(f"{NS}kind"), line.findtext(f"{NS}amount")) for line in response.iter(f"{NS}line")]
    assert lines == [("price", "20000"), ("price", "7000")]
    assert "خیابان اصلی: هر متر مربع در روز ۲۰٬۰۰۰ ریال" in [text.text for text in response.iter(f"{NS}text")]


async def test_a_service_without_prices_has_none_to_ask_for(client: Client, town: Municipality) -> None:
    question = QUESTION.format(request_id="none", service="tree_pruning")
    fault = await told(await client.post(ENDPOINT_PATH, data=signed(town, question, b"0123456789abcdef")))
    assert [code.text for code in fault.iter(f"{NS}code")] == ["unknown_service"]
