"""«قبض» without a code: whatever the sender has to pay, be it a request, a duty or a fine."""

from tests.support.municipality import Municipality
from tests.support.scenarios.taxi_organisation import STRANGER, TaxiOrganisation
from tests.support.scenarios.taxi_registries import (
    DRIVER_MOBILE,
    OWNER_MOBILE,
    SECOND_PLATE,
    a_duty,
    a_violation,
    furnish,
    rows_of,
)


async def test_a_drivers_fine(taxis: TaxiOrganisation) -> None:
    await a_violation(taxis.town)
    heard = await taxis.town.say(DRIVER_MOBILE, "قبض")
    [row] = await rows_of(taxis.town, "violation")
    assert heard.key == "sms.pay_bill"
    assert all(word in heard.text for word in ("جریمه تخلف تاکسی: ۵۰۰٬۰۰۰ ریال", row.data["bill_id"]))
    assert (await taxis.town.say(DRIVER_MOBILE, "قبض")).text.endswith(heard.text)
    for other in (OWNER_MOBILE, STRANGER):
        assert (await taxis.town.say(other, "قبض")).key == "sms.none_to.pay"


async def test_an_owners_duties_and_requests_together(town: Municipality) -> None:
    await furnish(town)
    await a_duty(town)
    await a_duty(town, 1_000_000, vehicle=SECOND_PLATE)
    await town.reach("awaiting_payment", mobile=OWNER_MOBILE)
    heard = await town.say(OWNER_MOBILE, "قبض")
    lines = heard.text.splitlines()
    assert [line.partition(":")[0] for line in lines[1:]] == [
        "کارکرد ماشین‌آلات", "عوارض تاکسی", "عوارض تاکسی", "همه با یک شناسه",
    ]  # fmt: skip
    assert (await town.say(DRIVER_MOBILE, "قبض")).key == "sms.none_to.pay"


async def test_what_is_paid_or_free_is_not_listed(taxis: TaxiOrganisation) -> None:
    await a_violation(taxis.town, fine=None)
    await a_violation(taxis.town, state="paid", kind="rudeness")
    await a_violation(taxis.town, standing="annulled", kind="refusal")
    assert (await taxis.town.say(DRIVER_MOBILE, "قبض")).key == "sms.none_to.pay"
