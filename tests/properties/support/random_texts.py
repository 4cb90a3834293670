"""Texts for a service that was composed at random: each that it must have, with facts that its messages may say."""

from collections.abc import Iterable, Mapping
from typing import Any

from hypothesis import strategies as st

from domain.check.texts.text_flaws import required_texts
from domain.language.service import Service
from domain.messages.catalogue import Catalogue
from domain.values.text import persian_digits
from tests.properties.support.random_services import KEY

LISTS = ("benefits", "steps")
SHIPPED = Catalogue.load()
LATE_FACTS = ("amount", "bill_id", "deadline", "letter_number", "visit_start", "officer_name", "reason", "machine")
"""Facts that only some messages are given."""

MESSAGES = (f"services.{KEY}.notices.", f"services.{KEY}.status.")
MENU_SUFFIX = ".prompt"


@st.composite
def texts(draw: st.DrawFn, service: Service) -> dict[str, Any]:
    """Dotted keys with their texts, what is shipped left out; now and then a message says more than it is given."""
    written: dict[str, Any] = {}
    is_bold = draw(st.sampled_from(range(9))) == 4
    for key in [*required_texts(service), *(f"services.{KEY}.status.{one.name}" for one in service.states)]:
        if key not in SHIPPED:
            written[key] = _word(draw, service, key, is_bold=is_bold)
    for form_field in service.form:
        if not form_field.is_derived and form_field.name not in {"items", "date", "start"}:
            written[f"services.{KEY}.longest.{form_field.name}"] = "ن" * 32
    return written


def _word(draw: st.DrawFn, service: Service, key: str, *, is_bold: bool) -> Any:
    name = key.rpartition(".")[2]
    if name in LISTS:
        return ["نخست", "سپس"]
    if key.endswith(MENU_SUFFIX):
        asked = next((one for one in service.form if key == f"services.{KEY}.fields.{one.name}.prompt"), None)
        has_menu = asked and (asked.choices or asked.type.numbered_choices())
        return {"text": "بگویید:\n{menu}" if has_menu else "چه می‌نویسید؟", "parts": 5}
    if key == f"services.{KEY}.summary":
        return {"text": " ".join(f"{{{one}}}" for one in _certain_names(service)) + "\n۱ یا ۲", "parts": 14}
    if key in {f"services.{KEY}.notices.{one.text_name}" for state in service.states for one in state.reminders}:
        return {"text": f"{_message(draw, service, is_bold=is_bold)}\nلغو۱۱", "class": "reminder", "parts": 14}
    if key.startswith(MESSAGES):
        return {"text": _message(draw, service, is_bold=is_bold), "parts": 14}
    return f"متن {persian_digits(len(key))}"


def _message(draw: st.DrawFn, service: Service, *, is_bold: bool) -> str:
    names: Iterable[str] = _certain_names(service)
    if is_bold:
        names = [*(one.name for one in service.form), *LATE_FACTS]
    chosen = draw(st.lists(st.sampled_from(list(names)), max_size=2, unique=True)) if names else []
    return " ".join(["درخواست {code}", *(f"{{{one}}}" for one in chosen)])


def _certain_names(service: Service) -> list[str]:
    """Return the fields that every form has."""
    return [one.name for one in service.form if one.required and not one.deferred_in]


def nested(leaves: Mapping[str, Any]) -> dict[str, Any]:
    """Return dotted keys as the tables of a file."""
    tables: dict[str, Any] = {}
    for key, leaf in leaves.items():
        *path, name = key.split(".")
        table = tables
        for one in path:
            table = table.setdefault(one, {})
        table[name] = leaf
    return tables
