"""What reports count: facts (rows that are added up), what tells them apart, and the figures made of their sums.

A fact's rows are dated each in its own way, and a figure is counted by the date of its fact: money by the day on which
it came, a stay by the moment at which it ended. What a filter cannot tell of a fact makes the fact's figures unknown
(None), never wrong. `docs/reports.md` says the same for people.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Dimension(StrEnum):
    """By what rows are told apart. `PERIOD` is the Jalali day, month or year; `COUNTER` the office that took a payment;
    `UNIT` in whose queue a request stood; `TEXT` the key of a message's text.
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


OF_STATE = (Dimension.SERVICE, Dimension.STATE)
"""What the unit and the phase follow from, by the declaration."""

OF_REQUEST = frozenset({
    Dimension.SERVICE, Dimension.KIND, Dimension.STATE, Dimension.PHASE, Dimension.CHANNEL, Dimension.OFFICE,
    Dimension.OFFICER,
})  # fmt: skip
"""What the row of a request tells, as it stands now."""


@dataclass(frozen=True, slots=True)
class FactTable:
    """Rows of one sort. `sums` are what is added up, each name once among all facts; `columns` tell rows apart in the
    store, `derived` do so by what other columns say. A fact that is not `dated` is as it stands now. One that is
    `of_machines` can be had of the requests of one machine. One that is `general` is the same under filters that say
    nothing of it.
    """

    key: str
    sums: tuple[str, ...]
    columns: frozenset[Dimension]
    derived: Mapping[Dimension, tuple[Dimension, ...]] = field(default_factory=dict)
    dated: bool = True
    of_machines: bool = True
    general: bool = False

    def tells(self, dimension: Dimension) -> bool:
        """Whether its rows can be told apart by this."""
        return dimension in self.columns or dimension in self.derived or (dimension is Dimension.PERIOD and self.dated)

    def bases(self, dimension: Dimension) -> tuple[Dimension, ...]:
        """Return the columns that a dimension needs."""
        return self.derived.get(dimension, (dimension,))

    def admits(self, dimension: Dimension) -> bool:
        """Whether a filter on this can be answered."""
        by_machine = dimension is Dimension.MACHINE and self.of_machines
        return self.general or by_machine or self.tells(dimension)


BY_UNIT = {Dimension.UNIT: OF_STATE}

REQUESTS = FactTable("requests", ("received",), OF_REQUEST, BY_UNIT)
"""Requests, by the moment at which they were made. State, phase, officer and unit are those of now."""

STEPS = FactTable(
    "steps",
    ("stays", "seconds", "worked", "kept", "late", "ended", "done", "declined", "cancelled", "remote"),
    OF_REQUEST - {Dimension.PHASE},
    {**BY_UNIT, Dimension.PHASE: OF_STATE},
)
"""Steps of requests (`domain/engine/step_records.py`), by the moment of the step. State, phase and unit are those that
it left, the officer is who had the request until then. `stays` leaves submissions out; of those in a state with a
working time that it may take, `late` took longer and `kept` did not; `ended` came to a final phase by it.
"""

QUEUE = FactTable("queue", ("standing", "overdue"), OF_REQUEST, BY_UNIT, dated=False)
"""Requests that have not ended, as they stand now; `overdue` are past the working time that their state may take."""

BILLS = FactTable("bills", ("bills", "billed", "outstanding", "waived", "lapsed"), OF_REQUEST, BY_UNIT)
"""Bills, by the moment at which they were issued. Rials: of all of them, of those that are open (or being paid) now, of
those that were waived, and of those that expired or became void. A bill of a duty or a fine has `duty` or `violation`
for its service, and nothing else.
"""

PAYMENTS = FactTable(
    "payments",
    ("payments", "paid", "surplus", "returned", "paid_elsewhere", "reversed"),
    OF_REQUEST | {Dimension.METHOD, Dimension.COUNTER},
    BY_UNIT,
)
"""Money that came in or went back, by the moment at which it was recorded. `payments` and `paid` settled a bill;
`surplus` came for one that was settled or closed already; `returned` went back. `paid_elsewhere` counts the settling
payments that were not taken at the municipality's own terminal. What was recorded wrongly counts in none of them, from
its reversal on, and in `reversed` alone.
"""

