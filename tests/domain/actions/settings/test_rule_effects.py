"""Effect on what is under way that a change of a rule is said to have."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import pytest

from domain.services.taxi_leave.settings import COUNTS_FRIDAYS
from domain.settings.rule_effects import RuleEffect, find_effect
from domain.settings.rules import RULE_BY_NAME
from domain.settings.service_rules import ServiceRule
from tests.support.scenarios.shipped_services import SHIPPED_SERVICES


def find_rules_of(part: object) -> Iterator[ServiceRule[object]]:
    """Every rule that a guard or an effect is given."""
    values = [getattr(part, one.name) for one in fields(part)] if is_dataclass(part) else []
    yield from (value for value in values if isinstance(value, ServiceRule))


def test_what_a_step_of_an_open_request_asks_moves_it() -> None:
    asked = {
        rule.name: rule
        for service in SHIPPED_SERVICES.values()
        for step in service.transitions
        for part in (*step.guards, *step.effects)
        for rule in find_rules_of(part)
    }
    assert "max_hours_per_machine" in asked
    assert {find_effect(rule.as_setting()) for rule in asked.values()} == {RuleEffect.MOVES_REQUESTS}


def test_days_of_leave_are_counted_anew_for_all() -> None:
    assert find_effect(COUNTS_FRIDAYS.as_setting()) is RuleEffect.MOVES_REQUESTS


@pytest.mark.parametrize(
    ("rule", "effect"),
    [
        ("settlement_banking_days", RuleEffect.KEEPS_EXPIRIES),
        ("payment_days", RuleEffect.KEEPS_BILLS),
        ("dialogue_minutes", RuleEffect.AT_ONCE),
    ],
)
def test_rules_of_the_municipality_say_what_they_leave(rule: str, effect: RuleEffect) -> None:
    assert find_effect(RULE_BY_NAME[rule]) is effect
