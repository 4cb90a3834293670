"""Each service in a messenger, from /start to the rating, over the real process: by polling and by webhook."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from tests.e2e.support.bot_office import BotOffice, Visitor, bot_office
from tests.e2e.support.expert_story import LETTER, PHOTO, furnish_experts
from tests.e2e.support.office_setup import furnish, operator_mobile
from tests.e2e.support.taxi_story import Taxi, furnish_taxis, new_taxis
from tests.e2e.support.text_matching import read_facts
from tests.fakes.bot_api import FakeBotApi
from tests.fakes.bot_messenger import BotMessage
from tests.support.scenarios.sample_files import write_pdf

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

STARS = "⭐" * 5
PDF = write_pdf()
KINDS = [("sqlite", "polling"), pytest.param(("postgresql", "webhook"), marks=pytest.mark.postgresql)]


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=KINDS, ids="-".join)
async def bots(request: pytest.FixtureRequest) -> AsyncIterator[BotOffice]:
    """An office with every service, open, and both bots."""
    engine, mode = request.param
    async with bot_office(engine, mode, furnish, furnish_experts, furnish_taxis) as opened:
        office = opened.office
        await office.cli("staff", "add", "ahmadi", "--role", "expert", "--mobile", "09125559011")
        await office.open()
        yield opened
        assert await office.close() == 0
        office.assert_clean_log()


@pytest.fixture(params=["telegram", "bale"])
def messenger(request: pytest.FixtureRequest, bots: BotOffice) -> FakeBotApi:
    """Each messenger of the office."""
    found: FakeBotApi = getattr(bots, request.param)
    return found


@pytest.mark.day
async def test_machinery_work(bots: BotOffice, messenger: FakeBotApi) -> None:
    reza = Visitor(bots, messenger, "09131110001" if messenger.bale else "09131110002")
    await orders_a_loader(reza)
    await reza.is_told("accept", "civil", "پذیرفته شد")
    bill = await reza.is_told("price", "revenue", "شناسه قبض")
    facts = read_facts(bill.text, "in_chat.services.machinery.notices.bill")
    assert facts["amount"] == "۴٬۴۰۰٬۰۰۰"
    again = await reza.presses("پرداخت", "شناسه پرداخت", on=bill)
    assert facts["payment_id"] in again.text
    await reza.desk.takes_payment(facts)
    await reza.person.hears("ریال برای درخواست", "رسید")
    await reza.is_told("schedule", "civil", "راننده", operator="OP-07")
    await reza.is_told("hand_over", "civil", "تحویل شد", early="yes")
    await reports_the_work(Visitor(bots, messenger, operator_mobile(7)))
    done = await reza.is_told("complete", "civil", "چند ستاره می‌دهید")
    await reza.presses("رسید پرداخت", "رسید پرداخت", on=done)
    receipt = reza.person.messages[-1].document
    assert receipt is not None
    assert (receipt.name, receipt.content[:5]) == (f"receipt-{reza.code}.pdf", b"%PDF-")
    await reza.presses(STARS, "امتیاز ۵ از ۵ برای", on=done)
    shown = await reza.shown()
    assert (shown["state"], shown["phase"]) == ("completed", "done")
    channel = "bale" if messenger.bale else "telegram"
    reported = [f"operator_{name}" for name in ("arrived", "began", "ended", "hours")]
    for who, events in (("citizen", ["submit", "rate"]), ("operator:OP-07", reported)):
        done_by = [(one["event"], one["channel"]) for one in shown["history"] if one["actor"].startswith(who)]
        assert done_by == [(event, channel) for event in events]
    assert bots.office.panel.of(reza.mobile) == [], "nothing went by SMS"
    assert messenger.unanswered == []


async def reports_the_work(operator: Visitor) -> None:
    """The operator's day, from the list of jobs to the hours."""
    jobs = await operator.presses("کارهای امروز من", "کارهای امروز شما", on=await operator.begins())
    await operator.presses(jobs.labels[0], "لودر ۴ ساعت", on=jobs)
    await operator.presses("رسیدم", "رسیدن: ساعت")
    await operator.presses("کار آغاز شد", "آغاز کار: ساعت")
    await operator.presses("کار تمام شد", "چند ساعت کار شد؟")
    await operator.presses("۰٫۵", "ساعت کار: ۰٫۵")


