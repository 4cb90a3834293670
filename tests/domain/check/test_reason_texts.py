"""The reasons of errors: each is raised, with the parameters that it declares, and has a text that shows no others."""

import ast
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from channels.pishkhan_soap.reasons import SOAP_REASONS
from domain.check import check_services
from domain.check.texts.reason_texts import check_reasons
from domain.messages.catalogue import Catalogue
from domain.registries.declarations import REGISTRIES
from domain.services import SERVICES
from domain.services.machinery.declaration import MACHINERY_WORK
from domain.values.errors import ERROR_CLASSES, AmbiguousField
from domain.values.reasons import SHARED_REASONS
from domain.values.reasons.bases import ConflictReasonBase
from scripts.structure import SOURCE_PACKAGES, parse_file

pytestmark = pytest.mark.source

ROOT = Path(__file__).parents[3]
REASON_TYPES = (
    *SHARED_REASONS,
    *SOAP_REASONS,
    *(reason_type for service in SERVICES for reason_type in service.reasons),
)
REASONS_BY_NAME = {f"{kind.__name__}.{reason.name}": reason for kind in REASON_TYPES for reason in kind}


@cache
def syntax_nodes() -> tuple[ast.AST, ...]:
    """Return the syntax of the whole project."""
    files = (path for package in SOURCE_PACKAGES for path in sorted((ROOT / package).rglob("*.py")))
    return tuple(node for path in files for node in ast.walk(parse_file(path)))


def named_reasons(nodes: Iterable[ast.AST]) -> set[str]:
    """Return the reasons that are named there."""
    names = {
        f"{node.value.id}.{node.attr}"
        for node in nodes
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    return names & set(REASONS_BY_NAME)


def raised_reasons() -> Iterator[tuple[str, set[str]]]:
    """Yield the reason, and the names of its parameters, of every error that the sources make and name both of."""
    error_names = {error.__name__ for error in (*ERROR_CLASSES, AmbiguousField)}
    for node in syntax_nodes():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in error_names:
            given = {word.arg: word.value for word in node.keywords}
            if None not in given:
                parts = (*node.args[1:], *given.values())
                for name in named_reasons(inner for part in parts for inner in ast.walk(part)):
                    yield name, {str(word) for word in given}


def test_every_reason_is_raised_with_the_parameters_that_it_declares() -> None:
    found = list(raised_reasons())
    assert len(found) > 300
    assert {name for name, given in found if not set(REASONS_BY_NAME[name].parameter_names) <= given} == set()


KEPT = {
    "AlreadyDoneReason.OWN_ALREADY",
    "AlreadyDoneReason.UNASSIGNED",
    "ConflictReason.TAKEN_BY",
    "InvalidReason.BAD_CARD",
    "InvalidReason.SEVERAL_PAYMENTS",
    "SoapInvalidReason.FLAG",
}
"""Nothing gives them any more; a municipality may have their texts in its own words, and is to start with them."""


def test_every_reason_is_raised_somewhere() -> None:
    fields = (field for registry in REGISTRIES.values() for field in registry.fields)
    of_cells = {f"InvalidReason.BAD_{field.type.name.upper()}" for field in fields}
    assert set(REASONS_BY_NAME) - named_reasons(syntax_nodes()) - of_cells == KEPT


class PavementReason(ConflictReasonBase):
    """A reason of a service that is none of ours."""

    FROZEN = "pavement_frozen", "day"


def flaws(details: str, reasons: tuple[type[ConflictReasonBase], ...]) -> set[str]:
    """Return what is found of our services, of which one has these further reasons, with further texts."""
    service = replace(MACHINERY_WORK, reasons=(*MACHINERY_WORK.reasons, *reasons))
    services = [service, *(one for one in SERVICES if one is not MACHINERY_WORK)]
    catalogue = Catalogue.load(tomllib.loads(details))
    found = (*check_services(services, catalogue), *check_reasons(services, catalogue, SOAP_REASONS))
    return {str(flaw) for flaw in found}


def test_a_service_has_reasons_of_its_own() -> None:
    key = "details.conflict.pavement_frozen"
    text = '[details.conflict]\npavement_frozen = "تا {day} یخ است."'
    assert flaws(text, (PavementReason,)) == set()
    assert flaws("", (PavementReason,)) == {f"machinery: no_text: {key}"}
    assert flaws(text.replace("day", "month"), (PavementReason,)) == {f"machinery: unfilled: {key}: month"}
    assert flaws(text, ()) == {f"texts: text_without_reason: {key}"}
