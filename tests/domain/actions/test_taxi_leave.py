"""A taxi's leave from the text to its end: every transition, side path and role of services.md's table."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.requests.history import find_chain_faults
from domain.requests.request import Phase, RequestFilter, TimerKind
from domain.values.actors import Role
from domain.values.errors import AlreadyDone, DomainError, Forbidden, MissingField, NotAllowedNow, NotFound
from tests.support.cabs import AUXILIARY_LEAVE, AUXILIARY_MOBILE, LEAVE, OFFICER, STRANGER, Cabs
from tests.support.municipality import NEIGHBOUR, actor
from tests.support.taxis import AUXILIARY_CODE, DRIVER_CODE, DRIVER_MOBILE, OWNER_MOBILE, PLATE, SECOND_PLATE, a_duty

FIRST_MIDNIGHT = datetime(2026, 11, 24, 20, 30, tzinfo=UTC)
"""Wednesday 1405/09/04 begins in Tehran."""
LAST_MIDNIGHT = datetime(2026, 11, 29, 20, 30, tzinfo=UTC)
"""Sunday 1405/09/08 is over in Tehran."""
EVE_OF_THE_LAST_DAY = datetime(2026, 11, 28, 12, 30, tzinfo=UTC)
"""Saturday, four in the afternoon."""


async def test_the_straight_path(cabs: Cabs) -> None:
    code = await cabs.reach("ended")
    request = await cabs.town.request(code)
    assert request.phase is Phase.DONE
    history = await cabs.town.history(code)
    assert [(one.event, one.actor_kind, one.to_state) for one in history] == [
        ("submit", "citizen", "submitted"),
        ("take", "staff", "under_review"),
        ("approve", "staff", "approved"),
        ("begin", "system", "in_effect"),
        ("end", "system", "ended"),
    ]
    assert find_chain_faults(code, history, request.head_seq, request.head_hash) == []
    assert await cabs.town.keys(DRIVER_MOBILE) == ["submit", "take", "approve", "begin", "end"]
    assert (await cabs.town.say(DRIVER_MOBILE, "۵")).key == "sms.rated"
    assert await cabs.town.timers(code) == {}


async def test_what_is_kept_of_a_new_leave(cabs: Cabs) -> None:
    await a_duty(cabs.town)
    code = await cabs.asks()
    request = await cabs.town.request(code)
    assert request.fields == {
        "plate": PLATE,
        "taxi_code": "114",
        "driver": DRIVER_CODE,
        "from": "2026-11-25",
        "to": "2026-11-29",
        "reason": "بیماری",
        "taxi": {"plate": PLATE, "taxi_code": "114", "driver": "عبدالله ایری"},
        "counted": 4,
        "open_duties": 2_500_000,
    }
    assert (request.subject_key, request.mobile, request.awaits) == (PLATE, DRIVER_MOBILE, None)
    assert (request.data["asked_by"], request.data["needs_consent"]) == ("driver", False)
    async with cabs.town.store.open_unit(write=False) as uow:
        found = await uow.requests.list_requests(RequestFilter(service="taxi_leave", subject_key=PLATE))
    assert [one.code for one in found] == [code]


async def test_the_permit_is_numbered_and_has_a_token(cabs: Cabs) -> None:
    code = await cabs.reach("approved")
    data = (await cabs.town.request(code)).data
    assert (data["letter_number"], data["letter_date"]) == ("1405/ت/1", "2026-11-24")
    assert len(data["letter_token"]) == 32
    assert data["letter_token"] != code
    event = (await cabs.town.history(code))[-1]
    assert event.payload == {"letter_number": "1405/ت/1", "letter_date": "2026-11-24"}
    second = await cabs.asks("مرخصی از ۱۵ آذر تا ۱۶ آذر")
    await cabs.does(second, "take", "approve")
    assert (await cabs.town.request(second)).data["letter_number"] == "1405/ت/2"


@pytest.mark.parametrize(("given", "kept"), [(None, "in_city"), ("out_of_city", "out_of_city")])
async def test_the_officer_says_where_the_leave_may_be_spent(cabs: Cabs, given: str | None, kept: str) -> None:
    code = await cabs.reach("under_review")
    request = await cabs.town.do(code, "approve", OFFICER, **({"scope": given} if given else {}))
    assert request.fields["scope"] == kept
    assert (
        cabs.town.desk.catalogue.text(f"choices.leave_scope.{kept}") in (await cabs.town.sent(DRIVER_MOBILE))[-1].text
    )


async def test_it_begins_and_ends_at_midnight_in_tehran(cabs: Cabs) -> None:
    code = await cabs.reach("approved")
    assert await cabs.town.timers(code) == {(TimerKind.DEADLINE, "begin"): FIRST_MIDNIGHT}
    cabs.town.clock.at = FIRST_MIDNIGHT - timedelta(seconds=1)
    await cabs.town.run_timers()
    assert await cabs.state(code) == "approved"
    cabs.town.clock.at = FIRST_MIDNIGHT
    await cabs.town.run_timers()
    assert await cabs.state(code) == "in_effect"
    assert await cabs.town.timers(code) == {
        (TimerKind.DEADLINE, "end"): LAST_MIDNIGHT,
        (TimerKind.REMINDER, "end_soon"): EVE_OF_THE_LAST_DAY,
    }
    cabs.town.clock.at = LAST_MIDNIGHT - timedelta(seconds=1)
    await cabs.town.run_timers(TimerKind.DEADLINE)
    assert await cabs.state(code) == "in_effect"
    cabs.town.clock.at = LAST_MIDNIGHT
    await cabs.town.run_timers()
    assert await cabs.state(code) == "ended"


async def test_the_driver_is_reminded_the_day_before_the_end(cabs: Cabs) -> None:
    await cabs.reach("in_effect")
    cabs.town.clock.at = EVE_OF_THE_LAST_DAY
    await cabs.town.run_timers()
    reminder = (await cabs.town.sent(DRIVER_MOBILE))[-1]
    assert reminder.key == "services.taxi_leave.notices.end_soon"
    assert "۸ آذر" in reminder.text


async def test_a_leave_that_begins_today_is_in_effect_once_approved(cabs: Cabs) -> None:
    code = await cabs.asks("مرخصی یک روز از امروز")
    await cabs.does(code, "take", "approve")
    await cabs.town.run_timers()
    assert await cabs.state(code) == "in_effect"


async def test_the_driver_ends_it_early(cabs: Cabs) -> None:
    code = await cabs.reach("in_effect")
    heard = await cabs.town.say(DRIVER_MOBILE, f"لغو {code}")
    assert heard.key == "services.taxi_leave.notices.end_early"
    request = await cabs.town.request(code)
    assert (request.state, request.data["last_day"]) == ("ended", "2026-11-25")
    assert await cabs.town.timers(code) == {}
    free = await cabs.asks("مرخصی از پس‌فردا تا ۱۴۰۵/۰۹/۰۸")
    assert await cabs.state(free) == "submitted"


@pytest.mark.parametrize(("state", "last_day"), [("approved", "2026-11-24"), ("in_effect", "2026-11-25")])
async def test_it_is_revoked_with_a_reason(cabs: Cabs, state: str, last_day: str) -> None:
    code = await cabs.reach(state)
    with pytest.raises(MissingField, match="reason"):
        await cabs.town.do(code, "revoke", OFFICER)
    request = await cabs.town.do(code, "revoke", OFFICER, reason="کمبود تاکسی در مراسم")
    assert (request.state, request.phase, request.data["last_day"]) == ("revoked", Phase.DECLINED, last_day)
    assert "کمبود تاکسی در مراسم" in (await cabs.town.sent(DRIVER_MOBILE))[-1].text
    assert "کمبود تاکسی" in (await cabs.town.say(DRIVER_MOBILE, code)).text


@pytest.mark.parametrize("state", ["submitted", "under_review", "needs_info", "approved"])
async def test_it_is_withdrawn_by_text_before_it_begins(cabs: Cabs, state: str) -> None:
    code = await cabs.reach("under_review" if state == "needs_info" else state)
    if state == "needs_info":
        await cabs.town.do(code, "ask", OFFICER, question="کجا می‌روید؟")
    heard = await cabs.town.say(DRIVER_MOBILE, f"لغو {code}")
    assert heard.key == "services.taxi_leave.notices.withdraw"
    assert (await cabs.town.request(code)).phase is Phase.CANCELLED
    assert await cabs.town.timers(code) == {}
    with pytest.raises(AlreadyDone):
        await cabs.town.do(code, "withdraw", actor(Role.CITIZEN, DRIVER_MOBILE))
    assert await cabs.state(await cabs.asks()) == "submitted"  # its days are free again


async def test_it_is_rejected_with_a_reason(cabs: Cabs) -> None:
    code = await cabs.reach("under_review")
    request = await cabs.town.do(code, "reject", OFFICER, reason="مدارک ناقص است")
    assert (request.state, request.phase) == ("rejected", Phase.DECLINED)
    told = (await cabs.town.sent(DRIVER_MOBILE))[-1].text
    assert "مدارک ناقص است" in told
    assert "بیماری" not in told


async def test_a_question_is_asked_and_answered(cabs: Cabs) -> None:
    code = await cabs.reach("under_review")
    request = await cabs.town.do(code, "ask", OFFICER, question="کجا می‌روید؟")
    assert (request.state, request.phase) == ("needs_info", Phase.NEEDS_CITIZEN)
    assert "کجا می‌روید؟" in (await cabs.town.say(DRIVER_MOBILE, code)).text
    assert (await cabs.town.say(DRIVER_MOBILE, "پاسخ مشهد")).key == "services.taxi_leave.notices.answer"
    request = await cabs.town.request(code)
    assert request.state == "under_review"
    assert request.data["answers"] == [{"question": "کجا می‌روید؟", "answer": "مشهد"}]
    await cabs.town.do(code, "ask", OFFICER, question="چند نفر؟")
    assert (await cabs.town.do(code, "answer", OFFICER, text="دو نفر")).state == "under_review"


async def test_an_unanswered_question_closes_it(cabs: Cabs) -> None:
    code = await cabs.reach("under_review", "مرخصی از ۱۵ آذر تا ۱۶ آذر")
    await cabs.town.do(code, "ask", OFFICER, question="کجا می‌روید؟")
    cabs.town.advance(days=7, seconds=-1)
    await cabs.town.run_timers()
    assert await cabs.state(code) == "needs_info"
    cabs.town.advance(seconds=1)
    await cabs.town.run_timers()
    assert await cabs.state(code) == "rejected"
    assert (await cabs.town.keys(DRIVER_MOBILE))[-1] == "no_answer"


async def test_a_leave_whose_days_are_past_is_not_approved(cabs: Cabs) -> None:
    code = await cabs.reach("under_review")
    cabs.town.clock.at = LAST_MIDNIGHT
    with pytest.raises(NotAllowedNow, match="leave_past"):
        await cabs.does(code, "approve")
    await cabs.town.do(code, "reject", OFFICER, reason="دیر شد")


# The owner's consent


async def test_an_auxiliary_driver_waits_for_the_owner(cabs: Cabs) -> None:
    heard = await cabs.town.say(AUXILIARY_MOBILE, AUXILIARY_LEAVE)
    assert heard.key == "services.taxi_leave.notices.ask_owner"
    request = await cabs.town.request(heard.code)
    assert (request.state, request.phase, request.awaits) == ("awaiting_owner", Phase.NEEDS_CITIZEN, OWNER_MOBILE)
    asked = (await cabs.town.sent(OWNER_MOBILE))[-1]
    assert asked.key == "services.taxi_leave.notices.owner_asked"
    assert "صفر ایری" in asked.text
    assert "۱۲ت۳۴۶-۵۹" in asked.text
    history = await cabs.town.history(heard.code)
    assert [(one.event, one.channel) for one in history] == [("submit", "sms"), ("ask_owner", "sms")]


async def test_the_owner_consents_by_text(cabs: Cabs) -> None:
    code = await cabs.asks(AUXILIARY_LEAVE, AUXILIARY_MOBILE)
    heard = await cabs.town.say(OWNER_MOBILE, f"تایید {code}")
    assert heard.key == "services.taxi_leave.notices.owner_consented"
    request = await cabs.town.request(code)
    assert (request.state, request.awaits) == ("under_review", None)
    assert (await cabs.town.history(code))[-1].actor == f"citizen:{OWNER_MOBILE}"
    assert (await cabs.town.keys(AUXILIARY_MOBILE))[-1] == "consent"
    assert (await cabs.town.keys(OWNER_MOBILE)).count("owner_consented") == 1
    assert (await cabs.does(code, "approve")).state == "approved"


async def test_the_only_request_that_awaits_the_owner_needs_no_code(cabs: Cabs) -> None:
    code = await cabs.asks(AUXILIARY_LEAVE, AUXILIARY_MOBILE)
    await cabs.town.say(OWNER_MOBILE, "تایید")
    assert await cabs.state(code) == "under_review"


async def test_the_owner_refuses_by_text(cabs: Cabs) -> None:
    code = await cabs.asks(AUXILIARY_LEAVE, AUXILIARY_MOBILE)
    assert (await cabs.town.say(OWNER_MOBILE, f"رد {code}")).key == "sms.offer.deny"
    assert (await cabs.town.say(OWNER_MOBILE, "۱")).key == "services.taxi_leave.notices.owner_refused"
    request = await cabs.town.request(code)
    assert (request.state, request.phase, request.awaits) == ("rejected", Phase.DECLINED, None)
    assert (await cabs.town.keys(AUXILIARY_MOBILE))[-1] == "refuse"


async def test_nobody_else_consents(cabs: Cabs) -> None:
    code = await cabs.asks(AUXILIARY_LEAVE, AUXILIARY_MOBILE)
    assert (await cabs.town.say(NEIGHBOUR, f"تایید {code}")).key == "errors.not_found"
    assert (await cabs.town.say(AUXILIARY_MOBILE, f"تایید {code}")).key == "errors.not_allowed_now"
    with pytest.raises(Forbidden):
        await cabs.town.do(code, "consent", actor(Role.CITIZEN, AUXILIARY_MOBILE))
    with pytest.raises(NotFound):
        await cabs.town.do(code, "withdraw", actor(Role.CITIZEN, NEIGHBOUR))
    with pytest.raises(Forbidden):
        await cabs.town.do(code, "withdraw", actor(Role.CITIZEN, OWNER_MOBILE))
    assert await cabs.state(code) == "awaiting_owner"


@pytest.mark.parametrize(("action", "state"), [("consent", "under_review"), ("refuse", "rejected")])
async def test_the_officer_records_the_owners_answer(cabs: Cabs, action: str, state: str) -> None:
    code = await cabs.asks(AUXILIARY_LEAVE, AUXILIARY_MOBILE)
    assert (await cabs.does(code, action)).state == state
    told = await cabs.town.sent(OWNER_MOBILE)
    assert told[-1].key.endswith(f"owner_{'consented' if action == 'consent' else 'refused'}")


async def test_an_owner_who_does_not_answer_closes_it(cabs: Cabs) -> None:
    code = await cabs.asks(AUXILIARY_LEAVE, AUXILIARY_MOBILE)
    cabs.town.advance(days=3, seconds=-1)
    await cabs.town.run_timers()
    assert await cabs.state(code) == "awaiting_owner"
    cabs.town.advance(seconds=1)
    await cabs.town.run_timers()
    request = await cabs.town.request(code)
    assert (request.state, request.awaits) == ("rejected", None)
    assert (await cabs.town.keys(AUXILIARY_MOBILE))[-1] == "no_consent"
    assert (await cabs.town.say(OWNER_MOBILE, f"تایید {code}")).key == "errors.not_allowed_now"


@pytest.mark.parametrize(("first", "second"), [("تایید", "تایید"), ("تایید", "رد"), ("رد", "تایید"), ("رد", "رد")])
async def test_the_owner_answers_once(cabs: Cabs, first: str, second: str) -> None:
    code = await cabs.asks(AUXILIARY_LEAVE, AUXILIARY_MOBILE)
    if (await cabs.town.say(OWNER_MOBILE, f"{first} {code}")).key == "sms.offer.deny":
        await cabs.town.say(OWNER_MOBILE, "۱")
    state = await cabs.state(code)
    again = await cabs.town.say(OWNER_MOBILE, f"{second} {code}")
    assert (again.key, again.text) == (
        "errors.already_done",
        cabs.town.desk.catalogue.text("details.already_done.answered"),
    )
    assert (await cabs.town.say(NEIGHBOUR, f"{second} {code}")).key == "errors.not_found"
    assert await cabs.state(code) == state


async def test_the_owner_has_no_longer_than_the_leave(cabs: Cabs) -> None:
    code = await cabs.asks("مرخصی تاکسی ۱۱۵ امروز و فردا", AUXILIARY_MOBILE)
    assert await cabs.town.timers(code) == {
        (TimerKind.DEADLINE, "no_consent"): FIRST_MIDNIGHT + timedelta(days=1),
    }


async def test_it_is_withdrawn_while_the_owner_thinks(cabs: Cabs) -> None:
    code = await cabs.asks(AUXILIARY_LEAVE, AUXILIARY_MOBILE)
    await cabs.town.say(AUXILIARY_MOBILE, f"لغو {code}")
    request = await cabs.town.request(code)
    assert (request.state, request.awaits) == ("withdrawn", None)
    assert (await cabs.town.say(OWNER_MOBILE, "تایید")).key == "sms.none_to.confirm"


async def test_the_owner_of_the_taxi_needs_nobodys_consent(cabs: Cabs) -> None:
    code = await cabs.asks(AUXILIARY_LEAVE, OWNER_MOBILE)
    assert await cabs.state(code) == "submitted"
    assert (await cabs.town.request(code)).data["asked_by"] == "owner"
    await cabs.change_driver(AUXILIARY_CODE, mobile=OWNER_MOBILE)
    assert await cabs.state(await cabs.asks("مرخصی تاکسی ۱۱۵ از ۱۵ آذر تا ۱۶ آذر", OWNER_MOBILE)) == "submitted"


# Who may do what


@pytest.mark.parametrize("role", [Role.CIVIL, Role.REVENUE, Role.MANAGER, Role.AUDITOR, Role.CLERK])
async def test_only_the_officer_decides(cabs: Cabs, role: Role) -> None:
    code = await cabs.reach("submitted")
    await cabs.town.brought_by(code)
    with pytest.raises(Forbidden):
        await cabs.town.do(code, "take", role)
    await cabs.does(code, "take")
    for action in ("approve", "reject", "ask"):
        with pytest.raises(Forbidden):
            await cabs.town.do(code, action, role, reason="دلیل", question="؟")


async def test_steps_are_taken_in_their_order(cabs: Cabs) -> None:
    code = await cabs.reach("submitted")
    for action in ("approve", "reject", "revoke", "consent", "end_early"):
        with pytest.raises(DomainError) as refused:
            await cabs.town.do(code, action, OFFICER, reason="دلیل")
        assert refused.type in {NotAllowedNow, AlreadyDone}
    with pytest.raises(NotFound):
        await cabs.town.do(code, "withdraw", actor(Role.CITIZEN, STRANGER))
    await cabs.town.brought_by(code)
    assert (await cabs.town.do(code, "withdraw", Role.CLERK)).state == "withdrawn"


async def test_a_walk_in_is_entered_with_the_whole_form(cabs: Cabs) -> None:
    with pytest.raises(MissingField, match="scope"):
        await cabs.enters("taxi_leave", {"from": "1405/09/10", "days": "2"}, DRIVER_MOBILE)
    form = {"from": "1405/09/10", "days": "2", "scope": "out_of_city", "reason": "سفر"}
    code = await cabs.enters("taxi_leave", form, DRIVER_MOBILE)
    request = await cabs.town.request(code)
    assert (request.fields["to"], request.fields["scope"], request.fields["driver"]) == (
        "2026-12-02",
        "out_of_city",
        DRIVER_CODE,
    )
    assert (await cabs.town.keys(DRIVER_MOBILE))[-1] == "submit"
    other = await cabs.enters_leave("1405/09/10", "1405/09/11", plate=SECOND_PLATE)
    assert (await cabs.town.request(other)).state == "awaiting_owner"


async def test_it_is_listed_and_tracked(cabs: Cabs) -> None:
    code = await cabs.asks(LEAVE)
    assert code in (await cabs.town.say(DRIVER_MOBILE, "درخواست‌ها")).codes
    assert (await cabs.town.say(DRIVER_MOBILE, code)).key == "services.taxi_leave.status.submitted"
    told = await cabs.town.say(NEIGHBOUR, code)
    assert (told.key, "بیماری" in told.text) == ("sms.status_of_other", False)
