"""A clerk who leads a citizen's money to an own phone: played whole against the running server, on both databases."""

import pytest

from tests.e2e.support.machinery_story import Story
from tests.e2e.support.office import Office
from tests.e2e.support.people import Desk, Phone

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

IBAN = "IR580540105180021273113007"


async def test_the_number_is_changed_before_the_money_is_due(
    office: Office, reza: Phone, sara: Phone, desk: Desk
) -> None:
    """Sara's phone is the clerk's: the old number hears of it and objects, and no money leaves."""
    story = await Story(reza, desk).reaches("paid")
    correct = {"code": story.code, "mobile": sara.mobile}
    done = await office.deed("correct_mobile", by="civil", **correct)
    assert not done["awaits_second"]
    await reza.hears("sms.mobile_corrected")
    await sara.hears("status.paid")
    await sara.says(f"لغو {story.code}", "sms.offer.cancel")
    await sara.says("۱", "notices.cancel_refund")
    office.advance(minutes=2)  # the job that asks runs every minute
    await sara.hears("sms.iban_asked")
    await sara.says(IBAN, "sms.offer.iban")
    await sara.says("۱", "sms.iban_kept")
    give_back = {"bill_id": story.bill["bill_id"], "iban": IBAN, "reference": story.code}
    waiting = await office.tries("refund", by="revenue", **give_back)
    assert (waiting.code, "account_waits" in waiting.err) == (1, True)
    await reza.says(f"رد {story.code}", "sms.mobile_objected")
    office.advance(days=30)
    objected = await office.tries("refund", by="revenue", **give_back)
    assert (objected.code, "mobile_objected" in objected.err) == (1, True)
    assert "forbidden" in (await office.tries("correct_mobile", by="civil", **correct)).err
    back = {"code": story.code, "mobile": reza.mobile}
    assert (await office.deed("correct_mobile", by="revenue", **back))["awaits_second"]
    assert not (await office.deed("correct_mobile", by="manager", **back))["awaits_second"]


async def test_the_number_is_changed_while_the_money_is_due(
    office: Office, reza: Phone, sara: Phone, desk: Desk
) -> None:
    story = await Story(reza, desk).reaches("paid")
    await story.says(f"لغو {story.code}", "sms.offer.cancel")
    await story.says("۱", "notices.cancel_refund")
    correct = {"code": story.code, "mobile": sara.mobile}
    assert "forbidden" in (await office.tries("correct_mobile", by="civil", **correct)).err
    for _ in range(2):
        assert (await office.deed("correct_mobile", by="revenue", **correct))["awaits_second"]
    assert (await desk.shows(story.code))["mobile"][-10:] == reza.mobile[-10:]
    assert not (await office.deed("correct_mobile", by="manager", **correct))["awaits_second"]
    assert (await desk.shows(story.code))["mobile"][-10:] == sara.mobile[-10:]
