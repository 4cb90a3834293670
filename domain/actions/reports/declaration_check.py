"""`pishkhan check` for reports: every text is there, and a figure is declared only where its facts can be broken down
so.
"""

from collections.abc import Iterable, Iterator

from domain.actions.reports.declarations import REPORTS, ChartKind, Report, ReportGroup, ReportSection
from domain.actions.reports.labels import CHANNEL_KEYS
from domain.actions.reports.request_rows import COLUMN_READERS
from domain.bills.bill import PaymentMethod
from domain.check import NO_SERVICE, Flaw
from domain.messages.catalogue import Catalogue
from domain.reports.figures import Dimension
from domain.reports.filter import FILTER_DIMENSIONS
from domain.requests.request import Phase

SHARED_WORDS = ("whole", "period", "as_of", "beside", "in_units")
PAGE_TEXTS = {
    "short": ("billion", "million"),
    "near": ("this_month", "last_month", "this_year", "last_year"),
    "groups": tuple(ReportGroup),
    "changes": ("same", "more", "less", "more_points", "less_points"),
}
"""Further texts of the page of a report: large amounts in a chart, the periods that are asked for most, its parts, and
how a figure differs from that of the period before.
"""

LABELLED_DIMENSIONS = tuple(dimension for dimension in Dimension if dimension is not Dimension.TEXT)


def check_reports(catalogue: Catalogue, reports: Iterable[Report] = tuple(REPORTS.values())) -> list[Flaw]:
    """Return every flaw of these reports and their texts; none means that they may serve."""
    listed = tuple(reports)
    required_texts = dict.fromkeys(
        [*_list_shared_texts(), *(text_key for report in listed for text_key in _list_report_texts(report))]
    )
    flaws = [Flaw("no_text", NO_SERVICE, text_key) for text_key in required_texts if text_key not in catalogue]
    return flaws + [
        flaw for report in listed for section in report.sections for flaw in _find_section_flaws(report, section)
    ]


def _find_section_flaws(report: Report, section: ReportSection) -> Iterator[Flaw]:
    for figure in section.figures:
        for fact in figure.fact_tables:
            if not all(fact.distinguishes(dimension) for dimension in section.dimensions):
                yield Flaw("figure_untold", report.key, f"{section.key}: {figure.key}")


def _list_report_texts(report: Report) -> Iterator[str]:
    yield from (f"reports.{table}.{report.key}" for table in ("titles", "about"))
    for section in report.sections:
        yield f"reports.sections.{section.key}"
        yield from (f"reports.figures.{figure.key}" for figure in section.figures)


def _list_shared_texts() -> Iterator[str]:
    yield from (f"reports.{text_name}" for text_name in SHARED_WORDS)
    yield from (
        f"reports.by.{text_name}"
        for text_name in dict.fromkeys([*LABELLED_DIMENSIONS, *FILTER_DIMENSIONS, "from", "to"])
    )
    yield from (f"reports.drawn.{text_name}" for text_name in ChartKind)
    yield from (f"reports.{table}.{text_name}" for table, text_names in PAGE_TEXTS.items() for text_name in text_names)
    yield from (f"reports.none.{text_name}" for text_name in LABELLED_DIMENSIONS if text_name is not Dimension.PERIOD)
    yield from (f"reports.phases.{text_name}" for text_name in Phase)
    yield from (f"reports.channels.{text_name}" for text_name in CHANNEL_KEYS)
    yield from (f"reports.methods.{text_name}" for text_name in PaymentMethod)
    yield from (f"reports.columns.{text_name}" for text_name in COLUMN_READERS)
