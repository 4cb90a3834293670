"""A machine is delivered without paper: the citizen's code on the operators' sheet, or the citizen's own text."""

import re

import pytest

from domain.actions.context import ActorContext
from domain.actions.fleet.delivery_codes import MOST_CODES, MOST_TRIES, count_code_try
from domain.actions.fleet.operator_sheet import WorkEntry, enter_report
from domain.actions.papers.printouts import build_request_printout
from domain.blocks.delivery_confirmations import CONFIRMED_HOURS, RECEIVED_AT, RETURNED_AT, find_awaited_stage
from domain.messages.records import MessageClass
from domain.papers.document import Signatures
from domain.values.actors import Role
from domain.values.errors import InvalidField, NotAllowedNow, TooManyRequests
from domain.values.text import ascii_digits
from domain.values.tracking_codes import parse_code
from tests.support.municipality import NEIGHBOUR, Municipality, actor


async def delivered(town: Municipality) -> str:
    """Hand a machine over on its day; return the code of its request."""
    code = await town.reach("scheduled")
    town.advance(days=1)
    await town.do(code, "hand_over", Role.CIVIL)
    return code


async def enter(town: Municipality, code: str, **entry: object) -> None:
    """Enter what the operator reports by telephone."""
    async with town.store.open_unit() as uow:
        context = ActorContext(town.desk, uow, actor(Role.CIVIL))
        await enter_report(context, parse_code(code), "OP-1", WorkEntry(**entry))  # type: ignore[arg-type]


async def read_code(town: Municipality) -> str:
    """Return the five digits of the newest text to the citizen."""
    (digits,) = re.findall(r"(?<!\d)\d{5}(?!\d)", ascii_digits((await town.sent())[-1].text))
    return str(digits)


async def confirmations(town: Municipality, code: str) -> list[tuple[str, str, object]]:
    """Return what the history keeps of it."""
    return [
        (event.event, event.actor_kind, (event.payload or {}).get("hours"))
        for event in await town.history(code)
        if event.event.startswith("citizen_")
    ]


async def test_hand_over_and_return_by_codes(town: Municipality) -> None:
    code = await delivered(town)
    assert (await town.sent())[-1].key.endswith("hand_over")
    for _ in range(2):
        await enter(town, code, confirmation_code=await read_code(town))
    request = await town.request(code)
    assert (request.state, RECEIVED_AT.find(request)) == ("handed_over", town.clock.now())
    town.advance(hours=4)
    await enter(town, code, hours=3.5)
    asked = (await town.sent())[-1]
    assert (asked.key, asked.cls) == ("sms.delivery.ask_returned", MessageClass.SECURITY)
    assert "۳٫۵ ساعت" in asked.text
    assert await read_code(town) not in ascii_digits(asked.staff_text), "the staff do not read it"
    await enter(town, code, confirmation_code=" ".join(await read_code(town)))
    request = await town.request(code)
    assert (RETURNED_AT.find(request), CONFIRMED_HOURS.find(request)) == (town.clock.now(), [3.5])
    assert find_awaited_stage(request) is None
    assert await confirmations(town, code) == [
        ("citizen_received", "staff", None),
        ("citizen_returned", "staff", [3.5]),
    ]
    assert (await town.do(code, "complete", Role.CIVIL, hours="3.5")).state == "completed"


async def test_other_hours_need_another_code(town: Municipality) -> None:
    code = await delivered(town)
    await enter(town, code, confirmation_code=await read_code(town))
    await enter(town, code, hours=3.5)
    old_code = await read_code(town)
    with pytest.raises(InvalidField, match="delivery_code"):
        await enter(town, code, hours=6.0, confirmation_code=old_code)
    assert (await town.sent())[-1].text.count("۳٫۵"), "nothing is stored half, and nothing is sent"
    await enter(town, code, confirmation_code=old_code)
    await enter(town, code, hours=4.0)
    request = await town.request(code)
    assert (RETURNED_AT.find(request), CONFIRMED_HOURS.find(request)) == (None, None)
    with pytest.raises(InvalidField, match="delivery_code"):
        await enter(town, code, confirmation_code=old_code)
    await enter(town, code, confirmation_code=await read_code(town))
    assert CONFIRMED_HOURS.find(await town.request(code)) == [4.0]


