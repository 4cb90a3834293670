"""The suggestions on a service's page: what became of each, and whether it can be supported."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.actions.feedback.followed_suggestions import FollowedSuggestion
from domain.feedback.suggestions import SuggestionProgress
from domain.values.calendar import jalali_text, to_tehran


@dataclass(frozen=True, slots=True)
class StepView:
    """A step in the life of a suggestion."""

    progress: SuggestionProgress
    """The point that it came to."""
    day: str
    """A Jalali day in Tehran."""
    note: str | None
    """The reason, or what was changed."""


@dataclass(frozen=True, slots=True)
class SuggestionView:
    """A published suggestion; nobody is named."""

    number: int
    """The number by which it is supported."""
    day: str
    """Day of writing: a Jalali day in Tehran."""
    text: str
    """In its writer's words."""
    answer: str | None
    """The municipality's; None without one."""
    steps: Sequence[StepView]
    """The steps of its life, oldest first."""
    supporter_count: int
    """Lines that support it."""
    is_supported: bool
    """Whether the visitor's line does."""
    takes_support: bool
    """Whether that is still possible."""


def build_suggestion_view(followed: FollowedSuggestion) -> SuggestionView:
    """Return a suggestion as its page shows it."""
    suggestion = followed.suggestion
    return SuggestionView(
        number=suggestion.number or 0,
        day=jalali_text(to_tehran(suggestion.at).date()),
        text=suggestion.text,
        answer=suggestion.answer,
        steps=[StepView(step.progress, jalali_text(to_tehran(step.at).date()), step.note) for step in followed.steps],
        supporter_count=followed.supporter_count,
        is_supported=followed.is_supported,
        takes_support=suggestion.progress is not None and suggestion.progress.takes_support,
    )
