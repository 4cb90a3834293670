"""The other services in a chat: papers sent and printed, a driver's leave and the owner's consent, reports, duties."""

from dataclasses import replace

import pytest

from domain.actions.context import ActionContext
from domain.actions.messages.rerouting import reroute_to_sms
from domain.chats.chat import SentFile
from domain.messages.keyboards import AttachedPaper, ReplyMarkup
from domain.messages.records import OutboxMessage
from domain.settings.policy import Policy
from domain.values.actors import Role
from domain.values.files import MAX_DOCUMENT_BYTES
from domain.values.tracking_codes import parse_code
from tests.fakes.suspicious_scanner import MALWARE, SuspiciousScanner
from tests.support.chat_person import Person, labels
from tests.support.scenarios import taxi_registries
from tests.support.scenarios.expert_unit import ASKING, LETTER, OFFICER, PHOTO, TODAY, Experts
from tests.support.scenarios.taxi_organisation import AUXILIARY_LEAVE, AUXILIARY_MOBILE, TaxiOrganisation
from tests.support.scenarios.taxi_registries import DRIVER_MOBILE, OWNER_MOBILE

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


@pytest.fixture
async def anneh(experts: Experts) -> Person:
    """A citizen of a town with an expert unit, whose mobile is proved."""
    return await Person(experts.town).linked()


@pytest.fixture
async def driver(taxis: TaxiOrganisation) -> Person:
    """The main driver of a taxi."""
    return await Person(taxis.town, mobile=DRIVER_MOBILE).linked()


async def asked(person: Person) -> str:
    """Ask for an opinion by one text; the code."""
    await person.says(ASKING)
    return (await person.town.requests_of(person.mobile))[0].code


async def documents(person: Person, code: str) -> list[tuple[str, str, str, str]]:
    """The papers of a request: which, what it is, its name, who added it."""
    request = await person.town.request(code)
    async with person.town.store.open_unit(write=False) as uow:
        found = await uow.documents.list_of_request(request.id)
    return [(one.field, one.media_type, one.name, one.added_by) for one in found]


async def test_papers_are_sent_one_after_another(anneh: Person) -> None:
    code = await asked(anneh)
    offered = await anneh.press("فرستادن مدارک")
    assert labels(offered) == ["سند مالکیت", "کارت ملی", "نقشه", "پروانه ساختمان", "عکس", "سایر مدارک"]
    wanted = await anneh.press("سند مالکیت", offered)
    assert "«سند مالکیت»" in wanted.text
    assert labels(wanted) == ["پایان"]
    kept = await anneh.sends(PHOTO, "IMG_1.jpg")
    assert kept.text == "«سند مالکیت» رسید. اگر برگ دیگری از آن دارید بفرستید.\nمدرک‌های مانده: کارت ملی، نقشه"
    assert labels(kept) == ["کارت ملی", "نقشه", "پایان"]
    await anneh.sends(PDF, "deed page 2.pdf")
    await anneh.press("کارت ملی", kept)
    await anneh.sends(PHOTO + b"card")
    await anneh.press("نقشه", kept)
    complete = await anneh.sends(PDF + b"plan", "plan.pdf")
    assert "همه مدرک‌های لازم" in complete.text
    status = await anneh.press("پایان", complete)
    assert (status.request_id, "پایان" in labels(status)) == ((await anneh.town.request(code)).id, False)
    assert await documents(anneh, code) == [
        ("deed", "image/jpeg", "IMG_1.jpg", "citizen:+989121234567"),
        ("deed", "application/pdf", "deed page 2.pdf", "citizen:+989121234567"),
        ("national_card", "image/jpeg", "a.jpg", "citizen:+989121234567"),
        ("plan", "application/pdf", "plan.pdf", "citizen:+989121234567"),
    ]
    assert not (await anneh.town.request(code)).lacks_papers


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (SentFile("a.exe", b"MZ\x90\x00"), "تنها عکس یا PDF"),
        (SentFile("a.jpg", b""), "این فایل خالی است"),
        (SentFile("a.jpg", None, is_too_large=True), "از ۷ مگابایت بزرگ‌تر است"),
        (SentFile("a.pdf", PDF + bytes(MAX_DOCUMENT_BYTES)), "به جایش عکس بفرستید"),
        (SentFile("a.jpg", None), "لطفاً دوباره بفرستید"),
    ],
)
async def test_a_file_that_cannot_be_kept_is_told_and_waited_for_again(
    anneh: Person, file: SentFile, said: str
) -> None:
    code = await asked(anneh)
    await anneh.press("سند مالکیت", await anneh.press("فرستادن مدارک"))
    answer = await anneh.sends(file.content, file.file_name, too_large=file.is_too_large)
    assert said in answer.text
    assert labels(answer) == ["پایان"]
    await anneh.sends(PHOTO)
    assert len(await documents(anneh, code)) == 1


