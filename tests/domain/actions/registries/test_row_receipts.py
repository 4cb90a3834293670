"""Receipts of duties and fines: what they say, who may have them, and of what there is none."""

import pytest

from app.security.vault import FernetVault
from domain.actions.bills import pay
from domain.actions.context import ActorContext
from domain.actions.offices.accounts import add_office
from domain.actions.registries.charges import waive_and_notify
from domain.actions.registries.row_receipts import build_row_receipt, list_row_printouts
from domain.bills.bill import BillKind, PaymentMethod
from domain.blocks.billing import BillingContext, ChargedSubject, create_bill
from domain.papers.document import Barcode, PaperFact, Paragraphs, Printout, Signatures
from domain.registries.declarations import DUTY, REGISTRIES, VIOLATION
from domain.registries.rows import RegistryRow
from domain.values.actors import SYSTEM, Actor, Role
from domain.values.bill_ids import parse_barcode
from domain.values.errors import DomainError, Forbidden, NotFound
from tests.domain.actions.papers.test_printouts import facts
from tests.domain.actions.registries.test_charges import billed, paid
from tests.support.municipality import OFFICE, Municipality, actor, clerk
from tests.support.scenarios.taxi_registries import (
    OFFICER,
    OWNER_CODE,
    OWNER_MOBILE,
    a_duty,
    a_violation,
    furnish,
    give,
)

TAXI = "\u200f\u2066۱۲\u00a0ت\u00a0\u200e۳۴۵\u00a0ایران\u00a0\u200e۵۹\u2069\u200f، ۱۴۰۵\u200f، سالانه"
REVENUE = actor(Role.REVENUE)
DUTY_FACTS = {
    "به نام (در روز چاپ)": "آنه محمدی",
    "تلفن همراه": "۰۹۱۲۱۰۰۰۰۰۱",
    "شرح": TAXI,
    "مبلغ (ریال)": "۲٬۵۰۰٬۰۰۰",
    "مبلغ به حروف (ریال)": "دو میلیون و پانصد هزار",
    "شیوه پرداخت": "فیش بانکی",
    "شماره پیگیری بانک": "slip-9",
    "زمان ثبت پرداخت": "۱۴۰۵/۰۹/۰۳ ۱۰:۰۰",
}
"""Facts on the receipt of a duty beside the ids of its bill."""


@pytest.fixture(autouse=True)
async def _organisation(town: Municipality) -> None:
    """The taxis that owe."""
    await furnish(town)


async def printed(town: Municipality, row: RegistryRow, by: Actor = REVENUE) -> Printout:
    """The receipt of a row."""
    async with town.store.open_unit(write=False) as uow:
        return await build_row_receipt(ActorContext(town.desk, uow, by), REGISTRIES[row.registry], row.id)


async def there(town: Municipality, row: RegistryRow, by: Actor = REVENUE) -> dict[str, str]:
    """The papers that somebody may print of a row now."""
    async with town.store.open_unit(write=False) as uow:
        return {**await list_row_printouts(ActorContext(town.desk, uow, by), REGISTRIES[row.registry], row)}


async def about(town: Municipality, row: RegistryRow) -> dict[str, str]:
    """Facts on the first sheet, by its labels."""
    return facts((await printed(town, row)).sheets[0].blocks[1])


async def test_the_receipt_of_a_duty(town: Municipality) -> None:
    row = await a_duty(town)
    bill = await billed(town, row)
    await paid(town, bill, "slip-9")
    receipt = await printed(town, row)
    assert (receipt.kind, receipt.code, receipt.title, receipt.token) == (
        "receipt",
        f"duty-{row.id}",
        "رسید پرداخت",
        None,
    )
    assert receipt.subject_fact == PaperFact("عوارض تاکسی", TAXI)
    [sheet] = receipt.sheets
    assert sheet.head_facts == (PaperFact("تاریخ", "۱۴۰۵/۰۹/۰۳ ۱۰:۰۰"),)
    intro, said, bars, signed = sheet.blocks
    assert intro == Paragraphs(("مبلغ زیر بابت «عوارض تاکسی» دریافت شد.",))
    assert facts(said) == DUTY_FACTS | {"شناسه قبض": bill.bill_id, "شناسه پرداخت": bill.payment_id}
    assert isinstance(bars, Barcode)
    ids = parse_barcode(bars.digits)
    assert (ids.bill_id, ids.payment_id) == (bill.bill_id, bill.payment_id)
    assert signed == Signatures(("مهر و امضای واحد درآمد",))


async def test_the_receipt_of_a_fine(town: Municipality) -> None:
    row = await a_violation(town)
    await paid(town, await billed(town, row, VIOLATION))
    receipt = await printed(town, row)
    called = "\u200fعبدالله ایری\u200f، ۱۴۰۵/۰۸/۲۹\u200f، کرایه بیش از نرخ"
    assert (receipt.code, receipt.subject_fact) == (f"violation-{row.id}", PaperFact("جریمه تخلف تاکسی", called))
    intro, said, *_ = receipt.sheets[0].blocks
    assert intro == Paragraphs(("مبلغ زیر بابت «جریمه تخلف تاکسی» دریافت شد.",))
    known = facts(said)
    assert (known["به نام (در روز چاپ)"], known["تلفن همراه"], known["شرح"], known["مبلغ (ریال)"]) == (
        "عبدالله ایری",
        "۰۹۱۲۱۰۰۰۰۰۲",
        called,
        "۵۰۰٬۰۰۰",
    )


