"""Requests entered at the desk: for every unit by whoever serves it, once a form, with as many machines as wanted."""

import asyncio
import re
from collections.abc import Mapping

import pytest

from domain.audit.entries import AuditFilter
from domain.messages.records import OutboxMessage
from domain.requests.request import RequestFilter, ServiceRequest
from domain.values.identifiers import display_mobile
from domain.values.text import ascii_digits, persian_digits
from domain.values.tracking_codes import display_code
from tests.support.staff_site import StaffSite, Visitor

MACHINERY = "/staff/walk-in/machinery"
CITIZEN = "+989121112233"
ORDER: Mapping[str, str] = {
    "citizen_mobile": "09121112233",
    "full_name": "عبدالرحمن قره‌جه",
    "national_code": "0499370899",
    "items-0-machine": "loader",
    "items-0-hours": "۴",
    "date": "فردا",
    "start": "۸",
    "place": "میدان بسیج",
}


async def requests(site: StaffSite) -> list[ServiceRequest]:
    """Every request."""
    async with site.store.open_unit(write=False) as uow:
        return await uow.requests.list_requests(RequestFilter())


async def texts(site: StaffSite) -> list[OutboxMessage]:
    """Texts to the citizen."""
    async with site.store.open_unit(write=False) as uow:
        return await uow.outbox.list_recent(recipient=CITIZEN)


async def denials(site: StaffSite) -> int:
    """Number of denials in the audit."""
    async with site.store.open_unit(write=False) as uow:
        return len(await uow.audit.list_entries(AuditFilter(what="denied")))


def form_key(page: str) -> str:
    """The key that the form of a page bears."""
    found = re.search(r'name="form_key" value="([0-9a-f]{32})"', page)
    assert found
    return found[1]


def rows(page: str) -> int:
    """Number of rows for machines in a form."""
    return len(re.findall(r'name="items-[0-9]+-machine"', page))


async def test_who_may_not_open_what_was_entered_is_told_the_code(site: StaffSite, inside: Visitor) -> None:
    await inside.sign_in("expert")
    key = form_key(await inside.get(MACHINERY))
    page = await inside.post(MACHINERY, 200, form_key=key, **ORDER)
    (request,) = await requests(site)
    assert f'<bdi dir="ltr">{persian_digits(display_code(request.code))}</bdi>' in page, "no line breaks it"
    for told in (persian_digits(display_mobile(CITIZEN)), "عبدالرحمن قره‌جه", "لودر ۴ ساعت", "میدان بسیج", "واحد عمران"):
        assert told in page
    assert 'href="/staff/walk-in/machinery"' in page
    assert re.search(r'name="q" [^>]*value=""', page), "the box of the search stays empty"
    assert f"/staff/requests/{request.code}" not in page
    assert len(await texts(site)) == 1
    assert await denials(site) == 0
    await inside.get(f"/staff/requests/{request.code}", 403)


async def test_who_may_open_it_is_led_there(site: StaffSite, inside: Visitor) -> None:
    await inside.sign_in("civil")
    key = form_key(await inside.get(MACHINERY))
    way = await inside.post(MACHINERY, form_key=key, **ORDER)
    (request,) = await requests(site)
    assert way == f"/staff/requests/{request.code}?done=entered"
    assert persian_digits(display_code(request.code)) in await inside.get(way)


@pytest.mark.parametrize("role", ["civil", "expert"])
async def test_a_form_that_is_sent_twice_makes_one_request(site: StaffSite, inside: Visitor, role: str) -> None:
    await inside.sign_in(role)
    key, status = form_key(await inside.get(MACHINERY)), 303 if role == "civil" else 200
    first, second = await asyncio.gather(*(inside.post(MACHINERY, status, form_key=key, **ORDER) for _ in range(2)))
    assert first == second, "a double click"
    assert await inside.post(MACHINERY, status, form_key=key, **ORDER) == first, "a reload"
    (request,) = await requests(site)
    assert len(await texts(site)) == 1
    assert request.code in ascii_digits(re.sub(r"\s", "", first))


async def test_a_form_used_again_for_somebody_else_asks_first(site: StaffSite, inside: Visitor) -> None:
    await inside.sign_in("civil")
    key = form_key(await inside.get(MACHINERY))
    await inside.post(MACHINERY, form_key=key, **ORDER)
    other = {**ORDER, "citizen_mobile": "09123334455", "place": "خیابان سپاه"}
    page = await inside.post(MACHINERY, 409, form_key=key, **other)
    assert "پیش‌تر درخواست دیگری ثبت شده است" in page
    assert "خیابان سپاه</textarea>" in page
    assert len(await requests(site)) == 1
    assert form_key(page) != key
    await inside.post(MACHINERY, form_key=form_key(page), **other)
    assert [one.mobile for one in await requests(site)] == ["+989123334455", CITIZEN]


