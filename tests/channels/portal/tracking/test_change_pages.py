"""A sent request changed on its pages, and a question answered by putting right what it is about."""

import json
from html import unescape
from re import findall

from aiohttp import FormData

from domain.actions.documents.capacity import MOST_FORM_FILES
from domain.requests.request import ServiceRequest
from domain.values.actors import Role
from domain.values.tracking_codes import parse_code
from tests.support.demo_site import DemoSite
from tests.support.portal_citizen import PortalCitizen
from tests.support.scenarios.portal_requests import (
    EXPERT,
    OTHER_MOBILE,
    asked_about,
    bill,
    changed_elsewhere,
    submitted,
    unverified,
)
from tests.support.scenarios.sample_files import CountingCleaner

TO_LIST = "/mobile?for=my-requests&next=/my-requests"
PLACE = "خیابان طالقانی، پلاک ۷"
PHOTO = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 40 + b"\xff\xd9"


async def read_request(portal: DemoSite, code: str) -> ServiceRequest:
    """Return a request as it is stored."""
    async with portal.store.open_unit(write=False) as uow:
        return await uow.requests.get_by_code(parse_code(code))


async def count_changes(portal: DemoSite, request: ServiceRequest) -> int:
    """Return how often a request was changed."""
    async with portal.store.open_unit(write=False) as uow:
        return [event.event for event in await uow.history.list_of_request(request.id)].count("change")


async def test_a_section_is_checked_before_anything_is_kept(portal: DemoSite, citizen: PortalCitizen) -> None:
    request = await submitted(portal)
    address = f"/requests/{request.code}"
    path = f"{address}/change/place"
    await citizen.prove_mobile(TO_LIST)
    assert f'href="{address}/change"' in await citizen.get(address)
    assert "۸:۰۰" in await citizen.get(f"{address}/change")
    assert "خیابان امام، جنب پارک" in await citizen.get(path)
    assert "پاسخ این پرسش لازم است" in await citizen.post(path, 422, place="")
    assert "چیزی تغییر نکرد" in await citizen.get(await citizen.post(path, place="خیابان امام، جنب پارک"))
    await citizen.get(path)
    assert PLACE in unescape(await citizen.post(path, 200, place=PLACE, description="<b>در پارک</b>"))
    assert "<b>در پارک</b>" not in citizen.page
    assert (await read_request(portal, request.code)).fields["place"] == "خیابان امام، جنب پارک"
    await citizen.get(f"{address}/change/machines")
    rows = {"items-0-machine": "loader", "items-0-hours": "6", "items-2-hours": "", "more": "yes"}
    assert "items-5-machine" in await citizen.post(f"{address}/change/machines", 200, **rows)


async def test_two_sections_are_changed_by_one_confirmation(portal: DemoSite, citizen: PortalCitizen) -> None:
    request = await submitted(portal)
    address = f"/requests/{request.code}"
    await citizen.prove_mobile(TO_LIST)
    await citizen.get(f"{address}/change/place")
    await citizen.post(f"{address}/change/place", 200, place=PLACE)
    earlier = citizen.hidden_values(f"{address}/change/time")
    assert "ساعت" in await citizen.post(f"{address}/change/time", 200)
    page = await citizen.post(f"{address}/change/time", 200, date="2026-11-26", start="9:30")
    assert {"۸:۰۰", "۹:۳۰"} <= set(findall("[۰-۹]+:[۰-۹]+", page))
    confirmed = citizen.hidden_values(f"{address}/change")
    assert await citizen.post(f"{address}/change") == f"{address}?done=change"
    again = await citizen.post_raw(f"{address}/change", confirmed)
    assert again.headers["Location"] == f"{address}?done=repeated"
    fields = (await read_request(portal, request.code)).fields
    assert (fields["place"], fields["start"], fields["items"]) == (PLACE, "09:30", request.fields["items"])
    assert await count_changes(portal, request) == 1
    page = unescape(await citizen.get(f"{address}?done=change"))
    assert "درخواست تغییر داده شد" in page
    assert "خیابان امام، جنب پارک" in page, "the history has the former answer"
    older = await citizen.post_raw(f"{address}/change/place", {**earlier, "filled": "yes", "place": "جای دیگر"})
    assert older.status == 409
    assert "جای دیگر" in await older.text(), "what was typed is not lost"


async def test_of_two_tabs_the_second_sees_what_the_first_did(portal: DemoSite, citizen: PortalCitizen) -> None:
    request = await submitted(portal)
    address = f"/requests/{request.code}"
    await citizen.prove_mobile(TO_LIST)
    await citizen.get(f"{address}/change/place")
    await citizen.post(f"{address}/change/place", 200, place=PLACE)
    await changed_elsewhere(portal, request)
    page = await citizen.post(f"{address}/change", 409)
    assert "در این فاصله" in page
    assert "کوچه نخست" in page
    assert await citizen.post(f"{address}/change") == f"{address}?done=change", "who has seen it may go on"
    await bill(portal, request)
    assert f"{address}/change" not in await citizen.get(address)
    assert await citizen.get(f"{address}/change", 303) == address
    assert await citizen.get(f"{address}/change/place", 303) == address
    late = await citizen.post_raw(
        f"{address}/change",
        {"csrf": citizen.hidden_values(f"{address}/comment")["csrf"], "version": "1", "changes": "{"},
    )
    assert late.status == 409


