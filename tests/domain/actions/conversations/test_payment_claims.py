"""Claims to have paid are answered by what is known of the money, and never with the bill with its ids or link."""

from itertools import product

import pytest

from domain.actions.bills.payment_claims import refuse_claim
from domain.actions.context import ActorContext
from domain.bills.bill import BillState
from domain.bills.payment_claim import ClaimDetails
from domain.conversation.reading.payment_claims import claims_payment, names_slip, read_claim_details
from domain.values.actors import Role
from domain.values.text import fold_text
from tests.support.municipality import CITIZEN, NEIGHBOUR, TUESDAY_MORNING, Municipality, actor

PAID = [f"{what} {done}" for what in ("پرداخت", "واریز", "کارت به کارت") for done in ("کردم", "کردیم", "کرده‌ام")]
HANDED = [f"{what} {given}" for what in ("پولشو", "پول رو", "هزینه را") for given in ("دادم", "ریختم", "واریز کردم")]
SLIPS = [f"{slip} {having}" for slip in ("فیشش", "فیش", "رسیدش", "رسید بانک") for having in ("را دارم", "دارم")]
APART = [
    "پول رو به حساب شهرداری ریختم", "هزینه لودر رو دیروز به حسابتون ریختم", "مبلغ قبض رو به شما حواله کردم",
]  # fmt: skip
OTHERS = ["از حسابم کم شده", "پول برداشت شد", "دو بار پرداخت کردم", "pardakht kardam", "kart be kart kardam", "töledim"]
CLAIMS = (*PAID, *HANDED, *SLIPS, *APART, *OTHERS)
BESIDE = ("{}", "{} چرا میگه پرداخت نشده", "سلام {} کی میاین", "من که {}", "دیروز {} خبری نشد")
NO_CLAIMS = (
    "پرداخت نکردم", "هنوز پول ندادم", "چطور پرداخت کنم", "وقتی پرداخت کردم چه کنم", "اگه واریز کردم کی میاین", "قبض",
    "پول ندارم خاک ریختم", "پول رو به حساب نریختم",
    "پرداخت", "میخوام پرداخت کنم", "فیش ندارم", "کجا باید پرداخت کنم", "شماره کارت بدید",
)  # fmt: skip


def test_a_claim_is_understood_in_any_words() -> None:
    texts = [beside.format(claim) for claim, beside in product(CLAIMS, BESIDE)]
    assert [text for text in texts if not claims_payment(text)] == []
    assert [text for text in NO_CLAIMS if claims_payment(text)] == []


AGAIN = {"unseen": "sms.claim.noted"}
"""The shorter reply while the claim is open."""


@pytest.mark.parametrize(
    ("state", "key"), [("awaiting_payment", "unseen"), ("paid", "arrived"), ("submitted", "no_bill")]
)
async def test_who_paid_is_told_what_is_known_and_not_asked_to_pay_again(
    town: Municipality, state: str, key: str
) -> None:
    code = await town.reach(state)
    for claim, beside in zip(CLAIMS[::2], BESIDE * len(CLAIMS), strict=False):
        town.advance(minutes=5)
        heard = await town.say(CITIZEN, beside.format(claim))
        assert heard.key in {f"sms.claim.{key}", AGAIN.get(key)}, beside.format(claim)
        assert "/pay/" not in heard.text
        assert "شناسه قبض 1" not in heard.text
    named = await town.say(CITIZEN, f"{code} رو پرداخت کردم")
    assert named.key == AGAIN.get(key, f"sms.claim.{key}")


