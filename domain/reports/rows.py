"""What each step of a request leaves for the reports: a narrow row beside its event, without anything personal."""

from dataclasses import dataclass
from datetime import datetime

from domain.requests.request import Phase


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One step, known by its event (`request_id`, `seq`): the end of the stay in `state` (None: the submission).

    `service`, `kind`, `channel`, `office` and `officer` are the request's, as they were during the stay. `seconds` is
    how long it lasted, `worked` the minutes of office time in it. `late`: it outlasted the working time that the state
    allows; None where it allows any. `outcome` is the final phase in which the request ended by it. `remote`: the
    citizen, or a counter's clerk, took it by hand, so nobody had to come; what a payment causes is no such step.
    """

    at: datetime
    request_id: int
    seq: int
    service: str
    kind: str | None
    channel: str
    office: str | None
    officer: str | None
    state: str | None
    seconds: int
    worked: int
    late: bool | None
    outcome: Phase | None
    remote: bool
