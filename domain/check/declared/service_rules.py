"""The rules that belong to one service: each is its own, once, and what it is by default is what it may be."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from domain.check.flaws import Flaw
from domain.language.service import Service
from domain.settings.rules import FORMER_RULES, RULE_BY_NAME, RULE_GROUPS

_ANY_MOMENT = datetime(2026, 3, 21, 8, tzinfo=UTC)


def service_rule_flaws(services: Sequence[Service]) -> Iterator[Flaw]:
    """Find rules of another service or in a group of all, two of one name, and defaults that could not be set."""
    name_counts = Counter(
        [*RULE_BY_NAME, *FORMER_RULES, *(rule.name for service in services for rule in service.rules)]
    )
    for service in services:
        if service.rules and service.key in RULE_GROUPS:
            yield Flaw("rule_group_of_all", service.key, service.key)
        for rule in service.rules:
            setting = rule.as_setting()
            if name_counts[rule.name] > 1:
                yield Flaw("double_rule", service.key, rule.name)
            if rule.service_key != service.key:
                yield Flaw("rule_of_another", service.key, rule.name)
            if not setting.is_still_valid(setting.to_stored_value(rule.default), _ANY_MOMENT):
                yield Flaw("unsound_rule", service.key, rule.name)
