"""The end of unpaid bills: none expires before its deadline and the settlement lag of the banks behind it.

Bank files arrive later than the money (services.md, "Tariffs and money"), so a bill that expires sooner may be paid
already. When a deadline is reckoned the declaration says by a function: it is asked about a bill that was just made,
under several lags.
"""

from collections.abc import Iterator
from dataclasses import replace

from domain.blocks.charging import NoPaymentUnresolved, payment_deadline_from
from domain.check.charge_progress import OpenBill
from domain.check.declared.sample_requests import NOW, build_sample_context
from domain.check.flaws import Flaw
from domain.check.walk import Walk
from domain.language.service import Service, Transition, Trigger
from domain.settings.policy import Policy

SAMPLE_LAGS = (0, 2, 7)
"""Banking days."""


def expiry_flaws(service: Service, graph: Walk) -> Iterator[Flaw]:
    """Find deadlines that close a bill too early, whose moment is unknown, or that ask for no payment under way."""
    for step in _expiring_steps(service, graph):
        if not any(isinstance(guard, NoPaymentUnresolved) for guard in step.guards):
            yield Flaw("expires_while_paying", service.key, step.name)
        try:
            is_early = any(_expires_early(service, step, banking_days) for banking_days in SAMPLE_LAGS)
        except (LookupError, TypeError, ValueError, AttributeError):  # it needs more than the request and its bill
            yield Flaw("expiry_untold", service.key, step.name)
        else:
            if is_early:
                yield Flaw("expires_early", service.key, step.name)


def _expiring_steps(service: Service, graph: Walk) -> list[Transition]:
    """Return the steps by deadline that may close an open bill."""
    closing_ids = {
        id(edge.step)
        for edge in graph.edges
        if edge.step
        and any(effect.voids_bills for effect in edge.step.effects)
        and edge.start.progress.open_bill is not OpenBill.NO
    }
    return [
        step
        for step in service.transitions
        if step.trigger is Trigger.DEADLINE and step.reckon_deadline and id(step) in closing_ids
    ]


def _expires_early(service: Service, step: Transition, banking_days: int) -> bool:
    policy = replace(Policy(), settlement_banking_days=banking_days)
    deadline = payment_deadline_from(NOW, policy)
    kept_values = {"payment_deadline": deadline.isoformat()}
    context = build_sample_context(service, step.source_states[0], {}, kept_values, policy)
    expires_at = step.reckon_deadline(context) if step.reckon_deadline else None
    return expires_at is not None and expires_at < context.calendar.add_banking_days(deadline, banking_days)
