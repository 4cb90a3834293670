"""The same call acts once: repeated, changed, all at the same time, after its time is over."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from tests.channels.pishkhan_soap.envelopes import CLERK, MACHINERY, OTHER_CLERK, SOAP_12, body
from tests.channels.pishkhan_soap.raw_client import RawClient
from tests.channels.pishkhan_soap.soap_office import Office, office_at, open_town, serve_soap
from tests.support.municipality import StandingClock

SUBMIT = "SubmitMachineryRequest"


async def test_the_same_call_has_the_same_answer_and_acts_once(office: Office) -> None:
    answers = [await office.call(SUBMIT, MACHINERY, call_id="r-1") for _ in range(3)]
    office.town.advance(days=200)
    answers.append(await office.call(SUBMIT, MACHINERY, call_id="r-1"))
    assert {answer.content for answer in answers} == {answers[0].content}
    assert answers[0].text("trackingCode")
    assert office.count("requests") == 1
    in_the_other_version = await office.call(SUBMIT, MACHINERY, SOAP_12, call_id="r-1")
    assert in_the_other_version.text("trackingCode") == answers[0].text("trackingCode")


async def test_the_same_call_written_otherwise_is_the_same(office: Office) -> None:
    said = body(SUBMIT, MACHINERY, call_id="r-1")
    other = said.replace(">", ">\n ").replace("<", "\n<").replace("خیابان امام\n", "خیابان امام")
    other = other.replace("<place>\n ", "<place>").replace("<fullName>\n ", "<fullName>")
    other = other.replace("آنه محمدی\n", "آنه محمدی").replace("<date>\n 2026-11-25\n", "<date>2026-11-25")
    other = other.replace("<hours>\n 4\n", "<hours>4.0")
    answers = [await office.wire.post(office.signer.signed(one)) for one in (said, other)]
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize(
    ("operation", "change", "clerk"),
    [
        (SUBMIT, {"place": "خیابان دیگر"}, CLERK),
        (SUBMIT, {"description": "بیشتر"}, CLERK),
        (SUBMIT, {}, OTHER_CLERK),
        ("Ping", None, CLERK),
    ],
)
async def test_the_same_id_with_anything_else_is_refused(
    office: Office, operation: str, change: Mapping[str, Any] | None, clerk: str
) -> None:
    await office.call(SUBMIT, MACHINERY, call_id="r-1")
    values = {} if change is None else {**MACHINERY, **change}
    fault = (await office.call(operation, values, call_id="r-1", clerk=clerk)).fault
    assert (fault.code, fault.field) == ("duplicate_request", "clientRequestId")
    assert office.count("requests") == 1


async def test_ids_are_each_offices_own(office: Office) -> None:
    codes = []
    for signer, code in ((office.signer, "1001"), (office.other, "1002")):
        answer = await office.wire.post(signer.signed(body(SUBMIT, MACHINERY, office=code, call_id="r-1")))
        codes.append(answer.text("trackingCode"))
    assert codes[0] != codes[1]


@pytest.mark.parametrize("call_id", ["r" * 64, "شناسه ۱", "\u00a0", "a  b", "'; drop table requests; --", "</x>&amp;"])
async def test_an_id_is_any_short_text(office: Office, call_id: str) -> None:
    first = await office.call("Ping", call_id=call_id)
    office.town.advance(minutes=1)
    again = await office.call("Ping", call_id=call_id)
    assert first.text("time") == again.text("time")


async def test_a_call_that_failed_may_be_made_again_with_its_id(office: Office) -> None:
    code = await office.submitted()
    for _ in range(2):
        fault = (await office.call("AnswerQuestion", {"trackingCode": code, "text": "بله"}, call_id="q-1")).fault
        assert (fault.code, fault.field) == ("already_done", "trackingCode")
    assert (await office.call(SUBMIT, MACHINERY | {"date": "2026-11-20"}, call_id="r-2")).fault.field == "date"
    assert (await office.call(SUBMIT, MACHINERY, call_id="r-2")).code == "ok"


async def test_questions_are_fresh_after_ten_minutes(office: Office) -> None:
    first = await office.call("Ping", call_id="p-1")
    office.town.advance(minutes=9, seconds=59)
    assert (await office.call("Ping", call_id="p-1")).content == first.content
    office.town.advance(seconds=1)
    later = await office.call("Ping", call_id="p-1")
    assert later.text("time") != first.text("time")
    assert (await office.call("Ping", call_id="p-1")).content == later.content


async def test_what_was_asked_before_may_be_another_call_after_its_time(office: Office) -> None:
    await office.call("Ping", call_id="p-1")
    assert (await office.call(SUBMIT, MACHINERY, call_id="p-1")).code == "duplicate_request"
    office.town.advance(minutes=10)
    assert (await office.call(SUBMIT, MACHINERY, call_id="p-1")).code == "ok"


async def test_ten_at_once_in_two_processes_make_one_request(furnished_url: str) -> None:
    clock = StandingClock()
    async with open_town(furnished_url, clock) as one, open_town(furnished_url, clock) as two:
        async with serve_soap(one) as wire, serve_soap(two) as other:
            signer = office_at(one, wire).signer

            async def sent(to: RawClient) -> bytes:
                answer = await to.post(signer.signed(body(SUBMIT, MACHINERY, call_id="r-1")))
                assert answer.text("trackingCode")
                return answer.content

            answers = await asyncio.gather(*(sent(to) for to in (wire, other) * 5))
        assert len(set(answers)) == 1
        assert len(await one.requests_of("+989121234567")) == 1
