"""Figures of reports: facts (rows that are added up), what distinguishes them, and the figures made of their sums.

A fact's rows are dated each in its own way, and a figure is counted by the date of its fact: money by the day on which
it came, a stay by the moment at which it ended. What a filter cannot decide for a fact makes the fact's figures unknown
(None), never wrong. `docs/reports.md` says the same for people.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Dimension(StrEnum):
    """Property by which the rows of a report are split. `PERIOD` is the Jalali day, month or year; `COUNTER` the office
    that took a payment; `UNIT` in whose queue a request was; `TEXT` the key of a message's text.
    """

    PERIOD = "period"
    SERVICE = "service"
    KIND = "kind"
    STATE = "state"
    PHASE = "phase"
    CHANNEL = "channel"
    OFFICE = "office"
    UNIT = "unit"
    OFFICER = "officer"
    MACHINE = "machine"
    MACHINE_TYPE = "machine_type"
    METHOD = "method"
    COUNTER = "counter"
    PROVIDER = "provider"
    TEXT = "text"


STATE_DIMENSIONS = (Dimension.SERVICE, Dimension.STATE)
"""Dimensions from which the unit and the phase follow, by the declaration."""

REQUEST_DIMENSIONS = frozenset(
    {
        Dimension.SERVICE,
        Dimension.KIND,
        Dimension.STATE,
        Dimension.PHASE,
        Dimension.CHANNEL,
        Dimension.OFFICE,
        Dimension.OFFICER,
    }
)
"""Dimensions in the row of a request, as it is now."""


@dataclass(frozen=True, slots=True)
class FactTable:
    """Rows of one sort that are added up."""

    key: str
    """Its name in code."""
    sum_names: tuple[str, ...]
    """Names of its sums, each name once among all fact tables."""
    stored_dimensions: frozenset[Dimension]
    """Dimensions in the columns of the store."""
    derived_dimensions: Mapping[Dimension, tuple[Dimension, ...]] = field(default_factory=dict)
    """Dimensions derived from other columns: the dimension → these columns."""
    is_dated: bool = True
    """Whether its rows have a date; without one a fact is of the present moment."""
    covers_machines: bool = True
    """Whether it can be had of the requests of one machine."""
    is_general: bool = False
    """Whether it is the same under filters that say nothing of it."""

    def distinguishes(self, dimension: Dimension) -> bool:
        """Whether its rows can be distinguished by this."""
        return (
            dimension in self.stored_dimensions
            or dimension in self.derived_dimensions
            or (dimension is Dimension.PERIOD and self.is_dated)
        )

    def base_dimensions(self, dimension: Dimension) -> tuple[Dimension, ...]:
        """Return the columns that a dimension needs."""
        return self.derived_dimensions.get(dimension, (dimension,))

    def admits_filter(self, dimension: Dimension) -> bool:
        """Whether a filter on this can be answered."""
        filters_machine = dimension is Dimension.MACHINE and self.covers_machines
        return self.is_general or filters_machine or self.distinguishes(dimension)


UNIT_BY_STATE = {Dimension.UNIT: STATE_DIMENSIONS}

REQUEST_FACTS = FactTable("requests", ("received",), REQUEST_DIMENSIONS, UNIT_BY_STATE)
"""Requests, by the moment at which they were made. State, phase, officer and unit are those of now."""

STEP_FACTS = FactTable(
    "steps",
    ("stays", "seconds", "worked", "kept", "late", "ended", "done", "declined", "cancelled", "remote"),
    REQUEST_DIMENSIONS - {Dimension.PHASE},
    {**UNIT_BY_STATE, Dimension.PHASE: STATE_DIMENSIONS},
)
"""Steps of requests (`domain/engine/step_records.py`), by the moment of the step. State, phase and unit are those that
it left, the officer is who had the request until then. `stays` leaves submissions out; of those in a state with a
working time that it may take, `late` took longer and `kept` did not; `ended` came to a final phase by it.
"""

QUEUE_FACTS = FactTable("queue", ("standing", "overdue"), REQUEST_DIMENSIONS, UNIT_BY_STATE, is_dated=False)
"""Requests that have not ended now; `overdue` are past the working time that their state may take."""

BILLING_FACTS = FactTable(
    "bills", ("bills", "billed", "outstanding", "waived", "lapsed"), REQUEST_DIMENSIONS, UNIT_BY_STATE
)
"""Bills, by the moment at which they were issued. Rials: of all of them, of those that are open (or being paid) now, of
those that were waived, and of those that expired or became void. A bill of a duty or a fine has `duty` or `violation`
for its service, and nothing else.
"""

PAYMENT_FACTS = FactTable(
    "payments",
    ("payments", "paid", "surplus", "returned", "paid_elsewhere", "reversed"),
    REQUEST_DIMENSIONS | {Dimension.METHOD, Dimension.COUNTER},
    UNIT_BY_STATE,
)
"""Money that came in or went back, by the moment at which it was recorded. `payments` and `paid` settled a bill;
`surplus` came for one that was settled or closed already; `returned` went back. `paid_elsewhere` counts the settling
payments that were not taken at the municipality's own terminal. What was recorded wrongly counts in none of them, from
its reversal on, and in `reversed` alone.
"""

REFUND_FACTS = FactTable("refunds", ("refunds", "refund_total", "refund_due"), REQUEST_DIMENSIONS, UNIT_BY_STATE)
"""Money that became due back, by that moment; `refund_due` has not gone back until now."""

RATING_FACTS = FactTable("ratings", ("ratings", "scores"), REQUEST_DIMENSIONS, UNIT_BY_STATE)
"""Ratings of citizens, by their moment."""

MACHINE_WORK_FACTS = FactTable(
    "work",
    ("jobs", "quoted", "worked_on"),
    frozenset({Dimension.SERVICE, Dimension.MACHINE, Dimension.MACHINE_TYPE}),
)
"""Work of machines for requests that are done, by the moment at which the work began; minutes."""

FLEET_FACTS = FactTable(
    "fleet", ("available",), frozenset({Dimension.MACHINE, Dimension.MACHINE_TYPE}), is_general=True
)
"""Office minutes of the period, up to now, of each machine that is not retired now. Reckoned, not stored."""

MESSAGE_FACTS = FactTable(
    "messages",
    ("messages", "parts", "message_cost"),
    frozenset({Dimension.PROVIDER, Dimension.TEXT}),
    {Dimension.SERVICE: (Dimension.TEXT,)},
    covers_machines=False,
)
"""Texts that a provider took, by the moment at which it did; message parts, and rials where the provider reported them.
The service is the one among whose texts it is; help, lists and the like are of none.
"""

FACT_TABLES = (
    REQUEST_FACTS,
    STEP_FACTS,
    QUEUE_FACTS,
    BILLING_FACTS,
    PAYMENT_FACTS,
    REFUND_FACTS,
    RATING_FACTS,
    MACHINE_WORK_FACTS,
    FLEET_FACTS,
    MESSAGE_FACTS,
)

SumByName = Mapping[str, int]
"""Name of a sum → its value; every sum that a figure needs is there."""

FigureValue = int | float | None
"""A figure; None where it cannot be said (nothing to divide by, or a filter that its fact knows nothing of)."""


class Measure(StrEnum):
    """Unit of a figure."""

    COUNT = "count"
    RIALS = "rials"
    HOURS = "hours"
    PERCENT = "percent"
    SCORE = "score"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of a report, made of the sums of its facts."""

    key: str
    """Its name; its label is a text."""
    measure: Measure
    """Unit of the figure (a number, rials, hours …)."""
    fact_tables: tuple[FactTable, ...]
    """The facts whose sums it is made of."""
    compute: Callable[[SumByName], FigureValue]
    """Makes the figure of their sums."""
    is_additive: bool = True
    """Whether those of parts add up to that of the whole."""


