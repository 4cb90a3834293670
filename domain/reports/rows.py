"""Records of each step for the reports: a narrow row beside its event, without anything personal."""

from dataclasses import dataclass
from datetime import datetime

from domain.requests.request import Phase


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One step of a request, known by its event: the end of the stay in a state. Nothing personal is in it."""

    at: datetime
    """Time of the step, in UTC."""
    request_id: int
    """The request."""
    seq: int
    """The number of its event."""
    service: str
    """The request's, as the next four were during the stay."""
    kind: str | None
    """Kind within its service; None: there is one kind."""
    channel: str
    """The key of the channel that the request came by."""
    office: str | None
    """The code of the counter office that brought it; None: none did."""
    officer: str | None
    """The user name of who had it; None: nobody."""
    state: str | None
    """State in which it stayed; None: this is the submission."""
    seconds: int
    """Time spent there, in seconds."""
    worked: int
    """The minutes of office time in it."""
    late: bool | None
    """Whether it outlasted the working time that the state allows; None where it allows any."""
    outcome: Phase | None
    """The final phase in which the request ended by it; None: it goes on."""
    remote: bool
    """Whether the citizen, or a counter's clerk, took it by hand, so that nobody had to come."""
