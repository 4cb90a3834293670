"""The citizen's confirmation of a machine's delivery by a code, in place of a signature: that it was handed over, and
for how many hours it worked (decision 67).

One code holds at a time. That of the return is for the hours that the operators reported: other hours need another.
"""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from domain.blocks.booking_fields import HOURS_DONE
from domain.blocks.operator_reports import find_worked_hours
from domain.fields.hours import Hours
from domain.fields.moments import Moment
from domain.fields.stored import MOMENT_FORM, StoredField, StoredFields, StoredForm, stored_moment
from domain.fields.types import Text
from domain.requests.request import ServiceRequest
from domain.unit_of_work import IdGenerator
from domain.values.secret_codes import SecretCode, draw_code

CODE_LENGTH = 5
"""Digits of a code: few, since it is said aloud beside a machine; tries are limited."""

CODE_FACT = "confirmation_code"
"""The fact of messages that bears the code."""


class DeliveryStage(StrEnum):
    """Stages of a delivery that its citizen confirms, in this order."""

    RECEIVED = "received"
    """The machine was handed over."""
    RETURNED = "returned"
    """It goes back after so many hours of work."""


@dataclass(frozen=True, slots=True)
class DeliveryCode:
    """The code that is good now."""

    stage: DeliveryStage
    """Stage that it confirms."""
    salt: str
    """Random salt."""
    digest: str
    """Digest of salt and digits."""
    hours: list[float] | None = None
    """Hours of each line of the request that it confirms; None for the hand-over."""

    def matches(self, digits: str) -> bool:
        """Return whether these ASCII digits are the code."""
        return SecretCode(self.salt, self.digest).matches(digits)


HANDED_OVER_AT = stored_moment("handed_over_at")

DELIVERY_CODE: StoredField[dict[str, Any]] = StoredField("delivery_code", Text(), stored_form=StoredForm(dict, dict))
"""The code that is good now; nothing of it can be read back."""

RECEIVED_AT = StoredField("received_at", Moment(), stored_form=MOMENT_FORM, is_for_citizen=True)
RETURNED_AT = StoredField("returned_at", Moment(), stored_form=MOMENT_FORM, is_for_citizen=True)
"""Moments at which the citizen confirmed hand-over and return."""

CONFIRMED_HOURS: StoredField[list[float]] = StoredField(
    "confirmed_hours", Hours(limit=24), stored_form=StoredForm(list, list), is_for_citizen=True
)
"""Hours that the citizen confirmed, a number for each line of the request."""

CONFIRMATION_FIELDS: StoredFields = (RECEIVED_AT, RETURNED_AT, CONFIRMED_HOURS)
"""Stored fields of what was confirmed."""


def find_delivery_code(request: ServiceRequest) -> DeliveryCode | None:
    """Return the code that is good now; None where none was sent."""
    kept_code = DELIVERY_CODE.find(request)
    return DeliveryCode(**{**kept_code, "stage": DeliveryStage(kept_code["stage"])}) if kept_code else None


def find_awaited_stage(request: ServiceRequest) -> DeliveryStage | None:
    """Return what its citizen can confirm now: the hours, once every operator said theirs; None where nothing is left,
    before the machine is handed over, and after the unit ended the work.
    """
    is_delivered = HANDED_OVER_AT.is_kept_by(request) and not HOURS_DONE.is_kept_by(request)
    if request.mobile is None or request.phase.is_final or not is_delivered:
        return None
    worked_hours = find_worked_hours(request)
    if worked_hours is None:
        return None if RECEIVED_AT.is_kept_by(request) else DeliveryStage.RECEIVED
    return None if CONFIRMED_HOURS.find(request) == worked_hours else DeliveryStage.RETURNED


def issue_delivery_code(ids: IdGenerator, request: ServiceRequest, stage: DeliveryStage) -> str:
    """Keep a new code in the place of the earlier one; return its ASCII digits, which are nowhere else."""
    digits, secret_code = draw_code(ids.new_token, CODE_LENGTH)
    hours = find_worked_hours(request) if stage is DeliveryStage.RETURNED else None
    DELIVERY_CODE.write(request, asdict(DeliveryCode(stage, secret_code.salt, secret_code.digest, hours)))
    return digits


def withdraw_other_hours(request: ServiceRequest) -> None:
    """Forget the confirmation, and the code, of other hours than those that operators report now."""
    worked_hours, delivery_code = find_worked_hours(request), find_delivery_code(request)
    if CONFIRMED_HOURS.find(request) != worked_hours:
        CONFIRMED_HOURS.clear(request)
        RETURNED_AT.clear(request)
    if delivery_code and delivery_code.stage is DeliveryStage.RETURNED and delivery_code.hours != worked_hours:
        DELIVERY_CODE.clear(request)