async def orders_a_loader(visitor: Visitor) -> None:
    """From /start through the form by buttons to the tracking code; what nobody reads comes between."""
    menu = await visitor.begins()
    await visitor.presses("ماشین‌آلات", "کدام ماشین", on=menu)
    visitor.person.sends("voice")
    await visitor.person.hears("نمی‌توانیم به صدا گوش دهیم")
    await visitor.person.hears("کدام ماشین")
    await visitor.presses("لودر", "چند ساعت")
    await visitor.presses("۴", "چه روزی")
    await visitor.presses(visitor.day(1), "چه ساعتی آغاز")
    await visitor.presses("۰۸:۳۰", "نشانی محل کار")
    summary = await visitor.says("خیابان *امام*، جنب پارک_شهر", "ثبت شود؟")
    assert "خیابان *امام*، جنب پارک_شهر" in summary.text
    submitted = await visitor.presses("تأیید و ثبت", "کد رهگیری")
    visitor.code = read_facts(submitted.text, "in_chat.services.machinery.notices.submit")["code"].replace(" ", "")


@pytest.mark.day
async def test_an_expert_opinion_with_papers_in_and_the_letter_out(bots: BotOffice, messenger: FakeBotApi) -> None:
    sara = Visitor(bots, messenger, "09132220001" if messenger.bale else "09132220002")
    menu = await sara.begins()
    await sara.presses("حق کارشناسی", "کدام کارشناسی", on=menu)
    await sara.presses("تفکیک", "کد ملی")
    await sara.says("0499370899", "کد پستی")
    await sara.says("4947113456", "شرح درخواست")
    await sara.says("زمین پشت مدرسه", "ثبت شود؟")
    submitted = await sara.presses("تأیید و ثبت", "کد رهگیری")
    sara.code = read_facts(submitted.text, "services.expert.notices.submit")["code"].replace(" ", "")
    await sends_papers(sara, submitted)
    visit = (bots.office.now + timedelta(minutes=30)).isoformat()
    await sara.is_told("assign", "manager", "بازدید", officer="ahmadi", visit=visit, outside_hours="yes")
    await sara.desk.does("visit", sara.code, by="ahmadi", report="زمین بایر", area="200")
    bill = await sara.is_told("price", "revenue", "شناسه قبض")
    await sara.desk.takes_payment(read_facts(bill.text, "in_chat.services.expert.notices.bill"))
    await sara.person.hears("رسید")
    issued = await sara.is_told("issue", "secretariat", "آماده است: نامه", text=LETTER)
    await sara.presses("پاسخ درخواست کارشناسی", "پاسخ درخواست کارشناسی", on=issued)
    letter = sara.person.messages[-1].document
    assert letter is not None
    assert (letter.name, letter.content[:5]) == (f"letter-{sara.code}.pdf", b"%PDF-")
    await sara.presses(STARS, "امتیاز ۵ از ۵ برای", on=issued)
    assert (await sara.shown())["phase"] == "done"


async def sends_papers(visitor: Visitor, submitted: BotMessage) -> None:
    """A photo, a PDF, and a photo once more as the last paper; what is no paper is refused on the way."""
    offered = await visitor.presses("فرستادن مدارک", "کدام مدرک", on=submitted)
    await visitor.presses("سند مالکیت", "«سند مالکیت» را بفرستید", on=offered)
    visitor.person.sends_file(b"MZ\x90", "deed.pdf", "application/pdf")
    await visitor.person.hears("تنها عکس یا PDF")
    visitor.person.sends_file(PDF, "deed.pdf", "application/pdf")
    await visitor.person.hears("«سند مالکیت» رسید")
    await visitor.presses("کارت ملی", "«کارت ملی» را بفرستید", on=offered)
    visitor.person.sends_photo(PHOTO + b"1")
    await visitor.person.hears("«کارت ملی» رسید")
    await visitor.presses("نقشه", "«نقشه» را بفرستید", on=offered)
    visitor.person.sends_photo(PHOTO + b"2")
    await visitor.person.hears("«نقشه» رسید", "همه مدرک‌های لازم")
    await visitor.presses("پایان", "درخواست")
    events = [one["event"] for one in (await visitor.shown())["history"]]
    assert events.count("attach") == 3


