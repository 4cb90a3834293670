"""Texts of offices and citizens stay text: on every page of the site, on papers, and in sheets."""

import re
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser

from domain.actions.context import ActorContext
from domain.actions.feedback.moderation import moderate_comment
from domain.actions.papers.printouts import list_printouts
from domain.blocks.charging import list_request_bills
from domain.feedback.opinions import CommentFilter, CommentState
from domain.values.actors import STAFF_ROLES, Role
from domain.values.tracking_codes import parse_code
from tests.browser.test_every_page import of
from tests.support.hostile.counter_texts import (
    CODE,
    OFFICE,
    Counter,
    Given,
    counter_at,
    declared,
    initials,
    soap_mounted,
    texts_of,
)
from tests.support.hostile.pages import inspected
from tests.support.hostile.sms_texts import send_hostile_sms_texts
from tests.support.hostile.texts import MARKUP, PREFIXES, find_formulas, read_cells
from tests.support.municipality import actor
from tests.support.pages.chromium import SiteServer
from tests.support.pages.every_page import list_page_visits
from tests.support.pages.page_visits import PageVisit
from tests.support.printed_papers import text_of
from tests.support.scenarios.expert_opinions import PAPERS, STEPS, bring_papers
from tests.support.scenarios.site_registries import give, rows
from tests.support.scenarios.taxi_registries import DRIVER_CODE
from tests.support.staff_site import StaffSite, staff_site, visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all

NOT_KEPT = {"fullName-SC", "state-LOR"}
"""A comment names nobody, and what a list is narrowed down to is not written down."""
NOT_ON_PAGES = {"terminalId-RCP"}
"""The terminal of a receipt tells payments apart, and stands in the statements that programs fetch."""

MACHINERY, TAXI = (Role.CIVIL, Role.REVENUE), (Role.TAXI_OFFICER,)
DESKS = {
    "machinery": MACHINERY,
    "expert": (Role.EXPERT, Role.SECRETARIAT),
    "taxi_leave": TAXI,
    "taxi_renewal": TAXI,
    "taxi_report": TAXI,
    "call_back": (Role.SECRETARIAT,),
}
"""Roles that open the requests of a service, besides the manager."""


FLEET = range(4, 11)
"""Loaders and operators of this test: one for each request of the counter, and one for what was texted. All go out at
once, whatever their days are.
"""

BOTH = 2
"""The counter and the phone."""

Steps = Sequence[tuple[str, Role, Mapping[str, object]]]

FREE_OF_CHARGE: Steps = (
    ("accept", Role.CIVIL, {}),
    ("price", Role.REVENUE, {}),
    ("waive", Role.REVENUE, {"reason": "کار عمومی"}),
)
OPINION: Steps = (("assign", Role.MANAGER, {"officer": "expert", "visit": "1405/09/03 13:00"}), *STEPS[1:])
"""The straight way, later in the day."""
WORK: Mapping[str, Steps] = {
    "taxi_leave": (("take", Role.TAXI_OFFICER, {}), ("approve", Role.TAXI_OFFICER, {})),
    "taxi_report": (
        ("take", Role.TAXI_OFFICER, {}),
        ("record", Role.TAXI_OFFICER, {"kind": "other", "driver": DRIVER_CODE}),
    ),
}
"""Steps with a request that is paid for, or costs nothing."""


def machine_goes(number: int) -> Steps:
    """The work of a machine that no other request has, so that it may go out before its day."""
    chosen = {"machine": f"L{number}", "operator": f"O{number}"}
    return ("schedule", Role.CIVIL, chosen), ("hand_over", Role.CIVIL, {"early": "yes"})


@dataclass(slots=True)
class Supplied:
    """Texts written, by the names that they bear, and the places to look for them."""

    looks: dict[str, Sequence[PageVisit]]
    names: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)
    pdfs: list[str] = field(default_factory=list)


async def nothing(counter: Counter) -> Mapping[str, Any]:
    """A call that is about nothing that is there."""
    return {}


async def a_machine(counter: Counter) -> Mapping[str, Any]:
    """A machine's request of the office."""
    operation = next(one for one in counter.contract.operations if one.name == "SubmitMachineryRequest")
    return {CODE: (await counter.call(operation.name, counter.good(operation))).text(CODE)}


async def an_opinion(counter: Counter) -> Mapping[str, Any]:
    """An opinion asked for by the office, and a paper that it lacks."""
    operation = next(one for one in counter.contract.operations if one.name == "SubmitExpertRequest")
    return {CODE: (await counter.call(operation.name, counter.good(operation))).text(CODE), "name": "plan"}


async def a_question(counter: Counter) -> Mapping[str, Any]:
    """A request about which something was asked."""
    given = await a_machine(counter)
    await counter.site.demo.act(given[CODE], "ask", Role.CIVIL, {"question": "چند متر؟"})
    return given