def _read_sum(sum_name: str) -> Callable[[SumByName], FigureValue]:
    return lambda sum_by_name: sum_by_name[sum_name]


def _compute_share(part_name: str, total_name: str) -> Callable[[SumByName], FigureValue]:
    return lambda sum_by_name: (
        round(100 * sum_by_name[part_name] / sum_by_name[total_name], 1) if sum_by_name[total_name] else None
    )


def _convert_hours(sum_name: str, units_per_hour: int) -> Callable[[SumByName], FigureValue]:
    return lambda sum_by_name: round(sum_by_name[sum_name] / units_per_hour, 2)


def _compute_kept_share(sum_by_name: SumByName) -> FigureValue:
    timed_stays = sum_by_name["kept"] + sum_by_name["late"]
    return round(100 * sum_by_name["kept"] / timed_stays, 1) if timed_stays else None


def _compute_average(sum_name: str, count_name: str, unit_size: int = 1) -> Callable[[SumByName], FigureValue]:
    return lambda sum_by_name: (
        round(sum_by_name[sum_name] / unit_size / sum_by_name[count_name], 2) if sum_by_name[count_name] else None
    )


def _plain_figure(key: str, fact_table: FactTable, sum_name: str, measure: Measure = Measure.COUNT) -> Figure:
    return Figure(key, measure, (fact_table,), _read_sum(sum_name))


RECEIVED_COUNT = _plain_figure("received", REQUEST_FACTS, "received")
"""Requests that were made in the period, whatever became of them."""
ENDED_COUNT = _plain_figure("ended", STEP_FACTS, "ended")
"""Requests that came to their end in the period: done, declined or cancelled, whenever they were made."""
DONE_COUNT = _plain_figure("done", STEP_FACTS, "done")
DECLINED_COUNT = _plain_figure("declined", STEP_FACTS, "declined")
CANCELLED_COUNT = _plain_figure("cancelled", STEP_FACTS, "cancelled")

