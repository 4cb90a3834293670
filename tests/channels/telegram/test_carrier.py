"""What is sent into a chat, and what each of the messenger's answers means for it."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from channels.telegram.carrier import BotCarrier
from channels.telegram.link import Link
from domain.errors import NotFound, Unavailable
from domain.keyboards import Button, Paper, Shown
from domain.outgoing import MessageClass, OutboxMessage
from domain.ports import Verdict
from tests.fakes.bot_api import FakeBotApi, Fault
from tests.fakes.bot_people import Person

NOW = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
MOBILE = "+989121234567"


async def printing(paper: Paper, message: OutboxMessage) -> tuple[str, bytes]:
    """Print what names the paper and its reader; one paper is gone, another cannot be printed now."""
    if paper.kind == "gone":
        raise NotFound("printout")
    if paper.kind == "jam":
        raise Unavailable("printer")
    return f"{paper.code}-{paper.kind}.pdf", f"%PDF {message.mobile}".encode()


def message(recipient: int, text: str = "سلام", shown: Shown | None = None) -> OutboxMessage:
    """A message on its way into a chat."""
    content = shown.as_json() if shown else None
    return OutboxMessage(
        7, "telegram", str(recipient), MessageClass.REPLY, "test", text, NOW, NOW, mobile=MOBILE, content=content
    )


@pytest.fixture
def carrier(link: Link) -> BotCarrier:
    return BotCarrier(link, printing, 1000.0)


@pytest.fixture
def reza(messenger: FakeBotApi) -> Person:
    person = Person(messenger, "رضا")
    person.starts()
    return person


async def test_people_see_the_text_as_it_is(carrier: BotCarrier, reza: Person) -> None:
    text = "کد a_b_c، *مهم*، [نشانی](https://x.ir)، `کد`، \\ و ۲ * ۳"
    result = await carrier.send(message(reza.id, text))
    [sent] = reza.messages
    assert (sent.text, result.verdict, result.provider_id) == (text, Verdict.ACCEPTED, f"{reza.id}:{sent.message_id}")


async def test_buttons_stand_in_their_rows(carrier: BotCarrier, reza: Person) -> None:
    rows = ((Button("لودر", "t:1"), Button("گریدر", "t:2")), (Button("انصراف", "t:x"),))
    await carrier.send(message(reza.id, shown=Shown(rows)))
    [sent] = reza.messages
    told = [[(one["text"], one["callback_data"]) for one in row] for row in sent.markup["inline_keyboard"]]
    assert told == [[(one.label, one.data) for one in row] for row in rows]


async def test_a_key_for_the_own_number_comes_and_goes(carrier: BotCarrier, reza: Person) -> None:
    await carrier.send(message(reza.id, shown=Shown(contact="شماره من")))
    await carrier.send(message(reza.id, shown=Shown(cleared=True)))
    asked, cleared = reza.messages
    assert asked.buttons["شماره من"]["request_contact"]
    assert cleared.markup == {"remove_keyboard": True}


async def test_a_paper_is_printed_when_it_is_sent(carrier: BotCarrier, reza: Person) -> None:
    result = await carrier.send(message(reza.id, "پروانه_شما", Shown(paper=Paper("123456786", "permit"))))
    [sent] = reza.messages
    assert result.verdict is Verdict.ACCEPTED
    assert sent.document
    assert (sent.text, sent.document.name) == ("پروانه_شما", "123456786-permit.pdf")
    assert sent.document.content == f"%PDF {MOBILE}".encode()


@pytest.mark.parametrize(("kind", "verdict"), [("gone", Verdict.REFUSED), ("jam", Verdict.RETRY)])
async def test_without_its_paper_nothing_is_sent(
    carrier: BotCarrier, reza: Person, kind: str, verdict: Verdict
) -> None:
    assert (await carrier.send(message(reza.id, shown=Shown(paper=Paper("1", kind))))).verdict is verdict
    assert reza.messages == []


@pytest.mark.parametrize(
    ("fault", "verdict", "reason"),
    [
        (Fault("status", 401), Verdict.PROVIDER_DOWN, "token"),
        (Fault("status", 403), Verdict.BLOCKED, "blocked"),
        (Fault("status", 500), Verdict.RETRY, "status_500"),
        (Fault("status", 502), Verdict.PROVIDER_DOWN, "status_502"),
        (Fault("status", 504), Verdict.UNKNOWN, "timeout"),
        (Fault("status", 400), Verdict.REFUSED, "bad_request"),
        (Fault("slow", 5), Verdict.UNKNOWN, "timeout"),
        (Fault("cut_before"), Verdict.UNKNOWN, "cut"),
        (Fault("cut_after"), Verdict.UNKNOWN, "cut"),
        (Fault("garbage"), Verdict.UNKNOWN, "unreadable"),
    ],
)
async def test_what_an_answer_means(
    carrier: BotCarrier, messenger: FakeBotApi, reza: Person, fault: Fault, verdict: Verdict, reason: str
) -> None:
    messenger.fail_next(fault)
    result = await carrier.send(message(reza.id))
    assert (result.verdict, result.reason) == (verdict, reason)
    assert (await carrier.send(message(reza.id))).verdict is Verdict.ACCEPTED


async def test_a_flood_is_told_with_its_wait(carrier: BotCarrier, messenger: FakeBotApi, reza: Person) -> None:
    messenger.fail_next(Fault("status", 429, retry_after=7))
    result = await carrier.send(message(reza.id))
    assert (result.verdict, result.wait, result.waiting, result.recipient_only) == (Verdict.RETRY, 7.0, True, True)


async def test_nobody_to_write_to(carrier: BotCarrier, reza: Person) -> None:
    stranger = await carrier.send(message(1))
    reza.blocks()
    blocked = await carrier.send(message(reza.id))
    reza.starts()
    reza.leaves()
    gone = await carrier.send(message(reza.id))
    results: Sequence[str | None] = [one.reason for one in (stranger, blocked, gone)]
    assert results == ["vanished", "blocked", "blocked"]
    assert {one.verdict for one in (stranger, blocked, gone)} == {Verdict.BLOCKED}


async def test_an_outage_stops_the_line_and_no_message(
    carrier: BotCarrier, messenger: FakeBotApi, reza: Person
) -> None:
    await messenger.stop()
    result = await carrier.send(message(reza.id))
    assert (result.verdict, result.reason) == (Verdict.PROVIDER_DOWN, "unreachable")
    await messenger.start()
    assert (await carrier.send(message(reza.id))).verdict is Verdict.ACCEPTED


async def test_after_silence_it_must_answer_before_the_next_message_goes(
    carrier: BotCarrier, messenger: FakeBotApi, reza: Person
) -> None:
    messenger.fail_next(Fault("slow", 5))
    with messenger.failing(Fault("cut_before", method="getMe")):
        verdicts = [(await carrier.send(message(reza.id, text))).verdict for text in ("یک", "دو", "سه")]
    assert verdicts == [Verdict.UNKNOWN, Verdict.PROVIDER_DOWN, Verdict.PROVIDER_DOWN]
    assert (await carrier.send(message(reza.id, "چهار"))).verdict is Verdict.ACCEPTED
    assert [one.text for one in reza.messages] == ["یک", "چهار"]
