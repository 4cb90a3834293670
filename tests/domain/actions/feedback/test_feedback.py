"""Public comments, their moderation and answers; low ratings; taking a finished request up again."""

import pytest

from domain.actions.context import ActorContext
from domain.actions.feedback import feedback, moderation, service_page
from domain.actions.feedback.view_counting import ViewCounter
from domain.actions.requests import reopen
from domain.feedback.opinions import Comment, CommentFilter, CommentState
from domain.messages.records import MessageClass
from domain.people.person import StaffMember
from domain.requests.request import Phase, ServiceRequest
from domain.values.actors import Actor, Role
from domain.values.errors import (
    AlreadyDone,
    DomainError,
    Forbidden,
    InvalidField,
    MissingField,
    NotAllowedNow,
    NotFound,
)
from domain.values.tracking_codes import parse_code
from tests.support.municipality import CITIZEN, NEIGHBOUR, Municipality, actor

MANAGER_MOBILE = "+989111000009"
MANAGER = actor(Role.MANAGER)


async def engage_manager(town: Municipality) -> None:
    """Put the manager on the staff."""
    member = StaffMember("manager", frozenset({Role.MANAGER}), "بهروز نوری", MANAGER_MOBILE, "", True, town.clock.now())
    async with town.store.open_unit() as uow:
        await uow.people.save_staff(member)


async def comments(town: Municipality) -> list[Comment]:
    """All comments, newest first."""
    async with town.store.open_unit(write=False) as uow:
        return await uow.feedback.list_comments(CommentFilter())


async def moderate(town: Municipality, number: int, state: CommentState, by: Actor = MANAGER) -> Comment:
    """Decide about a comment."""
    async with town.store.open_unit() as uow:
        return await moderation.moderate_comment(ActorContext(town.desk, uow, by), number, state)


async def answer(town: Municipality, number: int, text: str, by: Actor = MANAGER) -> Comment:
    """Answer a comment."""
    async with town.store.open_unit() as uow:
        return await moderation.answer_comment(ActorContext(town.desk, uow, by), number, text)


async def reopened(town: Municipality, code: str, by: Actor, reason: str = "کار ناتمام ماند") -> ServiceRequest:
    """Take a request up again."""
    async with town.store.open_unit() as uow:
        return (await reopen.reopen_request(ActorContext(town.desk, uow, by), parse_code(code), reason)).outcome.request


async def test_a_comment_is_seen_by_the_public_once_it_is_published(town: Municipality) -> None:
    await town.say(CITIZEN, "نظر ماشین‌آلات راننده خوش‌برخورد بود")
    await town.say(NEIGHBOUR, "پیشنهاد برای خیابان امام درخت بکارید")
    about_all, about_machines = await comments(town)
    assert (about_all.service, about_machines.service) == (None, "machinery")
    seen = await service_page.visit_service_page(
        town.desk, town.store, "machinery", view_counter=ViewCounter(town.store)
    )
    assert (seen.views, seen.published_count, seen.comments) == (1, 0, ())
    kept = await moderate(town, about_machines.id, CommentState.PUBLISHED)
    assert (kept.moderated_by, kept.moderated_at) == ("staff:manager", town.clock.now())
    seen = await service_page.visit_service_page(town.desk, town.store, "machinery", view_counter=None)
    assert (seen.views, seen.published_count) == (1, 1)
    assert [one.text for one in seen.comments] == ["راننده خوش‌برخورد بود"]
    await moderate(town, about_machines.id, CommentState.HIDDEN)
    assert (
        await service_page.visit_service_page(town.desk, town.store, "machinery", view_counter=ViewCounter(town.store))
    ).comments == ()


