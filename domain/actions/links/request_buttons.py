"""Actions of a person on a request by one press, as buttons; and whether a request waits for its rating."""

from datetime import timedelta

from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.links.payment_links import find_bill_pages
from domain.actions.papers.printouts import list_printouts
from domain.blocks.charging import list_request_bills
from domain.conversation.buttons.requests import RequestChoices
from domain.messages.keyboards import ButtonRows
from domain.repositories import FeedbackRepositories
from domain.requests.request import Phase, ServiceRequest
from domain.values.actors import Actor, Role
from domain.values.languages import language_in_force


async def build_request_buttons(
    context: ActionContext, request: ServiceRequest, mobile: str, channel: str
) -> ButtonRows:
    """Return the buttons of a request for the person with this mobile (+989…)."""
    service = context.dependencies.engine.get_service(request.service)
    actor = Actor(frozenset({Role.CITIZEN}), "citizen", mobile, channel)
    is_own = request.mobile == mobile
    printable_papers = await list_printouts(context.acting_as(actor), request) if is_own else {}
    can_rate = is_own and await awaits_rating(context, request)
    shows_bills = is_own and (bool(context.dependencies.policy.site_address) or request.phase is Phase.NEEDS_PAYMENT)
    bill_pages = await find_bill_pages(
        context, await list_request_bills(context.uow.bills, request) if shows_bills else ()
    )
    takes_invoices = channel in context.dependencies.policy.invoice_channels
    choices = RequestChoices(
        request,
        service,
        mobile,
        printable_papers,
        can_rate,
        bill_pages,
        takes_invoices=takes_invoices,
        is_read_aloud=channel in context.dependencies.policy.voice_channels and bool(language_in_force().voice),
    )
    return choices.build_rows(context.dependencies.catalogue.text)


async def awaits_rating(context: ActionContext[FeedbackRepositories], request: ServiceRequest) -> bool:
    """Return whether a request ended well, lately, and was not rated."""
    return may_be_rated(context.dependencies, request) and await context.uow.feedback.find_rating(request.id) is None


def may_be_rated(dependencies: Dependencies, request: ServiceRequest) -> bool:
    """Return whether a request ended well, lately: its rating is asked for, or can be corrected."""
    rating_since = dependencies.clock.now() - timedelta(days=dependencies.policy.rating_days)
    is_rated = dependencies.engine.get_service(request.service).is_rated
    return is_rated and request.phase is Phase.DONE and request.updated_at >= rating_since
