"""The reports: which figures belong together, by what, and who may see them. A further report is one more entry.

A unit's report is about the services in whose queues it has a part, whatever they are: a further service comes into it
by its declaration alone. Titles are texts (`reports.…`), proved by `check` (declaration_check.py). Source: services.md,
"Reports".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.authorization.policy import may_use
from domain.authorization.rights import Right
from domain.language.service import Service
from domain.registries.declarations import DUTY, VIOLATION
from domain.reports import figures as of
from domain.reports.figures import Dimension, Figure, Measure
from domain.values.actors import Actor, Role
from domain.values.errors import UnknownKind
from domain.values.reasons import UnknownKindReason


class ChartKind(StrEnum):
    """Chart of a section's first figure: a column for each period, or a bar for each row."""

    COLUMNS = "columns"
    BARS = "bars"


class ReportGroup(StrEnum):
    """Subjects of figures and tables: a report has them in these parts."""

    VOLUME = "volume"
    """Number of requests received and done, and their quality."""
    TIME = "time"
    """Durations, and late requests."""
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class ReportSection:
    """One table: a row for each value of `dimensions` that occurs, a column for each figure, and the whole under them.

    Without `dimensions` it is the whole alone.
    """

    key: str
    dimensions: tuple[Dimension, ...]
    figures: tuple[Figure, ...]
    chart_kind: ChartKind | None = None
    group: ReportGroup = ReportGroup.VOLUME
    drawn_figures: int = 1
    """Number of the first figures that a chart of columns has beside each other: they are of one measure."""


@dataclass(frozen=True, slots=True)
class Report:
    """A report, whole."""

    key: str
    """Its name in addresses and in the keys of texts."""
    roles: frozenset[Role]
    """Roles that may see it."""
    sections: tuple[ReportSection, ...]
    """Its tables, in order."""
    unit: Role | None = None
    """It is about the services in whose queues this unit has a part; None: about everything."""
    extra_services: tuple[str, ...] = ()
    """With a `unit`: what else it is about, bills that are of no service (keys of registries)."""
    monthly: bool = False
    """The scheduler keeps it for every Jalali month that is over."""

    def covered_services(self, all_services: Mapping[str, Service]) -> frozenset[str] | None:
        """Return the keys of what it is about; None for everything."""
        if self.unit is None:
            return None
        return frozenset(
            {service_key for service_key, service in all_services.items() if self.unit in service.unit_roles}
        ) | {*self.extra_services}

    def is_visible_to(self, actor: Actor) -> bool:
        """Return whether this person may see it; so may whoever has a shell, as the system."""
        return may_use(Right.REPORTS_VIEW, actor, declared_roles=self.roles)


def find_figure_group(figure: Figure) -> ReportGroup:
    """Return what a figure of a whole is about."""
    if figure.measure is Measure.RIALS or figure is of.PAYMENT_COUNT:
        return ReportGroup.MONEY
    return ReportGroup.TIME if figure in TIMES else ReportGroup.VOLUME


def find_report(report_key: str) -> Report:
    """Return a report; `UnknownKind("report")`."""
    try:
        return REPORTS[report_key]
    except KeyError:
        raise UnknownKind("report", UnknownKindReason.REPORT, given=report_key) from None


OVERSEER_ROLES = frozenset({Role.MANAGER, Role.AUDITOR})
"""Roles that see every report."""

MONEY = (of.BILLED_RIALS, of.PAID_RIALS, of.OUTSTANDING_RIALS, of.RETURNED_RIALS, of.NET_RIALS)
SLA = (of.SLA_KEPT_COUNT, of.SLA_BROKEN_COUNT, of.SLA_SHARE)
TIMES = (*SLA, of.OPEN_COUNT, of.OVERDUE_COUNT, of.STAY_COUNT, of.STAY_HOURS, of.STAY_WORKED)
# FLOW is part of every table of flow (over time, by kind, services, and the whole of all reports but revenue's), as SLA
# and MONEY do in theirs: a figure that is added here is a column in each of them.
FLOW = (of.RECEIVED_COUNT, of.ENDED_COUNT, of.DONE_COUNT, of.DECLINED_COUNT, of.CANCELLED_COUNT)