async def test_a_payment_that_is_asked_of_the_bank_is_said_to_be(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    async with town.store.open_unit() as uow:
        [bill] = await uow.bills.list_of_subject("request", (await town.request(code)).id)
        bill.state = BillState.PAYING
        await uow.bills.save(bill)
    heard = await town.say(CITIZEN, "پرداخت کردم چرا میگه پرداخت نشده")
    assert heard.key == "sms.claim.asked"
    assert "دوباره نپردازید" in heard.text


async def test_an_officers_question_may_be_answered_by_a_claim(town: Municipality) -> None:
    code = await town.order()
    await town.do(code, "ask", Role.CIVIL, question="پرداخت کردید؟")
    assert (await town.say(CITIZEN, "بله فیشش را دارم")).key in {"services.machinery.notices.answer", "sms.offer.reply"}


FORM_ANSWERS = ("ماشین", "گریدر", "۳", "پس‌فردا", "ساعت ۹", "خیابان بهار")


@pytest.mark.parametrize("count", range(1, len(FORM_ANSWERS) + 1))
async def test_a_claim_amid_a_form_is_answered_and_the_form_asks_again(town: Municipality, count: int) -> None:
    await town.reach("awaiting_payment")
    asked = await town.says(*FORM_ANSWERS[:count])
    for claim in (*PAID, *HANDED, *SLIPS)[count::8]:
        town.advance(minutes=2)
        heard = await town.say(CITIZEN, claim)
        assert (heard.key.removeprefix("sms.claim."), "/pay/" in heard.text) in {("unseen", False), ("noted", False)}
        assert asked.text in heard.text, claim
    town.advance(minutes=2)
    ordered = await town.says(*FORM_ANSWERS[count:], "بله")
    assert ordered.key == "services.machinery.notices.submit"
    assert (await town.request(ordered.code)).fields["place"] == "خیابان بهار"


async def test_a_claim_behind_a_menu_gets_no_bill_with_its_link(town: Municipality) -> None:
    await town.reach("awaiting_payment")
    assert (await town.says("راهنما", "پرداخت کردم")).key == "sms.claim.unseen"


async def test_a_claim_where_a_text_was_asked_is_kept_by_one_press_alone(town: Municipality) -> None:
    await town.reach("awaiting_payment")
    heard = await town.says("نظر", "پرداخت کردم")
    assert (heard.key, heard.text.endswith(town.desk.catalogue.text("sms.keep_text"))) == ("sms.claim.unseen", True)
    assert (await town.say(CITIZEN, "۱")).key == "sms.offer.comment"
    longer = "پرداخت کردم ولی صفحه بانک خیلی کند بود و دو بار باز شد"
    assert (await town.says("خیر", "نظر", longer)).key == "sms.offer.comment"


async def test_a_recent_payment_is_named_beside_a_bill_that_is_open(town: Municipality) -> None:
    await town.reach("paid")
    await town.reach("awaiting_payment", "ماشین گریدر ۲ ساعت فردا ساعت ۹ خیابان بهار")
    arrived, *unseen = (await town.say(CITIZEN, "کارت به کارت کردم")).text.splitlines()
    assert ("رسیده است" in arrived, "هنوز به حساب ما نرسیده" in unseen[0]) == (True, True)
    town.advance(days=8)
    assert "بررسی می‌کنیم" in (await town.say(CITIZEN, "کارت به کارت کردم")).text.splitlines()[0]


REFERENCES = ("پیگیری ۸۸۱۲۳۴۵۶", "شماره پیگیریش ۸۸۱۲۳۴۵۶ بود", "88123456", "کد ارجاع 88123456", "peygiri 88123456")
AMOUNTS = ("۱٬۲۰۰٬۰۰۰ ریال", "۱۲۰ هزار تومان", "1200000 rial", "۱/۲ میلیون ریال")


def test_what_a_claim_names_of_the_payment_is_read() -> None:
    for number, amount in product(REFERENCES, AMOUNTS):
        read_details = read_claim_details(f"کارت به کارت کردم {amount} {number}", TUESDAY_MORNING)
        assert read_details == ClaimDetails(1_200_000, "88123456")
    assert [text for text in REFERENCES if not names_slip(text)] == []
    assert read_claim_details("پرداخت کردم 09115551234", TUESDAY_MORNING).reference is None
    assert not names_slip("ماشین گریدر ۲ ساعت فردا ساعت ۹ خیابان بهار پلاک ۸۸۱۲۳۴۵۶")


@pytest.mark.parametrize("number", REFERENCES)
async def test_a_claim_is_one_and_takes_what_follows(town: Municipality, number: str) -> None:
    await town.reach("awaiting_payment")
    details = town.desk.catalogue.text("sms.claim.details")
    first_text = (await town.say(CITIZEN, "کارت به کارت کردم")).text
    assert (details in first_text, "[" in first_text) == (True, False)
    town.advance(minutes=3)
    assert details not in (await town.say(CITIZEN, "پول رو واریز کردم")).text, "what is missing is asked once"
    town.advance(minutes=3)
    completed = await town.say(CITIZEN, number)
    assert "[" not in completed.text
    has_number = "88123456" in fold_text(completed.text)
    assert (completed.key, has_number, "/pay/" in completed.text) == ("sms.claim.noted", True, False)
    assert town.rows("SELECT reference, amount FROM payment_claims") == [("88123456", None)]


async def test_a_claim_that_was_not_found_is_answered_and_may_come_again(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    (bill,) = await town.bills(code)
    await town.say(CITIZEN, "پرداخت کردم پیگیری 11223344")
    async with town.store.open_unit() as uow:
        await refuse_claim(ActorContext(town.desk, uow, actor(Role.REVENUE)), bill.bill_id, "در صورت‌حساب نیست")
    answer = (await town.sent())[-1]
    assert (answer.key, "در صورت‌حساب نیست" in answer.text) == ("sms.claim.not_found", True)
    town.advance(minutes=3)
    await town.say(CITIZEN, "88123456")
    claims = town.rows("SELECT reference, refused_by FROM payment_claims ORDER BY id")
    assert [reference for reference, _ in claims] == ["11223344", "88123456"]
    assert (claims[0][1] is not None, claims[1][1]) == (True, None)


async def test_who_has_the_slip_is_asked_for_what_lacks_though_a_time_is_known(town: Municipality) -> None:
    await town.reach("awaiting_payment")
    assert town.desk.catalogue.text("sms.claim.details") in (await town.say(CITIZEN, "دیروز پرداخت کردم")).text
    assert town.desk.catalogue.text("sms.claim.details") in (await town.say(CITIZEN, "رسیدش را دارم")).text


async def test_a_number_without_a_claim_is_none(town: Municipality) -> None:
    await town.reach("awaiting_payment")
    assert not (await town.say(CITIZEN, "88123456")).key.startswith("sms.claim")
    assert town.rows("SELECT id FROM payment_claims") == []


@pytest.mark.parametrize(
    ("following", "stored"),
    [
        ("دیروز ساعت ۵", (None, "2026-11-23", "17:00")),
        ("همین الان زدم", (None, "2026-11-24", "10:03")),
        ("شنبه صبح بود", (None, "2026-11-21", None)),
        ("۱۲۰ هزار تومان", (1_200_000, None, None)),
    ],
)
async def test_a_time_or_an_amount_that_follows_soon_completes_a_claim(
    town: Municipality, following: str, stored: tuple[object, ...]
) -> None:
    await town.reach("awaiting_payment")
    await town.say(CITIZEN, "کارت به کارت کردم")
    town.advance(minutes=3)
    completed = await town.say(CITIZEN, following)
    assert (completed.key, ("زمان پرداخت" in completed.text)) == ("sms.claim.noted", stored[1] is not None)
    assert town.rows("SELECT amount, paid_on, paid_at_hour FROM payment_claims") == [stored]
    town.advance(hours=2)
    assert not (await town.say(CITIZEN, following)).key.startswith("sms.claim")


async def test_what_calls_something_else_after_a_claim_is_done(town: Municipality) -> None:
    await town.reach("awaiting_payment")
    await town.say(CITIZEN, "کارت به کارت کردم")
    assert (await town.say(CITIZEN, "لودر ۴ ساعت فردا ساعت ۸")).key.startswith("services.machinery")
    assert town.rows("SELECT paid_on FROM payment_claims") == [(None,)]


async def test_a_claim_and_its_answer_are_in_the_history_of_the_request(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    (bill,) = await town.bills(code)
    await town.say(CITIZEN, "دیروز واریز کردم")
    town.advance(minutes=3)
    await town.say(CITIZEN, "پیگیری 11223344")
    async with town.store.open_unit() as uow:
        await refuse_claim(ActorContext(town.desk, uow, actor(Role.REVENUE)), bill.bill_id, "در صورت‌حساب نیست")
    events = [(event.event, event.actor_kind) for event in await town.history(code)]
    assert events[-2:] == [("claim_payment", "citizen"), ("refuse_claim", "staff")]


async def test_money_for_a_bill_whose_time_ran_out_is_looked_for_too(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    town.advance(days=9)
    await town.run_timers()
    assert [bill.state for bill in await town.bills(code)] == [BillState.EXPIRED]
    assert (await town.say(CITIZEN, "کارت به کارت کردم")).key == "sms.claim.unseen"
    assert (await town.say(CITIZEN, "پیگیری 88123456")).key == "sms.claim.noted"
    assert town.rows("SELECT reference FROM payment_claims") == [("88123456",)]
    town.advance(days=40)
    assert (await town.say(CITIZEN, "کارت به کارت کردم")).key == "sms.claim.no_bill"


@pytest.mark.parametrize(
    "text", ["با کارت پسرم دادم رسیده دستتون؟", "پولم رسیده یا نرسیده؟", "شوهرم دیروز پولشو داد", "poolam reside?"]
)
@pytest.mark.parametrize(("state", "key"), [("awaiting_payment", "sms.claim.unseen"), ("paid", "sms.claim.arrived")])
async def test_who_asks_whether_money_arrived_is_told(town: Municipality, text: str, state: str, key: str) -> None:
    await town.reach(state)
    assert (await town.say(CITIZEN, text)).key == key


@pytest.mark.parametrize(
    "text",
    [
        "سلام من پولشو دیروز پرداخت کردم ولی دیگه نمیخوام لغو کنید پولم برگرده",
        "پول دادم دیگه نمیخوام لودر رو",
        "لغو {code} پرداخت کرده بودم",
    ],
)
@pytest.mark.parametrize("state", ["awaiting_payment", "paid"])
async def test_who_paid_and_gives_up_hears_of_the_money_and_is_asked_once(
    town: Municipality, state: str, text: str
) -> None:
    code = await town.reach(state)
    heard = await town.say(CITIZEN, text.format(code=code))
    assert heard.key.startswith("sms.claim.")
    assert "لغو شود؟" in heard.text
    assert (await town.request(code)).state == state
    await town.say(CITIZEN, "بله")
    assert (await town.request(code)).state == "cancelled"


async def test_who_paid_for_somebody_else_learns_nothing_of_the_request(town: Municipality) -> None:
    code = await town.reach("awaiting_payment")
    heard = await town.say(NEIGHBOUR, f"قبض با کد {code} را پرداخت کردم")
    assert (heard.key, "ماشین" in heard.text) == ("sms.claim.of_another", False)
    town.advance(minutes=3)
    unknown = await town.say(NEIGHBOUR, "قبض با کد 290226841 را پرداخت کردم")
    assert unknown.text.startswith(heard.text)
