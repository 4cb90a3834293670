"""Texts that come in: each acted on once, none lost, and what every command answers."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.actions.context import ActionContext
from domain.actions.conversations.converse import converse
from domain.actions.conversations.receive import receive_sms
from domain.actions.requests import track
from domain.messages.carriers import ReceivedSms
from domain.messages.records import InboundMessage, InboundState, MessageClass
from domain.settings.policy import Policy
from domain.values.calendar import to_tehran
from domain.values.errors import Conflict, DomainError, NotAllowedNow, Unavailable
from store.engines import build_engine
from store.unit_of_work import SqlStore
from tests.support.municipality import (
    CITIZEN,
    NEIGHBOUR,
    ORDER,
    Municipality,
    StandingClock,
    build_desk,
    municipality,
)


def mistyped(code: str) -> str:
    """Return a code with its last digit wrong."""
    return code[:-1] + str((int(code[-1]) + 1) % 10)


# Once and only once


async def test_the_same_provider_id_is_acted_on_once(town: Municipality) -> None:
    first = await town.say(CITIZEN, ORDER, provider_id="85463238")
    town.advance(days=3)
    again = await town.say(CITIZEN, ORDER, provider_id="85463238")
    assert again == first
    assert (len(await town.requests_of()), len(await town.sent())) == (1, 1)
    other = await town.say(CITIZEN, ORDER, provider_id="85463239")
    assert other.inbound.id != first.inbound.id
    assert len(await town.requests_of()) == 2


async def test_five_deliveries_at_once_make_one_request(town: Municipality) -> None:
    heard = await asyncio.gather(*[town.say(CITIZEN, ORDER, provider_id="85463238") for _ in range(5)])
    assert len({one.inbound.id for one in heard}) == 1
    assert len({one.text for one in heard}) == 1
    assert (len(await town.requests_of()), len(await town.sent())) == (1, 1)


@pytest.mark.parametrize("at_once", [True, False])
async def test_without_ids_the_same_text_in_the_window_is_a_duplicate(town: Municipality, *, at_once: bool) -> None:
    if at_once:
        heard = await asyncio.gather(*[town.say(CITIZEN, ORDER, provider_id=None) for _ in range(3)])
    else:
        heard = [await town.say(CITIZEN, ORDER, provider_id=None) for _ in range(3)]
    assert len({one.inbound.id for one in heard}) == 1
    assert len(await town.requests_of()) == 1
    await town.say(NEIGHBOUR, ORDER, provider_id=None)
    town.advance(minutes=10, seconds=1)
    assert (await town.say(CITIZEN, ORDER, provider_id=None)).key == "sms.same"
    await town.say(CITIZEN, "بله", provider_id=None)
    assert (len(await town.requests_of()), len(await town.requests_of(NEIGHBOUR))) == (2, 1)


async def test_without_ids_the_same_answer_to_another_question_is_no_duplicate(town: Municipality) -> None:
    heard = [await town.say(CITIZEN, text, provider_id=None) for text in ("ماشین", "1", "1")]
    assert heard[-1].key == "services.machinery.fields.date.prompt"


@pytest.mark.parametrize("empty", ["", " ", "\x00"])
async def test_an_empty_provider_id_is_none(town: Municipality, empty: str) -> None:
    for text in ("راهنما", "درخواست‌ها"):
        heard = await town.receive(CITIZEN, text, empty)
        assert heard.state is InboundState.ANSWERED
        assert heard.provider_id is None


# Nothing lost


@pytest.mark.parametrize("sender", ["30001234", "شهرداری", "021-17225555", "", "\x00", "+442071234567", "9" * 300])
async def test_a_sender_that_is_no_mobile_is_stored_and_not_answered(town: Municipality, sender: str) -> None:
    heard = await town.say(sender, "راهنما")
    assert (heard.inbound.state, heard.reply) == (InboundState.NOT_A_MOBILE, None)
    assert town.rows("SELECT text FROM inbox") == [("راهنما",)]
    assert town.rows("SELECT count(*) FROM outbox") == [(0,)]


@pytest.mark.parametrize("sender", ["09121234567", "+989121234567", "00989121234567", "۰۹۱۲ ۱۲۳ ۴۵۶۷"])
async def test_a_mobile_in_any_form_is_one_line(town: Municipality, sender: str) -> None:
    await town.say("989121234567", "ماشین")
    assert (await town.say(sender, "لودر")).key == "services.machinery.fields.items_hours.prompt"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\x00",
        "\x00راهنما\x00",
        "😀😀😀",
        "\ud800",
        "؟",
        "a" * 1000,
        "ن" * 100_000,
        "راهنما\r\n\u200f",
        "{}",
        "%s",
    ],
)
async def test_any_text_is_kept_and_answered(town: Municipality, text: str) -> None:
    heard = await town.say(CITIZEN, text)
    assert heard.inbound.state is InboundState.ANSWERED
    assert heard.text
    assert len(town.rows("SELECT text FROM inbox")[0][0]) <= 2000


async def test_the_writers_words_are_kept(town: Municipality) -> None:
    code = await town.order("ماشین لودر ۴ ساعت فردا ساعت ۸ كوچه‌ي شهيد 😀 {code} پلاک ۲/۱")
    assert (await town.request(code)).fields["place"] == "کوچه‌ی شهید 😀 {code} پلاک ۲/۱"


async def test_a_fault_of_ours_keeps_the_text_and_answers(database: Path) -> None:
    clock = StandingClock()
    broken = {"services": {"machinery": {"notices": {"submit": "{nonsense}"}}}}
    async with municipality(database, build_desk(clock, texts=broken), clock) as town:
        await town.furnish()
        heard = await town.say(CITIZEN, ORDER, provider_id="1")
        assert (heard.inbound.state, heard.inbound.reason) == (InboundState.FAILED, "KeyError")
        assert heard.key == "errors.internal"
        assert town.rows("SELECT text FROM inbox") == [(ORDER,)]
        assert await town.requests_of() == []
        assert await town.say(CITIZEN, ORDER, provider_id="1") == heard
        assert (await town.say(CITIZEN, ORDER, provider_id=None)).inbound.state is InboundState.FAILED
        assert (await town.say(CITIZEN, "راهنما")).key == "sms.help"


def failing(monkeypatch: pytest.MonkeyPatch, *errors: DomainError) -> None:
    """Have what acts on texts fail so, one error for each time."""
    left = list(errors)

    async def acting(*arguments: Any) -> Any:
        answer = await converse(*arguments)
        if left:
            raise left.pop(0)
        return answer

    monkeypatch.setattr("domain.actions.conversations.receive.converse", acting)


async def test_who_was_slower_acts_once_more(town: Municipality, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, Conflict("code"))
    heard = await town.say(CITIZEN, ORDER, provider_id="1")
    assert (heard.inbound.state, heard.key) == (InboundState.ANSWERED, "services.machinery.notices.submit")
    assert (len(await town.requests_of()), len(await town.sent())) == (1, 1)


@pytest.mark.parametrize("errors", [(Conflict("code"), Conflict("code")), (NotAllowedNow("standing"),)])
async def test_what_would_fail_each_time_is_kept_and_holds_up_nothing(
    town: Municipality, monkeypatch: pytest.MonkeyPatch, errors: tuple[DomainError, ...]
) -> None:
    failing(monkeypatch, *errors)
    heard = await town.say(CITIZEN, ORDER, provider_id="1")
    assert (heard.inbound.state, heard.inbound.reason) == (InboundState.FAILED, type(errors[-1]).__name__)
    assert heard.key == "errors.internal"
    assert await town.requests_of() == []


async def test_while_the_store_is_away_the_text_is_refused_and_can_come_again(
    town: Municipality, tmp_path: Path
) -> None:
    away = SqlStore(build_engine(f"sqlite:///{tmp_path}/missing/pishkhan.db"))
    with pytest.raises(Unavailable):
        await receive_sms(town.desk, away, "simulator", ReceivedSms("1", CITIZEN, "3000", ORDER))
    await away.close()
    assert (await town.say(CITIZEN, ORDER, provider_id="1")).key == "services.machinery.notices.submit"


# Limits


async def test_past_the_rate_limit_the_citizen_is_told_once(town: Municipality) -> None:
    limit = town.desk.policy.inbound_limit
    keys = [(await town.say(CITIZEN, "درخواست‌ها")).key for _ in range(limit + 3)]
    assert keys[:limit] == ["sms.no_requests"] * limit
    assert keys[limit:] == ["errors.too_many_requests", "", ""]
    assert (await town.say(CITIZEN, ORDER)).inbound.state is InboundState.LIMITED
    assert (await town.say(NEIGHBOUR, "درخواست‌ها")).key == "sms.no_requests"
    town.advance(minutes=10)
    assert (await town.say(CITIZEN, "درخواست‌ها")).key == "sms.no_requests"


async def test_two_machines_do_not_answer_each_other(town: Municipality) -> None:
    heard = [await town.say(CITIZEN, "متوجه نشدم") for _ in range(6)]
    assert [one.key for one in heard] == ["sms.unknown", "sms.unknown_again"] * 2 + ["", ""]
    assert (heard[4].inbound.state, heard[4].inbound.reason) == (InboundState.SILENT, "loop")
    assert (await town.say(CITIZEN, "درخواست‌ها")).key == "sms.no_requests"
    assert (await town.say(CITIZEN, "متوجه نشدم")).key == "sms.unknown"


async def test_our_own_words_sent_back_come_to_silence(town: Municipality) -> None:
    heard = await town.say(CITIZEN, "سلام خوبید")
    for _ in range(12):
        heard = await town.say(CITIZEN, heard.text or heard.inbound.text)
    assert heard.reply is None


async def test_guessing_codes_is_limited_for_a_sender(town: Municipality) -> None:
    code = await town.order(mobile=NEIGHBOUR)
    for _ in range(5):
        assert (await town.say(CITIZEN, "123456786")).key == "errors.not_found"
        assert (await town.say(CITIZEN, code)).key == "sms.status_of_other"
    assert (await town.say(CITIZEN, code)).key == "errors.too_many_requests"
    assert (await town.say(CITIZEN, "123456786")).key == "errors.too_many_requests"
    assert (await town.say(CITIZEN, mistyped(code))).key == "errors.code_mistyped"
    assert (await town.say(NEIGHBOUR, code)).key == "services.machinery.status.submitted"
    town.advance(hours=1)
    assert (await town.say(CITIZEN, code)).key == "sms.status_of_other"


async def test_guessing_bill_ids_is_limited_too(town: Municipality) -> None:
    code = await town.reach("awaiting_payment", mobile=NEIGHBOUR)
    (bill,) = await town.bills(code)
    for _ in range(5):
        assert (await town.say(CITIZEN, f"قبض {bill.bill_id}")).key == "sms.bill_of_other"
        assert (await town.say(CITIZEN, "قبض 1117753200140")).key == "errors.bill_not_found"
    assert (await town.say(CITIZEN, f"قبض {bill.bill_id}")).key == "errors.too_many_requests"
    own = await town.reach("awaiting_payment", mobile=CITIZEN)
    (bill,) = await town.bills(own)
    assert (await town.say(CITIZEN, f"قبض {bill.bill_id}")).key == "sms.pay", "one's own is told even then"
    assert (await town.say(CITIZEN, code)).key == "errors.too_many_requests"


async def test_nobody_is_refused_for_what_others_guess(database: Path) -> None:
    clock = StandingClock()
    async with municipality(database, build_desk(clock, policy=Policy(guess_limit_sender=1)), clock) as town:
        await town.furnish()
        code = await town.order(mobile=NEIGHBOUR)
        async with town.store.open_unit() as uow:
            for number in range(1200):
                await track.count_guess(ActionContext(town.desk, uow), f"+98913{number:07}")
        assert (await town.say(CITIZEN, code)).key == "sms.status_of_other"
        assert (await town.say(CITIZEN, code)).key == "errors.too_many_requests"


# Dialogues


async def test_opt_out_stops_reminders_and_the_dialogue_goes_on(town: Municipality) -> None:
    await town.says("ماشین", "لودر")
    heard = await town.say(CITIZEN, "لغو11")
    assert heard.key == "sms.opted_out"
    assert "لودر: چند ساعت کار لازم دارید؟" in heard.text
    assert (await town.say(CITIZEN, "4")).key == "services.machinery.fields.date.prompt"
    assert (await town.say(CITIZEN, "لغو11")).reply is not None
    await town.says("فردا", "11")
    assert (await town.requests_of()) == []
    assert (await town.say(CITIZEN, "12")).key != "sms.opted_in"  # the place asked for


async def test_an_interruption_is_answered_and_the_question_repeated(town: Municipality) -> None:
    code = await town.order()
    await town.says("ماشین", "لودر ۴ ساعت")
    heard = await town.say(CITIZEN, f"پیگیری {code}")
    assert heard.key == "services.machinery.status.submitted"
    assert heard.text.endswith(town.desk.catalogue.text("services.machinery.fields.date.prompt"))
    assert (await town.say(CITIZEN, "فردا")).key == "services.machinery.fields.start.prompt"


async def test_the_summary_is_corrected_and_confirmed(town: Municipality) -> None:
    heard = await town.says("ماشین لودر ۴ ساعت فردا ساعت ۸", "کوچه بهار")
    assert (heard.key, "کوچه بهار" in heard.text) == ("services.machinery.summary", True)
    await town.says("قبلی", "کوچه پاییز")
    heard = await town.say(CITIZEN, "تایید")
    assert (await town.request(heard.code)).fields["place"] == "کوچه پاییز"


async def test_a_dialogue_expires_and_a_late_answer_is_told_so(town: Municipality) -> None:
    for late in ("1", "تایید", "بله", "کوچه بهار"):
        await town.says("ماشین لودر ۴ ساعت فردا ساعت ۸", "کوچه بهار")
        town.advance(minutes=30)
        assert (await town.say(CITIZEN, late)).key == "errors.expired_dialogue"
    town.advance(hours=25)
    assert (await town.say(CITIZEN, "کوچه بهار")).key == "sms.unknown"
    await town.says("ماشین")
    town.advance(minutes=31)
    assert (await town.say(CITIZEN, ORDER)).key == "services.machinery.notices.submit"


async def test_every_answer_gives_half_an_hour_more(town: Municipality) -> None:
    for text in ("ماشین", "لودر ۴ ساعت", "فردا", "8"):
        await town.say(CITIZEN, text)
        town.advance(minutes=29)
    assert (await town.say(CITIZEN, "کوچه بهار")).key == "services.machinery.summary"


async def test_what_fails_at_the_end_is_asked_again(town: Municipality) -> None:
    await town.says("ماشین لودر ۴ ساعت فردا ساعت ۸", "کوچه بهار")
    town.advance(minutes=29)
    await town.say(CITIZEN, "درخواست‌ها")
    town.clock.at += timedelta(days=2)
    town.sql("UPDATE dialogues SET expires_at = '2027-01-01 00:00:00.000000'")
    heard = await town.say(CITIZEN, "1")
    assert heard.key == "services.machinery.fields.date.prompt"
    assert heard.text.startswith(town.desk.catalogue.text("details.invalid_field.past"))
    assert (await town.say(CITIZEN, "شنبه")).key == "services.machinery.summary"
    assert (await town.say(CITIZEN, "1")).key == "services.machinery.notices.submit"


async def test_an_hour_that_has_passed_is_asked_again(town: Municipality) -> None:
    heard = await town.say(CITIZEN, "ماشین لودر ۴ ساعت امروز ساعت ۸ کوچه بهار")
    assert heard.key == "services.machinery.fields.start.prompt"
    assert heard.text.startswith(town.desk.catalogue.text("details.invalid_field.past"))
    assert await town.requests_of() == []
    heard = await town.says("۱۱", "تایید")
    assert (await town.request(heard.code)).fields["start"] == "11:00"


# Texts that are fetched late


async def receive_late(town: Municipality, mobile: str, text: str, moment: datetime) -> InboundMessage:
    """Take a text of which the panel says when it came."""
    received_sms = ReceivedSms(f"{mobile} {moment}", mobile, "3000", text, moment)
    return await receive_sms(town.desk, town.store, "sms_ir", received_sms)


async def test_a_text_of_yesterday_is_read_from_its_own_day(town: Municipality) -> None:
    yesterday = town.clock.at - timedelta(days=1)
    passed = await receive_late(town, NEIGHBOUR, ORDER, yesterday)
    assert (passed.received_at, passed.request_id) == (yesterday, None)
    [reply] = await town.sent(NEIGHBOUR)
    assert reply.key == "services.machinery.fields.start.prompt"
    assert reply.text.startswith(town.desk.catalogue.text("details.invalid_field.past"))
    await receive_late(town, CITIZEN, ORDER.replace("ساعت ۸", "ساعت ۱۲"), yesterday)
    [request] = await town.requests_of()
    assert (request.fields["date"], request.fields["start"]) == (to_tehran(town.clock.at).date().isoformat(), "12:00")


async def test_a_backlog_counts_when_it_was_sent(town: Municipality) -> None:
    text_count, now = town.desk.policy.inbound_limit + 3, town.clock.at
    for number in range(text_count):
        moment = now - timedelta(hours=text_count - number)
        message = await receive_late(town, CITIZEN, "درخواست‌ها", moment)
        assert (message.state, message.received_at) == (InboundState.ANSWERED, moment)
    ahead = await receive_late(town, CITIZEN, "درخواست‌ها", now + timedelta(days=1))
    assert (ahead.state, ahead.received_at) == (InboundState.ANSWERED, now)


async def test_replies_go_at_once_even_at_night(town: Municipality) -> None:
    town.advance(hours=13)
    heard = await town.say(CITIZEN, ORDER)
    assert heard.reply is not None
    assert (heard.reply.cls, heard.reply.not_before) == (MessageClass.REPLY, town.clock.at)
