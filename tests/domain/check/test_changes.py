"""Changes that citizens may make are proved: there is such a field and state, and nothing that was done relies on
it."""

from dataclasses import replace

from domain.check import check_services
from domain.language.form_changes import ChangeableFields
from domain.language.service import Service
from domain.messages.catalogue import Catalogue
from domain.services.expert.declaration import EXPERT_OPINION
from domain.services.machinery.declaration import MACHINERY_WORK
from domain.services.taxi_leave.declaration import TAXI_LEAVE
from tests.support.tables import each_row

TEXTS = Catalogue.load()


def flaws(service: Service, states: tuple[str, ...], *names: str) -> set[str]:
    """Check a service in which these fields may be changed in these states."""
    changed = replace(service, changeable=(ChangeableFields(states, names),))
    return {f"{flaw.kind}: {flaw.subject}" for flaw in check_services([changed], TEXTS)}


@each_row(
    ("service", "state", "names", "found"),
    [
        (MACHINERY_WORK, "accepted", ("place",), set()),
        (MACHINERY_WORK, "accepted", ("items",), {"changes_relied_field: accepted.items"}),
        (MACHINERY_WORK, "accepted", ("start",), {"changes_relied_field: accepted.start"}),
        (MACHINERY_WORK, "awaiting_payment", ("place",), {"changes_relied_field: awaiting_payment.place"}),
        (
            MACHINERY_WORK, "completed", ("place",),
            {"changes_in_no_state: completed", "changes_relied_field: completed.place"},
        ),
        (MACHINERY_WORK, "nowhere", ("place",), {"changes_in_no_state: nowhere"}),
        (MACHINERY_WORK, "submitted", ("colour",), {"changes_no_field: colour"}),
        (EXPERT_OPINION, "submitted", ("kind",), {"changes_no_field: kind"}),
        (EXPERT_OPINION, "submitted", ("postal_code",), {"changes_alternatives_apart: postal_code"}),
        (
            EXPERT_OPINION,
            "assigned",
            ("address",),
            {"changes_alternatives_apart: postal_code", "changes_relied_field: assigned.address"},
        ),
        (TAXI_LEAVE, "submitted", ("counted",), {"changes_no_field: counted"}),
        (TAXI_LEAVE, "submitted", ("driver",), {"changes_relied_field: submitted.driver"}),
        (TAXI_LEAVE, "under_review", ("from",), {"changes_relied_field: under_review.from"}),
    ],
)  # fmt: skip
def test_a_change_of_what_something_relies_on_is_found(
    service: Service, state: str, names: tuple[str, ...], found: set[str]
) -> None:
    assert flaws(service, (state,), *names) == found