async def test_malware_is_told_and_the_file_is_waited_for_again(anneh: Person) -> None:
    code = await asked(anneh)
    scanner = anneh.town.desk.malware_scanner = SuspiciousScanner(anneh.town.store)
    await anneh.press("سند مالکیت", await anneh.press("فرستادن مدارک"))
    assert "بدافزار پیدا شد" in (await anneh.sends(PHOTO + MALWARE)).text
    scanner.is_away = True
    assert "فعلاً نمی‌شود فایل گرفت" in (await anneh.sends(PHOTO)).text
    assert await documents(anneh, code) == []
    scanner.is_away = False
    await anneh.sends(PHOTO)
    assert len(await documents(anneh, code)) == 1


async def test_what_is_written_under_a_file_is_not_dropped_without_a_word(anneh: Person) -> None:
    await asked(anneh)
    await anneh.press("سند مالکیت", await anneh.press("فرستادن مدارک"))
    await anneh.does(SentFile("a.jpg", PHOTO, caption="این هم سند؛ لودر هم می‌خواهم"))
    answer, notice = await anneh.hears()
    assert answer.text.startswith("«سند مالکیت» رسید.")
    assert "نوشته زیر فایل روشن نبود" in notice.text
    assert anneh.town.rows("SELECT text FROM inbox ORDER BY id DESC LIMIT 1") == [
        ("a.jpg این هم سند؛ لودر هم می‌خواهم",)
    ]


async def test_a_text_where_a_file_is_wanted(anneh: Person) -> None:
    await asked(anneh)
    await anneh.press("سند مالکیت", await anneh.press("فرستادن مدارک"))
    answer = await anneh.says("الان می‌فرستم")
    assert answer.text == "عکس یا PDF بفرستید، یا «پایان» را بزنید.\nعکس یا PDF را بفرستید."
    assert (await anneh.says("درخواست‌های من")).key == "sms.list"


async def test_a_file_that_nobody_asked_for(anneh: Person, experts: Experts) -> None:
    assert (await anneh.sends(PHOTO)).key == "chat.no_paper_wanted"
    code = await asked(anneh)
    which = await anneh.sends(PHOTO)
    assert (which.key, len(labels(which))) == ("chat.which_request", 3)
    assert await documents(anneh, code) == []
    await experts.add(code, "deed", "plan")
    only_one_is_missing = await anneh.sends(PHOTO + b"x")
    assert only_one_is_missing.key == "chat.paper_kept"
    assert (await documents(anneh, code))[-1][0] == "national_card"


async def test_the_letter_is_sent_as_a_paper_to_be_printed(anneh: Person, experts: Experts) -> None:
    code = await asked(anneh)
    await experts.add(code, "deed", "national_card", "plan")
    await experts.assign(code, visit=TODAY)
    await anneh.town.do(code, "visit", OFFICER, report="زمین ۲۵۰ متری", area="250")
    await anneh.town.do(code, "price", Role.REVENUE)
    await anneh.town.pay(code)
    await anneh.town.do(code, "issue", Role.SECRETARIAT, text=LETTER)
    notice = (await anneh.hears())[-1]
    assert notice.key == "services.expert.notices.issue"
    status = await anneh.says(f"پیگیری {code}")
    title = labels(status)[0]
    assert {title, labels(notice)[0]} == {"پاسخ درخواست کارشناسی"}
    paper = await anneh.press(title, status)
    assert ReplyMarkup.from_json(paper.content) == ReplyMarkup(paper=AttachedPaper(parse_code(code), "letter"))
    assert paper.text.startswith(title)
    assert any("رسید" in label for label in labels(status)), "the receipt of the payment too"


