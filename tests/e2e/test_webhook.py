"""The inbound webhook under whatever arrives at it: repetitions, strangers, and bytes that are no SMS."""

from itertools import count

import pytest

from tests.e2e.support.machinery_story import PLACE
from tests.e2e.support.office import Office
from tests.e2e.support.people import Desk, Phone
from tests.e2e.support.webhooks import form, get, post, stored

pytestmark = [pytest.mark.e2e, pytest.mark.day, pytest.mark.asyncio(loop_scope="session")]

IDS = count(9_000_000)
SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


async def test_five_deliveries_at_once_are_one(office: Office, reza: Phone, desk: Desk) -> None:
    text, number = f"ماشین لودر ۴ ساعت فردا ساعت ۸ {PLACE}", next(IDS)
    answers = await office.webhooks.inbound(reza.mobile, text, messageid=number, method="POST", copies=5)
    assert answers == [answers[0]] * 5
    assert answers[0][0] == 200
    code = (await reza.hears("notices.submit"))["code"]
    assert await office.webhooks.inbound(reza.mobile, text, messageid=number) == [
        answers[0]
    ]  # a day later would do too
    mine = await office.cli("request", "list", "--mobile", reza.mobile)
    assert [request["code"] for request in mine] == [code.replace(" ", "")]
    assert len(await stored(office, "provider_id", str(number))) == 1
    await reza.has_read_everything()


async def test_two_texts_at_once_are_two(office: Office, reza: Phone) -> None:
    for number in (next(IDS), next(IDS)):
        await office.webhooks.inbound(reza.mobile, "راهنما", messageid=number)
    await reza.hears("sms.help")
    await reza.hears("sms.help")


@pytest.mark.parametrize("method", ["GET", "POST"])
@SQLITE
async def test_both_methods_are_taken(office: Office, reza: Phone, method: str) -> None:
    fields = {"from": reza.mobile, "to": "10004346", "message": "راهنما", "messageid": str(next(IDS))}
    address = f"{office.sms_url}/inbound"
    answer = await (get(address, fields) if method == "GET" else post(address, fields))
    assert answer.status == 200
    await reza.hears("sms.help")


@SQLITE
async def test_a_wrong_secret_stores_nothing(office: Office, reza: Phone) -> None:
    fields = {"from": reza.mobile, "to": "10004346", "message": "راهنما", "messageid": str(next(IDS))}
    right = office.sms_url
    for base in (
        f"{right[:-1]}x",
        f"{right}x",
        right.replace("kavenegar", "simulator"),
        right.rpartition("/")[0] + "/-",
    ):
        for kind in ("inbound", "delivery"):
            assert (await get(f"{base}/{kind}", fields)).status == 404
            assert (await post(f"{base}/{kind}", fields)).status == 404
    assert await stored(office, "provider_id", fields["messageid"]) == []
    await reza.has_read_everything()


BODIES = {
    "null_bytes": (b"\xd9\x84\xd9\x88\xd8\xaf\xd8\xb1\x00\x00", "sms.did_you_mean_one"),
    "only_null_bytes": (b"\x00", "sms.unknown"),
    "broken_utf8": (b"\xd9\x84\xd9\xff\xfe \xc3(", "sms.unknown"),
    "lone_surrogates": (b"\xed\xa0\xbd " + "سلام".encode(), "sms.courtesy.greeting"),
    "emoji": ("سلام 🙏🏽👩‍👩‍👧 🚜".encode(), "sms.courtesy.greeting"),
    "empty": (b"", "sms.unknown"),
    "a_thousand_characters": (("گ" * 499 + " ").encode() * 2, "sms.unknown"),
    "direction_marks": ("\u200f\u202bراهنما\u202c\u200e".encode(), "sms.help"),
    "markup": ("<script>alert(«گ»)</script>' OR 1=1 --".encode(), "sms.unknown"),
}


@SQLITE
@pytest.mark.parametrize("name", BODIES)
async def test_odd_texts_are_kept_and_answered(office: Office, reza: Phone, name: str) -> None:
    raw, key = BODIES[name]
    number = str(next(IDS))
    answer = await post(f"{office.sms_url}/inbound", form(sender=reza.mobile, to="1", message=raw, messageid=number))
    assert answer.status == 200
    [row] = await stored(office, "provider_id", number)
    assert (row["state"], "\x00" in row["text"]) == ("answered", False)
    await reza.hears(key)


