"""Questions about money: instalments, a discount, until when a bill is to be paid, when money comes back."""

import pytest

from domain.actions.refunds.accounts import ask_for_ibans
from tests.support.municipality import CITIZEN, Municipality
from tests.support.scenarios.taxi_organisation import TaxiOrganisation

INSTALMENTS = (
    "قسطی میشه؟", "قسطی میشه پرداخت کنم", "میتونم در چند قسط بدم", "نصفش رو الان بدم نصفش بعد؟", "اقساط دارید؟",
    "نصف نصف بدم؟", "یکجا ندارم", "چند مرحله پرداخت کنم میشه", "چک قبول می‌کنید؟", "ghesti mishe",
    "میشه دو قسط بدم یا یه کم صبر کنید؟ نمیخوام هم از نوبت بیفتم، شوهرم صیاده دستمون خالیه",
)  # fmt: skip
DISCOUNT = (
    "تخفیف نمیدید؟", "تخفیف دارید؟", "برای جانباز تخفیف هست", "یه تخفیفی بدید خیلی گرونه", "نمیشه ارزون‌تر حساب کنید",
    "من بازنشسته‌ام تخفیف نداره", "معافیت داره؟", "معافم کنید", "کمتر بگیرید", "takhfif darid",
)  # fmt: skip
DEADLINE = (
    "مهلت بیشتر میدید؟", "تا کی وقت دارم پرداخت کنم؟", "مهلتش کی تموم میشه", "مهلت پرداخت رو تمدید کنید",
    "میشه هفته بعد پرداخت کنم", "چند روز وقت دارم", "اگه دیر پرداخت کنم چی میشه", "جریمه دیرکرد داره؟",
    "الان پول ندارم", "تا کی باید پرداخت کنم",
)  # fmt: skip
REFUND = (
    "کی واریز میشه؟", "کی واریز می‌کنید", "پولم کی برمیگرده", "کی پولمو پس میدید", "کی به حسابم میاد",
    "هنوز پولمو واریز نکردید", "پولم چطوری برمیگرده؟",
)  # fmt: skip
IBAN = "IR910120000000100324200001"


@pytest.mark.parametrize(
    ("texts", "key"), [(INSTALMENTS, "instalments"), (DISCOUNT, "discount"), (DEADLINE, "deadline_of")]
)
async def test_how_a_bill_may_be_paid_is_answered_and_the_bill_is_not_sent_again(
    town: Municipality, texts: tuple[str, ...], key: str
) -> None:
    await town.reach("awaiting_payment")
    for text in texts:
        town.advance(minutes=3)
        heard = await town.say(CITIZEN, text)
        assert (heard.key, "/pay/" in heard.text, "شناسه" in heard.text) == (f"sms.money.{key}", False, False), text


async def test_a_deadline_is_told_as_it_is(town: Municipality) -> None:
    assert (await town.say(CITIZEN, "تا کی باید پرداخت کنم")).key == "sms.none_to.pay"
    await town.reach("awaiting_payment")
    assert "سه‌شنبه ۳ آذر" in (await town.say(CITIZEN, "تا کی وقت دارم")).text
    town.advance(hours=20)
    assert (await town.say(CITIZEN, "مهلت پرداخت رو تمدید کنید")).key == "sms.money.deadline_over"


@pytest.mark.parametrize("text", ["تا کی باید منتظر بمونم", "چند روز وقت میبره", "چقدر وقت میگیره کارتون"])
async def test_who_asks_how_long_work_takes_is_told_of_no_bill(town: Municipality, text: str) -> None:
    await town.reach("awaiting_payment")
    assert not (await town.say(CITIZEN, text)).key.startswith("sms.money")


async def cancelled(town: Municipality) -> None:
    """A paid request that its citizen cancelled: the money is due back."""
    code = await town.reach("paid")
    await town.say(CITIZEN, f"لغو {code}")
    town.advance(minutes=2)
    await town.say(CITIZEN, "بله")


async def test_an_account_that_is_given_before_it_is_asked_for_is_kept(town: Municipality) -> None:
    await cancelled(town)
    assert (await town.say(CITIZEN, f"شبا {IBAN}")).key == "sms.offer.iban"
    assert (await town.say(CITIZEN, "بله")).key == "sms.iban_kept"
    assert await ask_for_ibans(town.desk, town.store) == 0, "it is not asked for again"
    assert town.rows("SELECT iban FROM refund_accounts") == [(IBAN,)]


async def test_an_account_that_nobody_asked_for_is_asked_for_while_it_is_not_given(town: Municipality) -> None:
    await cancelled(town)
    await town.say(CITIZEN, f"شبا {IBAN}")
    await town.say(CITIZEN, "نه")
    assert await ask_for_ibans(town.desk, town.store) == 1


async def test_an_account_where_nothing_is_due_is_explained(town: Municipality) -> None:
    for text in (f"شبا {IBAN}", "شبا ندارم"):
        town.advance(minutes=3)
        heard = await town.say(CITIZEN, text)
        assert (heard.key, "خودمان شبا می‌خواهیم" in heard.text) == ("errors.not_allowed_now", True)
    assert town.rows("SELECT bill_id FROM refund_accounts") == []


@pytest.mark.parametrize("text", REFUND)
async def test_when_money_comes_back_is_answered(town: Municipality, text: str) -> None:
    assert (await town.say(CITIZEN, text)).key == "sms.money.refund_none"
    await cancelled(town)
    assert (await town.say(CITIZEN, text)).key == "sms.money.refund_wanted"
    town.advance(minutes=3)
    await town.says(f"شبا {IBAN}", "بله")
    assert (await town.say(CITIZEN, text)).key == "sms.money.refund_waits"


async def test_who_has_no_account_is_told_where_one_finds_it(town: Municipality) -> None:
    await cancelled(town)
    assert (await town.say(CITIZEN, "شبا ندارم")).key == "ask.iban"
    assert "همراه‌بانک" in (await town.say(CITIZEN, "شماره شبا ندارم")).text
    assert (await town.say(CITIZEN, "حساب بانکی ندارم")).key == "sms.money.no_account"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("نظر به کسبه تخفیف بدهید", "sms.comment_kept"),
        ("تشویق تاکسی ۱۱۴ راننده تخفیف داد", "services.taxi_report."),
        ("شکایت تاکسی ۱۱۴ قسط وام را بهانه کرد و سوار نکرد", "services.taxi_report."),
    ],
)
async def test_a_word_of_money_about_others_is_no_question(taxis: TaxiOrganisation, text: str, key: str) -> None:
    assert (await taxis.town.say(CITIZEN, text)).key.startswith(key)


async def test_who_is_asked_for_an_account_may_ask_when_the_money_comes(town: Municipality) -> None:
    await cancelled(town)
    await ask_for_ibans(town.desk, town.store)
    assert (await town.say(CITIZEN, "شبامو بلد نیستم")).key == "ask.iban"
    answered = await town.say(CITIZEN, "کی واریز میشه؟")
    assert (answered.key, "شماره شبا درست نیست" in answered.text) == ("sms.money.refund_wanted", False)
    assert (await town.say(CITIZEN, IBAN)).key == "sms.offer.iban"


async def test_a_bill_that_is_asked_for_again_says_first_what_else_may_be_meant(town: Municipality) -> None:
    await town.reach("awaiting_payment")
    bill, again = [(await town.say(CITIZEN, text)).text for text in ("قبضم چقدره", "قبض منو بفرستید")]
    first_line, _, rest = again.partition("\n")
    assert "پرداخت کردم" in first_line
    assert rest == bill
