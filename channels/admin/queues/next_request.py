"""List meant by an address, and the next request in the list that led to another one."""

from collections.abc import Sequence

from multidict import MultiMapping
from yarl import URL

from channels.admin.frame import Visitor
from channels.admin.queues.queue_filter import STATES_FIELD
from channels.admin.queues.way_back import build_list_address, build_list_suffix
from domain.actions.context import ActionContext
from domain.actions.queues.filter_reading import read_queue_filter
from domain.actions.queues.work import QueueCount, count_queues, load_queue_page
from domain.authorization.visibility import is_own_unit
from domain.queues.queue import Queue
from domain.values.errors import DomainError
from domain.values.paging import PAGE_FIELD

_DONE_PARAMETER = "done"


async def find_next_address(context: ActionContext, visitor: Visitor, list_query: str, present_code: str) -> str | None:
    """Return the address of the first request of the list that is not this one; None where there is none."""
    raw_filter = read_filter_query(URL(build_list_address(list_query)).query)
    actor_context = context.acting_as(visitor.actor)
    raw_filter = raw_filter or choose_first_queue(await count_queues(actor_context), visitor)
    try:
        queue_filter = read_queue_filter(context.dependencies.services, raw_filter, visitor.now)
        page = await load_queue_page(actor_context, queue_filter, limit=2)
    except DomainError:  # somebody else's list, or a broken address: there is nothing to go on to
        return None
    codes = [item.request.code for item in page.rows if item.request.code != present_code]
    return f"/staff/requests/{codes[0]}{build_list_suffix(list_query)}" if codes else None


def read_filter_query(query: MultiMapping[str]) -> dict[str, object]:
    """Return the filter of an address, as typed."""
    filter_names = [field_name for field_name in query if field_name not in {PAGE_FIELD, _DONE_PARAMETER}]
    return {
        field_name: query.getall(field_name) if field_name == STATES_FIELD else query[field_name]
        for field_name in filter_names
    }


def choose_first_queue(queue_totals: Sequence[QueueCount], visitor: Visitor) -> dict[str, object]:
    """Return the queue that somebody sees who asked for none: that of an own unit, else all that goes on."""
    own_queue = next(
        (queue_total for queue_total in queue_totals if is_own_unit(queue_total.unit, visitor.actor)), None
    )
    return {"queue": own_queue.queue.value, "unit": str(own_queue.unit)} if own_queue else {"queue": Queue.OPEN.value}
