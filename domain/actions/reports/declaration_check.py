"""`pishkhan check` for reports: every text is there, and a figure stands only where its facts can be told apart so."""

from collections.abc import Iterable, Iterator

from domain.actions.reports.declarations import REPORTS, Drawn, Report, ReportSection
from domain.actions.reports.labels import CHANNELS
from domain.actions.reports.request_rows import COLUMNS
from domain.bills.bill import PaymentMethod
from domain.check import NO_SERVICE, Flaw
from domain.messages.catalogue import Catalogue
from domain.reports.figures import Dimension
from domain.reports.filter import FILTERS
from domain.requests.request import Phase

WORDS = ("whole", "period", "as_of", "in_units")
PAGE_WORDS = {
    "short": ("billion", "million"),
    "near": ("this_month", "last_month", "this_year", "last_year"),
}
"""What the page of a report says besides: large amounts in a chart, and the periods that are asked for most."""

TOLD_APART = tuple(one for one in Dimension if one is not Dimension.TEXT)


def check_reports(catalogue: Catalogue, reports: Iterable[Report] = tuple(REPORTS.values())) -> list[Flaw]:
    """Return every flaw of these reports and their texts; none means that they may serve."""
    listed = tuple(reports)
    wanted = dict.fromkeys([*_shared_texts(), *(key for one in listed for key in _texts(one))])
    flaws = [Flaw("no_text", NO_SERVICE, key) for key in wanted if key not in catalogue]
    return flaws + [flaw for one in listed for section in one.sections for flaw in _section_flaws(one, section)]


def _section_flaws(report: Report, section: ReportSection) -> Iterator[Flaw]:
    for figure in section.figures:
        for fact in figure.facts:
            if not all(fact.tells(one) for one in section.by):
                yield Flaw("figure_untold", report.key, f"{section.key}: {figure.key}")


def _texts(report: Report) -> Iterator[str]:
    yield from (f"reports.{table}.{report.key}" for table in ("titles", "about"))
    for section in report.sections:
        yield f"reports.sections.{section.key}"
        yield from (f"reports.figures.{one.key}" for one in section.figures)


def _shared_texts() -> Iterator[str]:
    yield from (f"reports.{one}" for one in WORDS)
    yield from (f"reports.by.{one}" for one in dict.fromkeys([*TOLD_APART, *FILTERS, "from", "to"]))
    yield from (f"reports.drawn.{one}" for one in Drawn)
    yield from (f"reports.{table}.{one}" for table, words in PAGE_WORDS.items() for one in words)
    yield from (f"reports.none.{one}" for one in TOLD_APART if one is not Dimension.PERIOD)
    yield from (f"reports.phases.{one}" for one in Phase)
    yield from (f"reports.channels.{one}" for one in CHANNELS)
    yield from (f"reports.methods.{one}" for one in PaymentMethod)
    yield from (f"reports.columns.{one}" for one in COLUMNS)
