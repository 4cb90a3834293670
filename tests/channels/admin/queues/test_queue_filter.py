"""The filter of a queue: what it offers to whom, and that a form which is sent as it stands loses nothing."""

import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import pytest

from domain.values.actors import Role
from tests.channels.admin.queues.test_queue_pages import listed
from tests.channels.admin.requests.test_request_pages import expert_request
from tests.support.demo_site import build_desk
from tests.support.scenarios.expert_opinions import PAPERS, bring_papers
from tests.support.scenarios.shipped_services import SHIPPED_SERVICES
from tests.support.staff_site import StaffSite, Visitor, staff_site

Pairs = list[tuple[str, str]]


@pytest.fixture
async def site(database: Path) -> AsyncIterator[StaffSite]:
    """A site of the shipped services: what is offered depends on how many somebody sees."""
    async with staff_site(database, lambda clock: build_desk(clock, tuple(SHIPPED_SERVICES.values()))) as built:
        yield built


class Filter(HTMLParser):
    """The form that filters: what a browser would send, and the names of what it asks."""

    def __init__(self, page: str) -> None:
        super().__init__()
        found = re.search(r'<form method="get" action="/staff">.*?</form>', page, re.DOTALL)
        assert found
        self.values: Pairs = []
        self.names: list[str] = []
        self._select = ""
        self.feed(found[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a control."""
        told = {name: value or "" for name, value in attrs}
        match tag:
            case "input" if told.get("type") != "checkbox" or "checked" in told:
                self.values.append((told["name"], told["value"]))
            case "select":
                self._select = told["name"]
            case "option" if "selected" in told:
                self.values.append((self._select, told["value"]))
        if tag in {"input", "select"} and told.get("type") != "hidden" and told["name"] not in self.names:
            self.names.append(told["name"])

    @property
    def sent(self) -> Pairs:
        """Message text that is part of all texts sent."""
        return sorted(pair for pair in self.values if pair[1])


async def with_office(inside: Visitor) -> None:
    """Let revenue add a counter office."""
    await inside.sign_in("revenue")
    await inside.get("/staff/offices")
    await inside.post("/staff/offices", 200, code="1001", name="دفتر ۱۰۰۱")


def shown_days(query: str) -> Pairs:
    """The values of an address as the form shows them."""
    return sorted(parse_qsl(query.replace("2026-11-22", "۱۴۰۵/۰۹/۰۱")))


EVERYTHING = (
    "queue=open&service=expert&kind=valuation&papers=true&states=submitted&states=needs_info&office=1001&channel=portal"
    "&created_from=2026-11-22&created_to=2026-11-22&assignee=expert&order=oldest&sla=ok&phase=received&search=گل جمال"
)
HARD = (
    "queue=unit&unit=expert&papers=false&sla=late",
    "queue=open&kind=valuation&states=visited",
    "queue=open&service=machinery&kind=valuation&states=visited&states=handed_over",
    "queue=finished&office=gone&assignee=nobody&channel=fax&order=name",
    "queue=all&search=گل جمال",
)


@pytest.mark.parametrize("query", [EVERYTHING, *HARD])
async def test_a_form_sent_as_it_stands_asks_for_the_same(site: StaffSite, inside: Visitor, query: str) -> None:
    await with_office(inside)
    await inside.sign_in("manager")
    page = await inside.get(f"/staff?{query}")
    assert Filter(page).sent == shown_days(query)
    again = await inside.get(f"/staff?{urlencode(Filter(page).values)}")
    assert Filter(again).sent == Filter(page).sent
    kept = re.findall(r'<input type="hidden" name="f-([a-z_]+)" value="([^"]*)">', again)
    assert sorted(kept) == sorted(parse_qsl(query)), "and a view of it is kept whole"


OFFERS = (
    ("civil", "queue=open", {"states"}),
    ("civil", "queue=needs_citizen", set[str]()),
    ("expert", "queue=open", {"kind", "states", "papers"}),
    ("taxi_officer", "queue=open", {"service", "papers"}),
    ("taxi_officer", "queue=open&service=taxi_report", {"service", "kind", "states", "papers"}),
    ("manager", "queue=open", {"service", "papers"}),
    ("manager", "queue=open&service=machinery", {"service", "states", "papers"}),
    ("manager", "queue=open&service=expert", {"service", "kind", "states", "papers"}),
)
"""Roles, their pages, and the changing fields that are offered."""


async def test_kinds_states_and_papers_are_offered_where_there_are_any(site: StaffSite, inside: Visitor) -> None:
    for role, query, wanted in OFFERS:
        await inside.sign_in(role)
        names = Filter(await inside.get(f"/staff?{query}")).names
        assert {"service", "kind", "states", "papers", "office"} & set(names) == wanted, (role, query)
        assert {"phase", "sla", "assignee", "channel", "order", "created_from", "created_to", "search"} <= set(names)


async def test_kinds_papers_states_and_offices_filter(site: StaffSite, inside: Visitor) -> None:
    plain, other = await expert_request(site), await expert_request(site, kind="subdivision")
    await bring_papers(site, other.code, *PAPERS)
    await with_office(inside)
    await inside.sign_in("manager")
    page = await inside.get("/staff?service=expert")
    for words in ("ارزیابی", "مدرک کم دارد", "دفتر ۱۰۰۱"):
        assert words in page
    for query, codes in {
        "kind=valuation": [plain.code],
        "papers=false": [other.code],
        "papers=true": [plain.code],
        "states=visited": [],
        "states=submitted&states=visited": [plain.code, other.code],
        "office=1001": [],
    }.items():
        assert sorted(listed(await inside.get(f"/staff?service=expert&{query}"))) == sorted(codes), query


async def test_a_kind_of_another_service_is_told(site: StaffSite, inside: Visitor) -> None:
    await expert_request(site)
    await inside.sign_in("manager")
    for query in ("kind=valuation", "states=visited", "kind=valuation&states=submitted"):
        page = await inside.get(f"/staff?service=machinery&{query}")
        assert "از خدمت دیگری است" in page, query
    assert "از خدمت دیگری است" not in await inside.get("/staff?service=machinery&states=accepted")


async def test_days_are_shown_as_people_write_them(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    await inside.sign_in("civil")
    page = await inside.get("/staff?queue=open&created_from=۱۴۰۵/۰۹/۰۱&created_to=1405/9/3")
    shown = dict(Filter(page).values)
    assert (shown["created_from"], shown["created_to"]) == ("۱۴۰۵/۰۹/۰۱", "۱۴۰۵/۰۹/۰۳")
    assert listed(page) == [request.code]


async def test_a_filtered_queue_looks_filtered_and_is_cleared(site: StaffSite, inside: Visitor) -> None:
    mine, theirs = await site.submitted(), await site.submitted()
    await site.demo.act(theirs.code, "accept", Role.CIVIL)
    await inside.sign_in("manager")
    clear = re.compile(r'<p class="filtered">.*<a href="([^"]*)">حذف فیلتر</a>')
    for query in ("queue=unit&unit=civil", "queue=open&order=newest", "queue=open&service=&kind=&search="):
        page = await inside.get(f"/staff?{query}")
        assert '<details class="filter">' in page, query
        assert not clear.search(page), query
    for query, said in {
        "channel=portal": "از راه: پورتال",
        "service=machinery&states=submitted&states=accepted": "خدمت: کارکرد ماشین‌آلات",
        "papers=false": "مدارک: مدرک کم ندارد",
        "created_to=1405/01/01": "تا روز: ۱۴۰۵/۰۱/۰۱",
    }.items():
        page = await inside.get(f"/staff?queue=unit&unit=civil&{query}")
        assert f'<span class="narrowed">{said}</span>' in page, query
        way = clear.search(page)
        assert way, query
        assert listed(await inside.get(way[1].replace("&amp;", "&"))) == [mine.code]


async def test_what_cannot_be_read_stands_in_the_form_again(site: StaffSite, inside: Visitor) -> None:
    await inside.sign_in("civil")
    query = {"queue": "unit", "unit": "civil", "created_from": "روزی", "phase": "received", "search": "گل"}
    page = await inside.get(f"/staff?{urlencode(query)}", 422)
    assert dict(Filter(page).sent) == query
    assert 'aria-describedby="by-created_from-problem' in page
    assert '<details class="filter" open>' in page
    assert "واحد عمران</h1>" in page
    assert 'name="f-' not in page, "a view of it cannot be kept"