async def a_bill(counter: Counter) -> Mapping[str, Any]:
    """A bill that is open."""
    return await billed(counter, (await a_machine(counter))[CODE])


async def billed(counter: Counter, code: str) -> Mapping[str, Any]:
    """The bill of a request that is accepted and priced."""
    for step, role in (("accept", Role.CIVIL), ("price", Role.REVENUE)):
        await counter.site.demo.act(code, step, role)
    async with counter.site.store.open_unit(write=False) as uow:
        (bill,) = await list_request_bills(uow.bills, await uow.requests.get_by_code(parse_code(code)))
    return {"billId": bill.bill_id, "paymentId": bill.payment_id, "amount": str(bill.amount)}


ABOUT: Mapping[str, Given] = {
    "AnswerQuestion": a_question,
    "CancelRequest": a_machine,
    "AttachDocument": an_opinion,
    "SubmitComment": nothing,
    "ReportCounterPayment": a_bill,
    "GetTariff": nothing,
    "ListOfficeRequests": nothing,
    "GetOfficeStatement": nothing,
}
"""Subject of every operation that takes a text, besides submissions."""


async def submitted(counter: Counter) -> Mapping[str, Sequence[str]]:
    """Requests of every service with hostile texts; service → tracking codes."""
    codes = {}
    for operation in counter.contract.operations:
        service = counter.service(operation)
        if service:
            paths = await counter.readable(operation, nothing)
            assert declared(service) <= {path[-1] for path in paths}
            answers = [await counter.writes(operation, paths, prefix, nothing) for prefix in PREFIXES]
            codes[service.key] = [one.text(CODE) for one in answers]
            if all(one.autofill != "person.full_name" for one in service.form):  # the house knows its own name for them
                counter.taken -= {one for one in counter.taken if one.startswith(f"fullName-{initials(operation)}-")}
    return codes


async def followed(counter: Counter, codes: Mapping[str, Sequence[str]]) -> None:
    """Everything else that an office may write about; the machines are paid for at the counter."""
    rest = [one for one in counter.contract.operations if not counter.service(one) and dict(texts_of(one.request))]
    assert {one.name for one in rest} == set(ABOUT)
    bills = [partial(billed, code=code) for code in codes["machinery"]]
    for operation in rest:
        paths = await counter.readable(operation, ABOUT[operation.name])
        about: Sequence[Given] = (
            bills if operation.name == "ReportCounterPayment" else [ABOUT[operation.name]] * len(PREFIXES)
        )
        for prefix, given in zip(PREFIXES if paths else (), about, strict=False):
            await counter.writes(operation, paths, prefix, given)


async def worked_on(site: StaffSite, codes: Mapping[str, Sequence[str]], texted: Mapping[str, Sequence[str]]) -> None:
    """The staff do their work: papers are printed, comments published, reports recorded. Of what was texted they do the
    first of each service.
    """
    await taken(site, texted["machinery"][0], FREE_OF_CHARGE)
    for opinion in (codes["expert"][0], texted["expert"][0]):  # the officer has one hour that is free, twice
        await bring_papers(site, opinion, *PAPERS)
        await taken(site, opinion, OPINION)
    for number, code in zip(FLEET, (*codes["machinery"], texted["machinery"][0]), strict=True):
        await taken(site, code, machine_goes(number))
    for service, steps in WORK.items():
        for code in (
            *codes[service],
            *(() if service == "taxi_leave" else texted[service][:1]),
        ):  # they were taken back
            await taken(site, code, steps)
    async with site.store.open_unit() as uow:
        for one in await uow.feedback.list_comments(CommentFilter(state=CommentState.PENDING, limit=100)):
            await moderate_comment(
                ActorContext(site.demo.desk, uow, actor(Role.MANAGER)), one.id, CommentState.PUBLISHED
            )


async def taken(site: StaffSite, code: str, steps: Steps) -> None:
    """Take steps of a request."""
    for step, role, inputs in steps:
        await site.demo.act(code, step, role, inputs)


