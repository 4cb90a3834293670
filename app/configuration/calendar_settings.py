"""When the municipality works, and when people are not disturbed: the settings of the working calendar."""

from datetime import time
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from domain.values.calendar import OFFICE_HOURS, QUIET_HOURS, THURSDAY_HOURS, VISIT_HOURS, HoursOfDay, WorkingCalendar


def _split_span(value: object) -> object:
    """Read «07:30-14:30» as two times."""
    return [part.strip() for part in value.split("-")] if isinstance(value, str) else value


TimeSpan = Annotated[tuple[time, time], BeforeValidator(_split_span)]


class CalendarSettings(BaseModel):
    """Hours by Tehran's clock, written 07:30-14:30."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    thursday: bool = Field(False, description="Whether the office opens on Thursdays.")
    office_hours: TimeSpan = Field(OFFICE_HOURS, description="Office hours from Saturday to Wednesday.")
    thursday_hours: TimeSpan = Field(THURSDAY_HOURS, description="Office hours on Thursdays, when it opens then.")
    quiet_hours: TimeSpan = Field(QUIET_HOURS, description="When notices and reminders wait.")

    visit_hours: TimeSpan = Field(VISIT_HOURS, description="When officers visit, on any day that is no holiday.")

    def build_calendar(self) -> WorkingCalendar:
        """Build the calendar; `ValueError` for hours that cannot be."""
        thursday_span: HoursOfDay | None = self.thursday_hours if self.thursday else None
        return WorkingCalendar(
            office=self.office_hours, thursday=thursday_span, quiet=self.quiet_hours, visits=self.visit_hours
        )
