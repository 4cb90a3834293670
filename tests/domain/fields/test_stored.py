"""Values beside the forms of requests go by stored fields, everywhere."""

import ast
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.fields.stored import (
    MOMENTS_FORM,
    StoredField,
    list_stored,
    select_stored,
    stored_day,
    stored_flag,
    stored_moment,
    stored_text,
    stored_texts,
)
from domain.fields.types import Text
from domain.language.stored_quote import QUOTE
from domain.tariffs.tariff import Quote
from scripts.structure import SOURCE_PACKAGES, parse_file
from tests.support.factories import a_request

ROOT = Path(__file__).parents[3]
READERS = {
    "domain/fields/stored.py": "the stored fields themselves",
    "domain/engine/personal_data.py": "erases what is personal, whatever it is",
    "domain/engine/undoing.py": "puts back all that was kept before a step, whatever it is",
}
"""Modules that read or write `ServiceRequest.data`, and why."""

MOMENT = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
VALUES: list[tuple[StoredField[Any], Any, Any]] = [
    (stored_text("text"), "لودر", "لودر"),
    (stored_texts("texts"), ["a", "b"], ["a", "b"]),
    (stored_day("day"), date(2026, 11, 24), "2026-11-24"),
    (stored_moment("moment"), MOMENT, "2026-11-24T08:30:00+00:00"),
    (StoredField("moments", Text(), stored_form=MOMENTS_FORM), [MOMENT], ["2026-11-24T08:30:00+00:00"]),
    (stored_flag("flag"), False, False),
    (QUOTE, Quote((), 1000, "nearest"), Quote((), 1000, "nearest").as_json()),
]


@pytest.mark.parametrize(("field", "value", "kept"), VALUES, ids=lambda given: getattr(given, "name", ""))
def test_a_value_is_kept_as_json_and_read_as_its_type(field: StoredField[Any], value: object, kept: object) -> None:
    request = a_request(data={})
    assert (field.find(request), field.is_kept_by(request)) == (None, False)
    field.write(request, value)
    assert request.data == {field.name: kept}
    assert (field.read(request), field.find(request)) == (value, value)
    field.write(request, None)
    assert (field.find(request), field.is_kept_by(request)) == (None, True), "it is known that there is none"
    field.clear(request)
    assert request.data == {}
    with pytest.raises(KeyError):
        field.read(request)


def test_what_a_declaration_names_is_found_as_it_is_kept() -> None:
    request = a_request(data={"machine": "لودر", "booked_start": None})
    assert select_stored(request, ("machine", "operator")) == {"machine": "لودر"}
    assert list_stored(request) == request.data


def list_direct_uses() -> Iterator[tuple[str, str]]:
    """Yield the modules that touch the data of something that is called a request, with what they do."""
    for package in SOURCE_PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(parse_file(path)):
                if isinstance(node, ast.Attribute) and node.attr == "data" and _is_called_request(node.value):
                    yield path.relative_to(ROOT).as_posix(), ast.unparse(node)


def _is_called_request(owner: ast.expr) -> bool:
    name = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
    return name in {
        "request",
        "service_request",
        "request_copy",
        "rated_request",
        "former",
        "stored",
        "leave",
        "locked",
    }


@pytest.mark.source
def test_nothing_else_touches_what_a_request_keeps() -> None:
    uses = list(list_direct_uses())
    assert [use for use in uses if use[0] not in READERS] == []
    assert {module for module, _ in uses} == READERS.keys()
