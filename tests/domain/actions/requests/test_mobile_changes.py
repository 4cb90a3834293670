"""A changed number is where money could be led astray: who may change it, who is told, what waits, who may object."""

from dataclasses import replace

import pytest

from domain.actions.bills.pay import record_payment
from domain.actions.bills.refunds import approve_refund, record_refund
from domain.actions.context import ActorContext
from domain.actions.refunds.accounts import ask_for_ibans
from domain.actions.refunds.transfer_files import make_transfer_file
from domain.actions.registries.charges import bill_and_notify
from domain.actions.walk_ins.mobile_correction import MobileCorrection, correct_mobile
from domain.bills.bill import Bill, PaymentMethod
from domain.registries.declarations import DUTY
from domain.values.actors import Actor, Role
from domain.values.errors import DomainError, Forbidden, NotAllowedNow
from domain.values.tracking_codes import parse_code
from tests.support.municipality import CITIZEN, Municipality, actor
from tests.support.scenarios.taxi_registries import DRIVER_MOBILE, OWNER_MOBILE, a_duty, furnish, give, rows_of

CLERKS_OWN = "+989119998877"
IBAN = "IR580540105180021273113007"


def named(role: Role, name: str) -> Actor:
    """Somebody of a role, by a name of its own, who has just proved who it is."""
    return replace(actor(role), identifier=name)


async def correct(town: Municipality, code: str, by: Actor, mobile: str = CLERKS_OWN) -> MobileCorrection:
    """Change the number of a request."""
    async with town.store.open_unit() as uow:
        return await correct_mobile(ActorContext(town.desk, uow, by), parse_code(code), mobile, "کارت ملی")


async def cancel_paid(town: Municipality, mobile: str = CITIZEN) -> str:
    """The code of a request that its citizen cancelled after paying: money is due back."""
    code = await town.reach("paid", mobile=mobile)
    await town.says(f"لغو {code}", "۱", mobile=mobile)
    return code


async def only_bill(town: Municipality, code: str) -> Bill:
    """The bill of a request."""
    return (await town.bills(code))[0]


async def pay_back(town: Municipality, code: str, by: Actor, reference: str = "T-1") -> None:
    """Record that what is due went to the account."""
    async with town.store.open_unit() as uow:
        await record_refund(ActorContext(town.desk, uow, by), (await only_bill(town, code)).bill_id, IBAN, reference)


async def approve(town: Municipality, code: str, by: Actor) -> None:
    """Agree as a second person."""
    bill = await only_bill(town, code)
    async with town.store.open_unit() as uow:
        await approve_refund(ActorContext(town.desk, uow, by), bill.bill_id, IBAN, bill.amount)


async def refused(town: Municipality, code: str, by: Actor) -> str:
    """The reason why what is due does not go to the account."""
    with pytest.raises(DomainError) as error:
        await pay_back(town, code, by)
    return str(error.value.reason)


@pytest.mark.parametrize("role", [Role.CIVIL, Role.SECRETARIAT])
async def test_while_money_is_due_no_unit_changes_the_number(town: Municipality, role: Role) -> None:
    code = await cancel_paid(town)
    with pytest.raises(Forbidden):
        await correct(town, code, actor(role))
    assert (await town.request(code)).mobile == CITIZEN


async def test_while_money_is_due_two_people_change_it_and_the_old_number_hears_of_it_before(
    town: Municipality,
) -> None:
    code = await cancel_paid(town)
    first, second = named(Role.REVENUE, "mina"), named(Role.MANAGER, "reza")
    for _ in range(2):  # the same person again is no second one
        assert (await correct(town, code, first)).awaits_second
        assert (await town.request(code)).mobile == CITIZEN
    assert [text.key for text in await town.sent(CITIZEN)].count("sms.mobile_proposed") == 1
    assert not (await correct(town, code, second)).awaits_second
    assert (await town.request(code)).mobile == CLERKS_OWN
    assert [text.key for text in await town.sent(CITIZEN)].count("sms.mobile_corrected") == 1
    [(audited,)] = town.rows("SELECT detail FROM audit WHERE what = 'mobile_corrected'")
    assert "staff:mina" in audited
    assert "…77" in audited
    assert CLERKS_OWN not in audited


@pytest.mark.parametrize("is_paid_first", [True, False])
async def test_money_for_an_account_of_a_changed_number_waits_for_a_second_person_and_some_days(
    town: Municipality, *, is_paid_first: bool
) -> None:
    """The number is changed by a clerk while no money is due, and the money becomes due afterwards."""
    code = await town.reach("paid")
    await correct(town, code, named(Role.CIVIL, "ali"))
    await town.says(f"لغو {code}", "۱", mobile=CLERKS_OWN)
    await ask_for_ibans(town.desk, town.store)
    assert "شبا ثبت شد" in (await town.says(IBAN, "بله", mobile=CLERKS_OWN)).text
    payer = named(Role.REVENUE, "mina")
    assert await refused(town, code, payer) == "account_waits"
    await approve(town, code, named(Role.REVENUE, "sara"))
    assert await refused(town, code, payer) == "account_waits"
    async with town.store.open_unit() as uow:
        with pytest.raises(NotAllowedNow, match="nothing_to_transfer"):
            await make_transfer_file(ActorContext(town.desk, uow, payer))
    town.advance(hours=24 * town.desk.policy.refund_wait_days + 1)
    if is_paid_first:
        return await pay_back(town, code, payer)
    async with town.store.open_unit() as uow:
        await make_transfer_file(ActorContext(town.desk, uow, payer))
    return None


