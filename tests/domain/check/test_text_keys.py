"""Text keys that the code names are declared in `domain/check/texts/code_texts.py`, and `check_services` proves all of
them."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from channels.pishkhan_soap.reasons import SOAP_REASONS
from domain.actions.reports.declaration_check import check_reports
from domain.check import check_services
from domain.check.registries import check_registries
from domain.check.texts.code_texts import WRITTEN_OUT_KEYS
from domain.check.texts.reason_texts import check_reasons
from domain.messages.catalogue import Catalogue, is_bound
from domain.services import SERVICES
from domain.values.errors import ERROR_CLASSES, AmbiguousField
from scripts.structure import SOURCE_PACKAGES, parse_file

pytestmark = pytest.mark.source

ROOT = Path(__file__).parents[3]
DECLARED_IN = ROOT / "domain" / "check"

_KEY = re.compile(r"(?:ask|chat|details|errors|phases|roles|sms|staff|units)\.[a-z_]+(?:\.[a-z_]+)*(?<!_)")
_NO_KEYS = {"staff.csv", "staff.username"}
"""A file of the demonstration and a column of the database."""

PROVED_TABLES = frozenset({
    "ask", "chat", "choices", "details", "errors", "intents", "kept", "phases", "print", "registries", "reports",
    "roles", "services", "sms", "staff", "units",
})  # fmt: skip
"""Tables of the catalogue that `check_services` answers for. `web` and `demo` belong to their pages, `longest` and
`limits` to the texts that use them.
"""

OPTIONAL = re.compile(
    r"services\.[a-z_]+\.(?:status|pending|late|fields\.[a-z_]+\.(?:choose|help)|sections\.[a-z_]+\.hint|hints|inapplicable)\b.*|registries\..*\.also"
    r"|services\.[a-z_]+\.(?:row|samples|bills)\..*|reports\.(?:states|providers)\..*|in_chat\..*|choices\.service\..*"
)
"""Texts that the code looks for before it asks for them: without its own, a state is told by `sms.status`,
and what a comment is about by its service's title."""

NEVER_ASKED = frozenset(
    {
        "intents.exit",
        "intents.back",
        "intents.opt_out",
        "intents.opt_in",
        "sms.none_to.comment",
        "sms.which.comment",
        "staff.reply_unknown",
    }
)
"""Texts of the catalogue that nothing asks for today."""


def list_nodes() -> Iterator[ast.AST]:
    """Yield the syntax of the whole project, but for the declarations themselves."""
    for package in SOURCE_PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            if DECLARED_IN not in path.parents:
                yield from ast.walk(parse_file(path))


@cache
def proved() -> set[str]:
    """Return the keys that `check_services` misses in an empty catalogue."""
    nothing = Catalogue([])
    flaws = (*check_services(SERVICES, nothing), *check_registries(nothing), *check_reports(nothing))
    flaws = (*flaws, *check_reasons(SERVICES, nothing, SOAP_REASONS))
    return {one.subject for one in flaws if one.kind == "no_text"}


def test_every_key_that_is_written_out_is_declared() -> None:
    strings = {one.value for one in list_nodes() if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    keys = {text for text in strings if _KEY.fullmatch(text)} - _NO_KEYS
    assert sorted(keys) == sorted(WRITTEN_OUT_KEYS), "list the keys in domain/check/texts/code_texts.py"


def test_reasons_of_errors_are_members_of_their_enumerations() -> None:
    """An old `detail="…"` would be a parameter that no text shows."""
    names = {error.__name__ for error in (*ERROR_CLASSES, AmbiguousField)}
    calls = [one for one in list_nodes() if isinstance(one, ast.Call) and getattr(one.func, "id", None) in names]
    assert [ast.unparse(one) for one in calls if any(word.arg == "detail" for word in one.keywords)] == []


def test_every_text_of_the_catalogue_is_proved_or_known_to_be_optional() -> None:
    shipped = {key for key in Catalogue.load().list_keys() if key.split(".")[0] in PROVED_TABLES and not is_bound(key)}
    unproved = {key for key in shipped - proved() if not OPTIONAL.fullmatch(key)}
    assert unproved == NEVER_ASKED, "no code asks for it: list in domain/check/texts/code_texts.py what does"
    assert [key for key in proved() if key not in Catalogue.load()] == []