async def test_comments_come_page_by_page(town: Municipality) -> None:
    by = actor(Role.CITIZEN)
    async with town.store.open_unit() as uow:
        for number in range(service_page.COMMENTS_PER_PAGE + 3):
            kept = await feedback.store_comment(ActorContext(town.desk, uow, by), f"نظر {number}", service="machinery")
            await moderation.moderate_comment(ActorContext(town.desk, uow, MANAGER), kept.id, CommentState.PUBLISHED)
    first = await service_page.visit_service_page(
        town.desk, town.store, "machinery", view_counter=ViewCounter(town.store)
    )
    rest = await service_page.visit_service_page(
        town.desk, town.store, "machinery", first.older_before, view_counter=ViewCounter(town.store)
    )
    assert (len(first.comments), len(rest.comments), rest.older_before) == (20, 3, None)
    assert [one.text for one in rest.comments] == ["نظر 2", "نظر 1", "نظر 0"]


async def test_an_answer_goes_to_the_citizen_whole(town: Municipality) -> None:
    code = await town.order()
    await town.say(CITIZEN, f"نظر {code} دیر شد")
    [comment] = await comments(town)
    words = "ن" * moderation.LONGEST_ANSWER
    kept = await answer(town, comment.id, f" {words}\n")
    assert (kept.answer, kept.answered_by, kept.state) == (words, "staff:manager", CommentState.PENDING)
    told = (await town.sent())[-1]
    assert (told.key, told.cls, told.request_id) == (
        "sms.comment_answered",
        MessageClass.NOTICE,
        (await town.request(code)).id,
    )
    assert words in told.text
    assert (await answer(town, comment.id, "پوزش می‌خواهیم")).answer == "پوزش می‌خواهیم"


@pytest.mark.parametrize(("text", "detail"), [(" ", "empty"), ("ن" * 251, "too_long")])
async def test_an_answer_that_cannot_be(town: Municipality, text: str, detail: str) -> None:
    await town.say(CITIZEN, "نظر ماشین‌آلات خوب")
    [comment] = await comments(town)
    with pytest.raises(InvalidField) as refused:
        await answer(town, comment.id, text)
    assert (refused.value.field, refused.value.reason) == ("answer", detail)


@pytest.mark.parametrize("role", [Role.CIVIL, Role.ADMIN, Role.AUDITOR, Role.SECRETARIAT])
async def test_only_the_manager_moderates(town: Municipality, role: Role) -> None:
    await town.say(CITIZEN, "نظر ماشین‌آلات خوب")
    [comment] = await comments(town)
    with pytest.raises(Forbidden):
        await moderate(town, comment.id, CommentState.PUBLISHED, actor(role))
    with pytest.raises(Forbidden):
        await answer(town, comment.id, "سپاس", actor(role))
    with pytest.raises(NotFound):
        await moderate(town, comment.id + 1, CommentState.PUBLISHED)


async def test_what_citizens_think_is_counted(town: Municipality) -> None:
    for score in (5, 4):
        code = await town.reach("completed")
        await town.say(CITIZEN, f"امتیاز {code} {score}")
    await town.say(CITIZEN, "نظر ماشین‌آلات خوب")
    seen = await service_page.visit_service_page(
        town.desk, town.store, "machinery", view_counter=ViewCounter(town.store)
    )
    assert (seen.opinion.rating_count, seen.opinion.average_score) == (2, 4.5)
    assert seen.opinion.comment_counts[CommentState.PENDING] == 1


async def test_a_low_rating_alerts_the_manager_and_offers_to_reopen(town: Municipality) -> None:
    await engage_manager(town)
    code = await town.reach("completed")
    rated = await town.say(CITIZEN, f"امتیاز {code} ۲ کوچه را نیمه‌کاره رها کردند")
    assert rated.key == "sms.rated_low"
    [alert] = await town.sent(MANAGER_MOBILE)
    assert (alert.key, alert.cls) == ("staff.low_rating", MessageClass.NOTICE)
    assert "کوچه را نیمه‌کاره رها کردند" in alert.text
    unsure = await town.say(CITIZEN, "شاید")
    assert town.desk.catalogue.text("sms.offer.reopen") in unsure.text
    taken_up = await town.say(CITIZEN, "بله")
    assert taken_up.key == "sms.reopened"
    old_code, new_code = taken_up.codes
    assert old_code == code
    old, new = await town.request(code), await town.request(new_code)
    assert (new.parent_id, new.mobile, new.fields, new.state) == (old.id, CITIZEN, old.fields, "submitted")
    assert (old.state, old.phase) == ("completed", Phase.DONE)
    assert [event.event for event in await town.history(code)][-2:] == ["rate", "reopen"]
    first = (await town.history(new_code))[0]
    assert (first.event, first.note, (first.payload or {})["reopens"]) == ("submit", "امتیاز کم شهروند", code)