async def test_without_a_second_person_it_goes_nowhere_however_small_it_is(town: Municipality) -> None:
    code = await town.reach("paid")
    await correct(town, code, named(Role.REVENUE, "ali"))
    await town.says(f"لغو {code}", "۱", mobile=CLERKS_OWN)
    town.advance(hours=24 * town.desk.policy.refund_wait_days + 1)
    assert await refused(town, code, named(Role.REVENUE, "mina")) == "second_person"
    with pytest.raises(NotAllowedNow, match="own_change"):
        await approve(town, code, named(Role.REVENUE, "ali"))


async def test_an_account_that_the_number_of_the_payment_gave_does_not_wait(town: Municipality) -> None:
    code = await cancel_paid(town)
    await ask_for_ibans(town.desk, town.store)
    await town.says(IBAN, "بله")
    await correct(town, code, named(Role.REVENUE, "mina"))
    await correct(town, code, named(Role.MANAGER, "reza"))
    await pay_back(town, code, named(Role.REVENUE, "sara"))


async def test_the_old_number_objects_and_no_money_leaves_before_two_people_have_looked(town: Municipality) -> None:
    code = await town.reach("paid")
    await correct(town, code, named(Role.CIVIL, "ali"))
    assert "اعتراض شما" in (await town.says(f"رد {code}")).text
    assert "اعتراض شما" in (await town.says(f"رد {code}")).text, "again is the same"
    assert len(town.rows("SELECT * FROM audit WHERE what = 'mobile_objected'")) == 1
    await town.says(f"لغو {code}", "۱", mobile=CLERKS_OWN)
    town.advance(hours=24 * 30)
    payer = named(Role.REVENUE, "mina")
    assert await refused(town, code, payer) == "mobile_objected"
    with pytest.raises(NotAllowedNow, match="mobile_objected"):
        await approve(town, code, named(Role.REVENUE, "sara"))
    with pytest.raises(Forbidden):
        await correct(town, code, actor(Role.CIVIL), CITIZEN)
    await correct(town, code, payer, CITIZEN)
    await correct(town, code, named(Role.MANAGER, "reza"), CITIZEN)
    await pay_back(town, code, payer)


async def test_an_objection_ends_what_waits_for_a_second_person(town: Municipality) -> None:
    code = await cancel_paid(town)
    await correct(town, code, named(Role.REVENUE, "mina"))
    await town.says(f"رد {code}")
    assert (await correct(town, code, named(Role.MANAGER, "reza"))).awaits_second, "it begins anew"
    assert (await town.request(code)).mobile == CITIZEN


async def test_a_stranger_objects_to_nothing(town: Municipality) -> None:
    code = await town.reach("paid")
    await correct(town, code, named(Role.CIVIL, "ali"))
    await town.says(f"رد {code}", mobile="+989117776655")
    assert town.rows("SELECT * FROM audit WHERE what = 'mobile_objected'") == []


@pytest.mark.parametrize("registry_key", ["owner", "driver"])
async def test_a_changed_mobile_of_an_owner_or_driver_is_told_to_the_old_one(
    town: Municipality, registry_key: str
) -> None:
    await furnish(town)
    old_mobile = {"owner": OWNER_MOBILE, "driver": DRIVER_MOBILE}[registry_key]
    [row] = await rows_of(town, registry_key, mobile=old_mobile)
    await give(town, registry_key, {**row.values, "mobile": CLERKS_OWN})
    assert [text.key for text in await town.sent(old_mobile)] == ["sms.contact_changed"]
    [(audited,)] = town.rows("SELECT detail FROM audit WHERE what = 'contact_changed'")
    assert "…77" in audited
    await give(town, registry_key, {**row.values, "mobile": CLERKS_OWN})
    assert len(await town.sent(old_mobile)) == 1, "nothing changed"


async def test_a_duty_whose_owner_has_another_mobile_since_it_was_paid_waits(town: Municipality) -> None:
    await furnish(town)
    duty = await a_duty(town)
    async with town.store.open_unit() as uow:
        bill = await bill_and_notify(ActorContext(town.desk, uow, actor(Role.REVENUE)), DUTY, duty.id)
    for reference in ("71", "72"):
        async with town.store.open_unit() as uow:
            ids, by = (bill.bill_id, bill.payment_id), actor(Role.REVENUE, "bookkeeper")
            await record_payment(
                ActorContext(town.desk, uow, by), ids, bill.amount, PaymentMethod.SLIP, reference, surplus=True
            )
    [owner] = await rows_of(town, "owner", mobile=OWNER_MOBILE)
    await give(town, "owner", {**owner.values, "mobile": CLERKS_OWN})
    async with town.store.open_unit() as uow:
        with pytest.raises(NotAllowedNow, match="account_waits"):
            await record_refund(ActorContext(town.desk, uow, named(Role.REVENUE, "mina")), bill.bill_id, IBAN, "T-2")
