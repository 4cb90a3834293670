"""A citizen texts for a loader, and is told at every step until the work is done and rated: the main job."""

from contextlib import nullcontext
from datetime import timedelta

import pytest

from tests.e2e.support.machinery_story import PLACE, Story
from tests.e2e.support.office import Office
from tests.e2e.support.people import Desk, Phone, rials

pytestmark = [pytest.mark.e2e, pytest.mark.day, pytest.mark.asyncio(loop_scope="session")]


HISTORY = [
    ("submit", "citizen", "sms"),
    ("accept", "staff", "cli"),
    ("price", "staff", "cli"),
    ("bill", "system", "cli"),
    ("pay", "staff", "cli"),
    ("schedule", "staff", "cli"),
    ("hand_over", "staff", "cli"),
    ("complete", "staff", "cli"),
    ("rate", "citizen", "sms"),
]


async def test_from_the_first_text_to_the_rating(
    engine: str, office: Office, reza: Phone, operator: Phone, desk: Desk
) -> None:
    """On SQLite every command starts by itself, as a user's do: nothing is kept warm."""
    with office.cold() if engine == "sqlite" else nullcontext():
        story = await told_to_the_end(Story(reza, desk), operator)
        assert (await story.says("۵", "sms.rated"))["score"] == "۵"
        shown = await story.shown()
        assert (shown["state"], shown["phase"], shown["actions"]) == ("completed", "done", [])
        events = [(event["event"], event["actor"].partition(":")[0], event["channel"]) for event in shown["history"]]
        assert events == HISTORY
        assert [event["at"] for event in shown["history"]] == sorted(event["at"] for event in shown["history"])
        await reza.has_read_everything()
        await history_is_whole(office)


async def told_to_the_end(story: Story, operator: Phone) -> Story:
    """The straight story, each text heard right after its step."""
    asked = await story.says(f"ماشین لودر ۴ ساعت فردا ساعت ۸ {PLACE}", "notices.submit")
    assert (asked["items"], asked["start"]) == ("لودر ۴ ساعت", "۸")
    story.code = asked["code"].replace(" ", "")
    await story.is_accepted()
    await story.is_billed()
    bill = story.bill
    assert (bill["amount"], bill["bill_id"][-2:-1], bill["bill_id"][-5:-2]) == ("۴٬۴۰۰٬۰۰۰", "6", "077")
    await story.is_paid()
    await story.does("schedule", operator="OP-07")
    told = await story.hears("schedule")
    booked = await operator.hears("notices.operator_booked")
    assert {**told, **booked} == {**booked, **told}  # code, machine and hour are the same for both
    assert booked["place"] == PLACE
    assert booked["booked_start"].endswith("ساعت ۸")
    await story.does("hand_over", early="yes")
    await story.hears("hand_over")
    await story.does("complete")
    await story.hears("complete")
    return story


async def test_what_is_shown_of_a_request(office: Office, reza: Phone, desk: Desk) -> None:
    story = await Story(reza, desk).reaches("awaiting_payment")
    shown = await story.shown()
    contract = {"code", "service", "state", "phase", "fields", "actions", "bills", "history"}
    assert contract - set(shown) == set()  # more may come; these stay
    assert (shown["code"], shown["service"]) == (story.code, "machinery")
    assert (shown["state"], shown["phase"]) == ("awaiting_payment", "needs_payment")
    items = [{"machine": "loader", "hours": 4, "count": 1}]
    tomorrow = office.now.date() + timedelta(days=1)
    assert shown["fields"] == {"items": items, "date": tomorrow.isoformat(), "start": "08:00", "place": PLACE}
    [bill] = shown["bills"]
    assert bill == {
        "bill_id": story.bill["bill_id"],
        "payment_id": story.bill["payment_id"],
        "amount": int(rials(story.bill["amount"])),
        "state": "open",
    }
    actions = {action["name"]: action for action in shown["actions"]}
    assert set(actions) == {"waive", "cancel"}
    reason = {"name": "reason", "type": "text", "required": True, "choices": []}
    assert actions["waive"] == {"name": "waive", "roles": ["revenue"], "inputs": [reason]}
    assert all(set(event) == {"at", "actor", "channel", "event", "note"} for event in shown["history"])


async def test_step_by_step(office: Office, reza: Phone, desk: Desk) -> None:
    await reza.says("ماشین", "fields.items.prompt")
    await reza.says("لودر", "fields.items_hours.prompt")
    await reza.says("۳", "fields.date.prompt")
    await reza.says("پس‌فردا", "fields.start.prompt")
    await reza.says("11", "fields.place.prompt")  # an hour is asked for, so this is one, and opts nobody out
    summary = await reza.says("روستای قلعه، پشت مدرسه", "summary")
    assert (summary["items"], summary["start"]) == ("لودر ۳ ساعت", "۱۱")
    assert summary["place"] == "روستای قلعه، پشت مدرسه"
    story = Story(reza, desk)
    story.code = (await reza.says("تایید", "notices.submit"))["code"].replace(" ", "")
    fields = (await story.shown())["fields"]
    assert (fields["start"], fields["place"]) == ("11:00", "روستای قلعه، پشت مدرسه")
    await story.is_accepted()
    await story.is_billed()
    await story.is_paid()
    await reza.has_read_everything()


async def history_is_whole(office: Office) -> None:
    """`history verify` finds nothing wrong, before and after everything was sealed."""
    for command in (("history", "verify"), ("history", "seal"), ("history", "verify")):
        finished = await office.run(*command)
        assert finished.code == 0, finished