@pytest.fixture
def taxi() -> Taxi:
    """A taxi that no test had before."""
    return new_taxis()[0]


@pytest.mark.day
async def test_a_drivers_leave_and_duties(bots: BotOffice, messenger: FakeBotApi, taxi: Taxi) -> None:
    driver = Visitor(bots, messenger, taxi.driver[1])
    menu = await driver.begins()
    await driver.presses("عوارض تاکسی", "شناسه قبض", on=menu)
    await driver.presses("مرخصی تاکسی", "از چه روزی", on=menu)
    await driver.presses(driver.day(1), "تا چه روزی")
    await driver.presses(driver.day(2), "ثبت شود؟")
    submitted = await driver.presses("تأیید و ثبت", "مرخصی ثبت شد")
    driver.code = read_facts(submitted.text, "in_chat.services.taxi_leave.notices.submit")["code"].replace(" ", "")
    await driver.is_told("take", "taxi", "در دست بررسی")
    approved = await driver.is_told("approve", "taxi", "پذیرفته شد")
    await driver.presses("مجوز مرخصی تاکسی", "مجوز مرخصی تاکسی", on=approved)
    permit = driver.person.messages[-1].document
    assert permit is not None
    assert permit.content[:5] == b"%PDF-"
    ended = await cancels(driver, approved)
    assert "لغو شد" in ended.text


async def cancels(visitor: Visitor, message: BotMessage) -> BotMessage:
    """Give a request up, after thinking twice."""
    await visitor.presses("لغو درخواست", "لغو شود؟", on=message)
    await visitor.presses("نه", "درخواست لغو نشد")
    await visitor.presses("لغو درخواست", "لغو شود؟", on=message)
    return await visitor.presses("بله", "مرخصی")


async def test_an_auxiliary_drivers_leave_from_the_owners_consent_to_its_rating(bots: BotOffice, taxi: Taxi) -> None:
    """The driver is in Bale, the owner, who wants notices there, in Telegram; then the days of the leave pass."""
    owner = Visitor(bots, bots.telegram, taxi.owner[1])
    menu = await owner.begins()
    asked = await owner.presses("جای پیام‌ها", "به کجا", on=menu)
    await owner.presses("تلگرام", "از این پس", on=asked)
    driver = Visitor(bots, bots.bale, taxi.auxiliary[1])
    await driver.begins()
    waiting = await driver.says("مرخصی از فردا ۲ روز سفر", "رضایت مالک خواسته شد")
    driver.code = read_facts(waiting.text, "services.taxi_leave.notices.ask_owner")["code"].replace(" ", "")
    consent = await owner.person.hears("مرخصی خواسته")
    await owner.presses("موافقم", "رضایت شما", on=consent)
    await driver.person.hears("موافقت کرد")
    assert (await driver.shown())["state"] == "under_review"
    await driver.is_told("approve", "taxi", "پذیرفته شد", scope="out_of_city")
    bots.office.wake_at(8, 1, days=1)
    await driver.person.hears("آغاز شد")
    bots.office.wake_at(8, 1, days=2)
    ended = await driver.person.hears("پایان یافت")
    await driver.presses(STARS, "امتیاز ۵ از ۵ برای", on=ended)
    assert (await driver.shown())["state"] == "ended"


