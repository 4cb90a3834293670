"""A mobile is proved at the portal by a code that is good for one session and one purpose."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.actions.citizens.proofs import (
    CODES_PER_FORM,
    CODES_PER_SOURCE,
    RESEND_AFTER,
    ProvedSession,
    confirm_session_code,
    find_code_recipient,
    send_session_code,
)
from domain.actions.citizens.sessions import find_session, note_session_use, open_session
from domain.actions.context import ActionContext
from domain.actions.messages.verification_codes import CODE_LIFETIME, CODES_PER_MOBILE, MOST_TRIES
from domain.messages.code_spending import CodeDelivery
from domain.people.citizen_session import CitizenSession
from domain.values.errors import InvalidField, MobileNotVerified, NotFound
from domain.values.message_parts import count_parts
from domain.values.text import persian_digits
from tests.support.municipality import CITIZEN, NEIGHBOUR, Municipality
from tests.support.sent_messages import mark_queued_sent

HOME, OTHER_HOME = "203.0.113.7", "198.51.100.1"
LISTING, DRAFT = "my-requests", "draft-17"


async def opened(town: Municipality) -> CitizenSession:
    async with town.store.open_unit() as uow:
        return (await open_session(ActionContext(town.desk, uow)))[1]


async def asked(
    town: Municipality, session: CitizenSession, mobile: str = CITIZEN, purpose: str = LISTING, source: str = HOME
) -> CodeDelivery:
    async with town.store.open_unit() as uow:
        delivery = await send_session_code(ActionContext(town.desk, uow), session, mobile, purpose, source)
    await mark_queued_sent(town.store, town.clock.now())
    return delivery


async def confirmed(
    town: Municipality, session: CitizenSession, code: str, purpose: str = LISTING
) -> ProvedSession | MobileNotVerified:
    async with town.store.open_unit() as uow:
        return await confirm_session_code(ActionContext(town.desk, uow), session, purpose, code)


async def again(town: Municipality, session: CitizenSession) -> CitizenSession:
    """The session as it is stored now."""
    async with town.store.open_unit(write=False) as uow:
        found = await uow.citizen_sessions.find(session.digest)
    assert found
    return found


async def code_of(town: Municipality, mobile: str = CITIZEN) -> str:
    return str(re.findall(r"\d{6}", (await town.sent(mobile))[-1].text)[-1])


def reason(outcome: ProvedSession | MobileNotVerified) -> str | None:
    assert isinstance(outcome, MobileNotVerified)
    return outcome.reason


@pytest.mark.parametrize("typed", ["{}", " {} ", "کد {}", "persian", "{0[0]}{0[1]}{0[2]} {0[3]}{0[4]}{0[5]}"])
async def test_the_right_code_proves_the_mobile_however_it_is_typed(town: Municipality, typed: str) -> None:
    session = await opened(town)
    assert await asked(town, session, "۰۹۱۲ ۱۲۳ ۴۵۶۷") is CodeDelivery.SENT
    code = await code_of(town)
    proved = await confirmed(town, session, persian_digits(code) if typed == "persian" else typed.format(code))
    assert isinstance(proved, ProvedSession)
    assert proved.mobile == CITIZEN
    async with town.store.open_unit(write=False) as uow:
        by_new_token = await find_session(ActionContext(town.desk, uow), proved.session_token)
    assert by_new_token
    assert by_new_token.id == session.id
    assert by_new_token.find_proved_mobile(town.clock.now()) == CITIZEN


async def test_a_code_is_one_part_long_and_says_where_it_belongs(town: Municipality) -> None:
    await asked(town, await opened(town))
    [message] = await town.sent(CITIZEN)
    assert count_parts(message.text) == 1
    assert "سایت شهرداری" in message.text


async def test_a_code_is_good_for_its_session_and_purpose_alone(town: Municipality) -> None:
    session, stranger = await opened(town), await opened(town)
    await asked(town, session)
    code = await code_of(town)
    assert reason(await confirmed(town, stranger, code)) == "code_expired"
    assert reason(await confirmed(town, session, code, DRAFT)) == "code_expired"
    assert isinstance(await confirmed(town, session, code), ProvedSession)


async def test_a_code_proves_once_and_again_only_while_its_answer_may_be_lost(town: Municipality) -> None:
    session = await opened(town)
    await asked(town, session)
    code = await code_of(town)
    first = await confirmed(town, session, code)
    second = await confirmed(town, await again(town, session), code)
    assert isinstance(first, ProvedSession)
    assert isinstance(second, ProvedSession)
    async with town.store.open_unit() as uow:
        context = ActionContext(town.desk, uow)
        assert await find_session(context, first.session_token) is None
        arrived = await find_session(context, second.session_token)
        assert arrived
        await note_session_use(context, arrived, second.session_token)
        arrived = await find_session(context, second.session_token)
    assert arrived
    assert reason(await confirmed(town, arrived, code)) == "code_expired"


async def test_a_code_holds_for_five_tries_and_five_minutes(town: Municipality) -> None:
    session = await opened(town)
    await asked(town, session)
    code = await code_of(town)
    wrong = [f"{(int(code) + number) % 10**6:06}" for number in range(1, MOST_TRIES + 1)]
    assert reason(await confirmed(town, session, "no digits")) == "wrong_code", "no try is spent on a slip"
    tried = [reason(await confirmed(town, session, each)) for each in wrong]
    assert tried == ["wrong_code"] * (MOST_TRIES - 1) + ["no_more_tries"]
    assert reason(await confirmed(town, session, code)) == "code_expired"
    town.clock.at += RESEND_AFTER
    await asked(town, session)
    town.clock.at += CODE_LIFETIME
    assert reason(await confirmed(town, session, await code_of(town))) == "code_expired"


async def test_guesses_at_once_are_counted_one_by_one(town: Municipality) -> None:
    session = await opened(town)
    await asked(town, session)
    code = await code_of(town)
    guesses = [f"{(int(code) + number) % 10**6:06}" for number in range(1, 20)]
    tried = await asyncio.gather(*(confirmed(town, session, each) for each in guesses))
    assert [reason(each) for each in tried].count("wrong_code") == MOST_TRIES - 1
    assert reason(await confirmed(town, session, code)) == "code_expired"


async def test_a_double_click_sends_one_code_and_a_minute_later_another(town: Municipality) -> None:
    session = await opened(town)
    for _ in range(5):
        assert await asked(town, session) is CodeDelivery.SENT
    assert len(await town.sent(CITIZEN)) == 1
    assert await asked(town, session, NEIGHBOUR) is CodeDelivery.SENT, "another number is another matter"
    town.clock.at += RESEND_AFTER
    await asked(town, session)
    async with town.store.open_unit(write=False) as uow:
        assert await find_code_recipient(ActionContext(town.desk, uow), session, LISTING) == CITIZEN
    assert len(await town.sent(CITIZEN)) == 2


async def test_codes_are_limited_by_mobile_form_and_address_and_nobody_is_refused(town: Municipality) -> None:
    sent, limited = CodeDelivery.SENT, CodeDelivery.LIMITED
    sessions = [await opened(town) for _ in range(CODES_PER_MOBILE + 1)]
    answers = [await asked(town, session, source=f"192.0.2.{number}") for number, session in enumerate(sessions)]
    assert answers == [sent] * CODES_PER_MOBILE + [limited]
    mobiles = [f"0935000{number:04}" for number in range(100)]
    by_form = [await asked(town, sessions[0], mobile, source=OTHER_HOME) for mobile in mobiles[: CODES_PER_FORM + 1]]
    assert by_form.count(sent) == CODES_PER_FORM - 1, "one was sent before"
    by_source = [await asked(town, await opened(town), mobile) for mobile in mobiles[: CODES_PER_SOURCE + 1]]
    assert by_source.count(sent) == CODES_PER_SOURCE
    town.clock.at += timedelta(hours=1)
    assert await asked(town, sessions[0]) is sent


async def test_strangers_requests_keep_no_code_from_the_browser_that_proved_the_number(town: Municipality) -> None:
    own = await opened(town)
    await asked(town, own)
    assert isinstance(await confirmed(town, own, await code_of(town)), ProvedSession)
    own = replace(own, proved_mobile=CITIZEN)
    town.clock.at += timedelta(days=3)  # the proof has ended long ago
    for number in range(CODES_PER_MOBILE):
        await asked(town, await opened(town), source=f"192.0.2.{number}")
    assert await asked(town, await opened(town), source="192.0.2.9") is CodeDelivery.LIMITED
    for number in range(CODES_PER_SOURCE):
        await asked(town, await opened(town), f"0935000{number:04}")
    for _ in range(CODES_PER_MOBILE):
        assert await asked(town, own) is CodeDelivery.SENT
        town.clock.at += RESEND_AFTER
    assert await asked(town, own) is CodeDelivery.LIMITED, "nor does such a browser flood a phone"
    assert await asked(town, own, "09350009999") is CodeDelivery.LIMITED, "another number is a stranger's"


async def test_a_code_that_came_before_the_limit_holds_on(town: Municipality) -> None:
    session = await opened(town)
    await asked(town, session)
    code = await code_of(town)
    others = [await asked(town, await opened(town)) for _ in range(CODES_PER_MOBILE)]
    town.clock.at += RESEND_AFTER
    assert (others[-1], await asked(town, session)) == (CodeDelivery.LIMITED, CodeDelivery.LIMITED)
    assert isinstance(await confirmed(town, session, code), ProvedSession)


async def test_who_has_a_network_of_ipv6_has_one_address(town: Municipality) -> None:
    answers = [
        await asked(town, await opened(town), f"0935000{number:04}", source=f"2001:db8::{number:x}")
        for number in range(CODES_PER_SOURCE + 1)
    ]
    assert answers.count(CodeDelivery.SENT) == CODES_PER_SOURCE


async def test_the_answer_is_the_same_whether_a_number_is_known_or_not(town: Municipality) -> None:
    await town.order()
    await mark_queued_sent(town.store, town.clock.now())
    deliveries = [await asked(town, await opened(town), mobile) for mobile in (CITIZEN, "09359998877")]
    assert deliveries == [CodeDelivery.SENT, CodeDelivery.SENT]
    async with town.store.open_unit(write=False) as uow:
        texts = [(await uow.outbox.list_recent(recipient=line))[0].text for line in (CITIZEN, "+989359998877")]
    assert len({re.sub(r"\d", "", text) for text in texts}) == 1


async def test_what_is_no_mobile_and_what_is_no_purpose(town: Municipality) -> None:
    session = await opened(town)
    with pytest.raises(InvalidField):
        await asked(town, session, "017 3411")
    for purpose in ("", "A", "a:b", "x" * 41, "../x"):
        with pytest.raises(NotFound):
            await asked(town, session, purpose=purpose)
    assert await town.sent(CITIZEN) == []
