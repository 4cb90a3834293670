"""Ratings and comments after a request's end, and work at the desk: ratings, comments, reopening, walk-ins, erasure."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from tests.e2e.conftest import new_phone
from tests.e2e.support.machinery_story import PLACE, Story
from tests.e2e.support.office import Office
from tests.e2e.support.office_factory import new_office
from tests.e2e.support.office_setup import STAFF, furnish
from tests.e2e.support.people import Desk, Phone

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

NAME = "آنه محمدی"
FORM = (f"full_name={NAME}", "national_code=0499370899", "items=لودر ۴ ساعت", "date=فردا", "start=۸", f"place={PLACE}")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shared_office(engine: str) -> AsyncIterator[Office]:
    """An office with an administrator, in which years may pass."""
    async with new_office(engine, furnish) as office:
        await office.cli("staff", "add", "admin", "--role", "admin")
        await office.open()
        yield office
        assert await office.close() == 0
        office.assert_clean_log()


@pytest.fixture
def manager(office: Office) -> Phone:
    """The manager's phone."""
    return Phone(office, STAFF["manager"])


async def entered(office: Office, mobile: str) -> str:
    """Enter a walk-in citizen's request; its code."""
    sets = [part for one in FORM for part in ("--set", one)]
    shown = await office.cli("request", "submit", "machinery", "--as", "civil", "--mobile", mobile, *sets)
    assert shown["channel"] == "walk_in"
    return str(shown["code"])


async def test_a_low_rating_alerts_the_manager_and_is_taken_up_again(reza: Phone, desk: Desk, manager: Phone) -> None:
    story = await Story(reza, desk).reaches("completed")
    rated = await story.says(f"امتیاز {story.code} ۱ کوچه را پر از خاک رها کردند", "sms.rated_low")
    assert rated["score"] == "۱"
    told = await manager.hears_about(story.code, "staff.low_rating")
    assert told["text"] == "کوچه را پر از خاک رها کردند"
    again = await story.says("بله", "sms.reopened")
    assert again["old"].replace(" ", "") == story.code
    new = await desk.shows(again["code"])
    assert (new["state"], new["reopens"], new["fields"]["place"]) == ("submitted", story.code, PLACE)
    await story.stands("completed", "paid")
    await reza.has_read_everything()


async def test_staff_take_up_what_was_declined(office: Office, reza: Phone, desk: Desk) -> None:
    story = await Story(reza, desk).reaches("submitted")
    await story.does("reject", reason="سند نیاورد")
    await story.hears("reject")
    new = await office.deed("reopen", by="civil", code=story.code, reason="سند آورد")
    again = await reza.hears("sms.reopened")
    assert again["code"].replace(" ", "") == new["code"]
    finished = await office.tries("reopen", by="civil", code=story.code, reason="باز")
    assert (finished.code, "already_done" in finished.err) == (1, True)


async def test_a_comment_is_published_answered_and_read(office: Office, reza: Phone) -> None:
    words = f"جمعه‌ها هم ماشین بدهید، شماره {reza.mobile[-4:]}"
    await reza.says(f"نظر ماشین‌آلات {words}", "sms.comment_kept")
    comment = (await office.deed("list_comments", service="machinery"))[0]
    assert (comment["text"], comment["state"]) == (words, "pending")
    before = await page(office)
    assert words not in before
    await office.deed("publish_comment", by="manager", comment=comment["id"], answer="کشیک گذاشتیم")
    assert (await reza.hears("sms.comment_answered"))["answer"] == "کشیک گذاشتیم"
    after = await page(office)
    assert (words in after, "کشیک گذاشتیم" in after, reza.mobile in after) == (True, True, False)


async def page(office: Office) -> str:
    """The public page of machinery work."""
    async with ClientSession() as session, session.get(f"{office.url}/services/machinery") as answer:
        assert answer.status == 200
        return await answer.text()


async def test_a_walk_in_gets_the_code_and_a_wrong_mobile_is_corrected(
    office: Office, reza: Phone, sara: Phone, desk: Desk
) -> None:
    code = await entered(office, reza.mobile)
    assert (await reza.hears("notices.submit"))["code"].replace(" ", "") == code
    done = await office.deed("correct_mobile", by="civil", code=code, mobile=sara.mobile)
    assert ((await desk.shows(code))["history"][-1]["event"], done["others"]) == ("correct_mobile", [])
    assert (await sara.hears("status.submitted"))["code"].replace(" ", "") == code
    await desk.does("accept", code)
    await sara.hears("notices.accept")
    await reza.hears("sms.mobile_corrected")
    await reza.has_read_everything()
    await reza.says(code, "sms.status_of_other")


async def test_one_request_is_erased_at_a_wish(office: Office, reza: Phone, desk: Desk) -> None:
    story = await Story(reza, desk).reaches("submitted")
    early = await office.run("request", "erase", story.code, "--reason", "خواست خودش", "--as", "admin")
    assert (early.code, "not_allowed_now" in early.err) == (1, True)
    await story.says(f"لغو {story.code}", "notices.cancel")
    shown = await office.cli("request", "erase", story.code, "--reason", "خواست خودش", "--as", "admin")
    assert (shown["mobile"], "place" in shown["fields"]) == (None, False)
    assert [event["actor"] for event in shown["history"]] == [None, None, "staff:admin"]
    assert await office.cli("outbox", "list", "--recipient", reza.mobile) == []
    assert (await office.cli("history", "verify"))["faults"] == []


async def test_years_later_the_night_erases_what_was_kept_long_enough(office: Office, desk: Desk) -> None:
    citizen = new_phone(office)
    code = await entered(office, citizen.mobile)
    await citizen.hears("notices.submit")
    await desk.does("reject", code, reason=f"{NAME} ساکن شهر نیست")
    await citizen.hears("notices.reject")
    assert await office.close() == 0
    await office.cli("history", "seal")
    office.advance(days=1827)
    await office.open()  # the job of the night is made up for
    shown = await desk.shows(code)
    for _ in range(200):
        if shown["erased_at"]:
            break
        shown = await desk.shows(code)
    assert shown["erased_at"]
    assert (shown["state"], shown["mobile"], "full_name" in shown["fields"]) == ("rejected", None, False)
    assert shown["history"][-1]["event"] == "erase"
    assert await office.cli("request", "list", "--mobile", citizen.mobile) == []
    assert await office.cli("outbox", "list", "--recipient", citizen.mobile) == []
    verified = await office.cli("history", "verify")
    assert verified["faults"] == []
