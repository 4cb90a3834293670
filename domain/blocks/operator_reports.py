"""Operators' reports of the work of booked machines: when they arrived, began and ended, and for how long they worked.
It moves no request: the unit's own step ends the work, and finds the hours in its form (decision 49).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import Any

from domain.blocks.booking_fields import BOOKED_OPERATORS
from domain.fields.stored import StoredField, StoredForm
from domain.fields.types import Text, format_number
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values.languages import join_list

MOST_WORKED_HOURS = 24
"""Hours that one operator may report of one request."""

WORK_PHOTO = "work_photo"
"""The paper as which photos of the work are added: to whatever operators are booked for, beside the papers that its
service declares.
"""


class WorkStage(StrEnum):
    """Stages that an operator reports, in the order of a day's work."""

    ARRIVED = "arrived"
    BEGAN = "began"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class OperatorReport:
    """Report of one operator about one request."""

    arrived: str | None = None
    """Time when the machine was there, ISO in UTC; None: not said."""
    began: str | None = None
    """Time when the work began."""
    ended: str | None = None
    """Time when it ended."""
    hours: float | None = None
    """Hours worked, halves allowed; None: not said."""

    def with_stage(self, stage: WorkStage, now: datetime) -> "OperatorReport":
        """Return the report with a stage reached now; one that was reached before stays as it was."""
        if getattr(self, stage):
            return self
        return OperatorReport(**{**asdict(self), stage.value: now.isoformat()})

    def reckon_hours(self) -> float | None:
        """Return the hours from the beginning (the arrival, where that was not said) to the end, in whole half hours
        that were begun; None where either is not known.
        """
        began = self.began or self.arrived
        if began is None or self.ended is None:
            return None
        half_hours = (datetime.fromisoformat(self.ended) - datetime.fromisoformat(began)) / timedelta(minutes=30)
        return max(1, ceil(half_hours)) / 2


OPERATOR_REPORTS: StoredField[dict[str, Any]] = StoredField(
    "operator_reports", Text(), stored_form=StoredForm(dict, dict)
)
"""The report of each operator, by their code."""


def find_report(request: ServiceRequest, operator_code: str) -> OperatorReport:
    """Return what an operator reported so far."""
    reports: Mapping[str, Any] = OPERATOR_REPORTS.find(request) or {}
    return OperatorReport(**reports.get(operator_code, {}))


def store_report(request: ServiceRequest, operator_code: str, report: OperatorReport) -> None:
    """Keep an operator's report in the place of the earlier one."""
    OPERATOR_REPORTS.write(request, {**(OPERATOR_REPORTS.find(request) or {}), operator_code: asdict(report)})


def find_worked_hours(request: ServiceRequest) -> list[float] | None:
    """Return the hours that operators reported: a number for each line of the request, the longest of its machines.
    None until every operator said theirs.
    """
    operator_codes = list(BOOKED_OPERATORS.find(request) or ())
    hours_by_line = []
    for item in request.fields.get("items", ()):
        line_codes, operator_codes = operator_codes[: item["count"]], operator_codes[item["count"] :]
        line_hours = [find_report(request, code).hours for code in line_codes]
        known_hours = [hours for hours in line_hours if hours is not None]
        if not known_hours or len(known_hours) < len(line_hours):
            return None
        hours_by_line.append(max(known_hours))
    return hours_by_line or None


async def propose_worked_hours(uow: UnitOfWork, request: ServiceRequest) -> str | None:
    """Return the hours that operators reported, as they are typed into the unit's step; None as `find_worked_hours`."""
    worked_hours = find_worked_hours(request)
    return join_list(format_number(hours) for hours in worked_hours) if worked_hours else None
