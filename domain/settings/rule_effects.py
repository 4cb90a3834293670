"""Cases concerned by a change of a rule: what is under way goes on as it began, or goes by the new value at once.

Deadlines are reckoned when a state is entered and kept with the request, its bill or its question; so a new rule of
reckoning moves none that is there.
"""

from collections.abc import Mapping
from enum import StrEnum

from domain.settings.rules import SettingRule


class RuleEffect(StrEnum):
    """Effect of a change on what is under way."""

    AT_ONCE = "at_once"
    """All of it goes by the new value."""
    FROM_NOW_ON = "from_now_on"
    """The change concerns new cases; what was begun before stays as it was."""
    KEEPS_DEADLINES = "keeps_deadlines"
    """Open requests keep the deadlines of their units."""
    KEEPS_BILLS = "keeps_bills"
    """Bills that are to be paid keep their deadlines."""
    KEEPS_EXPIRIES = "keeps_expiries"
    """Bills that are to be paid still expire when they would have; files are waited for by the new value at once."""
    KEEPS_QUESTIONS = "keeps_questions"
    """Questions that wait for a citizen's answer keep their deadlines."""
    REFUNDS = "refunds"
    """Refunds that wait need a second person, or need none any more."""
    KEEPS_REQUESTS = "keeps_requests"
    """Open requests of the service stay as they were admitted."""
    MOVES_REQUESTS = "moves_requests"
    """Open requests of the service go by the new value."""


_EFFECTS: Mapping[str, RuleEffect] = {
    "office_hours": RuleEffect.KEEPS_DEADLINES,
    "thursday_hours": RuleEffect.KEEPS_DEADLINES,
    "payment_days": RuleEffect.KEEPS_BILLS,
    "settlement_banking_days": RuleEffect.KEEPS_EXPIRIES,
    "answer_days": RuleEffect.KEEPS_QUESTIONS,
    "closing_days": RuleEffect.FROM_NOW_ON,
    "notice_keeps_hours": RuleEffect.FROM_NOW_ON,
    "messenger_patience_minutes": RuleEffect.FROM_NOW_ON,
    "quiet_hours": RuleEffect.FROM_NOW_ON,
    "visit_minutes": RuleEffect.FROM_NOW_ON,
    "draft_days": RuleEffect.FROM_NOW_ON,
    "rounding_step": RuleEffect.FROM_NOW_ON,
    "rounding_mode": RuleEffect.FROM_NOW_ON,
    "tariffs_need_approval": RuleEffect.FROM_NOW_ON,
    "refund_limit": RuleEffect.REFUNDS,
    "refund_wait_days": RuleEffect.REFUNDS,
}
"""Rules of the municipality whose change does not simply hold for everything at once."""


def find_effect(rule: SettingRule) -> RuleEffect:
    """Return what a change of a rule does."""
    if rule.service_key:
        return RuleEffect.MOVES_REQUESTS if rule.moves_open_requests else RuleEffect.KEEPS_REQUESTS
    return _EFFECTS.get(rule.name, RuleEffect.AT_ONCE)
