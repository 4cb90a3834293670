"""The day sheet of operators: what they say by telephone is entered for them, once however often it is sent."""

import json
import re
from datetime import timedelta
from io import BytesIO

from domain.blocks.delivery_confirmations import RECEIVED_AT
from domain.blocks.operator_reports import find_report
from domain.values.actors import Role
from domain.values.text import ascii_digits, persian_digits
from domain.values.tracking_codes import parse_code
from tests.channels.admin.fleet.test_calendar_pages import paid
from tests.support.scenarios.expert_unit import PHOTO
from tests.support.staff_site import StaffSite, Visitor

SHEET = "/staff/operator-sheet"


async def booked_today(site: StaffSite) -> str:
    """Book the loader and its operator for today; return the code of the request."""
    request = await paid(site, date="2026-11-24", start="14:00")
    await site.demo.act(request.code, "schedule", Role.CIVIL)
    return request.code


def read_version(page: str) -> str:
    """Return the version that the only report of the sheet bears."""
    (version,) = re.findall(r'name="version" value="([^"]+)"', page)
    return str(version)


async def test_the_unit_enters_what_operators_report(site: StaffSite, inside: Visitor) -> None:
    code = await booked_today(site)
    await inside.sign_in("civil")
    page = await inside.get(SHEET)
    (operator,) = re.findall(r'name="operator" value="([^"]+)"', page)
    report = {"code": code, "operator": operator, "version": read_version(page)}

    async def list_events() -> list[tuple[str, str]]:
        async with site.store.open_unit(write=False) as uow:
            request = await uow.requests.get_by_code(parse_code(code))
            events = await uow.history.list_of_request(request.id)
        return [(event.event, event.actor or "") for event in events if event.event.startswith("operator_")]

    for _ in range(2):
        await inside.post(SHEET, stage="began", **report)
    await inside.post(SHEET, stage="ended", hours="۳٫۵", **report)
    assert [event for event, _ in await list_events()] == ["operator_began", "operator_ended", "operator_hours"]
    assert {"civil" in actor for _, actor in await list_events()} == {True}, "the history keeps who entered it"
    assert find_report(await site.request(code), operator).hours == 3.5
    await inside.post(SHEET, 404, stage="began", code=code, operator="nobody")


async def test_a_report_that_is_refused_keeps_what_was_entered(site: StaffSite, inside: Visitor) -> None:
    code = await booked_today(site)
    await inside.sign_in("civil")
    await inside.get(SHEET)
    report = {"code": code, "operator": "O1", "stage": "began"}
    refused = await inside.post(SHEET, 422, hours="سی", **report)
    assert 'id="refusal"' in refused
    assert 'value="سی" aria-invalid="true"' in refused
    assert 'value="began" checked' in refused
    assert 'value="ended" checked' not in refused
    assert find_report(await site.request(code), "O1").began is None


async def test_hours_between_beginning_and_end_are_shown_and_not_kept(site: StaffSite, inside: Visitor) -> None:
    code = await booked_today(site)
    await inside.sign_in("civil")
    await inside.get(SHEET)
    report = {"code": code, "operator": "O1"}
    await inside.post(SHEET, stage="began", **report)
    site.clock.at += timedelta(minutes=20)
    await inside.post(SHEET, stage="ended", hours="", **report)
    page = await inside.get(SHEET)
    assert "از آغاز تا پایان: ۰٫۵ ساعت" in page
    (box,) = re.findall(r'<input name="hours"[^>]*value="([^"]*)"', page)
    assert "چیزی برای ثبت نیست" in await inside.post(SHEET, 422, hours=box, **report)
    assert find_report(await site.request(code), "O1").hours is None


