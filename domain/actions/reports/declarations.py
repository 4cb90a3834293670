"""The reports: which figures stand together, by what, and who may see them. A further report is one more entry.

A unit's report is about the services in whose queues it has a part, whatever they are: a further service comes into it
by its declaration alone. Titles are texts (`reports.…`), proved by `check` (declaration_check.py). Source: services.md,
"Reports".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.language.service import Service
from domain.registries.declarations import DUTY, VIOLATION
from domain.reports import figures as of
from domain.reports.figures import Dimension, Figure
from domain.values.actors import Actor, Role
from domain.values.errors import UnknownKind


class Drawn(StrEnum):
    """How a section's first figure is drawn: a column for each period, or a bar for each row."""

    COLUMNS = "columns"
    BARS = "bars"


@dataclass(frozen=True, slots=True)
class ReportSection:
    """One table: a row for each value of `by` that occurs, a column for each figure, and the whole under them.

    Without `by` it is the whole alone.
    """

    key: str
    by: tuple[Dimension, ...]
    figures: tuple[Figure, ...]
    drawn: Drawn | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A report, whole. `roles` may see it. `unit`: it is about the services in whose queues this unit has a part, and
    of `besides`, the bills that are of no service (None: about everything). `monthly`: the scheduler keeps it.
    """

    key: str
    roles: frozenset[Role]
    sections: tuple[ReportSection, ...]
    unit: Role | None = None
    besides: tuple[str, ...] = ()
    monthly: bool = False

    def services(self, known: Mapping[str, Service]) -> frozenset[str] | None:
        """Return the keys of what it is about; None for everything."""
        if self.unit is None:
            return None
        return frozenset({key for key, one in known.items() if self.unit in one.units}) | {*self.besides}

    def is_for(self, actor: Actor) -> bool:
        """Tell whether this person may see it; so may whoever has a shell, as the system."""
        return actor.kind == "system" or bool(self.roles & actor.role_names)


def report_named(key: str) -> Report:
    """Return a report; `UnknownKind("report")`."""
    try:
        return REPORTS[key]
    except KeyError:
        raise UnknownKind("report", detail="report", given=key) from None


OVERSEERS = frozenset({Role.MANAGER, Role.AUDITOR})
"""Who sees every report."""

MONEY = (of.BILLED, of.PAID, of.OUTSTANDING, of.RETURNED, of.NET)
SLA = (of.SLA_KEPT, of.SLA_BROKEN, of.SLA_SHARE)
FLOW = (of.RECEIVED, of.ENDED, of.DONE, of.DECLINED, of.CANCELLED)

OVER_TIME = ReportSection("over_time", (Dimension.PERIOD,), (*FLOW, *SLA, of.VISITS_AVOIDED), Drawn.COLUMNS)
BY_KIND = ReportSection("by_kind", (Dimension.SERVICE, Dimension.KIND), (*FLOW, *SLA, of.RATING), Drawn.BARS)
BY_CHANNEL = ReportSection("by_channel", (Dimension.CHANNEL,), (of.RECEIVED, of.ENDED, of.VISITS_AVOIDED), Drawn.BARS)
BY_OFFICE = ReportSection("by_office", (Dimension.OFFICE,), (of.RECEIVED, of.ENDED, of.PAID))
NOW = ReportSection("now", (Dimension.SERVICE, Dimension.STATE), (of.STANDING, of.OVERDUE))
RECEIVED_NOW = ReportSection("received_now", (Dimension.SERVICE, Dimension.PHASE), (of.RECEIVED,), Drawn.BARS)
STATES = ReportSection("states", (Dimension.SERVICE, Dimension.STATE), (of.STAYS, of.STAY_HOURS, of.STAY_WORKED, *SLA))
OFFICERS = ReportSection("officers", (Dimension.OFFICER,), (of.STAYS, of.STAY_WORKED, *SLA, of.RATING))
MONEY_OVER_TIME = ReportSection(
    "money_over_time", (Dimension.PERIOD,), (of.PAID, of.BILLED, of.RETURNED, of.NET), Drawn.COLUMNS
)  # fmt: skip
RATED = ReportSection("rated", (Dimension.SERVICE, Dimension.STATE), (of.RATING, of.RATING_COUNT))
HOURS = (of.JOBS, of.QUOTED_HOURS, of.WORKED_HOURS, of.UTILISATION)
MACHINES = ReportSection(
    "machines", (Dimension.MACHINE,), (of.WORKED_HOURS, of.QUOTED_HOURS, of.JOBS, of.UTILISATION), Drawn.BARS
)  # fmt: skip
MACHINE_TYPES = ReportSection("machine_types", (Dimension.MACHINE_TYPE,), HOURS)
MESSAGES = ReportSection("messages", (Dimension.PROVIDER,), (of.MESSAGE_COUNT, of.PARTS, of.MESSAGE_COST))

CIVIL_WORKS = Report(
    "civil",
    frozenset({Role.CIVIL}) | OVERSEERS,
    (
        ReportSection("whole", (), (*FLOW, *SLA, *MONEY, *HOURS, of.RATING, of.VISITS_AVOIDED)),
        OVER_TIME, NOW, STATES, MACHINES, MACHINE_TYPES, MONEY_OVER_TIME, BY_CHANNEL, BY_OFFICE, RATED,
    ),
    unit=Role.CIVIL,
)  # fmt: skip

EXPERT = Report(
    "expert",
    frozenset({Role.EXPERT}) | OVERSEERS,
    (
        ReportSection("whole", (), (*FLOW, *SLA, *MONEY, of.RATING, of.VISITS_AVOIDED)),
        OVER_TIME, BY_KIND, OFFICERS, NOW, STATES, MONEY_OVER_TIME, BY_CHANNEL, BY_OFFICE, RATED,
    ),
    unit=Role.EXPERT,
)  # fmt: skip

TAXI = Report(
    "taxi",
    frozenset({Role.TAXI_OFFICER}) | OVERSEERS,
    (
        ReportSection("whole", (), (*FLOW, *SLA, *MONEY, of.RATING, of.VISITS_AVOIDED)),
        OVER_TIME, BY_KIND, NOW, STATES,
        ReportSection("money", (Dimension.SERVICE,), (of.PAID, of.BILLED, of.OUTSTANDING, of.WAIVED, of.RETURNED)),
        BY_CHANNEL, BY_OFFICE, RATED,
    ),
    unit=Role.TAXI_OFFICER,
    besides=(DUTY.key, VIOLATION.key),
)  # fmt: skip

REVENUE = Report(
    "revenue",
    frozenset({Role.REVENUE}) | OVERSEERS,
    (
        ReportSection("whole", (), (*MONEY, of.WAIVED, of.LAPSED, of.SURPLUS, of.REVERSED, of.REFUND_TOTAL,
        of.REFUND_DUE)),
        MONEY_OVER_TIME,
        ReportSection(
            "money", (Dimension.SERVICE,),
            (of.PAID, of.BILLED, of.OUTSTANDING, of.WAIVED, of.LAPSED, of.RETURNED, of.NET), Drawn.BARS,
        ),
        ReportSection("methods", (Dimension.METHOD,), (of.PAID, of.PAYMENT_COUNT, of.SURPLUS, of.RETURNED), Drawn.BARS),
        ReportSection("counters", (Dimension.COUNTER,), (of.PAID, of.PAYMENT_COUNT)),
        ReportSection("money_by_kind", (Dimension.SERVICE, Dimension.KIND), (of.PAID, of.BILLED, of.OUTSTANDING)),
        ReportSection("refunds", (Dimension.SERVICE,), (of.REFUND_TOTAL, of.REFUND_DUE, of.RETURNED)),
    ),
)  # fmt: skip

MANAGER = Report(
    "manager",
    OVERSEERS,
    (
        ReportSection(
            "whole", (),
            (*FLOW, *SLA, *MONEY, of.REFUND_DUE, of.RATING, of.VISITS_AVOIDED, of.MESSAGE_COUNT, of.PARTS,
             of.MESSAGE_COST),
        ),
        OVER_TIME,
        ReportSection("services", (Dimension.SERVICE,), (*FLOW, *SLA, of.PAID, of.RATING, of.VISITS_AVOIDED),
        Drawn.BARS),
        ReportSection("units", (Dimension.UNIT,), (of.STAYS, of.STAY_WORKED, *SLA), Drawn.BARS),
        NOW, RECEIVED_NOW, STATES, MONEY_OVER_TIME, BY_CHANNEL, BY_OFFICE, OFFICERS, MACHINES, RATED, MESSAGES,
    ),
    monthly=True,
)  # fmt: skip

REPORTS: Mapping[str, Report] = {one.key: one for one in (CIVIL_WORKS, EXPERT, REVENUE, TAXI, MANAGER)}
"""Every report, by its key."""
