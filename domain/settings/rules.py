"""The runtime settings that the staff may change while the process runs: their names, what each may be, and where it
counts.

A rule's name is the setting's (`app/configuration/policy_settings.py`, `app/configuration/settings.py`), its
unit the last word of it. What the staff set wins over the configuration; a rule that they do not set is as configured.
Values are kept as their types keep them: numbers, `yes` and `no`, hours as 07:30-14:30.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from domain.fields.form import Field
from domain.fields.types import Choice, FieldType, Integer, ReadingContext
from domain.settings.policy import Policy
from domain.settings.rule_types import CLOSED_VALUE, HourSpan, Multiple, RialLimit
from domain.values.calendar import HoursOfDay, WorkHours, WorkingCalendar
from domain.values.errors import DomainError
from domain.values.money import BILL_STEP_RIALS

YES_CHOICE, NO_CHOICE = "yes", "no"
_ONE_HOUR, _ONE_MINUTE = timedelta(hours=1), timedelta(minutes=1)
_YEAR = 366


@dataclass(frozen=True, slots=True)
class SettingRule:
    """One rule that the staff may change."""

    field: Field
    """Allowed values, as a form asks for them."""
    target_field: str
    """Its field in `Policy` or `WorkHours`."""
    unit: timedelta | None = None
    """Unit of a length; None: it is no length."""
    service_key: str = ""
    """The service that it belongs to (`service_rules.py`); empty: the municipality's own, a field of the policy."""
    service_default: Any = None
    """Value of a service's rule until somebody sets it."""
    moves_open_requests: bool = False
    """Whether a service's rule, once set, holds for requests that were admitted before."""

    @property
    def name(self) -> str:
        """The name of the rule."""
        return self.field.name

    @property
    def label_key(self) -> str:
        """The key of the text that it is called by."""
        return (
            f"services.{self.service_key}.rules.{self.name}"
            if self.service_key
            else f"admin.settings.rules.{self.name}"
        )

    @property
    def meaning_key(self) -> str:
        """The key of the line that says what it does."""
        return (
            f"services.{self.service_key}.rule_meanings.{self.name}"
            if self.service_key
            else f"admin.settings.meanings.{self.name}"
        )

    def to_domain_value(self, stored_value: Any) -> Any:
        """Return a kept value as the domain takes it."""
        if self.unit:
            return stored_value * self.unit
        if isinstance(self.field.type, HourSpan):
            return _parse_hours(stored_value)
        return stored_value == YES_CHOICE if self.field.choices == (YES_CHOICE, NO_CHOICE) else stored_value

    def to_stored_value(self, domain_value: Any) -> Any:
        """Return the domain's value as it is kept."""
        if self.unit:
            return domain_value // self.unit
        if isinstance(self.field.type, HourSpan):
            return _format_hours(domain_value)
        return (YES_CHOICE if domain_value else NO_CHOICE) if isinstance(domain_value, bool) else domain_value

    def is_still_valid(self, stored_value: Any, now: datetime) -> bool:
        """Return whether a kept value is still one that this rule may have: bounds change from version to version."""
        try:
            return bool(self.field.read_value(stored_value, ReadingContext(now, self.field.choices)) == stored_value)
        except DomainError:
            return False


def _rule(
    rule_name: str, field_type: FieldType, *choices: str, target_field: str | None = None, unit: timedelta | None = None
) -> SettingRule:
    return SettingRule(Field(rule_name, field_type, required=False, choices=choices), target_field or rule_name, unit)


def _integer(rule_name: str, minimum: int, maximum: int) -> SettingRule:
    return _rule(rule_name, Integer(minimum, maximum))


def _duration(target_field: str, unit_word: str, unit: timedelta, minimum: int, maximum: int) -> SettingRule:
    return _rule(f"{target_field}_{unit_word}", Integer(minimum, maximum), target_field=target_field, unit=unit)


def _yes_no(rule_name: str) -> SettingRule:
    return _rule(rule_name, Choice(), YES_CHOICE, NO_CHOICE)


def _hour_span(
    rule_name: str, target_field: str, *, may_cross_midnight: bool = False, may_be_closed: bool = False
) -> SettingRule:
    return _rule(rule_name, HourSpan(may_cross_midnight, may_be_closed), target_field=target_field)