async def test_a_receipt_names_the_office_that_took_the_money(town: Municipality) -> None:
    async with town.store.open_unit() as uow:
        await add_office(
            ActorContext(town.desk, uow, SYSTEM), FernetVault("a secret of the tests"), OFFICE, "دفتر پیشخوان گمیشان"
        )
    row = await a_duty(town)
    bill = await billed(town, row)
    async with town.store.open_unit() as uow:
        ids = (bill.bill_id, bill.payment_id)
        await pay.record_payment(
            ActorContext(town.desk, uow, clerk(OFFICE)), ids, bill.amount, PaymentMethod.POS, "7714"
        )
    said = await about(town, row)
    assert (said["شیوه پرداخت"], said["شماره پیگیری بانک"], said["دفتر پیشخوان"]) == (
        "کارت‌خوان دفتر پیشخوان",
        "7714",
        "دفتر پیشخوان گمیشان",
    )


async def test_an_owner_who_is_not_known_is_filled_in_by_hand(town: Municipality) -> None:
    await give(town, "vehicle", {"plate": "21ب456-59", "type": "van"})
    row = await a_duty(town, vehicle="21ب456-59")
    await paid(town, await billed(town, row))
    said = await about(town, row)
    assert said["به نام (در روز چاپ)"] == ""
    assert "تلفن همراه" not in said
    await give(town, "vehicle", {"plate": "21ب456-59", "type": "van", "owner": OWNER_CODE})
    assert (await about(town, row))["به نام (در روز چاپ)"] == "آنه محمدی"


async def test_an_owner_without_a_mobile_is_named_all_the_same(town: Municipality) -> None:
    await give(town, "owner", {"national_id": OWNER_CODE, "mobile": None})
    row = await a_duty(town)
    await paid(town, await billed(town, row))
    said = await about(town, row)
    assert said["به نام (در روز چاپ)"] == "آنه محمدی"
    assert "تلفن همراه" not in said
    assert [text.key for text in await town.sent(OWNER_MOBILE)] == ["sms.contact_changed"]


async def test_what_was_paid_besides_is_no_refund_of_this_payment(town: Municipality) -> None:
    row = await a_duty(town)
    bill = await billed(town, row)
    for reference in "12":
        await paid(town, bill, reference)
    receipt = await printed(town, row)
    assert len(receipt.sheets) == 1
    said = facts(receipt.sheets[0].blocks[1])
    assert (said["شماره پیگیری بانک"], said.get("برگشتی (ریال)")) == ("1", None)


async def test_each_bill_that_was_paid_has_a_sheet(town: Municipality) -> None:
    row = await a_duty(town)
    bills = [await billed(town, row)]
    async with town.store.open_unit() as uow:
        till, subject = (
            BillingContext(town.desk.ids, town.desk.policy, town.clock.at),
            ChargedSubject(DUTY.key, row.id, DUTY.key),
        )
        bills.append(await create_bill(uow.bills, till, subject, 300_000, BillKind.SUPPLEMENT, {}, None))
    for number, bill in enumerate(bills):
        assert len((await printed(town, row)).sheets if number else ()) == number
        await paid(town, bill, str(number))
    sheets = [facts(one.blocks[1]) for one in (await printed(town, row)).sheets]
    assert [one["شناسه قبض"] for one in sheets] == [one.bill_id for one in bills]
    assert {one["شرح"] for one in sheets} == {TAXI}


async def test_what_was_not_paid_has_no_receipt(town: Municipality) -> None:
    async def none() -> None:
        with pytest.raises(NotFound, match="printout:not_issued"):
            await printed(town, row)
        assert await there(town, row) == {}

    row = await a_duty(town)
    await none()
    bill = await billed(town, row)
    await none()
    async with town.store.open_unit() as uow:
        await waive_and_notify(ActorContext(town.desk, uow, REVENUE), DUTY, row.id, "جانباز")
    await none()
    await paid(town, bill)  # all of it is due back
    await none()


@pytest.mark.parametrize(
    ("who", "error"),
    [
        (REVENUE, None),
        (OFFICER, None),
        (actor(Role.MANAGER), None),
        (actor(Role.AUDITOR), None),
        (actor(Role.SYSTEM), None),
        (actor(Role.CIVIL), Forbidden("printout")),
        (actor(Role.ADMIN), Forbidden("printout")),
        (actor(Role.CITIZEN, OWNER_MOBILE), Forbidden("printout")),
        (clerk(), Forbidden("printout")),
    ],
    ids=str,
)
async def test_who_may_print_it(town: Municipality, who: Actor, error: DomainError | None) -> None:
    row = await a_violation(town)
    await paid(town, await billed(town, row, VIOLATION))
    if error is None:
        assert (await printed(town, row, who)).kind == "receipt"
        assert await there(town, row, who) == {"receipt": "رسید پرداخت"}
        return
    with pytest.raises(type(error), match=str(error)):
        await printed(town, row, who)
    assert await there(town, row, who) == {}


async def test_a_row_that_is_not_there(town: Municipality) -> None:
    async with town.store.open_unit(write=False) as uow:
        with pytest.raises(NotFound, match="duty"):
            await build_row_receipt(ActorContext(town.desk, uow, REVENUE), DUTY, 7)