async def where(
    site: StaffSite, codes: Mapping[str, Sequence[str]], texted: Mapping[str, Sequence[str]]
) -> tuple[list[PageVisit], list[str]]:
    """The pages of these requests and of what became of them, and their papers as PDF."""
    several = [*codes.values(), *texted.values()]
    found, printed = (
        [PageVisit(f"/staff/requests/{code}", Role.MANAGER) for some in several for code in some],
        list[str](),
    )
    for service, roles in DESKS.items():
        for code in (codes[service][0], texted[service][0]):
            found += [PageVisit(f"/staff/requests/{code}", role) for role in roles]
            request = await site.request(code)
            async with site.store.open_unit(write=False) as uow:
                kinds = await list_printouts(ActorContext(site.demo.desk, uow, actor(Role.MANAGER)), request)
            found += [PageVisit(f"/staff/requests/{code}/print/{kind}.html", Role.MANAGER) for kind in kinds]
            printed += [f"/staff/requests/{code}/print/{kind}.pdf" for kind in kinds]
            tokens = [request.data[one] for one in ("letter_token", "delivery_token") if one in request.data]
            found += [PageVisit(f"/verify/{token}") for token in tokens]
    for registry in ("violation", "reward"):
        found += [
            PageVisit(f"/staff/registries/{registry}/{one.id}", Role.REVENUE) for one in await rows(site, registry)
        ]
    found += [PageVisit(f"/staff/offices/one/{OFFICE}{one}", Role.MANAGER) for one in ("", "/statement")]
    return [*found, PageVisit("/staff/comments?state=published", Role.MANAGER)], printed


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[StaffSite]:
    """One site for all, with the counter channel."""
    database = tmp_path_factory.mktemp("texts") / "pishkhan.db"
    database.write_bytes(migrated.read_bytes())
    async with staff_site(database) as built, soap_mounted(built):
        yield built


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(site: StaffSite) -> AsyncIterator[TestServer]:
    """It, served on a free port."""
    running = SiteServer(site.app)
    await running.start_server()
    yield running
    await running.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def supplied(site: StaffSite, server: TestServer) -> Supplied:
    """Hostile texts from every side, at a site that has something on every page besides."""
    looks = dict(await list_page_visits(site))
    for number in FLEET:
        await give(site, "machines", {"code": f"L{number}", "type": "loader", "title": f"لودر {number}"})
        await give(site, "operators", {"code": f"O{number}", "title": f"راننده {number}", "skills": ["loader"]})
    async with counter_at(site, server.port or 0) as counter:
        codes = await submitted(counter)
        await followed(counter, codes)
    texter = await send_hostile_sms_texts(site)
    await worked_on(site, codes, texter.codes)
    more, printed = await where(site, {**codes, "about": counter.about}, texter.codes)
    return Supplied(looks | {"supplied": more}, counter.taken | texter.taken, pdfs=printed)


@pytest.mark.parametrize("role", [None, *sorted(STAFF_ROLES)])
async def test_texts_stay_texts_on_every_page(
    browser: Browser, server: TestServer, site: StaffSite, supplied: Supplied, role: Role | None
) -> None:
    inspection = await inspected(browser, server, role, supplied.names, supplied.seen)
    began = site.clock.at
    for look in of(supplied.looks, role):
        site.clock.at = began
        await inspection.look_where_told(look)
    inspection.assert_harmless()


async def test_every_text_was_to_be_seen_somewhere(supplied: Supplied) -> None:
    assert {one.rpartition("-")[0] for one in supplied.names - supplied.seen} == NOT_KEPT | NOT_ON_PAGES


async def test_texts_stay_texts_on_paper(site: StaffSite, supplied: Supplied) -> None:
    printed = defaultdict[str, list[str]](list)
    async with visitor(site) as manager:
        await manager.sign_in("manager")
        for address in supplied.pdfs:
            answer = await manager.client.get(address, headers=manager.headers)
            assert answer.content_type == "application/pdf"
            printed[address.rpartition("/")[2]].append(text_of(await answer.read()))
    assert set(printed) == {"delivery_form.pdf", "receipt.pdf", "letter.pdf", "permit.pdf"}
    told = {name: sum("img src=x onerror=hit" in one for one in papers) for name, papers in printed.items()}
    assert told["delivery_form.pdf"] == len(printed["delivery_form.pdf"]) == BOTH, printed["delivery_form.pdf"]
    assert told["receipt.pdf"]
    assert told["letter.pdf"]


async def test_texts_stay_texts_in_sheets(site: StaffSite, supplied: Supplied) -> None:
    lists = [
        PageVisit(f"/staff/reports/manager.{kind}?year=1405{more}", Role.MANAGER)
        for kind, more in (("csv", ""), ("xlsx", ""), ("csv", "&figures"))
    ]
    looks = [*lists, *(one for several in supplied.looks.values() for one in several)]
    sheets = [one for one in looks if re.search(r"[./](csv|xlsx)(\?|$)", one.address) and not one.idle]
    for role in {one.role for one in sheets if one.role}:
        async with visitor(site) as who:
            await who.sign_in(role.value)
            began = site.clock.at
            for look in (one for one in sheets if one.role == role):
                site.clock.at = began
                kind = "xlsx" if "xlsx" in look.address else "csv"
                answer = await who.client.get(look.address, headers=who.headers)
                assert answer.status == 200, look
                rows = read_cells(await answer.read(), kind)
                assert find_formulas(rows) == [], look
                if look in lists[:2]:
                    assert any(MARKUP in str(cell) for row in rows for cell in row)