async def test_a_driver_asks_for_leave_by_buttons(driver: Person) -> None:
    asked_from = await driver.press("مرخصی تاکسی")
    assert asked_from.key == "services.taxi_leave.fields.from.prompt"
    to = await driver.press("۵")
    assert to.key == "services.taxi_leave.fields.to.prompt"
    summary = await driver.press("۷", to)
    assert (summary.key, labels(summary)[:2]) == ("services.taxi_leave.summary", ["تأیید و ثبت", "انصراف"])
    assert (await driver.press("تأیید و ثبت")).key == "services.taxi_leave.notices.submit"
    [request] = await driver.town.requests_of(DRIVER_MOBILE)
    assert (request.fields["from"], request.fields["to"]) == ("2026-11-26", "2026-11-28")


def days(month: OutboxMessage) -> list[str]:
    """The days that a month offers."""
    return [one for one in labels(month) if one.isdecimal()]


async def test_days_before_the_first_or_too_soon_are_not_offered(driver: Person) -> None:
    town = driver.town
    town.desk.engine = replace(town.desk.engine, policy=Policy(service_values={"leave_notice_days": 3}))
    first = await driver.press("مرخصی تاکسی")
    assert min(map(int, days(first))) == 6, "today is the third"
    later = await driver.press("« دی", first)
    to = await driver.press("۲۰", later)
    assert to.key == "services.taxi_leave.fields.to.prompt"
    assert (labels(to)[0], min(map(int, days(to)))) == ("دی ۱۴۰۵", 20)


async def test_the_permit_comes_once_the_leave_is_granted(driver: Person, taxis: TaxiOrganisation) -> None:
    code = await taxis.reach("approved")
    status = await driver.says(f"پیگیری {code}")
    assert "مجوز مرخصی تاکسی" in labels(status)
    paper = await driver.press("مجوز مرخصی تاکسی", status)
    assert ReplyMarkup.from_json(paper.content).paper == AttachedPaper(parse_code(code), "permit")


async def test_the_owner_of_several_taxis_chooses_by_button(taxis: TaxiOrganisation) -> None:
    owner = await Person(taxis.town, mobile=OWNER_MOBILE).linked()
    which = await owner.press("مرخصی تاکسی")
    assert labels(which)[:2] == ["۱۲ت۳۴۵-۵۹", "۱۲ت۳۴۶-۵۹"] or len(labels(which)) >= 2
    await owner.press(labels(which)[0], which)
    assert (await owner.messages())[-1].key.startswith("services.taxi_leave.fields.")


async def test_the_owner_consents_by_one_press(taxis: TaxiOrganisation) -> None:
    owner = await Person(taxis.town, mobile=OWNER_MOBILE).linked()
    await owner.hears()
    code = await taxis.asks(AUXILIARY_LEAVE, AUXILIARY_MOBILE)
    [asked_owner] = await owner.hears()
    assert (asked_owner.key, labels(asked_owner)) == ("services.taxi_leave.notices.owner_asked", ["موافقم", "مخالفم"])
    answer = await owner.press("موافقم", asked_owner)
    assert answer.key == "services.taxi_leave.notices.owner_consented"
    assert await taxis.state(code) == "under_review"
    taxis.town.advance(minutes=1)
    assert (await owner.press("مخالفم", asked_owner)).key == "errors.already_done"


async def test_a_notice_has_the_words_of_the_channel_that_it_goes_by(taxis: TaxiOrganisation) -> None:
    owner = await Person(taxis.town, mobile=OWNER_MOBILE).linked()
    await taxis.asks(AUXILIARY_LEAVE, AUXILIARY_MOBILE)
    asked_owner = (await owner.hears())[-1]
    assert "بفرستید" not in asked_owner.text, "its buttons answer"
    async with taxis.town.store.open_unit() as uow:
        await reroute_to_sms(ActionContext(taxis.town.desk, uow), [asked_owner])
    assert "موافقید ۱، مخالفید ۲ (بسته می‌شود)" in (await taxis.town.sent(OWNER_MOBILE))[-1].text


async def test_the_owner_refuses_by_a_press_that_is_asked_about(taxis: TaxiOrganisation) -> None:
    owner = await Person(taxis.town, mobile=OWNER_MOBILE).linked()
    code = await taxis.asks(AUXILIARY_LEAVE, AUXILIARY_MOBILE)
    asked_owner = (await owner.hears())[-1]
    sure = await owner.press("مخالفم", asked_owner)
    assert (sure.key, labels(sure)) == ("sms.offer.deny", ["بله", "نه"])
    assert await taxis.state(code) == "awaiting_owner"
    await owner.press("بله", sure)
    assert await taxis.state(code) not in {"awaiting_owner", "under_review"}


