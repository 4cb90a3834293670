"""Texts of the taxi services: their bounds hold, and the driver's texts name nobody."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.check.texts.bounds import bound_texts
from domain.language.wording import Wording
from domain.messages.catalogue import Catalogue
from domain.messages.records import MessageClass
from domain.messages.templates import list_placeholders
from domain.registries.declarations import DUTY, REWARD, VIOLATION, Registry
from domain.services import SERVICES
from domain.services.taxi_leave.declaration import TAXI_LEAVE
from domain.services.taxi_leave.rules import LEAVE_SCOPES
from domain.services.taxi_report.declaration import RECORD_REGISTRIES, TAXI_REPORT
from domain.values.calendar import jalali_long_text
from domain.values.text import count_code_units
from tests.domain.texts.text_bounds import list_bounds
from tests.support.municipality import StandingClock
from tests.support.tables import each_row

TEXTS = bound_texts(SERVICES, Catalogue.load())
WORDING = Wording(TEXTS, {one.key: one for one in (TAXI_LEAVE, TAXI_REPORT)}, StandingClock())
DAYS = [date(2026, 3, 21) + timedelta(days=number) for number in range(366)]
LONGEST_PLATE = "12الف345-59"


def kinds_of(registry: Registry) -> list[str]:
    """Return the kinds of a registry's rows."""
    kind = registry.find_field("kind")
    return list(kind.choices) if kind else []


REAL: dict[str, list[Any]] = {
    "from": [day.isoformat() for day in DAYS],
    "to": [day.isoformat() for day in DAYS],
    "counted": [366],
    "scope": list(LEAVE_SCOPES),
    "plate": [LONGEST_PLATE],
    "points": [1000],
    "report_day": [jalali_long_text(day) for day in DAYS],
    "reward_kind": kinds_of(REWARD),
    "violation_kind": kinds_of(VIOLATION),
    "duty_kind": kinds_of(DUTY),
    "kind": list(RECORD_REGISTRIES),
    "year": [1405],
    "count": [1000],
}
"""Placeholder → values that can stand for it, the longest among them."""


def shown(name: str, value: Any) -> str:
    """Return a value as a text shows it."""
    form = TAXI_REPORT.form if name == "kind" else TAXI_LEAVE.form
    return WORDING.render_values(form, {name: value})[name]


@each_row("name", REAL)
def test_the_longest_values_bound_the_real_ones(name: str) -> None:
    longest = max(count_code_units(shown(name, value)) for value in REAL[name])
    assert longest <= min(list_bounds(TEXTS, name, TAXI_LEAVE.key, TAXI_REPORT.key))


@pytest.mark.parametrize(
    ("taxi", "words"),
    [
        ({"plate": "12ت345-59"}, "پلاک ۱۲ت۳۴۵-۵۹"),
        ({"plate": "12ت345-59", "taxi_code": "114"}, "پلاک ۱۲ت۳۴۵-۵۹، کد ۱۱۴"),
        ({"plate": "12ت345-59", "taxi_code": "114", "driver": "آنه"}, "پلاک ۱۲ت۳۴۵-۵۹، کد ۱۱۴، راننده آنه"),
    ],
)
def test_a_taxi_is_shown_with_what_is_known(taxi: dict[str, str], words: str) -> None:
    assert shown("taxi", taxi) == words


def test_the_drivers_texts_say_nothing_of_the_report() -> None:
    for name in ("driver_praised", "driver_recorded", "driver_fined"):
        used = set(list_placeholders(TEXTS.text(f"services.taxi_report.notices.{name}")))
        assert not used & {"code", "text", "plate", "mobile", "question", "reason"}


def test_only_the_reminder_can_be_stopped() -> None:
    for service in (TAXI_LEAVE, TAXI_REPORT):
        notices = {
            key.rpartition(".")[2]: TEXTS._find_leaf(key) for key in TEXTS.list_keys(f"services.{service.key}.notices.")
        }
        classes = {name: leaf.get("class") for name, leaf in notices.items() if isinstance(leaf, dict)}
        reminders = {name for name, cls in classes.items() if cls == MessageClass.REMINDER}
        assert reminders == ({"end_soon"} if service is TAXI_LEAVE else set())