UNCERTAIN_SCORES = (
    *("صفر", "صفر از ۵"),
    *(f"{low} {link} {high}" for low, high in (("۱", "۴"), ("2", "3")) for link in ("نه", "یا", "تا", "-")),
    *(f"بین {low} و {high}" for low, high in (("۳", "۴"), ("۱", "۲"))),
    *(f"{score} {denied}" for score in ("۱", "5", "پنج") for denied in ("نمیدم", "نمی‌دم", "ندادم", "نیست", "نه")),
    *("۵ میدادم اگه زودتر میومد", "اگه تمیز کار میکرد ۵ بود", "شاید ۲", "حداقل ۱", "کاش ۵ بود ولی ۱"),
)
UNSATISFIED = ("راضی نبودم", "راضی نیستم", "خوب نبود", "اصلا خوب نبود", "خیلی بد", "افتضاح بود")


@pytest.mark.parametrize("frame", ["{}", "امتیاز {}", "امتیاز میدم {}"])
@pytest.mark.parametrize("words", UNCERTAIN_SCORES)
async def test_a_score_that_is_none_or_several_is_asked(town: Municipality, frame: str, words: str) -> None:
    await engage_manager(town)
    await town.reach("completed")
    await town.say(CITIZEN, frame.format(words))
    assert (town.rows("SELECT score FROM ratings"), await town.sent(MANAGER_MOBILE)) == ([], [])
    if (await town.say(CITIZEN, "۴")).key == "sms.offer.rate":  # of a sentence with more words it is asked once more
        await town.say(CITIZEN, "بله")
    assert town.rows("SELECT score FROM ratings") == [(4,)]


@pytest.mark.parametrize("words", UNSATISFIED)
async def test_words_of_who_is_not_satisfied_are_asked_before_the_manager_hears(town: Municipality, words: str) -> None:
    await engage_manager(town)
    await town.reach("completed")
    asked = await town.say(CITIZEN, words)
    assert (town.rows("SELECT score FROM ratings"), await town.sent(MANAGER_MOBILE)) == ([], [])
    assert asked.key == "ask.score"
    assert (await town.say(CITIZEN, "۲")).key == "sms.rated_low"
    assert len(await town.sent(MANAGER_MOBILE)) == 1


async def test_a_score_beside_other_numbers_is_still_one(town: Municipality) -> None:
    for text in ("امتیاز {} ۴ از ۵", "امتیاز {} ۲ راننده ۳ ساعت دیر آمد", "امتیاز {} ۱ افتضاح بود"):
        await town.say(CITIZEN, text.format(await town.reach("completed")))
    assert sorted(town.rows("SELECT score FROM ratings")) == [(1,), (2,), (4,)]


@pytest.mark.parametrize("text", ["خیر", "۲", "نه", "انصراف"])
async def test_the_offer_can_be_declined(town: Municipality, text: str) -> None:
    code = await town.reach("completed")
    assert (await town.says("1", text)).key == "sms.left"
    assert [one.code for one in await town.requests_of()] == [code]
    assert (await town.say(CITIZEN, "بله")).key == "sms.none_to.confirm"


async def test_the_offer_waits_behind_another_question_and_runs_out(town: Municipality) -> None:
    code = await town.reach("completed")
    await town.say(CITIZEN, "1")
    tracked = await town.say(CITIZEN, f"پیگیری {code}")
    assert town.desk.catalogue.text("sms.offer.reopen") in tracked.text
    town.advance(minutes=31)
    assert (await town.say(CITIZEN, "بله")).key in {"errors.expired_dialogue", "sms.none_to.confirm"}
    assert len(await town.requests_of()) == 1