@pytest.mark.day
async def test_a_taxi_report_to_its_rating(bots: BotOffice, messenger: FakeBotApi, taxi: Taxi) -> None:
    passenger = Visitor(bots, messenger, "09133330001" if messenger.bale else "09133330002")
    menu = await passenger.begins()
    await passenger.presses("تشویق راننده", "پلاک یا کد تاکسی", on=menu)
    await passenger.says(taxi.code, "چه شد؟")
    await passenger.says("کیف مرا پس داد", "ثبت شود؟")
    submitted = await passenger.presses("تأیید و ثبت", "ثبت شد")
    passenger.code = read_facts(submitted.text, "services.taxi_report.notices.submit")["code"].replace(" ", "")
    await passenger.is_told("take", "taxi", "در دست بررسی")
    question = await passenger.is_told("ask", "taxi", "چه ساعتی", question="چه ساعتی بود؟")
    await passenger.presses("پاسخ به پرسش", "پاسخ را بنویسید", on=question)
    await passenger.says("هشت صبح", "پاسخ شما")
    recorded = await passenger.is_told(
        "record", "taxi", "در پرونده راننده ثبت شد", kind="honesty", driver=taxi.driver[0]
    )
    await passenger.presses(STARS, "امتیاز ۵ از ۵ برای", on=recorded)
    commented = await passenger.says("نظر از رسیدگی سریع سپاسگزارم", "نظر شما ثبت شد")
    assert commented.labels == ["منوی خدمات"]


async def test_one_list_for_sms_and_both_messengers(bots: BotOffice) -> None:
    mobile = "09134440001"
    in_telegram, in_bale = (Visitor(bots, one, mobile) for one in (bots.telegram, bots.bale))
    await in_telegram.begins()
    await in_bale.begins()
    order = "ماشین گریدر ۲ ساعت فردا ساعت ۹ میدان شهرداری"
    await in_telegram.says(order, "کد رهگیری")
    await in_bale.says(order, "یکی دیگر هم ثبت شود؟")
    await in_bale.presses("بله", "کد رهگیری")
    await bots.office.webhooks.inbound(mobile, order)
    await bots.office.panel.wait_until(lambda: bool(bots.office.panel.of(mobile)), "the question by SMS")
    await bots.office.webhooks.inbound(mobile, "بله")
    await bots.office.panel.wait_until(lambda: len(bots.office.panel.of(mobile)) == 2, "the reply by SMS")
    for visitor in (in_telegram, in_bale):
        listed = await visitor.says("/list", "درخواست‌های شما")
        assert listed.text.count("گریدر ۲ ساعت") == 3


async def test_a_forwarded_order_is_confirmed_and_the_chat_is_left(bots: BotOffice, messenger: FakeBotApi) -> None:
    visitor = Visitor(bots, messenger, "09136660001" if messenger.bale else "09136660002")
    await visitor.begins()
    visitor.person.forwards("ماشین گریدر ۲ ساعت فردا ساعت ۹ میدان شهرداری")
    await visitor.person.hears("ثبت شود؟")
    await visitor.presses("تأیید و ثبت", "کد رهگیری")
    await visitor.says("خروج از حساب", "به شماره")
    await visitor.presses("خروج از حساب", "جدا شد")
    await visitor.says("/list", "نخست شماره همراهتان")


async def test_a_code_by_sms_and_a_deep_link(bots: BotOffice, messenger: FakeBotApi) -> None:
    office = bots.office
    mobile = "09135550001" if messenger.bale else "09135550002"
    await office.webhooks.inbound(mobile, "ماشین گریدر ۲ ساعت فردا ساعت ۹ میدان شهرداری")
    await office.panel.wait_until(lambda: len(office.panel.of(mobile)) == 1, "the reply by SMS")
    code = read_facts(office.panel.of(mobile)[0].message, "notices.submit")["code"].replace(" ", "")
    visitor = Visitor(bots, messenger, mobile)
    visitor.person.starts(f"track_{code}")
    await visitor.person.hears("نخست شماره همراهتان")
    await visitor.says(mobile, "پیامک شد")
    await office.panel.wait_until(lambda: len(office.panel.of(mobile)) == 2, "the code by SMS")
    otp = read_facts(office.panel.of(mobile)[1].message, "sms.proof_code")["otp"]
    await visitor.says(otp, "تأیید شد")
    await visitor.person.hears("در نوبت بررسی")
