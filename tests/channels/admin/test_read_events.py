"""Readings of personal data at the staff's site leave read events, and the page that lists them."""

import csv
import io
from collections.abc import Sequence
from datetime import timedelta

import pytest

from channels.admin.reading_rules import find_reading_rule
from domain.actions.staff.read_events import ReadEventRecorder, forget_old_read_events
from domain.audit.read_events import READ_EVENT_RETENTION, ReadEvent, ReadEventFilter, ReadKind, mask_filter_value
from domain.values.errors import Unavailable
from tests.channels.admin.audit_reader import list_audited
from tests.support.scenarios.site_registries import words
from tests.support.staff_site import StaffSite, Visitor
from tests.support.tables import each_row

MOBILE = "09121234567"


async def list_read(site: StaffSite, **asked: object) -> Sequence[ReadEvent]:
    async with site.store.open_unit(write=False) as uow:
        events = await uow.audit.list_read_events(ReadEventFilter(limit=1000, **asked))  # type: ignore[arg-type]  # as asked
    return events[::-1]


async def test_what_is_shown_is_recorded_once_an_hour_and_names_nobody(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    await inside.sign_in("civil")
    for _ in range(3):
        await inside.get("/staff")
        await inside.get(f"/staff/requests/{request.code}")
        await inside.get(f"/staff/requests?q={MOBILE}")
        await inside.get("/staff/requests?q=توماج")
    read = [(event.viewer, event.kind, event.subject) for event in await list_read(site)]
    assert read == [
        ("staff:civil", ReadKind.QUEUE, ""),
        ("staff:civil", ReadKind.REQUEST, request.code),
        ("staff:civil", ReadKind.SEARCH, "q=0912…67"),
        ("staff:civil", ReadKind.SEARCH, "q=ت…"),
    ]
    site.clock.at += timedelta(hours=1)
    await inside.sign_in("civil")
    await inside.get(f"/staff/requests/{request.code}")
    assert len(await list_read(site, subject=request.code)) == 2, "in another hour it is another event"


async def test_a_refused_form_shows_its_page_and_is_a_reading(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    await inside.sign_in("civil")
    await inside.get("/staff/account")
    await inside.post(f"/staff/requests/{request.code}/act/complete", 409)
    assert [event.subject for event in await list_read(site, kind=ReadKind.REQUEST)] == [request.code]


async def test_who_is_shown_nothing_leaves_nothing(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    await inside.sign_in("admin")
    await inside.get(f"/staff/requests/{request.code}", 403)
    await inside.get("/staff/settings")
    await inside.get("/staff/audit")
    assert await list_read(site) == []
    await inside.get("/staff/account")
    await inside.post("/staff/sign-out")
    await inside.sign_in("civil")
    await inside.get("/staff/requests/123456786", 404)
    assert await list_read(site) == []


async def test_nothing_is_shown_that_cannot_be_recorded(
    site: StaffSite, inside: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = await site.submitted()
    await inside.sign_in("civil")
    await inside.get("/staff/account")

    async def fail(*_: object) -> None:
        raise Unavailable("database")

    monkeypatch.setattr(ReadEventRecorder, "record_reading", fail)
    page = await inside.get(f"/staff/requests/{request.code}", 503)
    assert "توماج" not in page


async def test_alike_readings_open_no_unit(site: StaffSite, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = ReadEventRecorder(site.demo.desk, site.store)
    opened = 0
    open_unit = site.store.open_unit

    def count_units(_: object) -> object:
        nonlocal opened
        opened += 1
        return open_unit()

    monkeypatch.setattr(type(site.store), "open_unit", count_units)
    for viewer in ("staff:civil", "staff:civil", "staff:manager"):
        for code in ("123456786", "223456780"):
            await recorder.record_reading(viewer, ReadKind.REQUEST, code)
    assert opened == 4


async def test_the_page_filters_them_and_gives_them_as_a_sheet(site: StaffSite, inside: Visitor) -> None:
    request = await site.submitted()
    await inside.sign_in("civil")
    await inside.get(f"/staff/requests/{request.code}")
    await inside.get("/staff/fleet/operators")
    await inside.get("/staff/account")
    await inside.post("/staff/sign-out")
    await inside.sign_in("auditor")
    page = words(await inside.get("/staff/audit/readings"))
    assert "پروندهٔ درخواست" in page
    assert "فهرست دفتر ثبت: راننده‌های ماشین‌آلات" in page
    narrowed = words(await inside.get(f"/staff/audit/readings?actor=civil&read=request&subject={request.code}"))
    assert request.code in narrowed
    assert "operators کارمند" not in narrowed
    assert "چیزی دیده نشده است" in words(await inside.get("/staff/audit/readings?actor=moon"))
    assert "چیزی دیده نشده است" in words(await inside.get("/staff/audit/readings?day=1404/01/01"))
    await inside.get("/staff/audit/readings?day=1405/13/01", 422)
    sheet = (await inside.get("/staff/audit/readings.csv?actor=civil")).removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(sheet)))
    assert [(row["viewer"], row["kind"], row["subject"]) for row in rows] == [
        ("staff:civil", "registry", "operators"),
        ("staff:civil", "request", request.code),
    ]
    assert ("staff:auditor", "export") in await list_audited(site)


async def test_they_are_forgotten_after_their_time(site: StaffSite, inside: Visitor) -> None:
    await inside.sign_in("civil")
    await inside.get("/staff")
    assert await forget_old_read_events(site.demo.desk, site.store) == 0
    site.clock.at += READ_EVENT_RETENTION + timedelta(hours=1)
    assert await forget_old_read_events(site.demo.desk, site.store) == 1
    assert await list_read(site) == []


def test_a_page_of_which_nobody_said_whose_data_it_shows_is_refused(site: StaffSite) -> None:
    assert all(isinstance(find_reading_rule(route.path), object) for route in site.admin.page_routes)
    with pytest.raises(LookupError):
        find_reading_rule("/staff/new-page/{id:[0-9]{1,19}}")


@each_row(
    ("value", "masked"),
    [
        ("open", "open"),
        ("taxi_leave", "taxi_leave"),
        ("۱۴۰۵/۹/۷", "1405/9/7"),
        ("123456786", "123456786"),
        ("0499370899", "0499…99"),
        ("+98 912 123 4567", "9891…67"),
        ("گل‌جمال توماج", "گ… ت…"),
        ("Reza", "R…"),
        ("17", "17"),
        ("\x00", ""),
    ],
)
def test_what_was_looked_for_is_masked(value: str, masked: str) -> None:
    assert mask_filter_value(value) == masked