async def test_the_citizen_confirms_by_a_text(town: Municipality) -> None:
    code = await delivered(town)
    assert (await town.say(NEIGHBOUR, f"تأیید {code}")).key == "errors.not_found"
    assert (await town.says(f"تأیید {code}")).key == "sms.delivery.received"
    assert "پیش از این تأیید کرده‌اید" in (await town.says(f"تأیید  {code}")).text
    await enter(town, code, hours=3.5)
    answer = await town.says(f"تایید {code}")
    assert (answer.key, "۳٫۵ ساعت" in answer.text) == ("sms.delivery.returned", True)
    assert [who for _, who, _ in await confirmations(town, code)] == ["citizen", "citizen"]


async def test_nothing_waits_for_a_code(town: Municipality) -> None:
    code = await delivered(town)
    texts = len(await town.sent())
    await enter(town, code, hours=4.0)
    assert len(await town.sent()) == texts, "who signs on paper is sent no code for the return"
    assert (await town.do(code, "complete", Role.CIVIL)).state == "completed"
    await town.says(f"تأیید {code}")
    assert await confirmations(town, code) == [], "what is over is confirmed no more"


async def test_no_code_holds_before_the_hand_over_and_a_new_one_is_sent_on_demand(town: Municipality) -> None:
    code = await town.reach("scheduled")
    town.advance(days=1)
    with pytest.raises(NotAllowedNow, match="no_delivery_code"):
        await enter(town, code, confirmation_code="12345")
    with pytest.raises(NotAllowedNow, match="nothing_to_confirm"):
        await enter(town, code, wants_code=True)
    await town.do(code, "hand_over", Role.CIVIL)
    first_code = await read_code(town)
    for _ in range(MOST_CODES):
        await enter(town, code, wants_code=True)
    with pytest.raises(TooManyRequests, match="delivery_codes"):
        await enter(town, code, wants_code=True)
    with pytest.raises(InvalidField):
        await enter(town, code, confirmation_code=first_code)
    await enter(town, code, confirmation_code=await read_code(town))
    assert RECEIVED_AT.is_kept_by(await town.request(code))


async def test_tries_are_few(town: Municipality) -> None:
    code = parse_code(await delivered(town))
    for _ in range(MOST_TRIES):
        await count_code_try(town.desk, town.store, code)
    with pytest.raises(TooManyRequests, match="delivery_tries"):
        await count_code_try(town.desk, town.store, code)


async def test_the_paper_says_what_was_confirmed(town: Municipality) -> None:
    code = await delivered(town)

    async def read_boxes() -> Signatures:
        async with town.store.open_unit(write=False) as uow:
            context = ActorContext(town.desk, uow, actor(Role.CIVIL))
            paper = await build_request_printout(context, parse_code(code), "delivery_form")
        return next(block for block in paper.sheets[0].blocks if isinstance(block, Signatures))

    assert (await read_boxes()).confirmations == ()
    await enter(town, code, confirmation_code=await read_code(town))
    await enter(town, code, hours=3.5)
    await enter(town, code, confirmation_code=await read_code(town))
    civil, operator, citizen = (await read_boxes()).confirmations
    assert (civil, operator) == ("", "")
    assert [line.split(":")[0] for line in citizen.split("\n")] == [
        "تحویل با کد تأیید شد",
        "پایان کار با ۳٫۵ ساعت با کد تأیید شد",
    ]


async def test_a_refused_code_says_why_in_persian(town: Municipality) -> None:
    code = await delivered(town)
    with pytest.raises(InvalidField) as refused:
        await enter(town, code, confirmation_code="00000x")
    assert "این کد درست نیست و چیزی ثبت نشد" in town.desk.wording.render_error(refused.value)
