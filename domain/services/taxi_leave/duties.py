"""Duties owed by taxis: a look-up that makes no request. A duty that has no bill yet is billed when it is asked for.

The taxi is named by plate or code, or it is the asker's own ones. A duty is a public charge, so it is disclosed to
whoever knows the plate, without any name. Source: services.md, "Duties".
"""

from domain.actions.registries.charges import issue_row_bill
from domain.blocks.billing import BillingContext
from domain.blocks.taxis import MOST_VEHICLES, Plate, find_vehicle, list_open_duties, vehicles_of_mobile
from domain.fields.form import Field
from domain.language.lookups import Lookup, LookupAnswer, LookupContext
from domain.registries.declarations import DUTY
from domain.registries.field_types import TAXI_CODE
from domain.registries.rows import RegistryRow
from domain.services.taxi_leave.reasons import LeaveMissingReason
from domain.services.taxi_leave.vocabulary import TAXI_DUTY_INTENT
from domain.values.errors import MissingField

MOST_LISTED_DUTIES = 4
"""Duties that one text lists, two message parts each; with more the oldest come first, and their number is stated."""

MOST_DUTIES = 1000


async def describe_duties(lookup: LookupContext) -> list[LookupAnswer]:
    """Return each open duty with its bill; `MissingField("plate")` where none is named and the asker has no
    taxi, or is nobody in particular; `NotFound`.
    """
    named_vehicle = await find_vehicle(lookup.uow.registries, lookup.stated_values)
    vehicles = (
        [named_vehicle] if named_vehicle else await vehicles_of_mobile(lookup.uow.registries, lookup.asker_mobile)
    )
    if not vehicles:
        raise MissingField("plate", LeaveMissingReason.NO_OWN_TAXI if lookup.asker_mobile else None)
    plates = [str(vehicle.values["plate"]) for vehicle in vehicles[:MOST_VEHICLES]]
    duties = await list_open_duties(lookup.uow.registries, plates, MOST_DUTIES)
    if not duties:
        return [("no_duty", {"plate": plates[0]}) if len(plates) == 1 else ("no_duties", {})]
    listed_duties = duties[:MOST_LISTED_DUTIES] if lookup.is_brief else duties
    duty_lines = [await _describe_duty(lookup, vehicle) for vehicle in listed_duties]
    unlisted_count = len(duties) - len(listed_duties)
    return [*duty_lines, ("more_duties", {"count": unlisted_count})] if unlisted_count > 0 else duty_lines


async def _describe_duty(lookup: LookupContext, duty_row: RegistryRow) -> LookupAnswer:
    billing_context = BillingContext(lookup.ids, lookup.policy, lookup.now)
    bill = await issue_row_bill(lookup.uow, billing_context, DUTY, duty_row.id, lookup.asked_by)
    duty_facts = {
        "plate": duty_row.values["vehicle"],
        "year": duty_row.values["year"],
        "duty_kind": duty_row.values["kind"],
    }
    return "duty", duty_facts | {"amount": bill.amount, "bill_id": bill.bill_id, "payment_id": bill.payment_id}


DUTY_LOOKUP = Lookup(
    TAXI_DUTY_INTENT,
    (
        Field("plate", Plate(), required=False, alternatives=("taxi_code",)),
        Field("taxi_code", TAXI_CODE, required=False),
    ),
    describe_duties,
    answer_names=("duty", "more_duties", "no_duty", "no_duties"),
    soap_operation="GetTaxiDuties",
)