REFUNDS = FactTable("refunds", ("refunds", "refund_total", "refund_due"), OF_REQUEST, BY_UNIT)
"""Money that became due back, by that moment; `refund_due` has not gone back until now."""

RATINGS = FactTable("ratings", ("ratings", "scores"), OF_REQUEST, BY_UNIT)
"""Ratings of citizens, by their moment."""

WORK = FactTable(
    "work",
    ("jobs", "quoted", "worked_on"),
    frozenset({Dimension.SERVICE, Dimension.MACHINE, Dimension.MACHINE_TYPE}),
)
"""What machines did for requests that are done, by the moment at which the work began; minutes."""

FLEET = FactTable("fleet", ("available",), frozenset({Dimension.MACHINE, Dimension.MACHINE_TYPE}), general=True)
"""Office minutes of the period, up to now, of each machine that is not retired now. Reckoned, not stored."""

MESSAGES = FactTable(
    "messages",
    ("messages", "parts", "message_cost"),
    frozenset({Dimension.PROVIDER, Dimension.TEXT}),
    {Dimension.SERVICE: (Dimension.TEXT,)},
    of_machines=False,
)
"""Texts that a provider took, by the moment at which it did; message parts, and rials where the provider told them. The
service is the one among whose texts it is; help, lists and the like are of none.
"""

FACTS = (REQUESTS, STEPS, QUEUE, BILLS, PAYMENTS, REFUNDS, RATINGS, WORK, FLEET, MESSAGES)

Sums = Mapping[str, int]
"""Name of a sum → its value; every sum that a figure needs is there."""

Value = int | float | None
"""A figure; None where it cannot be said (nothing to divide by, or a filter that its fact knows nothing of)."""


