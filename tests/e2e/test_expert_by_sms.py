"""A citizen texts for an expert's opinion, and is told at every step until the letter is there: by SMS and commands."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from domain.values.calendar import jalali_text
from domain.values.text import persian_digits
from tests.e2e.support.database_choice import on_database
from tests.e2e.support.expert_story import AREA, METRE_RIALS, PAPERS, VISIT_RIALS, ExpertStory, furnish_experts
from tests.e2e.support.office import OPENING_YEAR, Office
from tests.e2e.support.office_factory import new_office
from tests.e2e.support.office_setup import furnish
from tests.e2e.support.people import Desk, Phone, rials
from tests.e2e.support.text_matching import Facts

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]
SIDE_PATH = on_database("sqlite")

FEE = (VISIT_RIALS + METRE_RIALS * AREA) * 110 // 100


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shared_office(engine: str) -> AsyncIterator[Office]:
    """An office of these tests alone: a month passes in them."""
    async with new_office(engine, furnish, furnish_experts) as office:
        await office.open()
        yield office
        assert await office.close() == 0
        office.assert_clean_log()


@pytest.fixture
def story(office: Office, reza: Phone, desk: Desk) -> ExpertStory:
    """A story that has not begun."""
    return ExpertStory(office, reza, desk)


@pytest.fixture
def other(office: Office, sara: Phone, desk: Desk) -> ExpertStory:
    """Another citizen's."""
    return ExpertStory(office, sara, desk)


HISTORY = [
    ("submit", "sms"),
    ("assign", "cli"),
    ("attach", "cli"),
    ("attach", "cli"),
    ("attach", "cli"),
    ("visit", "cli"),
    ("price", "cli"),
    ("bill", "cli"),
    ("pay", "cli"),
    ("issue", "cli"),
    ("rate", "sms"),
    ("close_in_time", "system"),
]


@pytest.mark.day
async def test_from_the_first_text_to_the_closed_letter(office: Office, story: ExpertStory) -> None:
    await story.engages()
    text = "کارشناسی تفکیک کد ملی 0499370899 کد پستی 4947113456 زمین پشت مدرسه"
    asked = await story.says(text, "notices.submit")
    assert (asked["kind"], asked["documents"]) == ("تفکیک", "سند مالکیت، کارت ملی، نقشه")
    story.code = asked["code"].replace(" ", "")
    await is_told_of_the_visit(office, story)
    letter = await is_visited_and_answered(story)
    assert letter["letter_number"] == persian_digits(f"{OPENING_YEAR}/ک/1")
    assert (await story.says("۵", "sms.rated"))["score"] == "۵"
    shown_letter = await story.says(story.code, "status.answered")
    assert shown_letter["letter_date"] == jalali_text(office.now.date()), "the day of the visit"
    await story.stands("answered", "paid")
    office.advance(days=30, minutes=1)
    await story.hears("close")
    shown = await story.shown()
    assert (shown["phase"], [(event["event"], event["channel"]) for event in shown["history"]]) == ("done", HISTORY)
    await story.citizen.has_read_everything()
    assert (await office.run("history", "verify")).code == 0


async def is_told_of_the_visit(office: Office, story: ExpertStory) -> None:
    """Citizen and expert hear of the visit, and are reminded on the evening before."""
    await story.does("assign", by="manager", officer=story.officer, visit=story.tomorrow(8), outside_hours="yes")
    told = await story.hears("assign")
    sent = await story.expert.hears(story.key("officer_assigned"))
    assert told["visit_start"] == sent["visit_start"]
    assert (sent["contact"], sent["postal_code"]) == (story.citizen.mobile, "۴۹۴۷۱۱۳۴۵۶")
    office.wake_at(20, 59)  # the last open minute before the visit: at eight the quiet hours end
    assert (await story.hears("visit_soon"))["officer_name"] == told["officer_name"]
    assert (await story.expert.hears(story.key("officer_visit_soon")))["visit_start"] == told["visit_start"]
    office.wake_at(9)