async def test_what_was_refused_may_be_sent_again_by_the_same_form(site: StaffSite, inside: Visitor) -> None:
    await inside.sign_in("civil")
    key = form_key(await inside.get(MACHINERY))
    page = await inside.post(MACHINERY, 422, form_key=key, **{**ORDER, "date": "دیروز"})
    assert form_key(page) == key
    await inside.post(MACHINERY, form_key=key, **ORDER)
    assert len(await requests(site)) == 1


@pytest.mark.parametrize("key", ["", "x" * 5000, "'; --"])
async def test_a_key_that_is_none_of_ours_is_not_kept(site: StaffSite, inside: Visitor, key: str) -> None:
    await inside.sign_in("civil")
    await inside.get(MACHINERY)
    assert form_key(await inside.post(MACHINERY, 422, form_key=key)) != key
    await inside.post(MACHINERY, form_key=key, **ORDER)
    assert len(await requests(site)) == 1


async def test_more_rows_keep_everything_and_enter_nothing(site: StaffSite, inside: Visitor) -> None:
    await inside.sign_in("civil")
    page = await inside.get(MACHINERY)
    key = form_key(page)
    assert rows(page) == 3
    assert 'name="more"' in page
    typed = {
        **ORDER,
        "citizen_mobile": "0912",
        "date": "دیروزها",
        "items-1-hours": "سه",
        "items-2-machine": "grader",
        "items-2-count": "۲",
    }
    page = await inside.post(MACHINERY, 200, form_key=key, more="yes", **typed)
    assert (rows(page), form_key(page)) == (6, key)
    assert await requests(site) == []
    assert 'role="alert"' not in page
    assert 'aria-invalid="true"' not in page
    for kept in ("0912", "دیروزها", "سه", "۲", "۴", "عبدالرحمن قره‌جه"):
        assert f'value="{kept}"' in page
    assert re.findall(r'<option value="(\w+)" selected>', page) == ["loader", "grader"]
    page = await inside.post(MACHINERY, 200, more="yes", **{f"items-{row}-machine": "" for row in range(6)})
    assert rows(page) == 9
    page = await inside.post(MACHINERY, 200, more="yes", **{f"items-{row}-machine": "" for row in range(9)})
    assert rows(page) == 10, "as many machines as a request may have"
    assert 'name="more"' not in page


async def test_all_faults_are_told_at_once(inside: Visitor) -> None:
    await inside.sign_in("civil")
    page = await inside.get(MACHINERY)
    assert re.search(r'<form [^>]*id="walk-in" novalidate', page), (
        "a browser stops at the first box, in its own language"
    )
    assert (await inside.post(MACHINERY, 422, citizen_mobile="0912")).count('class="problem"') > 3


async def test_ten_machines_are_ordered_by_one_form(site: StaffSite, inside: Visitor) -> None:
    await inside.sign_in("civil")
    await inside.get(MACHINERY)
    ten = {f"items-{row}-{part}": said for row in range(10) for part, said in (("machine", "loader"), ("hours", "2"))}
    page = await inside.post(MACHINERY, 422, **{**ORDER, **ten, "place": ""})
    assert rows(page) == 10
    await inside.post(MACHINERY, **{**ORDER, **ten})
    (request,) = await requests(site)
    assert len(request.fields["items"]) == 10


async def test_hours_beside_no_machine_are_not_lost(site: StaffSite, inside: Visitor) -> None:
    await inside.sign_in("civil")
    await inside.get(MACHINERY)
    page = await inside.post(MACHINERY, 422, **{**ORDER, "items-1-hours": "۶"})
    assert 'id="items-problem"' in page
    assert 'value="۶"' in page
    assert await requests(site) == []


LEAVE: Mapping[str, str] = {
    "citizen_mobile": "09121112233",
    "from": "۱۴۰۵/۰۹/۱۰",
    "days": "۲",
    "scope": "in_city",
    "reason": "سفر",
}


async def test_what_another_field_may_stand_for_is_not_called_optional(site: StaffSite, inside: Visitor) -> None:
    await inside.sign_in("taxi_officer")
    page = await inside.get("/staff/walk-in/taxi_leave")
    labels = dict(re.findall(r'<label for="(\w+)">(.*?)</label>', page))
    assert {one for one, label in labels.items() if "(اختیاری)" in label} == {"driver"}
    hints = dict(re.findall(r'<small class="hint" id="(\w+)-hint">([^<]*)</small>', page))
    assert hints["plate"] == "یا به‌جای این: کد تاکسی، کد ملی راننده یا مالک"
    assert hints["taxi_code"] == "به‌جای «پلاک»"
    assert hints["to"].endswith("؛ یا به‌جای این: چند روز")
    page = await inside.post("/staff/walk-in/taxi_leave", 422, **LEAVE)
    problem = re.search(r'id="plate-problem">([^<]*)<', page)
    assert problem
    assert problem[1] == "یکی از این‌ها لازم است: «پلاک»، «کد تاکسی»، «کد ملی راننده یا مالک»"
    page = await inside.post("/staff/walk-in/taxi_leave", 422, taxi_code="x", **LEAVE)
    assert 'id="plate-problem"' not in page, "a taxi code that cannot be read is told at its own field"