SLA_KEPT_COUNT = _plain_figure("sla_kept", STEP_FACTS, "kept")
"""Stays that ended in the period within the working time that their state allows."""
SLA_BROKEN_COUNT = _plain_figure("sla_broken", STEP_FACTS, "late")
"""Stays that ended in the period after it. One that still lasts is counted when it ends; until then it is overdue."""
SLA_SHARE = Figure("sla_share", Measure.PERCENT, (STEP_FACTS,), _compute_kept_share, is_additive=False)
"""Kept, of kept and broken."""
OPEN_COUNT = _plain_figure("standing", QUEUE_FACTS, "standing")
OVERDUE_COUNT = _plain_figure("overdue", QUEUE_FACTS, "overdue")

STAY_COUNT = _plain_figure("stays", STEP_FACTS, "stays")
"""Stays in a state that ended in the period. A step back into the same state (another officer) ends one too."""
STAY_HOURS = Figure(
    "stay_hours", Measure.HOURS, (STEP_FACTS,), _compute_average("seconds", "stays", 3600), is_additive=False
)
"""Average duration, by the clock."""
STAY_WORKED = Figure(
    "stay_worked", Measure.HOURS, (STEP_FACTS,), _compute_average("worked", "stays", 60), is_additive=False
)
"""The same in office hours."""

BILLED_RIALS = _plain_figure("billed", BILLING_FACTS, "billed", Measure.RIALS)
"""Bills issued in the period, all of them, whatever became of them."""
OUTSTANDING_RIALS = _plain_figure("outstanding", BILLING_FACTS, "outstanding", Measure.RIALS)
"""Amount still to be paid now."""
WAIVED_RIALS = _plain_figure("waived", BILLING_FACTS, "waived", Measure.RIALS)
LAPSED_RIALS = _plain_figure("lapsed", BILLING_FACTS, "lapsed", Measure.RIALS)
"""Bills issued in the period that expired unpaid or became void."""
PAID_RIALS = _plain_figure("paid", PAYMENT_FACTS, "paid", Measure.RIALS)
"""Payments recorded in the period that settled a bill, whenever that was issued."""
PAYMENT_COUNT = _plain_figure("payments", PAYMENT_FACTS, "payments")
SURPLUS_RIALS = _plain_figure("surplus", PAYMENT_FACTS, "surplus", Measure.RIALS)
RETURNED_RIALS = _plain_figure("returned", PAYMENT_FACTS, "returned", Measure.RIALS)
"""Money that went back to citizens in the period."""
REVERSED_RIALS = _plain_figure("reversed", PAYMENT_FACTS, "reversed", Measure.RIALS)
"""Amount recorded in the period as come in, and found wrong later."""
NET_RIALS = Figure(
    "net",
    Measure.RIALS,
    (PAYMENT_FACTS,),
    lambda sums_by_name: sums_by_name["paid"] + sums_by_name["surplus"] - sums_by_name["returned"],
)
"""Amount that stayed: paid and surplus, less returned."""
REFUND_RIALS = _plain_figure("refund_total", REFUND_FACTS, "refund_total", Measure.RIALS)
"""Money that became due back in the period."""
REFUND_DUE_RIALS = _plain_figure("refund_due", REFUND_FACTS, "refund_due", Measure.RIALS)
"""Amount that has not gone back until now."""

JOB_COUNT = _plain_figure("jobs", MACHINE_WORK_FACTS, "jobs")
"""Machines' jobs that began in the period, of requests that are done: one for each machine of a request."""
QUOTED_HOURS = Figure("quoted_hours", Measure.HOURS, (MACHINE_WORK_FACTS,), _convert_hours("quoted", 60))
"""Hours that these jobs were priced at."""
WORKED_HOURS = Figure("worked_hours", Measure.HOURS, (MACHINE_WORK_FACTS,), _convert_hours("worked_on", 60))
"""Hours that were worked, as civil works recorded them."""
UTILISATION = Figure(
    "utilisation",
    Measure.PERCENT,
    (MACHINE_WORK_FACTS, FLEET_FACTS),
    _compute_share("worked_on", "available"),
    is_additive=False,
)
"""Hours worked, of the office hours of the period (up to now) of every machine that is not retired. Work outside office
hours counts, so it may be above 100.
"""

RATING_COUNT = _plain_figure("ratings", RATING_FACTS, "ratings")
RATING_AVERAGE = Figure(
    "rating", Measure.SCORE, (RATING_FACTS,), _compute_average("scores", "ratings"), is_additive=False
)
"""Average of the ratings given in the period, 1 to 5."""

VISITS_AVOIDED = Figure(
    "visits_avoided",
    Measure.COUNT,
    (STEP_FACTS, PAYMENT_FACTS),
    lambda sums_by_name: sums_by_name["remote"] + sums_by_name["paid_elsewhere"],
)
"""Times that nobody had to come to the municipality: each step of the period that a citizen took from elsewhere or a
counter's clerk took for one (asking, answering, consenting, giving up, collecting), and each bill settled in the period
that was not paid at the municipality's own terminal. Tracking, reminders and ratings count nothing: nobody came for
them.
"""

MESSAGE_COUNT = _plain_figure("messages", MESSAGE_FACTS, "messages")
PART_COUNT = _plain_figure("parts", MESSAGE_FACTS, "parts")
MESSAGE_COST_RIALS = _plain_figure("message_cost", MESSAGE_FACTS, "message_cost", Measure.RIALS)