async def is_visited_and_answered(story: ExpertStory) -> Facts:
    """The papers are there, the land is seen, the fee is paid and the letter issued: what the citizen hears of it."""
    await story.gets(*PAPERS)
    await story.does("visit", by=story.officer, report="زمین بایر", area=str(AREA))
    await story.hears("visit")
    await story.is_billed()
    assert (int(rials(story.bill["amount"])), story.bill["bill_id"][-5:-2]) == (FEE, "077")
    await story.is_paid()
    return await story.is_answered()


@pytest.mark.day
@SIDE_PATH
async def test_asked_one_by_one(story: ExpertStory) -> None:
    await story.says("حق کارشناسی", "fields.kind.prompt")
    await story.says("قطع درخت", "fields.national_code.prompt")
    await story.says("0499370899", "fields.postal_code.prompt")
    await story.says("۴۹۴۷۱-۱۳۴۵۶", "fields.text.prompt")
    summary = await story.says("دو کاج خشک جلوی خانه", "summary")
    assert (summary["kind"], summary["postal_code"]) == ("قطع درخت", "۴۹۴۷۱۱۳۴۵۶")
    await story.says("۱", "notices.submit")
    again = await story.says("کارشناسی تفکیک کد پستی 4947113456 زمین", "notices.submit")  # who is known is not asked
    assert again["kind"] == "تفکیک"


@SIDE_PATH
async def test_papers_are_pending_until_the_pricing(story: ExpertStory) -> None:
    await story.reaches("assigned")
    pending = await story.says(story.code, "pending.assigned")
    assert pending["missing"] == "سند مالکیت، کارت ملی، نقشه"
    await story.gets("deed", "plan")
    await story.does("visit", by=story.officer, report="زمین بایر", area=str(AREA))
    assert (await story.hears("visit_pending"))["missing"] == "کارت ملی"
    assert "documents_pending" in await story.may_not("price", by="revenue")
    await story.gets("national_card", by="secretariat")
    await story.says(story.code, "status.visited")
    await story.is_billed()


async def test_an_officer_is_sent_to_one_of_two_places(office: Office, story: ExpertStory, other: ExpertStory) -> None:
    """Two clerks send one officer to two citizens for the same hour at the same moment, from two processes."""
    await story.reaches("submitted")
    await other.is_submitted()
    same = {"officer": story.officer, "visit": story.tomorrow(12), "outside_hours": "yes"}
    commands = [
        story.desk.command("assign", one.code, by, same) for one, by in ((story, "manager"), (other, "secretariat"))
    ]
    ends = await asyncio.gather(*(office.run(*command) for command in commands))
    assert sorted(end.code == 0 for end in ends) == [False, True]
    assert "officer_busy" in next(end for end in ends if end.code != 0).err
    states = [(await one.shown())["state"] for one in (story, other)]
    assert sorted(states) == ["assigned", "submitted"]


@SIDE_PATH
async def test_an_expert_takes_a_request_and_a_substitute_reports(story: ExpertStory, other: ExpertStory) -> None:
    await story.reaches("submitted", "قطع درخت")
    await other.engages()
    await story.does("take", by=story.officer, visit=story.soon_on_a_working_day())
    await story.hears("assign")
    await story.gets("national_card", "photo")
    assert "forbidden" in await story.may_not("visit", by=other.officer, report="دیدم")
    today = story.office.now.date().isoformat()
    named = {"absent": story.officer, "deputy": other.officer, "days": [today, today]}
    await story.office.deed("substitute", by="manager", **named)
    await story.does("visit", by=other.officer, report="دو کاج خشک")
    await story.hears("visit")


@SIDE_PATH
async def test_papers_that_never_come(story: ExpertStory) -> None:
    """A request that is visited and cannot be priced does not stay for ever: the office ends it."""
    await story.reaches("assigned")
    await story.does("visit", by=story.officer, report="زمین بایر", area=str(AREA))
    await story.hears("visit_pending")
    assert "documents_pending" in await story.may_not("price", by="revenue")
    await story.does("reject", by="secretariat", reason="مدارک نرسید")
    assert (await story.hears("reject"))["reason"] == "مدارک نرسید"
    await story.stands("rejected")
