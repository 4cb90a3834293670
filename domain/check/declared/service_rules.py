"""The rules that belong to one service: each is its own, once, and what it is by default is what it may be."""

from collections.abc import Iterator
from datetime import UTC, datetime

from domain.check.flaws import Flaw
from domain.language.service import Service
from domain.settings.rules import RULE_GROUPS

_ANY_MOMENT = datetime(2026, 3, 21, 8, tzinfo=UTC)


def service_rule_flaws(service: Service) -> Iterator[Flaw]:
    """Find rules of another service or in a group of all, two of one name, and defaults that could not be set."""
    if service.rules and service.key in RULE_GROUPS:
        yield Flaw("rule_group_of_all", service.key, service.key)
    rule_names = [rule.name for rule in service.rules]
    double_names = sorted({name for name in rule_names if rule_names.count(name) > 1})
    yield from (Flaw("double_rule", service.key, name) for name in double_names)
    for rule in service.rules:
        setting = rule.as_setting()
        if rule.service_key != service.key:
            yield Flaw("rule_of_another", service.key, rule.setting_name)
        if not setting.is_still_valid(setting.to_stored_value(rule.default), _ANY_MOMENT):
            yield Flaw("unsound_rule", service.key, rule.setting_name)
