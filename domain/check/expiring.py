"""The end of unpaid bills: none expires before its deadline and the settlement lag of the banks behind it.

Bank files arrive later than the money (services.md, "Tariffs and money"), so a bill that expires sooner may be paid
already. When a deadline is reckoned the declaration tells by a function: it is asked about a bill that was just made,
under several lags.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

from domain.blocks.charging import NoPaymentUnresolved, last_moment_to_pay
from domain.check.flaws import Flaw
from domain.check.ledger import Open
from domain.check.walk import Walk
from domain.language.service import Context, Service, Transition, Trigger
from domain.requests.request import Phase, ServiceRequest
from domain.settings.policy import Policy
from domain.unit_of_work import Ids, UnitOfWork
from domain.values.actors import SYSTEM
from domain.values.calendar import WorkingCalendar

NOW = datetime(2026, 3, 16, 20, tzinfo=UTC)
"""Shortly before Nowruz, late in the evening: any moment will do."""

LAGS = (timedelta(0), timedelta(hours=36), timedelta(days=10))


def expiry_flaws(service: Service, found: Walk) -> Iterator[Flaw]:
    """Find deadlines that close a bill too early, whose moment cannot be told, or that ask for no payment under way."""
    for step in _expiring(service, found):
        if not any(isinstance(guard, NoPaymentUnresolved) for guard in step.guards):
            yield Flaw("expires_while_paying", service.key, step.name)
        try:
            early = any(_early(service, step, lag) for lag in LAGS)
        except (LookupError, TypeError, ValueError, AttributeError):  # it needs more than the request and its bill
            yield Flaw("expiry_untold", service.key, step.name)
        else:
            if early:
                yield Flaw("expires_early", service.key, step.name)


def _expiring(service: Service, found: Walk) -> list[Transition]:
    """Return the steps by deadline that may close an open bill."""
    closing = {
        id(edge.step) for edge in found.edges
        if edge.step and any(effect.voids for effect in edge.step.effects) and edge.start.ledger.bill is not Open.NO
    }  # fmt: skip
    return [
        one for one in service.transitions if one.trigger is Trigger.DEADLINE and one.deadline and id(one) in closing
    ]


def _early(service: Service, step: Transition, lag: timedelta) -> bool:
    policy = replace(Policy(), settlement_lag=lag)
    deadline = last_moment_to_pay(NOW, policy)
    state = step.sources[0]
    request = ServiceRequest(
        1, "123456789", service.key, service.version, state, Phase.NEEDS_PAYMENT, "sms", None, NOW, NOW,
        data={"payment_deadline": deadline.isoformat()}, entered_at=NOW,
    )  # fmt: skip
    # A deadline looks at the request alone: there is no unit of work in it.
    ctx = Context(cast("UnitOfWork", None), request, {}, SYSTEM, NOW, policy, WorkingCalendar(), cast("Ids", None))
    ends = step.deadline(ctx) if step.deadline else None
    return ends is not None and ends < deadline + lag
