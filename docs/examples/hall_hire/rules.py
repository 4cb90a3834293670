"""The rules of halls: the hours of a hire are in their order, and a large company is the manager's to allow."""

from dataclasses import dataclass
from typing import ClassVar

from domain.language.service import Guard, StepContext
from domain.values.errors import DomainError, InvalidField
from domain.values.reasons import InvalidReason

MOST_GUESTS, LARGE_COMPANY = 600, 300


@dataclass(frozen=True, slots=True)
class HoursInOrder(Guard):
    """The hire ends after it begins."""

    required_fields: ClassVar[frozenset[str]] = frozenset({"begins", "ends"})

    async def is_satisfied(self, context: StepContext) -> bool:
        """Compare both hours, which are kept as text that compares as time."""
        fields = context.request.fields
        return str(fields["begins"]) < str(fields["ends"])

    def build_refusal(self, context: StepContext) -> DomainError:
        """Name the hour at which it ends."""
        return InvalidField("ends", InvalidReason.HOURS_ORDER)


@dataclass(frozen=True, slots=True)
class LargeCompany(Guard):
    """So many guests come that the manager decides."""

    decided_question: ClassVar[tuple[str, bool] | None] = ("large_company", True)
    required_fields: ClassVar[frozenset[str]] = frozenset({"guests"})

    async def is_satisfied(self, context: StepContext) -> bool:
        """Count the guests."""
        return int(context.request.fields["guests"]) > LARGE_COMPANY


@dataclass(frozen=True, slots=True)
class SmallCompany(LargeCompany):
    """As many guests come as any week."""

    decided_question: ClassVar[tuple[str, bool] | None] = ("large_company", False)

    async def is_satisfied(self, context: StepContext) -> bool:
        """Count the guests."""
        return int(context.request.fields["guests"]) <= LARGE_COMPANY
