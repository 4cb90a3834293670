"""Guards of a form that can refuse some of its values by themselves, before anything else is known."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from domain.language.service import StepContext
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
