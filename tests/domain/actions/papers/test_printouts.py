"""Content of a printed paper, its readers, and the states in which there is one."""

import pytest

from app.security.vault import FernetVault
from domain.actions.context import ActorContext
from domain.actions.offices.accounts import add_office
from domain.actions.papers.printouts import build_request_printout, list_printouts
from domain.actions.requests.erase import erase_request
from domain.bills.bill import PaymentMethod
from domain.papers.document import Barcode, Block, Facts, PaperFact, PaperTable, Paragraphs, Printout, Signatures
from domain.people.person import Person
from domain.values.actors import SYSTEM, Actor, Role
from domain.values.bill_ids import parse_barcode
from domain.values.errors import DomainError, Forbidden, NotAllowedNow, NotFound
from domain.values.tracking_codes import parse_code
from tests.support.municipality import CITIZEN, FOUR_HOURS, GIVEN, NEIGHBOUR, OFFICE, Municipality, actor, clerk
from tests.support.scenarios.expert_unit import LETTER, Experts
from tests.support.scenarios.taxi_organisation import OFFICER, TaxiOrganisation
from tests.support.scenarios.taxi_registries import DRIVER_MOBILE

PLATE_AS_ON_THE_CAR = "\u2066۱۲\u00a0ت\u00a0\u200e۳۴۵\u00a0ایران\u00a0\u200e۵۹\u2069"
GROUPS = "\u200e{}\u00a0{}\u00a0{}\u200f"
DELIVERED_UNITS = PaperTable(
    ("کد ماشین", "ماشین", "راننده", "ساعت درخواست", "ساعت آغاز", "ساعت پایان", "ساعت کارکرد"),
    (
        ("LD-1", "ماشین 1", "راننده 3", "۴", "", "", ""),
        ("LD-2", "ماشین 2", "راننده 2", "۴", "", "", ""),
        ("GR-1", "ماشین 1", "راننده 1", "۲٫۵", "", "", ""),
    ),
)
"""The table of a delivery form: two loaders and a grader, hours still to be written in."""


async def printed(town: Municipality, code: str, kind: str, by: Role | Actor = Role.MANAGER) -> Printout:
    """A paper of a request."""
    who = actor(by) if isinstance(by, Role) else by
    async with town.store.open_unit(write=False) as uow:
        return await build_request_printout(ActorContext(town.desk, uow, who), parse_code(code), kind)


async def there(town: Municipality, code: str, by: Role = Role.MANAGER) -> list[str]:
    """The kinds of papers that somebody may print of a request now."""
    async with town.store.open_unit(write=False) as uow:
        return [
            *await list_printouts(
                ActorContext(town.desk, uow, actor(by)), await uow.requests.get_by_code(parse_code(code))
            )
        ]


def facts(block: Block) -> dict[str, str]:
    """The facts of a block by their labels."""
    assert isinstance(block, Facts)
    return {one.label: one.value for one in block.rows}


def grouped(code: str) -> str:
    """A tracking code as papers show it."""
    return GROUPS.format(code[:3], code[3:6], code[6:])


async def test_the_delivery_form(town: Municipality) -> None:
    request = await town.submit(
        items=[{"machine": "loader", "hours": 4, "count": 2}, {"machine": "grader", "hours": 2.5}],
        place="خیابان امام، <b>پلاک</b> ۱۲",
    )
    await deliver(town, request.code)
    form = await printed(town, request.code, "delivery_form")
    assert (form.kind, form.title, form.code) == ("delivery_form", "فرم تحویل ماشین‌آلات سنگین", request.code)
    assert form.token == (await town.request(request.code)).data["delivery_token"]
    [sheet] = form.sheets
    assert sheet.head_facts == (PaperFact("تاریخ", "۱۴۰۵/۰۹/۰۳ ۱۰:۰۰"), PaperFact("کد رهگیری", grouped(request.code)))
    intro, who, units, conditions, signed = sheet.blocks
    assert isinstance(intro, Paragraphs)
    assert isinstance(conditions, Paragraphs)
    assert facts(who) == {
        "نام درخواست‌کننده": "آنه محمدی",
        "کد ملی": "۰۴۹۹۳۷۰۸۹۹",
        "تلفن همراه": "۰۹۱۲۱۲۳۴۵۶۷",
        "نشانی محل کار": "خیابان امام، <b>پلاک</b> ۱۲",
        "آغاز رزرو": "۱۴۰۵/۰۹/۰۳ ۱۰:۰۰",
        "پایان رزرو": "۱۴۰۵/۰۹/۰۳ ۱۴:۰۰",
    }
    assert units == DELIVERED_UNITS
    assert signed == Signatures(("واحد عمران", "راننده ماشین", "تحویل‌گیرنده"))