async def test_what_was_written_without_a_line_is_entered_once_with_its_moment(
    site: StaffSite, inside: Visitor
) -> None:
    code = await booked_today(site)
    await inside.sign_in("civil")
    version = read_version(await inside.get(SHEET))
    device = inside.ask_for_json()
    written_at = site.clock.at - timedelta(minutes=40)
    report = {
        "form_key": "a" * 32, "written_at": written_at.isoformat(), "code": code, "operator": "O1", "version": version,
        "stage": "began", "note": "@civil لاستیک کم‌باد است",
    }  # fmt: skip
    for _ in range(2):
        assert json.loads(await device.post(SHEET, 200, **report, file=BytesIO(PHOTO))) == {"state": "done"}
    assert find_report(await site.request(code), "O1").began == written_at.isoformat()
    other = json.loads(await device.post(SHEET, 409, **report | {"note": "چیز دیگری"}))
    assert other["state"] == "refused", "under one key never two things"
    async with site.store.open_unit(write=False) as uow:
        request = await uow.requests.get_by_code(parse_code(code))
        events = [event.event for event in await uow.history.list_of_request(request.id)]
        assert [document.field for document in await uow.documents.list_of_request(request.id)] == ["work_photo"]
    assert [events.count(name) for name in ("operator_began", "note", "attach")] == [1, 1, 1]


async def test_hours_that_a_colleague_gave_meanwhile_are_not_replaced_unseen(site: StaffSite, inside: Visitor) -> None:
    code = await booked_today(site)
    await inside.sign_in("civil")
    report = {"code": code, "operator": "O1", "version": read_version(await inside.get(SHEET))}
    await inside.post(SHEET, hours="5", **report)
    device = inside.ask_for_json()
    refused = json.loads(await device.post(SHEET, 409, hours="6", form_key="b" * 32, **report))
    assert (refused["state"], refused["now"], refused["may_send"]) == ("refused", [["ساعت کار", "۵"]], True)
    assert find_report(await site.request(code), "O1").hours == 5
    seen = report | {"version": refused["version"]}
    for _ in range(2):  # the first answer was lost
        done = json.loads(await device.post(SHEET, 200, hours="6", form_key="b" * 32, **seen))
        assert done == {"state": "done", "versions": [refused["version"], read_version(await inside.get(SHEET))]}
    assert find_report(await site.request(code), "O1").hours == 6


async def test_the_citizens_code_stands_in_place_of_a_signature(site: StaffSite, inside: Visitor) -> None:
    code = await booked_today(site)
    await inside.sign_in("civil")
    assert 'name="confirmation_code"' not in await inside.get(SHEET), "nothing is handed over yet"
    await site.demo.act(code, "hand_over", Role.CIVIL)
    async with site.store.open_unit(write=False) as uow:
        told = next(text for text in await uow.outbox.list_recent() if text.key.endswith(".hand_over"))
    (digits,) = re.findall(r"(?<!\d)\d{5}(?!\d)", ascii_digits(told.text))
    wrong = f"{(int(digits) + 1) % 100_000:05}"
    page = await inside.get(SHEET)
    report = {"code": code, "operator": "O1", "version": read_version(page)}
    refused = await inside.post(SHEET, 422, stage="began", confirmation_code=wrong, **report)
    assert "این کد درست نیست و چیزی ثبت نشد" in refused
    assert f'value="{wrong}"' in refused
    assert find_report(await site.request(code), "O1").began is None, "nothing is stored half"
    kept = {"form_key": "c" * 32, "confirmation_code": persian_digits(digits), **report}
    for _ in range(7):  # however often it is sent again: what is right costs no try
        assert json.loads(await inside.ask_for_json().post(SHEET, 200, **kept))["state"] == "done"
    assert "شهروند تحویل گرفتن را تأیید کرد: ساعت" in await inside.get(SHEET)
    assert RECEIVED_AT.is_kept_by(await site.request(code))
    assert "تحویل گرفتن، با تأیید شهروند" in await inside.get(f"/staff/requests/{code}")
    for _ in range(4):
        await inside.post(SHEET, 422, confirmation_code=wrong, **report)
    assert "پنج کد نادرست زده شد" in await inside.post(SHEET, 429, confirmation_code=wrong, **report)
    await inside.post(SHEET, hours="3.5", **report)
