"""Guards of a form that can refuse some of its values by themselves, before anything else is known."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from domain.language.service import Guard, StepContext
from domain.settings.policy import Policy
from domain.values.errors import DomainError


@runtime_checkable
class ValueRefusingGuard(Protocol):
    """A guard of a form that can refuse some of its values by themselves."""

    def refuses_values(self, form_values: Mapping[str, Any], now: datetime, policy: Policy) -> bool:
        """Return whether a form with these values is refused whatever else is filled in."""
        ...

    def build_refusal(self, context: StepContext) -> DomainError:
        """Return the error that says why not; the form holds what was filled in so far."""
        ...


def refuses_answer(
    guards: Iterable[Guard], known_values: Mapping[str, Any], name: str, value: object, now: datetime, policy: Policy
) -> bool:
    """Return whether one of these guards refuses this value of a field beside the known ones, which it would not refuse
    without it: what is wrong already makes no other answer wrong.
    """
    other_values = {other_name: other for other_name, other in known_values.items() if other_name != name}
    return any(
        isinstance(guard, ValueRefusingGuard)
        and guard.refuses_values({**other_values, name: value}, now, policy)
        and not guard.refuses_values(other_values, now, policy)
        for guard in guards
    )
