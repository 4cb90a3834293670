"""Who says to have paid is told what is known of the money, and never gets the bill with its ids or link."""

from itertools import product

import pytest

from domain.bills.bill import BillState
from domain.conversation.reading.payment_claims import claims_payment
from domain.values.actors import Role
from tests.support.municipality import CITIZEN, Municipality

PAID = [f"{what} {done}" for what in ("پرداخت", "واریز", "کارت به کارت") for done in ("کردم", "کردیم", "کرده‌ام")]
HANDED = [f"{what} {given}" for what in ("پولشو", "پول رو", "هزینه را") for given in ("دادم", "ریختم", "واریز کردم")]
SLIPS = [f"{slip} {having}" for slip in ("فیشش", "فیش", "رسیدش", "رسید بانک") for having in ("را دارم", "دارم")]
OTHERS = ["از حسابم کم شده", "پول برداشت شد", "دو بار پرداخت کردم", "pardakht kardam", "kart be kart kardam", "töledim"]
CLAIMS = (*PAID, *HANDED, *SLIPS, *OTHERS)
BESIDE = ("{}", "{} چرا میگه پرداخت نشده", "سلام {} کی میاین", "من که {}", "دیروز {} خبری نشد")
NO_CLAIMS = (
    "پرداخت نکردم", "هنوز پول ندادم", "چطور پرداخت کنم", "وقتی پرداخت کردم چه کنم", "اگه واریز کردم کی میاین", "قبض",
    "پرداخت", "میخوام پرداخت کنم", "فیش ندارم", "کجا باید پرداخت کنم", "شماره کارت بدید",
)  # fmt: skip


def test_a_claim_is_understood_in_any_words() -> None:
    texts = [beside.format(claim) for claim, beside in product(CLAIMS, BESIDE)]
    assert [text for text in texts if not claims_payment(text)] == []
    assert [text for text in NO_CLAIMS if claims_payment(text)] == []


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
        assert heard.key == f"sms.claim.{key}", beside.format(claim)
        assert "/pay/" not in heard.text
        assert "شناسه قبض 1" not in heard.text
    named = await town.say(CITIZEN, f"{code} رو پرداخت کردم")
    assert named.key == f"sms.claim.{key}"


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