async def deliver(town: Municipality, code: str) -> None:
    """Bring a request from its submission to the handing over."""
    await town.do(code, "accept", Role.CIVIL)
    await town.do(code, "price", Role.REVENUE)
    await town.pay(code)
    await town.do(code, "schedule", Role.CIVIL)
    await town.do(code, "hand_over", Role.CIVIL, early="yes")


async def test_what_nobody_knows_is_filled_in_by_hand(town: Municipality) -> None:
    form = await printed(town, await town.reach("handed_over"), "delivery_form")
    who = facts(form.sheets[0].blocks[1])
    assert (who["نام درخواست‌کننده"], who["کد ملی"]) == ("", "")
    assert "توضیح" not in who


async def test_the_hours_done_are_on_the_form_of_a_finished_request(town: Municipality) -> None:
    request = await town.submit(items=[{"machine": "loader", "hours": 4}, {"machine": "grader", "hours": 3}])
    await deliver(town, request.code)
    await town.do(request.code, "complete", Role.CIVIL, hours="3.5,3")
    form = await printed(town, request.code, "delivery_form")
    units = form.sheets[0].blocks[2]
    assert isinstance(units, PaperTable)
    assert [row[-1] for row in units.rows] == ["۳٫۵", "۳"]


async def test_the_letter(experts: Experts) -> None:
    town = experts.town
    text = "تفکیک زمین بلامانع است.\n\n   \nدو قطعه: «الف» و <script>alert(1)</script>"
    code = (await experts.enter()).code
    await experts.assign(code, visit="1405/09/03 11:00")
    await experts.add(code, "deed", "national_card", "plan")
    await town.do(code, "visit", experts_officer(), report="بازدید شد", area="250")
    await town.do(code, "price", Role.REVENUE)
    await town.pay(code)
    await town.do(code, "issue", Role.SECRETARIAT, text=text)
    letter = await printed(town, code, "letter", Role.SECRETARIAT)
    [sheet] = letter.sheets
    assert sheet.head_facts[:2] == (PaperFact("شماره", "۱۴۰۵/ک/۱"), PaperFact("تاریخ", "۱۴۰۵/۰۹/۰۳"))
    about, opening, words, _, signed, _ = sheet.blocks
    assert facts(about) == {
        "نام درخواست‌کننده": "آنه محمدی",
        "نوع کارشناسی": "تفکیک",
        "نشانی ملک": "خیابان امام، پلاک ۳",
        "کد پستی ملک": "۴۹۴۷۱۱۳۴۵۶",
    }
    assert isinstance(opening, Paragraphs)
    assert grouped(code) in opening.paragraphs[1]
    assert words == Paragraphs(("تفکیک زمین بلامانع است.", "دو قطعه: «الف» و <script>alert(1)</script>"))
    assert signed == Signatures(("مهر و امضای دبیرخانه",))


def experts_officer() -> Actor:
    """The officer who is sent out."""
    return actor(Role.EXPERT, "ahmadi")


async def test_the_permit(taxis: TaxiOrganisation) -> None:
    code = await taxis.reach("approved")
    permit = await printed(taxis.town, code, "permit", Role.TAXI_OFFICER)
    [sheet] = permit.sheets
    assert sheet.head_facts[0] == PaperFact("شماره", "۱۴۰۵/ت/۱")
    granted, about, _, signed = sheet.blocks
    assert isinstance(granted, Paragraphs)
    assert "چهارشنبه ۴ آذر ۱۴۰۵ تا پایان یک‌شنبه ۸ آذر ۱۴۰۵" in granted.paragraphs[0]
    assert facts(about) == {
        "نام راننده": "عبدالله ایری",
        "کد ملی راننده": "۰۷۹۰۴۱۹۹۰۴",
        "پلاک": PLATE_AS_ON_THE_CAR,
        "کد تاکسی": "۱۱۴",
        "از روز": "چهارشنبه ۴ آذر ۱۴۰۵",
        "تا روز": "یک‌شنبه ۸ آذر ۱۴۰۵",
        "روزهای مرخصی": "۴",
        "داخل یا خارج از شهر": "داخل شهر",
    }
    assert signed == Signatures(("مهر و امضای سازمان تاکسیرانی",))