async def test_nobody_changes_another_s_request(portal: DemoSite, citizen: PortalCitizen) -> None:
    foreign = await submitted(portal, mobile=OTHER_MOBILE)
    await citizen.prove_mobile(TO_LIST)
    await citizen.get("/session/end")
    token = citizen.hidden_values("/session/end")
    for path in ("change", "change/place"):
        await citizen.get(f"/requests/{foreign.code}/{path}", 404)
        form = {**token, "version": "1", "filled": "yes", "place": PLACE, "changes": json.dumps({"place": PLACE})}
        assert (await citizen.post_raw(f"/requests/{foreign.code}/{path}", form)).status == 404
    assert await count_changes(portal, foreign) == 0


async def test_a_marked_field_and_paper_are_put_right_with_the_answer(portal: DemoSite, citizen: PortalCitizen) -> None:
    request = await submitted(portal, "expert", EXPERT)
    inputs = {"question": "نشانی ناخواناست.", "marked_fields": "address,text", "marked_papers": "deed"}
    await portal.act(request.code, "ask", Role.EXPERT, inputs)
    address = f"/requests/{request.code}"
    await citizen.prove_mobile(TO_LIST)
    page = unescape(await citizen.get(address))
    assert 'value="خیابان طالقانی، پلاک ۱۲"' in page or ">خیابان طالقانی، پلاک ۱۲</textarea>" in page
    assert "ارزش ملک برای تقسیم ارث</textarea>" in page
    assert "سند مالکیت" in page
    assert "پاسخ ندهید، درخواست بسته می‌شود" in page
    same = {name: EXPERT[name] for name in ("address", "postal_code", "text")}
    assert "پاسخ خود را بنویسید" in await citizen.post(f"{address}/answer", 422, answer="", **same)
    form = FormData({**citizen.hidden_values(f"{address}/answer"), **same, "address": PLACE, "answer": ""})
    form.add_field("marked_papers-deed", b"no picture", filename="deed.txt", content_type="text/plain")
    refused = await citizen.post_raw(f"{address}/answer", form)
    assert refused.status in {415, 422}
    page = await refused.text()
    assert 'href="#marked_papers-deed"' in page
    assert PLACE in unescape(page), "what was typed stays"
    form = FormData({**citizen.hidden_values(f"{address}/answer"), **same, "address": PLACE, "answer": ""})
    form.add_field("marked_papers-deed", PHOTO, filename="deed.jpg", content_type="image/jpeg")
    answered = await citizen.post_raw(f"{address}/answer", form)
    assert answered.headers["Location"] == f"{address}?done=answer"
    stored = await read_request(portal, request.code)
    assert (stored.state, stored.fields["address"], stored.fields["text"]) == ("submitted", PLACE, EXPERT["text"])


async def test_only_files_are_opened_that_the_question_asks_for(portal: DemoSite, citizen: PortalCitizen) -> None:
    request, foreign = await asked_about(portal), await submitted(portal, "expert", EXPERT, OTHER_MOBILE)
    portal.desk.file_cleaner = cleaner = CountingCleaner()
    await citizen.prove_mobile(TO_LIST)
    await citizen.get(f"/requests/{request.code}")
    shown = citizen.hidden_values(f"/requests/{request.code}/answer")
    for code, version, input_name, count, status in (
        (foreign.code, "1", "deed", 1, 404),
        (request.code, "99", "deed", 1, 409),
        (request.code, shown["version"], "plan", 1, 422),
        (request.code, shown["version"], "deed", MOST_FORM_FILES + 1, 413),
    ):
        form = FormData({**shown, "version": version, "answer": ""})
        for _ in range(count):
            form.add_field(f"marked_papers-{input_name}", PHOTO, filename="a.jpg", content_type="image/jpeg")
        answer = await citizen.post_raw(f"/requests/{code}/answer", form)
        assert (answer.status, cleaner.opened) == (status, 0), (input_name, count)


async def test_who_proved_the_number_finds_what_was_sent_unverified(portal: DemoSite, citizen: PortalCitizen) -> None:
    request = await unverified(portal)
    await citizen.prove_mobile(TO_LIST)
    page = await citizen.get("/my-requests")
    assert "این درخواست از آنِ من است" in page
    assert f'href="/requests/{request.code}"' not in page
    path = f"/requests/{request.code}/verify-mobile"
    assert await citizen.post(path) == f"/requests/{request.code}?done=verify"
    page = await citizen.get("/my-requests")
    assert f'href="/requests/{request.code}"' in page
    assert "این درخواست از آنِ من است" not in page
