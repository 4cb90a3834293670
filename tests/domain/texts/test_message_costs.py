"""Cost of the texts of a request, played with names, amounts and days as they are in the province."""

from dataclasses import replace

from domain.fleet.resources import Resource, ResourceKind
from domain.values.actors import Role
from domain.values.message_parts import count_parts
from tests.support.municipality import CITIZEN, DRIVER, Municipality

MOST_PARTS_OF_A_LIFE = 12


async def test_a_machinery_request_costs_twelve_parts_from_the_order_to_the_rating(town: Municipality) -> None:
    await name_the_fleet(town)
    code = await town.reach("completed")
    await town.say(CITIZEN, "5")
    messages = [message for message in await town.sent() if not message.cls.stops_on_opt_out]
    told = [message.key.rpartition(".")[2] for message in messages]
    assert told == ["submit", "accept", "bill", "pay", "schedule", "hand_over", "complete", "rated"]
    parts = {message.key.rpartition(".")[2]: count_parts(message.text) for message in messages}
    assert sum(parts.values()) <= MOST_PARTS_OF_A_LIFE, (code, parts, [message.text for message in messages])


async def test_what_reminds_of_a_payment_or_the_work_is_short(town: Municipality) -> None:
    await name_the_fleet(town)
    await town.reach("scheduled", "ماشین لودر ۴ ساعت شنبه ساعت ۸ خیابان امام جنب پارک")
    town.advance(days=3, hours=10, minutes=59)
    await town.run_timers()
    reminders = [message for message in await town.sent() if message.cls.stops_on_opt_out]
    assert [(message.key.rpartition(".")[2], count_parts(message.text)) for message in reminders] == [("work_soon", 1)]


async def test_codes_for_old_phones_have_neither_gaps_nor_marks(town: Municipality) -> None:
    town.desk.engine = replace(town.desk.engine, policy=replace(town.desk.policy, has_direction_marks=False))
    await town.say(CITIZEN, "ماشین لودر ۴ ساعت فردا ساعت ۸ خیابان امام")
    [code] = [request.code for request in await town.requests_of()]
    await town.do(code, "accept", Role.CIVIL)
    texts = [message.text for message in await town.sent(CITIZEN)]
    assert [text for text in texts if code not in text or set("\u200e\u200f\u00a0") & set(text)] == []


async def name_the_fleet(town: Municipality) -> None:
    """Call machine and driver as fleets do."""
    for code, kind, machine, title, mobile in (
        ("LD-1", ResourceKind.MACHINE, "loader", "لودر کوماتسو ۱", None),
        ("OP-1", ResourceKind.OPERATOR, "", "قربان‌محمد ایری", DRIVER),
    ):
        async with town.store.open_unit() as uow:
            (known,) = [one for one in await uow.fleet.list_resources(kind) if one.code == code]
            await uow.fleet.save_resource(Resource(known.id, code, kind, machine, title, mobile=mobile))
