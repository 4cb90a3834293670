"""The citizen's own word in a text or chat that a machine was handed over, or worked for so many hours."""

from domain.actions.conversations.turn_context import TurnContext
from domain.actions.fleet.delivery_codes import confirm_own_delivery
from domain.actions.requests.act import lock_request
from domain.authorization.request_policy import is_citizen_of
from domain.blocks.booking_fields import HOURS_DONE
from domain.blocks.delivery_confirmations import CONFIRMED_HOURS, HANDED_OVER_AT
from domain.messages.catalogue import RenderedMessage
from domain.values.tracking_codes import TrackingCode


async def confirm_delivery(turn: TurnContext, code: TrackingCode) -> RenderedMessage | None:
    """Confirm the delivery of a machine that the citizen asked for; None where the code is of anything else.

    Errors: those of `confirm_own_delivery`, `NotFound("code")`.
    """
    request = await lock_request(turn.uow.requests, code)
    if not is_citizen_of(request, turn.actor) or not HANDED_OVER_AT.is_kept_by(request):
        return None
    stage = await confirm_own_delivery(turn, request)
    confirmed_hours = {HOURS_DONE.name: CONFIRMED_HOURS.find(request) or []}
    return turn.render_about(request, f"sms.delivery.{stage}", **confirmed_hours)
