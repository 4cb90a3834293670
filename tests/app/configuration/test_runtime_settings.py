"""Rules that the staff may change: what they may be agrees with the settings of the same names, and so do defaults."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import annotated_types
import pytest
from pydantic.fields import FieldInfo

from app.configuration.policy_settings import PolicySettings
from app.configuration.settings import CalendarSettings
from domain.actions.settings.rule_lists import index_rules
from domain.fields.types import Choice, Integer, ReadingContext
from domain.messages.catalogue import Catalogue
from domain.services import SERVICES, services_by_key
from domain.settings.policy import Policy
from domain.settings.rule_types import HourSpan, Multiple
from domain.settings.rules import SettingRule, apply_rule_values, read_present_value
from domain.values.calendar import WorkingCalendar
from domain.values.errors import InvalidField
from tests.support.tables import each_row

CONFIGURED_ALONE = {"municipal_service_digit", "retention_days"}
"""Settings told to the bank, and the retention of personal data."""

RULE_BY_NAME = index_rules(services_by_key())

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def bound(field: FieldInfo, kind: type[Any], name: str) -> Any:
    """A bound of a setting; None without one."""
    return next((getattr(one, name) for one in field.metadata if isinstance(one, kind)), None)


def test_every_rule_of_the_settings_can_be_changed() -> None:
    hours = {name for name in CalendarSettings.model_fields if name.endswith("_hours")}
    assert set(RULE_BY_NAME) == (set(PolicySettings.model_fields) - CONFIGURED_ALONE) | hours


@each_row("rule", [one for one in RULE_BY_NAME.values() if isinstance(one.field.type, Integer)])
def test_bounds_are_those_of_the_settings(rule: SettingRule) -> None:
    field = PolicySettings.model_fields[rule.name]
    kind = rule.field.type
    assert isinstance(kind, Integer)
    assert kind.minimum == bound(field, annotated_types.Ge, "ge")
    most = bound(field, annotated_types.Le, "le")
    assert most is None or kind.maximum == most
    step = bound(field, annotated_types.MultipleOf, "multiple_of")
    assert step is None or (isinstance(kind, Multiple) and kind.step_size == step)


def test_kept_values_mean_what_they_were() -> None:
    policy, calendar = Policy(), WorkingCalendar()
    kept = {name: read_present_value(rule, policy, calendar) for name, rule in RULE_BY_NAME.items()}
    assert all(RULE_BY_NAME[name].is_still_valid(value, NOW) for name, value in kept.items())
    again, hours = apply_rule_values(policy, calendar, kept, {}, RULE_BY_NAME)
    assert (replace(again, service_values={}), hours.work_hours) == (policy, calendar.work_hours)
    assert again.service_values == {rule.name: rule.default for one in SERVICES for rule in one.rules}


def test_what_the_staff_set_lies_over_what_is_configured() -> None:
    configured = Policy(service_values={"leave_days_a_year": 12, "max_machines": 8})
    policy, _ = apply_rule_values(configured, WorkingCalendar(), {"max_machines": 4}, {}, RULE_BY_NAME)
    assert policy.service_values == {"leave_days_a_year": 12, "max_machines": 4}


@each_row("rule", RULE_BY_NAME.values())
def test_a_value_of_another_version_is_not_sound(rule: SettingRule) -> None:
    assert not rule.is_still_valid("moon", NOW)
    assert not rule.is_still_valid(-1, NOW)
    assert not rule.is_still_valid({"a": 1}, NOW)


def test_every_rule_and_choice_has_words() -> None:
    catalogue = Catalogue.load()
    for rule in RULE_BY_NAME.values():
        assert rule.label_key in catalogue
        assert isinstance(rule.field.type, Choice) == bool(rule.field.choices)


@pytest.mark.parametrize(
    ("typed", "kept", "shown"),
    [
        ("۷:۳۰ تا ۱۴:۳۰", "07:30-14:30", "۷:۳۰ تا ۱۴:۳۰"),
        ("8-13", "08:00-13:00", "۸ تا ۱۳"),
        ("07:30 – 12:00", "07:30-12:00", "۷:۳۰ تا ۱۲"),
        ("ساعت ۸ تا ۴ عصر", "08:00-16:00", "۸ تا ۱۶"),
        ("تعطیل", "closed", "بسته"),
        ("closed", "closed", "بسته"),
    ],
)
def test_spans_are_read_as_people_write_them(typed: str, kept: str, shown: str) -> None:
    kind = HourSpan(may_be_closed=True)
    assert kind.parse(typed, ReadingContext(NOW)) == kept
    assert kind.parse(kept, ReadingContext(NOW)) == kept
    assert kind.render_value(kept, Catalogue.load().text) == shown


@each_row(
    ("typed", "detail"),
    [
        ("۸", "bad_hour_span"),
        ("۸ تا ۹ تا ۱۰", "bad_hour_span"),
        ("شب", "bad_hour_span"),
        ("", "bad_hour_span"),
        ("۱۴ تا ۸", "hours_order"),
        ("۸ تا ۸", "hours_order"),
        ("بسته", "bad_hour_span"),
        ("صبح تا عصر", "bad_hour_span"),
    ],
)
def test_what_is_no_span_is_told(typed: str, detail: str) -> None:
    with pytest.raises(InvalidField) as refused:
        HourSpan().parse(typed, ReadingContext(NOW))
    assert refused.value.reason in {detail, "part_of_day"}
    assert HourSpan(may_cross_midnight=True).parse("۲۱ تا ۸", ReadingContext(NOW)) == "21:00-08:00"