class Measure(StrEnum):
    """What a figure is counted in."""

    COUNT = "count"
    RIALS = "rials"
    HOURS = "hours"
    PERCENT = "percent"
    SCORE = "score"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of a report, made of the sums of its facts. `additive`: those of parts add up to that of the whole."""

    key: str
    measure: Measure
    facts: tuple[FactTable, ...]
    of: Callable[[Sums], Value]
    additive: bool = True


def _sum(name: str) -> Callable[[Sums], Value]:
    return lambda sums: sums[name]


def _share(part: str, whole: str) -> Callable[[Sums], Value]:
    return lambda sums: round(100 * sums[part] / sums[whole], 1) if sums[whole] else None


def _hours(name: str, in_an_hour: int) -> Callable[[Sums], Value]:
    return lambda sums: round(sums[name] / in_an_hour, 2)


def _kept(sums: Sums) -> Value:
    timed = sums["kept"] + sums["late"]
    return round(100 * sums["kept"] / timed, 1) if timed else None


def _average(name: str, of: str, unit: int = 1) -> Callable[[Sums], Value]:
    return lambda sums: round(sums[name] / unit / sums[of], 2) if sums[of] else None


def _counted(key: str, fact: FactTable, name: str, measure: Measure = Measure.COUNT) -> Figure:
    return Figure(key, measure, (fact,), _sum(name))


RECEIVED = _counted("received", REQUESTS, "received")
"""Requests that were made in the period, whatever became of them."""
ENDED = _counted("ended", STEPS, "ended")
"""Requests that came to their end in the period: done, declined or cancelled, whenever they were made."""
DONE = _counted("done", STEPS, "done")
DECLINED = _counted("declined", STEPS, "declined")
CANCELLED = _counted("cancelled", STEPS, "cancelled")

SLA_KEPT = _counted("sla_kept", STEPS, "kept")
"""Stays that ended in the period within the working time that their state allows."""
SLA_BROKEN = _counted("sla_broken", STEPS, "late")
"""Stays that ended in the period after it. One that still lasts is counted when it ends; until then it is overdue."""
SLA_SHARE = Figure("sla_share", Measure.PERCENT, (STEPS,), _kept, additive=False)
"""Kept, of kept and broken."""
STANDING = _counted("standing", QUEUE, "standing")
OVERDUE = _counted("overdue", QUEUE, "overdue")

STAYS = _counted("stays", STEPS, "stays")
"""Stays in a state that ended in the period. A step back into the same state (another officer) ends one too."""
STAY_HOURS = Figure("stay_hours", Measure.HOURS, (STEPS,), _average("seconds", "stays", 3600), additive=False)
"""How long they lasted on average, by the clock."""
STAY_WORKED = Figure("stay_worked", Measure.HOURS, (STEPS,), _average("worked", "stays", 60), additive=False)
"""The same in office hours."""

BILLED = _counted("billed", BILLS, "billed", Measure.RIALS)
"""Bills issued in the period, all of them, whatever became of them."""
OUTSTANDING = _counted("outstanding", BILLS, "outstanding", Measure.RIALS)
"""What of them is still to be paid now."""
WAIVED = _counted("waived", BILLS, "waived", Measure.RIALS)
LAPSED = _counted("lapsed", BILLS, "lapsed", Measure.RIALS)
"""Bills issued in the period that expired unpaid or became void."""
PAID = _counted("paid", PAYMENTS, "paid", Measure.RIALS)
"""Payments recorded in the period that settled a bill, whenever that was issued."""
PAYMENT_COUNT = _counted("payments", PAYMENTS, "payments")
SURPLUS = _counted("surplus", PAYMENTS, "surplus", Measure.RIALS)
RETURNED = _counted("returned", PAYMENTS, "returned", Measure.RIALS)
"""Money that went back to citizens in the period."""
REVERSED = _counted("reversed", PAYMENTS, "reversed", Measure.RIALS)
"""What was recorded in the period as come in, and found wrong later."""
NET = Figure("net", Measure.RIALS, (PAYMENTS,), lambda sums: sums["paid"] + sums["surplus"] - sums["returned"])
"""What stayed: paid and surplus, less returned."""
REFUND_TOTAL = _counted("refund_total", REFUNDS, "refund_total", Measure.RIALS)
"""Money that became due back in the period."""
REFUND_DUE = _counted("refund_due", REFUNDS, "refund_due", Measure.RIALS)
"""What of it has not gone back until now."""

JOBS = _counted("jobs", WORK, "jobs")
"""Machines' jobs that began in the period, of requests that are done: one for each machine of a request."""
QUOTED_HOURS = Figure("quoted_hours", Measure.HOURS, (WORK,), _hours("quoted", 60))
"""Hours that these jobs were priced at."""
WORKED_HOURS = Figure("worked_hours", Measure.HOURS, (WORK,), _hours("worked_on", 60))
"""Hours that were worked, as civil works recorded them."""
UTILISATION = Figure("utilisation", Measure.PERCENT, (WORK, FLEET), _share("worked_on", "available"), additive=False)
"""Hours worked, of the office hours of the period (up to now) of every machine that is not retired. Work outside office
hours counts, so it may be above 100.
"""

RATING_COUNT = _counted("ratings", RATINGS, "ratings")
RATING = Figure("rating", Measure.SCORE, (RATINGS,), _average("scores", "ratings"), additive=False)
"""Average of the ratings given in the period, 1 to 5."""

VISITS_AVOIDED = Figure(
    "visits_avoided", Measure.COUNT, (STEPS, PAYMENTS), lambda sums: sums["remote"] + sums["paid_elsewhere"]
)  # fmt: skip
"""Times that nobody had to come to the municipality: each step of the period that a citizen took from elsewhere or a
counter's clerk took for one (asking, answering, consenting, giving up, collecting), and each bill settled in the period
that was not paid at the municipality's own terminal. Tracking, reminders and ratings count nothing: nobody came for
them.
"""

MESSAGE_COUNT = _counted("messages", MESSAGES, "messages")
PARTS = _counted("parts", MESSAGES, "parts")
MESSAGE_COST = _counted("message_cost", MESSAGES, "message_cost", Measure.RIALS)
