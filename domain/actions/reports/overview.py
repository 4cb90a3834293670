"""First page for those who oversee the municipality: the week beside the one before, the requests that are open
longest, and what goes wrong with banks, money and texts. Reads one snapshot, writes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from domain.actions.context import ActionContext, ActorContext
from domain.actions.messages.code_spending import is_sms_held_up
from domain.actions.payments.offering import find_resting_gateways
from domain.actions.queues.work import WorkItem, load_queue_page
from domain.actions.reports.declarations import ReportSection, find_report
from domain.actions.reports.reporting import run_report
from domain.authorization.policy import require_right
from domain.authorization.rights import Right
from domain.messages.records import MessageState
from domain.queues.filters import QueueFilter
from domain.queues.queue import Queue
from domain.reports import figures as of
from domain.reports.figures import Figure, FigureValue
from domain.reports.filter import ReportFilter
from domain.values.calendar import day_bounds, to_tehran, weekday
from domain.values.paging import ListOrder

OLDEST_COUNT = 10
MOST_FAILED = 100
"""Failed texts are counted no further."""
_WEEK = timedelta(days=7)

WEEK_FIGURES = (
    of.RECEIVED_COUNT,
    of.DONE_COUNT,
    of.SLA_SHARE,
    of.PAID_RIALS,
    of.RETURNED_RIALS,
    of.RATING_AVERAGE,
    of.RATING_COUNT,
)
WEEK_REPORT = replace(find_report("manager"), sections=(ReportSection("whole", (), WEEK_FIGURES),))
"""Part of the manager's report that is shown of a week."""


class Trouble(StrEnum):
    """Troubles that somebody has to look at."""

    RESTING_GATEWAYS = "resting_gateways"
    """Banks that open no payments now."""
    STOPPED_SMS = "stopped_sms"
    """Whether no text leaves by SMS: 1, or 0."""
    ATTEMPTS = "attempts"
    """Payments online that bear an alert or are unknown."""
    DIFFERENCES = "differences"
    """Differences between the banks' files and the books."""
    SUSPENSE = "suspense"
    """Receipts that fit no bill."""
    PAYMENT_CLAIMS = "payment_claims"
    """Bills that citizens say to have paid."""
    REFUNDS = "refunds"
    """Bills on which money is still to go back."""
    FAILED_MESSAGES = "failed_messages"
    """Texts of today that could not be sent."""


@dataclass(frozen=True, slots=True)
class WeekFigure:
    """A figure of this week up to today, and of the same days of the week before."""

    figure: Figure
    this_week: FigureValue
    last_week: FigureValue


@dataclass(frozen=True, slots=True)
class Overview:
    """Overview at one moment."""

    today: date
    """The day in Tehran."""
    first_day: date
    """The Saturday with which this week begins (Tehran)."""
    week: Sequence[WeekFigure]
    """The figures of the week, in the order of `WEEK_FIGURES`."""
    oldest_items: Sequence[WorkItem]
    """The open requests that were made first, at most `OLDEST_COUNT`."""
    troubles: Sequence[tuple[Trouble, int]]
    """Extent of each trouble; those of which there is nothing too."""


async def load_overview(context: ActorContext, gateway_names: Iterable[str]) -> Overview:
    """Return the overview, in a unit that reads; `Forbidden` for who does not oversee all requests."""
    require_right(Right.ALL_REQUESTS_VIEW, context.actor)
    today = to_tehran(context.dependencies.clock.now()).date()
    first_day = today - timedelta(days=weekday(today))
    oldest_page = await load_queue_page(context, QueueFilter(Queue.OPEN, order=ListOrder.OLDEST), limit=OLDEST_COUNT)
    return Overview(
        today,
        first_day,
        await _compare_weeks(context, first_day, today + timedelta(days=1)),
        oldest_page.rows,
        await _count_troubles(context, today, gateway_names),
    )


async def _compare_weeks(context: ActorContext, first_day: date, end_day: date) -> list[WeekFigure]:
    values_by_week = []
    for shift in (timedelta(), _WEEK):
        days = ReportFilter(first_day - shift, end_day - shift)
        [whole] = (await run_report(context, WEEK_REPORT, days)).tables
        values_by_week.append(whole.totals)
    return [WeekFigure(*values) for values in zip(WEEK_FIGURES, *values_by_week, strict=True)]


async def _count_troubles(
    context: ActionContext, today: date, gateway_names: Iterable[str]
) -> list[tuple[Trouble, int]]:
    refund_count, _ = await context.uow.bills.count_due_back()
    suspense_count, _ = await context.uow.suspense.count_open()
    failed_messages = await context.uow.outbox.list_recent(
        state=MessageState.FAILED, made=day_bounds(today), limit=MOST_FAILED
    )
    return [
        (
            Trouble.RESTING_GATEWAYS,
            len(await find_resting_gateways(context.uow.payment_attempts, gateway_names, context.dependencies.clock)),
        ),
        (Trouble.STOPPED_SMS, int(await is_sms_held_up(context))),
        (Trouble.ATTEMPTS, await context.uow.payment_attempts.count_needing_attention()),
        (Trouble.DIFFERENCES, await context.uow.payment_differences.count_open()),
        (Trouble.SUSPENSE, suspense_count),
        (Trouble.PAYMENT_CLAIMS, await context.uow.payment_claims.count_open()),
        (Trouble.REFUNDS, refund_count),
        (Trouble.FAILED_MESSAGES, len(failed_messages)),
    ]