@SQLITE
async def test_a_thousand_characters_of_place_are_asked_for_again(office: Office, reza: Phone) -> None:
    await reza.says("ماشین لودر ۴ ساعت فردا ساعت ۸", "fields.place.prompt")
    await reza.says("کوچه " * 200, "details.invalid_field.too_long", "fields.place.prompt")
    await reza.says(PLACE, "summary")


@SQLITE
@pytest.mark.parametrize("sender", ["BANK", "30001234", "021334455", "+12025550123", "", "0912", "x" * 5000, "\x00"])
async def test_senders_that_are_no_mobiles_are_never_answered(office: Office, sender: str) -> None:
    number, before = str(next(IDS)), len(office.panel.calls)
    answer = await post(f"{office.sms_url}/inbound", form(sender=sender, to="1", message="راهنما", messageid=number))
    rows = await stored(office, "provider_id", number)
    if answer.status == 200:
        assert [(row["state"], row["mobile"], row["reply_id"]) for row in rows] == [("not_a_mobile", None, None)]
    else:
        assert (answer.status, rows) == (400, [])
        assert '"code": "' in answer.body
    assert len(office.panel.calls) == before


@SQLITE
@pytest.mark.parametrize("lacking", ["from", "message"])
async def test_what_lacks_a_part_is_refused(office: Office, reza: Phone, lacking: str) -> None:
    fields = {"from": reza.mobile, "to": "10004346", "message": "راهنما", "messageid": str(next(IDS))}
    del fields[lacking]
    for answer in (await post(f"{office.sms_url}/inbound", fields), await get(f"{office.sms_url}/inbound", fields)):
        assert answer.status == 400
        assert '"missing_field"' in answer.body
        assert lacking in answer.body
    assert await stored(office, "provider_id", fields["messageid"]) == []


@SQLITE
@pytest.mark.parametrize("size", [40_000, 1_000_000])
async def test_what_is_too_large_is_refused(office: Office, reza: Phone, size: int) -> None:
    number = str(next(IDS))
    body = form(sender=reza.mobile, to="1", messageid=number, message=b"x" * size)
    answer = await post(f"{office.sms_url}/inbound", body)
    assert answer.status == 413
    assert await stored(office, "provider_id", number) == []
    await reza.says("راهنما", "sms.help")


@SQLITE
@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"%00%ff&&==&from", None),
        (b"\x00" * 100, None),
        (b'{"from": "09120000000", "message": "x"}', "application/json"),
        (b"--x\r\nContent-Disposition: form-data", "multipart/form-data; boundary=x"),
    ],
)
async def test_what_is_no_form_is_refused(office: Office, body: bytes, media_type: str | None) -> None:
    answer = await post(f"{office.sms_url}/inbound", body, media_type)
    assert answer.status == 400


@SQLITE
async def test_a_line_that_texts_without_end_is_told_once(office: Office, reza: Phone) -> None:
    """Thirty texts in ten minutes are answered, the next one is told to wait, the others hear nothing."""
    office.wake_at(11)  # the count begins at full tens of minutes
    for _ in range(33):
        await reza.texts("راهنما")
    for _ in range(30):
        await reza.hears("sms.help")
    await reza.hears("errors.too_many_requests")
    await reza.has_read_everything()
    office.advance(minutes=20)
    await reza.says("راهنما", "sms.help")


@SQLITE
async def test_two_machines_do_not_answer_each_other(office: Office, reza: Phone) -> None:
    """The fifth text in a row that nobody understands gets no reply; a text with sense does."""
    for number, key in enumerate(("sms.unknown", "sms.unknown_again", "sms.call_offer", "sms.unknown")):
        await reza.says(f"اتوریپلای {number}", key)
    await reza.texts("اتوریپلای ۵")
    await reza.says("راهنما", "sms.help")
    await reza.has_read_everything()


@SQLITE
async def test_the_server_is_well_after_all_that(office: Office) -> None:
    assert await office.is_ready()
    assert (await get(f"{office.url}/healthz")).status == 200
