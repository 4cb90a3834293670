"""The overview as its page shows it: queues with their counts, the week, the oldest requests, and what goes wrong; each
leads to where it is worked off.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode, urlsplit

from channels.admin.actors import load_staff_names
from channels.admin.addresses import ATTEMPTS_PATH, REFUNDS_PATH, SETTLEMENT_PATH, SUSPENSE_PATH
from channels.admin.feedback.comment_pages import RATINGS_PATH
from channels.admin.frame import Visitor
from channels.admin.messages.message_pages import MESSAGES_PATH
from channels.admin.queues.queue_rows import RowViews, list_columns
from channels.admin.queues.queue_view import build_queue_address, describe_count
from channels.admin.queues.way_back import build_list_suffix
from channels.admin.reports.report_view import format_figure
from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.queues.work import QueueCount, count_queues
from domain.actions.reports.declarations import find_figure_group
from domain.actions.reports.overview import MOST_FAILED, Trouble, WeekFigure, load_overview
from domain.messages.records import MessageState
from domain.queues.filters import QueueFilter
from domain.queues.queue import Queue
from domain.reports.figures import RATING_AVERAGE, RATING_COUNT
from domain.unit_of_work import UnitOfWork
from domain.values.calendar import jalali_text
from domain.values.paging import ListOrder
from domain.values.text import persian_digits

OVERVIEW_QUEUES = (Queue.LATE, Queue.SOON, Queue.UNASSIGNED, Queue.NEEDS_CITIZEN, Queue.NEEDS_PAYMENT, Queue.OPEN)
"""The queues of no unit that the overview counts, in order."""

TROUBLE_PATHS: Mapping[Trouble, str] = {
    Trouble.RESTING_GATEWAYS: ATTEMPTS_PATH,
    Trouble.STOPPED_SMS: MESSAGES_PATH,
    Trouble.ATTEMPTS: ATTEMPTS_PATH,
    Trouble.DIFFERENCES: SETTLEMENT_PATH,
    Trouble.SUSPENSE: SUSPENSE_PATH,
    Trouble.PAYMENT_CLAIMS: build_queue_address(QueueFilter(Queue.NEEDS_PAYMENT).as_json()),
    Trouble.REFUNDS: REFUNDS_PATH,
    Trouble.FAILED_MESSAGES: MESSAGES_PATH,
}


@dataclass(frozen=True, slots=True)
class CountTile:
    """A number that leads to what it counts."""

    address: str
    """Address of that."""
    title: str
    """Things counted."""
    count: str
    """Number, in Persian digits, with a plus where there are more."""
    late_count: str = ""
    """Number of late ones; empty where none is, or it is not said."""
    is_pressing: bool = False
    """There is something to be done."""


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A figure of this week and of the week before, in words."""

    address: str
    """Address of the full list."""
    title: str
    this_week: str
    last_week: str


class OverviewViews:
    """Builds the page of the overview; `gateway_names` are the banks through which one pays online."""

    def __init__(self, dependencies: Dependencies, gateway_names: Collection[str]) -> None:
        self._dependencies = dependencies
        self._gateway_names = gateway_names
        self._get_text = dependencies.catalogue.text

    async def build_overview_view(self, uow: UnitOfWork, visitor: Visitor) -> dict[str, object]:
        """Return what the page shows; `Forbidden` for who does not oversee all requests."""
        context = ActorContext(self._dependencies, uow, visitor.actor)
        overview = await load_overview(context, self._gateway_names)
        queue_counts = await count_queues(context)
        count_by_queue = {entry.queue: entry for entry in queue_counts if entry.unit is None}
        oldest_address = build_queue_address(QueueFilter(Queue.OPEN, order=ListOrder.OLDEST).as_json())
        rows = RowViews(self._dependencies, await load_staff_names(uow.people), visitor.now)
        queue_rows = [rows.build_row(item, None, has_tick=False) for item in overview.oldest_items]
        week_days = {"from": jalali_text(overview.first_day), "to": jalali_text(overview.today)}
        week_report = f"/staff/reports/manager?{urlencode(week_days)}"
        return {
            "queue_tiles": [self._build_tile(count_by_queue[queue]) for queue in OVERVIEW_QUEUES],
            "unit_tiles": [self._build_tile(entry) for entry in queue_counts if entry.unit],
            "week_rows": [self._build_week_row(entry, week_report) for entry in overview.week],
            "first_day": jalali_text(overview.first_day),
            "week_report": week_report,
            "queue_rows": queue_rows,
            "columns": list_columns(queue_rows),
            "page_ticks": "",
            "sort_links": {},
            "list_suffix": build_list_suffix(urlsplit(oldest_address).query),
            "oldest_address": oldest_address,
            "trouble_tiles": [
                self._build_trouble_tile(trouble, count, overview.today) for trouble, count in overview.troubles
            ],
        }

    def _build_tile(self, queue_count: QueueCount) -> CountTile:
        unit = queue_count.unit
        return CountTile(
            build_queue_address(QueueFilter(queue_count.queue, unit).as_json()),
            self._get_text(f"roles.{unit}" if unit else f"admin.queues.of.{queue_count.queue}"),
            describe_count(queue_count),
            persian_digits(queue_count.late) if queue_count.late else "",
            is_pressing=queue_count.queue is Queue.LATE and queue_count.count > 0,
        )

    def _build_trouble_tile(self, trouble: Trouble, count: int, today: date) -> CountTile:
        more = "+" if trouble is Trouble.FAILED_MESSAGES and count == MOST_FAILED else ""
        filters = {
            Trouble.FAILED_MESSAGES: {"state": MessageState.FAILED.value, "day": jalali_text(today)},
            Trouble.STOPPED_SMS: {"state": MessageState.QUEUED.value},
        }
        query = urlencode(filters.get(trouble, {}))
        return CountTile(
            f"{TROUBLE_PATHS[trouble]}?{query}" if query else TROUBLE_PATHS[trouble],
            self._get_text(f"admin.overview.troubles.{trouble}"),
            f"{persian_digits(count)}{more}",
            is_pressing=count > 0,
        )

    def _build_week_row(self, week_figure: WeekFigure, week_report: str) -> WeekRow:
        figure = week_figure.figure
        is_rating = figure in (RATING_AVERAGE, RATING_COUNT)
        return WeekRow(
            RATINGS_PATH if is_rating else f"{week_report}#{find_figure_group(figure)}",
            self._get_text(f"reports.figures.{figure.key}"),
            format_figure(figure, week_figure.this_week),
            format_figure(figure, week_figure.last_week),
        )