OVER_TIME = ReportSection(
    "over_time", (Dimension.PERIOD,), (*FLOW, *SLA, of.VISITS_AVOIDED), ChartKind.COLUMNS, drawn_figures=2
)
BY_KIND = ReportSection(
    "by_kind", (Dimension.SERVICE, Dimension.KIND), (*FLOW, *SLA, of.RATING_AVERAGE), ChartKind.BARS
)
BY_CHANNEL = ReportSection(
    "by_channel", (Dimension.CHANNEL,), (of.RECEIVED_COUNT, of.ENDED_COUNT, of.VISITS_AVOIDED), ChartKind.BARS
)
BY_OFFICE = ReportSection("by_office", (Dimension.OFFICE,), (of.RECEIVED_COUNT, of.ENDED_COUNT, of.PAID_RIALS))
NOW = ReportSection(
    "now", (Dimension.SERVICE, Dimension.STATE), (of.OPEN_COUNT, of.OVERDUE_COUNT), group=ReportGroup.TIME
)
RECEIVED_NOW = ReportSection("received_now", (Dimension.SERVICE, Dimension.PHASE), (of.RECEIVED_COUNT,), ChartKind.BARS)
STATES = ReportSection(
    "states",
    (Dimension.SERVICE, Dimension.STATE),
    (of.STAY_COUNT, of.STAY_HOURS, of.STAY_WORKED, *SLA),
    group=ReportGroup.TIME,
)
OFFICERS = ReportSection(
    "officers",
    (Dimension.OFFICER,),
    (of.STAY_COUNT, of.STAY_WORKED, *SLA, of.RATING_AVERAGE),
    group=ReportGroup.TIME,
)
MONEY_OVER_TIME = ReportSection(
    "money_over_time",
    (Dimension.PERIOD,),
    (of.PAID_RIALS, of.BILLED_RIALS, of.RETURNED_RIALS, of.NET_RIALS),
    ChartKind.COLUMNS,
    ReportGroup.MONEY,
    drawn_figures=2,
)
RATED = ReportSection("rated", (Dimension.SERVICE, Dimension.STATE), (of.RATING_AVERAGE, of.RATING_COUNT))
HOURS = (of.JOB_COUNT, of.QUOTED_HOURS, of.WORKED_HOURS, of.UTILISATION)
MACHINES = ReportSection(
    "machines", (Dimension.MACHINE,), (of.WORKED_HOURS, of.QUOTED_HOURS, of.JOB_COUNT, of.UTILISATION), ChartKind.BARS
)
MACHINE_TYPES = ReportSection("machine_types", (Dimension.MACHINE_TYPE,), HOURS)
MESSAGES = ReportSection("messages", (Dimension.PROVIDER,), (of.MESSAGE_COUNT, of.PART_COUNT, of.MESSAGE_COST_RIALS))

CIVIL_WORKS_REPORT = Report(
    "civil",
    frozenset({Role.CIVIL}) | OVERSEER_ROLES,
    (
        ReportSection("whole", (), (*FLOW, *SLA, *MONEY, *HOURS, of.RATING_AVERAGE, of.VISITS_AVOIDED)),
        OVER_TIME,
        NOW,
        STATES,
        MACHINES,
        MACHINE_TYPES,
        MONEY_OVER_TIME,
        BY_CHANNEL,
        BY_OFFICE,
        RATED,
    ),
    unit=Role.CIVIL,
)

EXPERT_REPORT = Report(
    "expert",
    frozenset({Role.EXPERT}) | OVERSEER_ROLES,
    (
        ReportSection("whole", (), (*FLOW, *SLA, *MONEY, of.RATING_AVERAGE, of.VISITS_AVOIDED)),
        OVER_TIME,
        BY_KIND,
        OFFICERS,
        NOW,
        STATES,
        MONEY_OVER_TIME,
        BY_CHANNEL,
        BY_OFFICE,
        RATED,
    ),
    unit=Role.EXPERT,
)

