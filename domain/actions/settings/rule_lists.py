"""Every rule that the staff may change: the municipality's own, and those that services declare."""

from collections.abc import Mapping, Sequence

from domain.language.service import Service
from domain.settings.rules import RULE_BY_NAME, RULE_GROUPS, SettingRule


def list_rule_groups(services: Mapping[str, Service]) -> dict[str, Sequence[SettingRule]]:
    """Return the rules in the groups of their page: the shared ones, then one for each service that has its own, called
    by the service's key.
    """
    service_groups = {
        service.key: [rule.as_setting() for rule in service.rules] for service in services.values() if service.rules
    }
    return {**RULE_GROUPS, **service_groups}


def index_rules(services: Mapping[str, Service]) -> dict[str, SettingRule]:
    """Return every rule by the name under which its changes are kept."""
    declared_rules = [rule.as_setting() for service in services.values() for rule in service.rules]
    return {**RULE_BY_NAME, **{rule.name: rule for rule in declared_rules}}
