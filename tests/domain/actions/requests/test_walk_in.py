"""The citizen at the desk: the whole form, a receipt by SMS, and a mobile that was taken down wrong."""

import pytest

from domain.actions.context import ActorContext
from domain.actions.messages import notify
from domain.actions.walk_ins import entering, mobile_correction
from domain.messages.records import MessageClass, MessageState
from domain.people.person import Person
from domain.requests.request import ServiceRequest
from domain.values.actors import Actor, Role
from domain.values.errors import DomainError, Forbidden, InvalidField, MissingField, NotFound
from domain.values.tracking_codes import parse_code
from tests.support.municipality import CITIZEN, NEIGHBOUR, Municipality, actor

FORM: dict[str, object] = {
    "full_name": "آنه محمدی",
    "national_code": "0499370899",
    "date": "2026-11-25",
    "start": "08:00",
    "items": "لودر ۴ ساعت",
    "place": "خیابان امام",
}
NEW = "+989119998877"
PROOF = "کارت ملی دیده شد"


async def enter(
    town: Municipality, by: Actor, mobile: str | None = CITIZEN, form: dict[str, object] = FORM
) -> ServiceRequest:
    """Enter a request at the desk."""
    async with town.store.open_unit() as uow:
        context = ActorContext(town.desk, uow, by)
        outcome = await entering.enter_walk_in(context, "machinery", form, mobile)
        await notify.announce_outcome(context, outcome)
    return outcome.request


async def correct(
    town: Municipality, code: str, mobile: str = NEW, proof: str = PROOF, by: Actor | None = None
) -> mobile_correction.MobileCorrection:
    """Correct the mobile of a request."""
    async with town.store.open_unit() as uow:
        corrector = by or actor(Role.CIVIL)
        return await mobile_correction.correct_mobile(
            ActorContext(town.desk, uow, corrector), parse_code(code), mobile, proof
        )


async def person(town: Municipality, mobile: str) -> Person | None:
    """Person known by that number."""
    async with town.store.open_unit(write=False) as uow:
        return await uow.people.find_person(mobile)


async def test_a_walk_in_gets_a_receipt_day_and_night(town: Municipality) -> None:
    town.advance(hours=13)  # 23:00 in Tehran
    request = await enter(town, actor(Role.CIVIL))
    assert (request.channel, request.mobile) == ("walk_in", CITIZEN)
    [event] = await town.history(request.code)
    assert (event.channel, event.actor) == ("walk_in", "staff:civil")
    [receipt] = await town.sent()
    assert (receipt.cls, receipt.not_before) == (MessageClass.RECEIPT, town.clock.now())
    assert request.code in "".join(receipt.text.split())
    assert (await person(town, CITIZEN)) == Person(CITIZEN, "آنه محمدی", "0499370899", town.clock.now())


@pytest.mark.parametrize("missing", ["full_name", "national_code", "place"])
async def test_nothing_of_the_form_is_deferred_at_the_desk(town: Municipality, missing: str) -> None:
    form = {name: value for name, value in FORM.items() if name != missing}
    with pytest.raises(MissingField) as refused:
        await enter(town, actor(Role.SECRETARIAT), form=form)
    assert refused.value.field == missing


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMIN])
async def test_who_has_no_requests_enters_none(town: Municipality, role: Role) -> None:
    with pytest.raises(Forbidden):
        await enter(town, actor(role))


async def test_a_walk_in_without_a_mobile_is_told_nothing(town: Municipality) -> None:
    request = await enter(town, actor(Role.CIVIL), None)
    assert request.mobile is None
    assert town.rows("SELECT count(*) FROM outbox") == [(0,)]
    await correct(town, request.code)
    assert [message.request_id for message in await town.sent(NEW)] == [request.id]


async def test_the_right_number_gets_the_status_and_the_wrong_one_nothing_more(town: Municipality) -> None:
    town.advance(hours=13)  # notices wait until the morning
    request = await enter(town, actor(Role.CIVIL))
    await town.do(request.code, "ask", Role.CIVIL, question="کدام کوچه؟")
    corrected = await correct(town, request.code)
    assert corrected.other_requests == ()
    [told] = await town.sent(NEW)
    assert (told.cls, told.request_id) == (MessageClass.RECEIPT, request.id)
    assert "کدام کوچه؟" in told.text
    _, question, told_old = await town.sent(CITIZEN)
    assert (told_old.key, told_old.request_id) == ("sms.mobile_corrected", None), "it may be a stranger's"
    assert (question.state, question.reason) == (MessageState.EXPIRED, "mobile_corrected")
    event = (await town.history(request.code))[-1]
    assert (event.event, event.payload) == (
        "correct_mobile",
        {"mobile_before": CITIZEN, "mobile": NEW, "proof": PROOF},
    )
    assert await person(town, CITIZEN) is None
    assert await person(town, NEW) == Person(NEW, "آنه محمدی", "0499370899", town.clock.now())
    await town.say(NEW, f"پاسخ {request.code} کوچه سوم")
    assert (await town.request(request.code)).state == "submitted"
    assert (await town.say(CITIZEN, request.code)).key == "sms.status_of_other"


async def test_a_stranger_gets_the_own_name_back_and_open_requests_are_offered(town: Municipality) -> None:
    async with town.store.open_unit() as uow:
        await uow.people.save_person(Person(CITIZEN, "زهرا کریمی", None, town.clock.now()))
    own, done = await town.order(), await town.reach("completed")
    wrong = await enter(town, actor(Role.CIVIL))
    corrected = await correct(town, wrong.code, by=actor(Role.MANAGER))
    assert [one.code for one in corrected.other_requests] == [own]
    assert done not in [one.code for one in corrected.other_requests]
    known = await person(town, CITIZEN)
    assert known is not None
    assert known.full_name == (await town.request(done)).fields.get("full_name") != "آنه محمدی"


async def refusal(town: Municipality, code: str, **changes: object) -> DomainError:
    """Reason why a mobile is not corrected."""
    with pytest.raises(DomainError) as refused:
        await correct(town, code, **changes)  # type: ignore[arg-type]  # each is of its own type
    return refused.value


async def test_what_is_no_correction(town: Municipality) -> None:
    code = await town.order()
    same = await refusal(town, code, mobile=CITIZEN)
    assert isinstance(same, InvalidField)
    assert same.reason == "same_mobile"
    assert isinstance(await refusal(town, code, mobile="12"), InvalidField)
    assert isinstance(await refusal(town, code, proof=" "), MissingField)
    for role in (Role.ADMIN, Role.AUDITOR, Role.TAXI_OFFICER):
        assert isinstance(await refusal(town, code, by=actor(role)), Forbidden)
    assert isinstance(await refusal(town, "123456786"), NotFound)
    assert (await town.request(code)).mobile == CITIZEN
    assert await town.sent(NEIGHBOUR) == []