async def test_a_bare_low_score_is_taken_for_the_rating_alone(town: Municipality) -> None:
    await town.reach("completed")
    assert (await town.say(CITIZEN, "۱")).key == "sms.rated_low"
    assert (await town.say(CITIZEN, "۱")).key == "sms.reopened"


async def test_a_bare_number_corrects_what_was_rated_last(town: Municipality) -> None:
    older, newer = await town.reach("completed"), await town.reach("completed")
    for code in (newer, older):
        town.advance(minutes=1)
        await town.say(CITIZEN, f"امتیاز {code} ۵")
    town.advance(minutes=1)
    assert (await town.say(CITIZEN, "۳")).inbound.request_id == (await town.request(older)).id
    assert sorted(town.rows("SELECT score FROM ratings")) == [(3,), (5,)]


async def test_a_number_behind_a_menu_or_a_list_corrects_no_rating(town: Municipality) -> None:
    await town.reach("completed")
    await town.says("۵", "راهنما", "۲")
    assert (await town.say(CITIZEN, "۳")).key == "sms.unknown"
    await town.says("درخواست‌ها", "۱")
    assert town.rows("SELECT score FROM ratings") == [(5,)]
    await town.says("امتیاز", "۴", "ممنون", "چهارر", "۳")
    assert town.rows("SELECT score FROM ratings") == [(3,)]


@pytest.mark.parametrize("role", [Role.CIVIL, Role.REVENUE, Role.MANAGER])
async def test_staff_reopen_and_the_citizen_is_told(town: Municipality, role: Role) -> None:
    code = await town.reach("completed")
    new = await reopened(town, code, actor(role))
    told = (await town.sent())[-1]
    assert (told.key, told.cls, told.request_id) == ("sms.reopened", MessageClass.NOTICE, new.id)
    assert "submit" not in (await town.keys())[-1:]
    assert (await town.request(code)).data["reopened_as"] == new.code
    with pytest.raises(AlreadyDone):
        await reopened(town, code, actor(role))
    town.advance(days=2)
    with pytest.raises(InvalidField) as refused:
        await town.do(new.code, "accept", Role.CIVIL)
    assert (refused.value.field, refused.value.reason) == ("date", "past"), "the hour of the old one is over"
    assert (await town.do(new.code, "accept", Role.CIVIL, date="2026-11-28")).state == "accepted"


async def test_what_was_wanted_for_a_past_day_is_reopened_too(town: Municipality) -> None:
    code = await town.reach("completed")
    town.advance(days=3)
    assert (await town.say(CITIZEN, f"امتیاز {code} ۲")).key == "sms.rated_low"
    assert (await town.say(CITIZEN, "بله")).key == "sms.reopened"


async def test_a_declined_request_is_reopened_too(town: Municipality) -> None:
    code = await town.order()
    await town.do(code, "reject", Role.CIVIL, reason="بیرون از شهر")
    assert (await reopened(town, code, actor(Role.CIVIL))).state == "submitted"


async def refusal(town: Municipality, code: str, by: Actor, reason: str = "دلیل") -> DomainError:
    """Reason why a request is not taken up again."""
    with pytest.raises(DomainError) as refused:
        await reopened(town, code, by, reason)
    return refused.value


async def test_who_may_not_reopen_and_what(town: Municipality) -> None:
    running, done = await town.order(), await town.reach("completed")
    for role in (Role.TAXI_OFFICER, Role.ADMIN, Role.AUDITOR):
        assert isinstance(await refusal(town, done, actor(role)), Forbidden)
    assert isinstance(await refusal(town, done, actor(Role.CIVIL), " "), MissingField)
    unfinished = await refusal(town, running, actor(Role.CIVIL))
    assert isinstance(unfinished, NotAllowedNow)
    assert unfinished.reason == "not_finished"
    assert isinstance(await refusal(town, done, actor(Role.CITIZEN, NEIGHBOUR)), NotFound)
    assert (await refusal(town, done, actor(Role.CITIZEN))).reason == "rated_low_only"
    await town.say(CITIZEN, f"امتیاز {done} ۳")
    assert (await refusal(town, done, actor(Role.CITIZEN))).reason == "rated_low_only"