RULE_GROUPS: Mapping[str, Sequence[SettingRule]] = {
    "hours": (
        _hour_span("office_hours", "office"),
        _hour_span("thursday_hours", "thursday", may_be_closed=True),
        _hour_span("visit_hours", "visits"),
        _hour_span("quiet_hours", "quiet", may_cross_midnight=True),
        _integer("visit_minutes", 1, 8 * 60),
        _integer("visit_notice_hours", 0, 30 * 24),
        _integer("visit_days_ahead", 1, 90),
    ),
    "deadlines": (
        _integer("payment_days", 0, _YEAR),
        _integer("settlement_banking_days", 0, 30),
        _integer("answer_days", 1, _YEAR),
        _integer("closing_days", 1, _YEAR),
        _integer("rating_days", 0, _YEAR),
        _duration("notice_keeps", "hours", _ONE_HOUR, 1, 30 * 24),
        _integer("dialogue_minutes", 1, 24 * 60),
        _integer("draft_days", 1, 30),
        _duration("messenger_patience", "minutes", _ONE_MINUTE, 0, 24 * 60),
    ),
    "money": (
        _rule("rounding_step", Multiple(BILL_STEP_RIALS, 1_000_000, BILL_STEP_RIALS)),
        _rule("rounding_mode", Choice(), "down", "up", "nearest"),
        _yes_no("tariffs_need_approval"),
        _rule("refund_limit", RialLimit(0, 10**12)),
        _integer("refund_wait_days", 0, 90),
        _integer("low_rating", 0, 5),
    ),
    "limits": (
        _duration("duplicate_window", "minutes", _ONE_MINUTE, 0, 24 * 60),
        _integer("inbound_limit", 1, 10_000),
        _duration("inbound_window", "minutes", _ONE_MINUTE, 1, 24 * 60),
        _integer("loop_guard", 1, 1_000),
        _integer("chat_limit", 1, 100_000),
        _integer("guess_limit_sender", 1, 10_000),
        _duration("guess_window", "minutes", _ONE_MINUTE, 1, 24 * 60),
        _rule("verification_rials_a_day", RialLimit(0, 10**10)),
        _integer("codes_an_hour", 1, 1_000_000),
        _integer("unverified_an_hour", 1, 1_000_000),
        _integer("track_misses_an_hour", 1, 1_000_000),
    ),
}
"""Every rule that the staff may change, in the groups of their page.

What was reported to the bank (company code, service digit) and how long personal data is kept are the configuration's
alone.
"""

FORMER_RULES = frozenset({"settlement_lag_hours"})
"""Names that older changes bear: they set nothing any more, and are still listed with their label."""

RULE_BY_NAME: Mapping[str, SettingRule] = {rule.name: rule for group in RULE_GROUPS.values() for rule in group}

_HOUR_FIELDS = frozenset(hour_field.name for hour_field in fields(WorkHours))


def read_present_value(rule: SettingRule, policy: Policy, calendar: WorkingCalendar) -> Any:
    """Return the value of a rule under this policy and calendar, as it is kept."""
    if rule.service_key:
        return rule.to_stored_value(policy.service_values.get(rule.name, rule.service_default))
    return rule.to_stored_value(
        getattr(calendar.work_hours if rule.target_field in _HOUR_FIELDS else policy, rule.target_field)
    )


def apply_rule_values(
    policy: Policy,
    calendar: WorkingCalendar,
    stored_values: Mapping[str, Any],
    day_overrides: Mapping[date, bool],
    rules_by_name: Mapping[str, SettingRule] = RULE_BY_NAME,
) -> tuple[Policy, WorkingCalendar]:
    """Return policy and calendar with these kept values of rules, and these days declared working or off, over them."""
    changed_rules = [(rules_by_name[rule_name], value) for rule_name, value in stored_values.items()]
    service_changes = {rule.name: rule.to_domain_value(value) for rule, value in changed_rules if rule.service_key}
    value_by_field = {
        rule.target_field: rule.to_domain_value(value) for rule, value in changed_rules if not rule.service_key
    }
    hour_values = {
        target_field: value for target_field, value in value_by_field.items() if target_field in _HOUR_FIELDS
    }
    policy_values = {
        target_field: value for target_field, value in value_by_field.items() if target_field not in _HOUR_FIELDS
    }
    service_values = {**policy.service_values, **service_changes}
    return replace(policy, **policy_values, service_values=service_values), WorkingCalendar(
        **asdict(replace(calendar.work_hours, **hour_values)), overrides=day_overrides
    )


def _parse_hours(stored_value: str) -> HoursOfDay | None:
    if stored_value == CLOSED_VALUE:
        return None
    opening_text, _, closing_text = stored_value.partition("-")
    return time.fromisoformat(opening_text), time.fromisoformat(closing_text)


def _format_hours(hours: HoursOfDay | None) -> str:
    return "-".join(f"{hour:%H:%M}" for hour in hours) if hours else CLOSED_VALUE
