"""Visits: states of a page to look at, and their visitors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from domain.values.actors import Role


@dataclass(frozen=True, slots=True)
class PageVisit:
    """A page to be looked at: by whom (None: nobody who signed in), and the status of its answer. It may be asked for
    when who looks has been `idle` for so long that a proof has grown old (`STALE`), or the session has ended (`ENDED`).
    A page that answers a form has what is posted there.
    """

    address: str
    role: Role | None = None
    status: int = 200
    idle: timedelta = timedelta()
    form: Mapping[str, str] | None = None


Looks = Mapping[str, Sequence[PageVisit]]
"""Plain route → what is to be looked at."""


def list_code_visits(code: str) -> Sequence[PageVisit]:
    """Visits to a tracking code's page without a proved mobile."""
    statuses = {"/track": 200, f"/track?code={code}": 200, "/track?code=123": 422, "/track?code=123456786": 404}
    return [PageVisit(address, status=status) for address, status in statuses.items()]


def list_settings_visits() -> Sequence[PageVisit]:
    """Visits to the effect of a change of rules before it is made, a preview of a text, and the texts of a service."""
    text, newest = "/staff/settings/texts/one/services.taxi_leave.notices.consent", "999999"
    rules_form = {"version": newest, "office_hours": "۷ تا ۱۳", "quiet_hours": "۲۲ تا ۷"}
    text_form = {"version": newest, "text": "مالک با مرخصی {code} موافق است.", "preview": "yes"}
    return [
        PageVisit("/staff/settings/texts?table=services.taxi_leave", Role.ADMIN),
        PageVisit("/staff/settings/rules/hours", Role.ADMIN, form=rules_form),
        PageVisit(text, Role.ADMIN, form=text_form),
    ]
