"""sms.ir: what goes to the panel, what each of its answers means, the day's lists and the archive."""

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal

import pytest
from pydantic import SecretStr

from channels.relay.outcomes import choose_outcomes
from channels.sms.providers import sms_ir
from channels.sms.providers.sms_ir import SmsIr, SmsIrSettings
from domain.messages.carriers import TOO_MANY, SendResult, SendVerdict
from domain.messages.records import MessageState
from tests.channels.sms.provider_clients import KEY, PERSIAN, outgoing
from tests.fakes.server_faults import ServerFault
from tests.fakes.sms_ir_panel import SmsIrPanel
from tests.support.municipality import StandingClock

LINE = 30004505
CITIZEN = "+989121234567"


@pytest.fixture
def clock() -> StandingClock:
    """The panel's clock."""
    return StandingClock()


@pytest.fixture
async def panel(clock: StandingClock) -> AsyncIterator[SmsIrPanel]:
    """A panel of sms.ir."""
    async with SmsIrPanel(api_key=KEY, line=LINE, clock=clock.now) as fake:
        yield fake


@pytest.fixture
async def client(panel: SmsIrPanel) -> AsyncIterator[SmsIr]:
    """A client of that panel."""
    made = SmsIr(SmsIrSettings(base_url=panel.base_url, api_key=SecretStr(KEY), sender=str(LINE)))
    yield made
    await made.close()


async def test_it_sends_what_the_panel_expects(panel: SmsIrPanel, client: SmsIr) -> None:
    result = await client.send(outgoing(7001, PERSIAN * 3))
    [sent] = panel.sent
    assert (sent.mobile, sent.messageText, sent.lineNumber) == (9121234567, PERSIAN * 3, LINE)
    assert (result.provider_id, result.charge) == (str(sent.messageId), Decimal(2))


@pytest.mark.parametrize(
    ("status", "verdict", "reason"),
    [
        (0, SendVerdict.UNKNOWN, "status_0"),
        (10, SendVerdict.PROVIDER_DOWN, "key"),
        (11, SendVerdict.PROVIDER_DOWN, "key"),
        (12, SendVerdict.PROVIDER_DOWN, "source_address"),
        (13, SendVerdict.PROVIDER_DOWN, "account"),
        (14, SendVerdict.PROVIDER_DOWN, "account"),
        (15, SendVerdict.PROVIDER_DOWN, "plan"),
        (20, SendVerdict.RETRY, "rate"),
        (101, SendVerdict.PROVIDER_DOWN, "sender"),
        (102, SendVerdict.PROVIDER_DOWN, "credit"),
        (103, SendVerdict.REFUSED, "length"),
        (104, SendVerdict.REFUSED, "recipient"),
        (115, SendVerdict.BLOCKED, "blocked"),
        (117, SendVerdict.REFUSED, "words"),
        (118, SendVerdict.REFUSED, "length"),
        (119, SendVerdict.PROVIDER_DOWN, "plan"),
        (123, SendVerdict.PROVIDER_DOWN, "sender"),
        (124, SendVerdict.REFUSED, "template"),
        (999, SendVerdict.UNKNOWN, "status_999"),
    ],
)
async def test_each_status_of_the_panel_is_a_verdict(
    panel: SmsIrPanel, client: SmsIr, status: int, verdict: SendVerdict, reason: str
) -> None:
    panel.refuse_next(status)
    result = await client.send(outgoing(7001))
    assert (result.verdict, result.reason, result.provider_id) == (verdict, reason, None)
    assert result.is_uncounted is (status == 20)
    assert panel.sent == []


async def test_a_blacklisted_recipient_is_blocked_and_a_long_text_refused(panel: SmsIrPanel, client: SmsIr) -> None:
    panel.blacklist.add("9121234567")
    assert await client.send(outgoing(7001)) == SendResult(SendVerdict.BLOCKED, reason="blocked")
    panel.blacklist.clear()
    result = await client.send(outgoing(7001, "پ" * 901))
    assert (result.verdict, result.reason) == (SendVerdict.REFUSED, "recipient_or_length")


