"""Wording of the difference between a figure and that of the period before."""

from channels.admin.reports.report_view import describe_change
from domain.messages.catalogue import Catalogue
from domain.reports import figures as of
from domain.reports.figures import Figure, FigureValue
from tests.support.tables import each_row


@each_row(
    ("figure", "value", "before", "words"),
    [
        (of.RECEIVED_COUNT, 112, 100, "۱۲٪ بیشتر"),
        (of.RECEIVED_COUNT, 1, 3, "۶۷٪ کمتر"),
        (of.RECEIVED_COUNT, 5, 5, "بدون تغییر"),
        (of.RECEIVED_COUNT, 5, 0, ""),
        (of.RECEIVED_COUNT, 0, 0, "بدون تغییر"),
        (of.SLA_SHARE, 80.0, 92.5, "۱۲٫۵ کمتر"),
        (of.RATING_AVERAGE, 4.5, 4.2, "۰٫۳۰ بیشتر"),
        (of.NET_RIALS, -50, -100, "۵۰٪ بیشتر"),
        (of.SLA_SHARE, None, 92.5, ""),
    ],
)
def test_a_difference_is_told_in_words(figure: Figure, value: FigureValue, before: FigureValue, words: str) -> None:
    assert describe_change(Catalogue.load(), figure, value, before) == words