async def test_the_receipt_of_each_bill(town: Municipality) -> None:
    request = await town.submit()
    async with town.store.open_unit() as uow:
        await uow.people.save_person(Person(CITIZEN, "نام دیگر", None, town.clock.now()))
    await deliver(town, request.code)
    await town.do(request.code, "complete", Role.CIVIL, hours="6")
    first, *others = (await printed(town, request.code, "receipt", Role.REVENUE)).sheets
    assert others == []
    await town.pay(request.code, reference="991")
    receipt = await printed(town, request.code, "receipt", Role.CIVIL)
    assert receipt.token is None
    assert (receipt.sheets[0], len(receipt.sheets)) == (first, 2)
    main, supplement = await town.bills(request.code)
    intro, about, bars, _ = first.blocks
    assert intro == Paragraphs(("مبلغ زیر بابت «کارکرد ماشین‌آلات» دریافت شد.",))
    assert facts(about) == {
        "پرداخت‌کننده": "آنه محمدی",
        "تلفن همراه": "۰۹۱۲۱۲۳۴۵۶۷",
        "شناسه قبض": main.bill_id,
        "شناسه پرداخت": main.payment_id,
        "مبلغ (ریال)": "۳۵٬۲۰۰٬۰۰۰",
        "مبلغ به حروف (ریال)": "سی و پنج میلیون و دویست هزار",
        "شیوه پرداخت": "فیش بانکی",
        "شماره پیگیری بانک": "slip-1",
        "زمان ثبت پرداخت": "۱۴۰۵/۰۹/۰۳ ۱۰:۰۰",
    }
    assert isinstance(bars, Barcode)
    ids = parse_barcode(bars.digits)
    assert (ids.bill_id, ids.payment_id) == (main.bill_id, main.payment_id)
    assert facts(receipt.sheets[1].blocks[1])["شناسه قبض"] == supplement.bill_id


async def test_a_receipt_names_the_office_that_took_the_money(town: Municipality) -> None:
    async with town.store.open_unit() as uow:
        await add_office(
            ActorContext(town.desk, uow, SYSTEM), FernetVault("a secret of the tests"), OFFICE, "دفتر پیشخوان گمیشان"
        )
    code = await town.reach("awaiting_payment")
    await town.pay(code, method=PaymentMethod.POS, by=clerk(OFFICE), reference="7714")
    about = facts((await printed(town, code, "receipt")).sheets[0].blocks[1])
    assert (about["شیوه پرداخت"], about["شماره پیگیری بانک"], about["دفتر پیشخوان"]) == (
        "کارت‌خوان دفتر پیشخوان",
        "7714",
        "دفتر پیشخوان گمیشان",
    )


async def test_a_refund_stands_on_the_receipt(town: Municipality) -> None:
    code = await town.reach("handed_over")
    await town.do(code, "complete", Role.CIVIL, hours="3")
    about = facts((await printed(town, code, "receipt")).sheets[0].blocks[1])
    assert (about["مبلغ (ریال)"], about["برگشتی (ریال)"]) == ("۳۵٬۲۰۰٬۰۰۰", "۸٬۸۰۰٬۰۰۰")
    assert FOUR_HOURS == 35_200_000


async def test_who_paid_is_looked_up_by_the_mobile(town: Municipality) -> None:
    code = await town.reach("paid")
    assert facts((await printed(town, code, "receipt")).sheets[0].blocks[1])["پرداخت‌کننده"] == ""
    async with town.store.open_unit() as uow:
        await uow.people.save_person(Person(CITIZEN, "آنه محمدی", None, town.clock.now()))
    assert facts((await printed(town, code, "receipt")).sheets[0].blocks[1])["پرداخت‌کننده"] == "آنه محمدی"