@pytest.mark.parametrize(
    ("delivery", "state"),
    [
        (None, None),
        (1, MessageState.DELIVERED),
        (2, MessageState.UNDELIVERED),
        (3, None),
        (4, MessageState.UNDELIVERED),
        (5, None),
        (6, MessageState.FAILED),
        (7, MessageState.BLOCKED),
        (8, None),
    ],
)
async def test_states_of_delivery(
    panel: SmsIrPanel, client: SmsIr, delivery: int | None, state: MessageState | None
) -> None:
    provider_id = (await client.send(outgoing(7001))).provider_id or ""
    panel.set_delivery(int(provider_id), delivery)
    receipts = await client.poll_receipts([provider_id, "1", "../credit"])
    assert [(receipt.provider_id, receipt.state) for receipt in receipts] == ([(provider_id, state)] if state else [])
    assert "/v1/credit" not in panel.gate.paths


async def test_a_text_of_last_night_is_found_in_the_archive(
    panel: SmsIrPanel, client: SmsIr, clock: StandingClock
) -> None:
    message = outgoing(7001)
    clock.at = message.created_at
    panel.gate.fail_next("/v1/send/bulk", ServerFault.CUT_AFTER)
    assert (await client.send(message)).verdict is SendVerdict.UNKNOWN
    clock.at += timedelta(days=1)
    [outcome] = (await client.ask_outcomes([message], clock.at))[7001]
    assert (outcome.provider_id, outcome.charge) == (str(panel.sent[0].messageId), Decimal(1))


async def test_of_texts_in_the_same_words_each_is_found_once(
    panel: SmsIrPanel, client: SmsIr, clock: StandingClock
) -> None:
    messages = first, second, third = [outgoing(number) for number in (7001, 7002, 7003)]
    clock.at = first.created_at
    assert [await client.send(message) for message in (first, second)]
    panel.sent[1].messageText += "\nلغو11"
    panel.sent[1].sendDateTime += 1
    candidates_by_id = await client.ask_outcomes(messages, clock.at)
    earlier_id, later_id = (str(text.messageId) for text in panel.sent)
    for number in (7001, 7002, 7003):
        assert [candidate.provider_id for candidate in candidates_by_id[number]] == [later_id, earlier_id]
    outcomes = choose_outcomes(messages, candidates_by_id, set())
    ids = {number: outcome.provider_id for number, outcome in outcomes.items() if outcome}
    assert ids == {7003: later_id, 7002: earlier_id}
    outcomes = choose_outcomes([first], candidates_by_id, {later_id})
    assert [outcome.provider_id for outcome in outcomes.values() if outcome] == [earlier_id], "the later is another's"
    assert choose_outcomes([third], candidates_by_id, {earlier_id, later_id}) == {}


@pytest.mark.parametrize(
    ("sent_text", "is_found"),
    [
        ("سلام\nنفهم", True),
        ("سلام \n\nنفهم  ", True),
        ("سلام نفهم", True),
        ("سلام\nنفهم\nلغو11", True),
        ("سلام\nنفهمیدم", False),
        ("سلام\nنفهم شما", False),
        ("سلام\nنفهم\nلغو\n11", False),
        ("سلام", False),
    ],
)
async def test_a_sent_text_is_ours_with_one_line_more_at_most(
    panel: SmsIrPanel, client: SmsIr, clock: StandingClock, sent_text: str, is_found: bool
) -> None:
    message = outgoing(7001, "سلام\nنفهم")
    clock.at = message.created_at
    await client.send(outgoing(7000, sent_text))
    assert bool(await client.ask_outcomes([message], clock.at)) is is_found


async def test_the_archive_is_asked_for_texts_of_days_before_alone(
    panel: SmsIrPanel, client: SmsIr, clock: StandingClock
) -> None:
    message = outgoing(7001)
    assert await client.ask_outcomes([message], message.created_at) == {}
    assert panel.gate.paths == ["/v1/send/live"]
    assert await client.ask_outcomes([message], message.created_at + timedelta(days=1)) == {}
    assert panel.gate.paths[1:] == ["/v1/send/live", "/v1/send/archive"]


