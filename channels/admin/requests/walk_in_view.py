"""Outlook beside a form of the desk: the citizen with the last requests, the price, and the hours that are free."""

from collections.abc import Sequence
from dataclasses import dataclass

from channels.admin.bills.quote_view import QuoteView, build_quote_view
from domain.actions.dependencies import Dependencies
from domain.actions.walk_ins.known_citizen import KnownCitizen
from domain.actions.walk_ins.preview import WalkInPreview
from domain.requests.request import ServiceRequest
from domain.values.calendar import clock_text, jalali_long_text, jalali_text, to_tehran
from domain.values.identifiers import display_mobile
from domain.values.text import persian_digits
from domain.values.tracking_codes import display_code


@dataclass(frozen=True, slots=True)
class LastRequest:
    """A request that a citizen made before."""

    address: str
    """Its page."""
    code: str
    """Its tracking code, as it is shown."""
    service: str
    """Name of its service."""
    work: str
    """Work wanted."""
    state: str
    """Name of its state."""
    phase: str
    """The phase itself, for the style sheet."""
    created: str
    """The day on which it was made."""


@dataclass(frozen=True, slots=True)
class CitizenCard:
    """A citizen whom the municipality knows, or a number that it does not."""

    mobile: str
    """The number."""
    name: str
    """Name of its owner; empty where nobody knows."""
    requests: Sequence[LastRequest]
    """The last requests, those that are open first."""
    other_count: str
    """Number of others that belong to other units alone; empty for none."""


@dataclass(frozen=True, slots=True)
class FormOutlook:
    """Outlook of a form, in words."""

    quote: QuoteView | None
    """Expected price; None where nobody can say yet."""
    day: str
    """The day whose free hours are shown; empty where none was given."""
    closed_day: str
    """The public holiday for which it asks work; empty where it asks for none."""
    free_hours: Sequence[tuple[str, str]]
    """The hours of that day at which the machines are free: as they are typed, and as they are read."""
    free_visits: Sequence[str]
    """The next hours at which an officer can come."""


class WalkInViews:
    """Builds these."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._dependencies = dependencies

    def build_card(self, mobile: str, citizen: KnownCitizen) -> CitizenCard:
        """Return what is known of whoever has a mobile (+989…)."""
        return CitizenCard(
            display_mobile(mobile),
            (citizen.person.full_name if citizen.person else None) or "",
            [self._build_request(request) for request in citizen.requests],
            persian_digits(citizen.other_count) if citizen.other_count else "",
        )

    def build_outlook(self, preview: WalkInPreview) -> FormOutlook:
        """Return what a form comes to."""
        local_hours = [to_tehran(start) for start in preview.free_starts]
        return FormOutlook(
            build_quote_view(self._dependencies.catalogue, preview.quote) if preview.quote else None,
            jalali_long_text(preview.wanted_day) if preview.wanted_day else "",
            jalali_long_text(preview.closed_day) if preview.closed_day else "",
            [(f"{hour:%H:%M}", clock_text(hour)) for hour in local_hours],
            [self._dependencies.wording.describe_moment(start) for start in preview.free_visits],
        )

    def _build_request(self, request: ServiceRequest) -> LastRequest:
        wording = self._dependencies.wording
        return LastRequest(
            f"/staff/requests/{request.code}",
            persian_digits(display_code(request.code)),
            wording.service_title(request.service),
            wording.work_text(request.service, request.fields),
            wording.state_title(request),
            request.phase.value,
            jalali_text(to_tehran(request.created_at).date()),
        )