async def test_what_was_waived_has_no_receipt(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    await town.do(code, "waive", Role.REVENUE, reason="کار عمومی")
    with pytest.raises(NotFound, match="printout:not_issued"):
        await printed(town, code, "receipt")
    assert await there(town, code) == []


async def test_which_papers_there_are_follows_the_request(town: Municipality) -> None:
    code = await town.order()
    seen = {"submitted": await there(town, code)}
    for state, action, role in (
        ("accepted", "accept", Role.CIVIL),
        ("awaiting_payment", "price", Role.REVENUE),
        ("paid", "", None),
        ("scheduled", "schedule", Role.CIVIL),
        ("handed_over", "hand_over", Role.CIVIL),
        ("completed", "complete", Role.CIVIL),
    ):
        await (town.do(code, action, role, **GIVEN.get(action, {})) if role else town.pay(code))
        seen[state] = await there(town, code)
    both = ["delivery_form", "receipt"]
    assert seen == {
        "submitted": [],
        "accepted": [],
        "awaiting_payment": [],
        "paid": ["receipt"],
        "scheduled": ["receipt"],
        "handed_over": both,
        "completed": both,
    }
    assert await there(town, code, Role.REVENUE) == ["receipt"]
    assert await there(town, code, Role.ADMIN) == []


@pytest.mark.parametrize(
    ("who", "error"),
    [
        (actor(Role.CIVIL), None),
        (actor(Role.AUDITOR), None),
        (actor(Role.SYSTEM), None),
        (actor(Role.CITIZEN), None),
        (actor(Role.EXPERT), Forbidden("printout")),
        (actor(Role.ADMIN), Forbidden("printout")),
        (actor(Role.CITIZEN, NEIGHBOUR), NotFound("code")),
        (clerk(), NotFound("code")),
    ],
    ids=str,
)
async def test_who_may_print_a_form(town: Municipality, who: Actor, error: DomainError | None) -> None:
    code = await town.reach("handed_over")
    if error is None:
        assert (await printed(town, code, "delivery_form", who)).kind == "delivery_form"
        return
    with pytest.raises(type(error), match=str(error)):
        await printed(town, code, "delivery_form", who)


async def test_a_clerk_prints_for_the_own_office(town: Municipality) -> None:
    request = await town.submit(by=clerk())
    await deliver(town, request.code)
    assert (await printed(town, request.code, "delivery_form", clerk())).kind == "delivery_form"
    with pytest.raises(NotFound, match="code"):
        await printed(town, request.code, "delivery_form", clerk("1002"))


@pytest.mark.parametrize("kind", ["letter", "poem", ""])
async def test_a_paper_that_the_service_has_not(town: Municipality, kind: str) -> None:
    with pytest.raises(NotFound, match="printout:not_issued"):
        await printed(town, await town.reach("handed_over"), kind)


async def test_a_permit_that_holds_good_no_more_is_not_printed(taxis: TaxiOrganisation) -> None:
    code = await taxis.reach("under_review")
    with pytest.raises(NotFound, match="printout:not_issued"):
        await printed(taxis.town, code, "permit", OFFICER)
    await taxis.town.do(code, "approve", OFFICER)
    assert await there(taxis.town, code, Role.TAXI_OFFICER) == ["permit"]
    await taxis.town.do(code, "revoke", OFFICER, reason="تخلف")
    with pytest.raises(NotAllowedNow, match="printout:paper_void"):
        await printed(taxis.town, code, "permit", actor(Role.CITIZEN, DRIVER_MOBILE))
    assert await there(taxis.town, code, Role.TAXI_OFFICER) == []


async def test_nothing_is_printed_of_what_was_erased(experts: Experts) -> None:
    code = await experts.reach("closed")
    assert (await printed(experts.town, code, "letter")).sheets[0].blocks[2] == Paragraphs((LETTER,))
    async with experts.town.store.open_unit() as uow:
        await erase_request(ActorContext(experts.town.desk, uow, actor(Role.ADMIN)), parse_code(code), "خواست شهروند")
    with pytest.raises(NotAllowedNow, match="code:erased"):
        await printed(experts.town, code, "letter")
    assert await there(experts.town, code) == []