TAXI_REPORT = Report(
    "taxi",
    frozenset({Role.TAXI_OFFICER}) | OVERSEER_ROLES,
    (
        ReportSection("whole", (), (*FLOW, *SLA, *MONEY, of.RATING_AVERAGE, of.VISITS_AVOIDED)),
        OVER_TIME,
        BY_KIND,
        NOW,
        STATES,
        ReportSection(
            "money",
            (Dimension.SERVICE,),
            (of.PAID_RIALS, of.BILLED_RIALS, of.OUTSTANDING_RIALS, of.WAIVED_RIALS, of.RETURNED_RIALS),
            group=ReportGroup.MONEY,
        ),
        BY_CHANNEL,
        BY_OFFICE,
        RATED,
    ),
    unit=Role.TAXI_OFFICER,
    extra_services=(DUTY.key, VIOLATION.key),
)

REVENUE_REPORT = Report(
    "revenue",
    frozenset({Role.REVENUE}) | OVERSEER_ROLES,
    (
        ReportSection(
            "whole",
            (),
            (
                *MONEY,
                of.WAIVED_RIALS,
                of.LAPSED_RIALS,
                of.SURPLUS_RIALS,
                of.REVERSED_RIALS,
                of.REFUND_RIALS,
                of.REFUND_DUE_RIALS,
            ),
        ),
        MONEY_OVER_TIME,
        ReportSection(
            "money",
            (Dimension.SERVICE,),
            (
                of.PAID_RIALS,
                of.BILLED_RIALS,
                of.OUTSTANDING_RIALS,
                of.WAIVED_RIALS,
                of.LAPSED_RIALS,
                of.RETURNED_RIALS,
                of.NET_RIALS,
            ),
            ChartKind.BARS,
            ReportGroup.MONEY,
        ),
        ReportSection(
            "methods",
            (Dimension.METHOD,),
            (of.PAID_RIALS, of.PAYMENT_COUNT, of.SURPLUS_RIALS, of.RETURNED_RIALS),
            ChartKind.BARS,
            ReportGroup.MONEY,
        ),
        ReportSection("counters", (Dimension.COUNTER,), (of.PAID_RIALS, of.PAYMENT_COUNT), group=ReportGroup.MONEY),
        ReportSection(
            "money_by_kind",
            (Dimension.SERVICE, Dimension.KIND),
            (of.PAID_RIALS, of.BILLED_RIALS, of.OUTSTANDING_RIALS),
            group=ReportGroup.MONEY,
        ),
        ReportSection(
            "refunds",
            (Dimension.SERVICE,),
            (of.REFUND_RIALS, of.REFUND_DUE_RIALS, of.RETURNED_RIALS),
            group=ReportGroup.MONEY,
        ),
    ),
)

MANAGER_REPORT = Report(
    "manager",
    OVERSEER_ROLES,
    (
        ReportSection(
            "whole",
            (),
            (
                *FLOW,
                *SLA,
                *MONEY,
                of.REFUND_DUE_RIALS,
                of.RATING_AVERAGE,
                of.VISITS_AVOIDED,
                of.MESSAGE_COUNT,
                of.PART_COUNT,
                of.MESSAGE_COST_RIALS,
            ),
        ),
        OVER_TIME,
        ReportSection(
            "services",
            (Dimension.SERVICE,),
            (*FLOW, *SLA, of.PAID_RIALS, of.RATING_AVERAGE, of.VISITS_AVOIDED),
            ChartKind.BARS,
        ),
        ReportSection(
            "units", (Dimension.UNIT,), (of.STAY_COUNT, of.STAY_WORKED, *SLA), ChartKind.BARS, ReportGroup.TIME
        ),
        NOW,
        RECEIVED_NOW,
        STATES,
        MONEY_OVER_TIME,
        BY_CHANNEL,
        BY_OFFICE,
        OFFICERS,
        MACHINES,
        RATED,
        MESSAGES,
    ),
    monthly=True,
)

REPORTS: Mapping[str, Report] = {
    report.key: report for report in (CIVIL_WORKS_REPORT, EXPERT_REPORT, REVENUE_REPORT, TAXI_REPORT, MANAGER_REPORT)
}
"""Every report, by its key."""