async def test_whose_leave_it_is_stands_above_the_buttons_that_agree(taxis: TaxiOrganisation) -> None:
    owner = await Person(taxis.town, mobile=OWNER_MOBILE).linked()
    code = await taxis.asks(AUXILIARY_LEAVE, AUXILIARY_MOBILE)

    def is_shown(message: OutboxMessage) -> bool:
        return all(words in message.text for words in ("صفر ایری", "۱۲ت۳۴۶-۵۹", "۴ آذر", "۸ آذر"))

    tracked = await owner.says(f"پیگیری {code}")
    assert is_shown(tracked)
    assert labels(tracked)[:2] == ["موافقم", "مخالفم"]
    asked = await owner.says("تایید")
    assert is_shown(asked)
    assert labels(asked) == ["بله", "نه"]
    await owner.press("نه", asked)
    assert await taxis.state(code) == "awaiting_owner"
    assert is_shown(await owner.press("مخالفم", tracked))
    await owner.press("نه")
    await owner.press("موافقم", tracked)
    assert await taxis.state(code) == "under_review"


async def test_a_passenger_reports_a_taxi(taxis: TaxiOrganisation) -> None:
    passenger = await Person(taxis.town).linked()
    await passenger.press("شکایت از راننده")
    await passenger.says("۱۱۴")
    summary = await passenger.says("کرایه اضافه گرفت")
    assert summary.key == "services.taxi_report.summary"
    assert (await passenger.press("تأیید و ثبت")).key == "services.taxi_report.notices.submit"


@pytest.mark.parametrize("mobile", [DRIVER_MOBILE, OWNER_MOBILE])
async def test_drivers_and_owners_see_the_duties_of_their_taxis(taxis: TaxiOrganisation, mobile: str) -> None:
    person = await Person(taxis.town, mobile=mobile).linked()
    await taxi_registries.a_duty(taxis.town)
    answer = await person.press("عوارض تاکسی")
    assert "شناسه قبض" in answer.text
    assert labels(answer) == ["پرداخت ۲٬۵۰۰٬۰۰۰ ریال", "منوی خدمات"]
    bills = await person.press("پرداخت قبض", (await person.starts())[-1])
    assert bills.key == ("sms.pay_bill" if mobile == OWNER_MOBILE else "sms.none_to.pay")


async def test_drivers_have_a_menu_of_their_own(driver: Person, taxis: TaxiOrganisation) -> None:
    menu = await driver.press("خدمات رانندگان", (await driver.starts())[-1])
    assert labels(menu) == [
        "مرخصی تاکسی",
        "عوارض تاکسی",
        "پرونده تاکسی من",
        "تمدید مدارک تاکسی",
        "تشویق‌ها و تخلف‌های من",
        "منوی خدمات",
    ]
    assert (await driver.press("تشویق‌ها و تخلف‌های من", menu)).key == "chat.record_empty"
    await taxi_registries.a_violation(driver.town)
    praise = {"driver": taxi_registries.DRIVER_CODE, "date": "2026-11-21", "kind": "honesty", "points": 5}
    await taxi_registries.give(driver.town, "reward", praise)
    driver.town.advance(minutes=1)
    told = (await driver.press("تشویق‌ها و تخلف‌های من", menu)).text
    assert told.splitlines() == [
        "در پرونده تاکسیرانی شما:",
        "تشویق: امانت‌داری، ۵ امتیاز، ۱۴۰۵/۰۸/۳۰",
        "تخلف: کرایه بیش از نرخ، امتیاز منفی: ۰، ۱۴۰۵/۰۸/۲۹، جریمه ۵۰۰٬۰۰۰ ریال",
    ]
    for registry, wrong in (("reward", praise), ("violation", {**praise, "date": "2026-11-20", "kind": "overcharge"})):
        await taxi_registries.give(driver.town, registry, wrong | {"standing": "annulled"})
    driver.town.advance(minutes=1)
    assert (await driver.press("تشویق‌ها و تخلف‌های من", menu)).key == "chat.record_empty", "annulled ones are not told"
    passenger = await Person(taxis.town, "78").linked()
    assert "خدمات رانندگان" not in labels((await passenger.starts())[-1])
