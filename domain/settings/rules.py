"""The rules of the house that its staff may change while it runs: their names, what each may be, and where it counts.

A rule's name is the setting's (`app/configuration/policy_settings.py`, `app/configuration/calendar_settings.py`), its
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
from domain.settings.rule_types import CLOSED, HourSpan, Multiple
from domain.values.calendar import Hours, WorkHours, WorkingCalendar
from domain.values.errors import DomainError
from domain.values.money import BILL_STEP

YES, NO = "yes", "no"
_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)
_YEAR = 366


@dataclass(frozen=True, slots=True)
class SettingRule:
    """One rule. `place` is its field in `Policy` or `WorkHours`; `unit` is what a length is counted in."""

    field: Field
    place: str
    unit: timedelta | None = None

    @property
    def name(self) -> str:
        """The name of the rule."""
        return self.field.name

    def meant(self, kept: Any) -> Any:
        """Return a kept value as the domain takes it."""
        if self.unit:
            return kept * self.unit
        if isinstance(self.field.type, HourSpan):
            return _hours(kept)
        return kept == YES if self.field.choices == (YES, NO) else kept

    def kept(self, meant: Any) -> Any:
        """Return the domain's value as it is kept."""
        if self.unit:
            return meant // self.unit
        if isinstance(self.field.type, HourSpan):
            return _written(meant)
        return (YES if meant else NO) if isinstance(meant, bool) else meant

    def sound(self, kept: Any, now: datetime) -> bool:
        """Tell whether a kept value is still one that this rule may have: bounds change from version to version."""
        try:
            return bool(self.field.read(kept, ReadingContext(now, self.field.choices)) == kept)
        except DomainError:
            return False


def _of(
    name: str, kind: FieldType, *choices: str, place: str | None = None, unit: timedelta | None = None
) -> SettingRule:
    return SettingRule(Field(name, kind, required=False, choices=choices), place or name, unit)


def _number(name: str, least: int, most: int) -> SettingRule:
    return _of(name, Integer(least, most))


def _length(place: str, word: str, unit: timedelta, least: int, most: int) -> SettingRule:
    return _of(f"{place}_{word}", Integer(least, most), place=place, unit=unit)


def _whether(name: str) -> SettingRule:
    return _of(name, Choice(), YES, NO)


def _span(name: str, place: str, *, over_midnight: bool = False, may_be_closed: bool = False) -> SettingRule:
    return _of(name, HourSpan(over_midnight, may_be_closed), place=place)


GROUPS: Mapping[str, Sequence[SettingRule]] = {
    "hours": (
        _span("office_hours", "office"), _span("thursday_hours", "thursday", may_be_closed=True),
        _span("visit_hours", "visits"), _span("quiet_hours", "quiet", over_midnight=True),
        _number("visit_minutes", 1, 8 * 60),
    ),
    "deadlines": (
        _number("payment_days", 0, _YEAR), _length("settlement_lag", "hours", _HOUR, 0, 30 * 24),
        _number("answer_days", 1, _YEAR), _number("closing_days", 1, _YEAR), _number("rating_days", 0, _YEAR),
        _length("notice_keeps", "hours", _HOUR, 1, 30 * 24), _number("dialogue_minutes", 1, 24 * 60),
        _length("messenger_patience", "minutes", _MINUTE, 0, 24 * 60),
    ),
    "money": (
        _of("rounding_step", Multiple(BILL_STEP, 1_000_000, BILL_STEP)),
        _of("rounding_mode", Choice(), "down", "up", "nearest"),
        _whether("refund_unused_hours"), _whether("tariffs_need_approval"),
        _number("refund_limit", 0, 10**12), _number("low_rating", 0, 5),
    ),
    "machines": (_number("max_hours_per_machine", 1, 24), _number("max_machines", 1, 10)),
    "leaves": (
        _number("leave_days_a_year", 1, _YEAR), _whether("leave_counts_fridays"),
        _number("leave_notice_days", 0, _YEAR), _whether("leave_may_overlap"),
        _whether("leave_of_active_drivers_only"), _whether("leave_needs_consent"),
        _number("leave_consent_days", 1, _YEAR), _whether("leave_refused_with_duties"),
    ),
    "limits": (
        _length("duplicate_window", "minutes", _MINUTE, 0, 24 * 60), _number("inbound_limit", 1, 10_000),
        _length("inbound_window", "minutes", _MINUTE, 1, 24 * 60), _number("loop_guard", 1, 1_000),
        _number("chat_limit", 1, 100_000),
        _number("guess_limit_sender", 1, 10_000),
        _length("guess_window", "minutes", _MINUTE, 1, 24 * 60),
    ),
}  # fmt: skip
"""Every rule that the staff may change, in the groups of their page.

What the bank was told (company code, service digit) and how long personal data is kept are the configuration's alone.
"""

RULES: Mapping[str, SettingRule] = {rule.name: rule for group in GROUPS.values() for rule in group}

_OF_HOURS = frozenset(one.name for one in fields(WorkHours))


def present(rule: SettingRule, policy: Policy, calendar: WorkingCalendar) -> Any:
    """Return the value of a rule under this policy and calendar, as it is kept."""
    return rule.kept(getattr(calendar.hours if rule.place in _OF_HOURS else policy, rule.place))


def in_force(
    policy: Policy, calendar: WorkingCalendar, values: Mapping[str, Any], days: Mapping[date, bool]
) -> tuple[Policy, WorkingCalendar]:
    """Return policy and calendar with these kept values of rules, and these days declared working or off, over them."""
    meant = {RULES[name].place: RULES[name].meant(value) for name, value in values.items()}
    hours = {place: value for place, value in meant.items() if place in _OF_HOURS}
    rules = {place: value for place, value in meant.items() if place not in _OF_HOURS}
    return replace(policy, **rules), WorkingCalendar(**asdict(replace(calendar.hours, **hours)), overrides=days)


def _hours(kept: str) -> Hours | None:
    if kept == CLOSED:
        return None
    opens, _, closes = kept.partition("-")
    return time.fromisoformat(opens), time.fromisoformat(closes)


def _written(hours: Hours | None) -> str:
    return "-".join(f"{one:%H:%M}" for one in hours) if hours else CLOSED