async def test_a_text_that_was_sent_before_ours_was_queued_is_another(
    panel: SmsIrPanel, client: SmsIr, clock: StandingClock
) -> None:
    message = outgoing(7001)
    clock.at = message.created_at - timedelta(minutes=5)
    await client.send(outgoing(7000))
    await client.send(outgoing(7000, recipient="+989350000001"))
    assert await client.ask_outcomes([message], clock.at) == {}


async def test_texts_of_the_night_are_in_the_archive_and_those_to_other_lines_not_ours(
    panel: SmsIrPanel, client: SmsIr, clock: StandingClock
) -> None:
    since = clock.at
    panel.keep_inbound(CITIZEN, "دیشب")
    panel.keep_inbound(CITIZEN, "به خط دیگر", line=LINE + 1)
    clock.at += timedelta(days=1)
    panel.keep_inbound("BANK", "امروز")
    listing = await client.fetch_inbound((since, clock.at))
    assert listing.failure is None
    assert {(text.sender, text.text) for text in listing.texts} == {("09121234567", "دیشب"), ("BANK", "امروز")}
    assert {text.received_at for text in listing.texts} == {since, clock.at}


async def test_what_the_archive_does_not_answer_makes_the_listing_partial(
    panel: SmsIrPanel, client: SmsIr, clock: StandingClock
) -> None:
    panel.keep_inbound(CITIZEN, "امروز")
    panel.gate.fail_next("/v1/receive/archive", ServerFault.CUT_BEFORE, times=2)
    listing = await client.fetch_inbound((clock.at - timedelta(days=1), clock.at))
    assert ([text.text for text in listing.texts], listing.failure) == (["امروز"], "cut")
    assert (await client.fetch_inbound((clock.at - timedelta(hours=1), clock.at))).failure is None


async def test_the_list_is_not_read_further_back_than_is_asked_for(
    panel: SmsIrPanel, client: SmsIr, clock: StandingClock
) -> None:
    for number in range(250):
        panel.keep_inbound(CITIZEN, f"پیام {number}")
        clock.at += timedelta(seconds=10)
    listing = await client.fetch_inbound((clock.at - timedelta(minutes=5), clock.at))
    assert (len(listing.texts), panel.gate.paths) == (100, ["/v1/receive/live"])


async def test_a_list_that_is_longer_than_is_read_is_no_whole_one(
    panel: SmsIrPanel, client: SmsIr, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sms_ir, "MOST_PAGES", 2)
    for number in range(250):
        panel.keep_inbound(CITIZEN, f"پیام {number}")
    listing = await client.fetch_inbound((clock.at - timedelta(hours=1), clock.at))
    assert (len(listing.texts), listing.failure) == (200, TOO_MANY)


async def test_a_row_without_a_time_does_not_end_the_reading(
    panel: SmsIrPanel, client: SmsIr, clock: StandingClock
) -> None:
    for number in range(150):
        panel.keep_inbound(CITIZEN, f"پیام {number}")
    panel.received[0] |= {"messageText": None}
    panel.received[10] |= {"receivedDateTime": clock.at.timestamp() + 0.5}
    listing = await client.fetch_inbound((clock.at - timedelta(hours=1), clock.at))
    assert (len(listing.texts), listing.failure) == (148, None)


async def test_texts_that_are_all_to_other_lines_are_logged_once(
    panel: SmsIrPanel, client: SmsIr, clock: StandingClock, caplog: pytest.LogCaptureFixture
) -> None:
    span = clock.at - timedelta(hours=1), clock.at
    assert (await client.fetch_inbound(span)).texts == ()
    assert caplog.messages == []
    panel.keep_inbound(CITIZEN, "سلام", line=9830004505)
    for _ in range(2):
        assert (await client.fetch_inbound(span)).texts == ()
    assert caplog.messages == [f"of 1 texts that the panel lists none came to our line {LINE}"]


async def test_credit_is_told(panel: SmsIrPanel, client: SmsIr) -> None:
    assert (await client.check_account()).credit == Decimal("10000.5")


def test_a_sender_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="pattern"):
        SmsIrSettings(sender="30x")
