"""What taxis owe: a look-up that makes no request. A duty that has no bill yet is billed when it is asked for.

The taxi is named by plate or code, or it is the asker's own ones. A duty is a public charge, so it is told to whoever
knows the plate, without any name. Source: services.md, "Duties".
"""

from domain.actions.registries.charges import bill_for
from domain.blocks.billing import BillingContext
from domain.blocks.taxis import MOST_VEHICLES, Plate, open_duties, vehicle_said, vehicles_of_mobile
from domain.conversation.service_intents import TAXI_DUTY
from domain.fields.form import Field
from domain.language.service import Answer, Lookup, LookupContext
from domain.registries.declarations import DUTY
from domain.registries.field_types import TAXI_CODE
from domain.registries.rows import RegistryRow
from domain.values.errors import MissingField

LISTED = 4
"""Duties that one text tells, two message parts each; with more the oldest come first, and their number is told."""

MOST_DUTIES = 1000


async def tell_duties(asked: LookupContext) -> list[Answer]:
    """Tell each open duty with its bill; `MissingField("plate")` where the asker has no taxi, `NotFound`."""
    said = await vehicle_said(asked.uow, asked.values)
    vehicles = [said] if said else await vehicles_of_mobile(asked.uow, asked.mobile)
    if not vehicles:
        raise MissingField("plate", detail="no_own_taxi")
    plates = [str(row.values["plate"]) for row in vehicles[:MOST_VEHICLES]]
    duties = await open_duties(asked.uow, plates, MOST_DUTIES)
    if not duties:
        return [("no_duty", {"plate": plates[0]}) if len(plates) == 1 else ("no_duties", {})]
    told = duties[:LISTED] if asked.brief else duties
    lines = [await _line(asked, row) for row in told]
    more = len(duties) - len(told)
    return [*lines, ("more_duties", {"count": more})] if more > 0 else lines


async def _line(asked: LookupContext, row: RegistryRow) -> Answer:
    till = BillingContext(asked.ids, asked.policy, asked.now)
    bill = await bill_for(asked.uow, till, DUTY, row.id, asked.by)
    duty = {"plate": row.values["vehicle"], "year": row.values["year"], "duty_kind": row.values["kind"]}
    return "duty", duty | {"amount": bill.amount, "bill_id": bill.bill_id, "payment_id": bill.payment_id}


DUTIES = Lookup(
    TAXI_DUTY,
    (
        Field("plate", Plate(), required=False, instead=("taxi_code",)),
        Field("taxi_code", TAXI_CODE, required=False),
    ),
    tell_duties,
    answers=("duty", "more_duties", "no_duty", "no_duties"),
    soap_operation="GetTaxiDuties",
)
