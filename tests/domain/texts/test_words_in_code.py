"""No words for citizens outside of the texts: what is Persian in the code is input, or read by the staff alone."""

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from scripts.structure import SOURCE_PACKAGES, parse_file

pytestmark = pytest.mark.source

ROOT = Path(__file__).parents[3]
PERSIAN = re.compile("[\u0600-\u06ff]")

READ_OR_KEPT = {
    "app/cli": "help of commands, in English, with the bank's own names of ids",
    "app/demo": "people and places of the demonstration",
    "app/security/password_strength.py": "words that no password is made of",
    "channels/demo/bot_api.py": "the name of the demonstration's bot",
    "channels/admin": "lists and numbers of the staff's site, which is Persian",
    "channels/pishkhan_soap": "the contract with counter offices, which is documented in Persian",
    "domain/actions/payments/begin.py": "what the bank's own books say of a payment",
    "domain/actions/registries/row_words.py": "names of rows, for the staff",
    "domain/actions/settings/text_overrides.py": "the staff's own page",
    "domain/actions/tariffs/price_changes.py": "the staff's own page",
    "domain/bills/bill.py": "marks that are taken out of what was typed",
    "domain/blocks/bookings.py": "titles of machines and operators as the request keeps them",
    "domain/blocks/letters.py": "letters of the registers, which numbers of letters bear",
    "domain/blocks/taxis.py": "what citizens write",
    "domain/services/*/registers.py": "letters of the service's own register",
    "domain/check/texts/files.py": "letters that are on no Persian keyboard",
    "domain/conversation": "what citizens write",
    "domain/fields": "what citizens write",
    "domain/gateways/written_secrets.py": "what citizens write",
    "domain/messages/catalogue.py": "the widest letter, for the proof of budgets",
    "domain/offices/office.py": "what the staff write, and a share of theirs",
    "domain/parsing": "what citizens write",
    "domain/queues": "what the staff write into the search box",
    "domain/registries": "what the staff write",
    "domain/services/*/vocabulary.py": "what citizens write",
    "domain/services/machinery/unknown_machines.py": "what citizens write",
    "domain/settings/rule_types.py": "what the staff write",
    "domain/settlement": "what banks write",
    "domain/values/ibans.py": "what citizens write",
    "domain/values/identifiers.py": "letters of plates",
    "domain/values/languages.py": "Persian itself",
    "domain/values/text.py": "letters that are folded",
    "domain/values/turkmen_script.py": "letters that Turkmen is written in",
    "domain/actions/conversations/repeated_replies.py": "marks and commas around words that one may write",
    "domain/actions/conversations/enquiries/meant_requests.py": "what citizens write",
    "domain/actions/conversations/enquiries/passing_changes.py": "words for a place of work",
    "domain/actions/conversations/enquiries/priced_orders.py": "the question mark that parts clauses",
    "domain/actions/conversations/chats/deep_links.py": "the words that a link stands for, as one types it",
}
"""Modules and packages with Persian strings, and what those are."""

CITIZENS_FOLDERS = ("channels/portal", "channels/web", "printing", "payments")
COMMENT = re.compile(r"^\s*//.*$|/\*.*?\*/", re.MULTILINE | re.DOTALL)
FOREIGN_FILES = re.compile(r"\.min\.|tiles\.svg")


def list_written_strings(module: Path) -> Iterator[str]:
    """Yield the strings of a module that are no documentation."""
    tree = parse_file(module)
    documented = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented:
            yield node.value


def test_modules_with_persian_words_are_known_and_say_why() -> None:
    modules = {
        path.relative_to(ROOT).as_posix(): path
        for package in SOURCE_PACKAGES
        for path in (ROOT / package).rglob("*.py")
    }
    persian = {name for name, path in modules.items() if any(map(PERSIAN.search, list_written_strings(path)))}
    known = {name for name in persian if any(lies_in(name, place) for place in READ_OR_KEPT)}
    assert sorted(persian - known) == [], "its words belong into the texts"
    assert [place for place in READ_OR_KEPT if not any(lies_in(name, place) for name in persian)] == []


def lies_in(module: str, place: str) -> bool:
    """Return whether a module is this one, or lies in this package."""
    return fnmatch(module, place) or module.startswith(f"{place}/")


def test_templates_and_scripts_of_citizens_have_no_words_of_their_own() -> None:
    files = [
        path
        for folder in CITIZENS_FOLDERS
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".html", ".js", ".css", ".svg"} and not FOREIGN_FILES.search(path.name)
    ]
    assert len(files) > 40
    assert [path.name for path in files if PERSIAN.search(COMMENT.sub("", path.read_text("utf-8")))] == []
    fixed = re.compile(r'dir="rtl"|lang="fa"')
    allowed = {"chart.html", "bank.html"}  # the staff's figures, and the bank of the demonstration
    assert [path.name for path in files if path.name not in allowed and fixed.search(path.read_text("utf-8"))] == []


def test_a_text_for_somebody_else_is_rendered_in_the_language_of_that_one() -> None:
    """`queue_message` takes a text as it is: whoever calls it has one that is in its reader's language already."""
    rendered_for_reader = {
        "domain/actions/messages/notify.py",
        "domain/actions/messages/verification_codes.py",
        "channels/portal/tracking/request_forms.py",
    }
    callers = {
        path.relative_to(ROOT).as_posix()
        for package in ("channels", "domain", "app")
        for path in (ROOT / package).rglob("*.py")
        if re.search(r"(?<!def )\bqueue_message\(", path.read_text("utf-8"))
    }
    assert callers == rendered_for_reader, "others: notify_line, notify_staff"


def test_the_language_in_force_is_set_by_its_context_manager_alone() -> None:
    setters = [
        path.name
        for package in SOURCE_PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if "_LANGUAGE_IN_FORCE" in path.read_text("utf-8")
    ]
    assert setters == ["languages.py"]
