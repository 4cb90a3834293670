"""Reports of an operator on a job by one press. Its buttons belong to no question."""

from collections.abc import Callable, Iterable

from domain.blocks.operator_reports import OperatorReport, WorkStage
from domain.conversation.buttons.answers import ButtonVerb, verb_button
from domain.fields.types import format_number
from domain.messages.keyboards import ButtonRows, arrange_in_rows
from domain.values.text import persian_digits
from domain.values.tracking_codes import TrackingCode

TextLookup = Callable[[str], str]

HOURS_AROUND = 2.0
"""Hours less and more than expected that are offered, in steps of half an hour."""


def build_job_list_rows(labels_by_code: Iterable[tuple[TrackingCode, str]]) -> ButtonRows:
    """Return a button for each job."""
    return tuple((verb_button(label, ButtonVerb.OPERATOR, code),) for code, label in labels_by_code)


def build_stage_rows(catalogue_text: TextLookup, code: TrackingCode, report: OperatorReport) -> ButtonRows:
    """Return what is not reported yet, in the order of the work; once it ended, the hours can be corrected."""
    stages = [stage for stage in WorkStage if getattr(report, stage) is None]
    buttons = [
        verb_button(catalogue_text(f"chat.buttons.operator_{stage}"), ButtonVerb.OPERATOR, code, stage)
        for stage in stages
    ]
    if report.ended:
        buttons.append(verb_button(catalogue_text("chat.buttons.operator_hours"), ButtonVerb.OPERATOR, code, "hours"))
    return arrange_in_rows(buttons, 2)


def build_hours_rows(code: TrackingCode, expected_hours: float) -> ButtonRows:
    """Return the hours around those that are expected."""
    least = max(0.5, expected_hours - HOURS_AROUND)
    half_hours = range(round(least * 2), round((expected_hours + HOURS_AROUND) * 2) + 1)
    buttons = [
        verb_button(persian_digits(format_number(number / 2)), ButtonVerb.OPERATOR, code, str(number / 2))
        for number in half_hours
    ]
    return arrange_in_rows(buttons, 3)
