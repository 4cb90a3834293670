"""Facts of the audit: every kind is declared with what it tells, and told in Persian."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from channels.admin.audit.fact_wording import AuditWording
from domain.actions.settings.rule_lists import index_rules
from domain.audit.entries import AuditEntry
from domain.authorization.rights import RIGHTS
from domain.ledger.accounts import Account
from domain.messages.catalogue import Catalogue
from domain.messages.records import MessageState
from domain.registries.declarations import REGISTRIES
from domain.requests.request import Phase
from domain.settlement.differences import DifferenceKind
from domain.settlement.layouts import load_shipped_layouts
from domain.values.actors import STAFF_ROLES
from domain.values.reasons import ForbiddenReason
from scripts.structure import parse_file
from tests.channels.admin.audit.audit_facts import AUDIT_FACTS
from tests.support.demo_site import StepClock, build_desk
from tests.support.scenarios.shipped_services import SHIPPED_SERVICES

ROOT = Path(__file__).parents[4]
_RECORDERS = {
    "add_entry",
    "record_refusal",
    "record_numbered_row",
    "_audit_change",
    "_audit_decision",
    "_audit_event",
    "_audit_import",
    "_audit_refusal",
    "_count_attempt",
    "_record_denial",
    "_refuse_password",
    "_save_change",
}

_OTHER_WORDS = {"code", "outside", "password", "count", "changed", "staff"}
"""Strings in those calls that name no kind: fields of errors, a door."""

_CHOSEN_KINDS = {"staff_activated", "staff_deactivated", "office_activated", "office_deactivated"} | {
    "mobile_proposed",
    "mobile_corrected",
    "mobile_objected",
    "restored",
}
"""Kinds that the code chooses before it records them, and what the store itself records (`store/after_restore.py`)."""

_MACHINES, _PER = ("loader", "water_tanker"), ("square_metre",)
_GATEWAYS = ("behpardakht", "zarinpal", "saman", "sadad", "bale", "sandbox")
_VALUES: Mapping[str, Iterable[Any]] = {
    "right": RIGHTS,
    "method": ("GET", "POST"),
    "channel": ("sms", "portal", "telegram", "bale", "pishkhan_soap", "walk_in", "cli", "staff"),
    "why": (*(reason.value for reason in ForbiddenReason), "second_factor", "foreign_form"),
    "error": ("document_rejected:document:malware", "authentication_failed:UsernameToken", "replayed"),
    "operation": ("Ping", "GetTaxiDuties"),
    "changed": (["roles", "full_name", "mobile"],),
    "roles": ([*STAFF_ROLES],),
    "roles_before": ([*STAFF_ROLES],),
    "unit": STAFF_ROLES,
    "absent": ("civil",),
    "deputy": ("civil",),
    "officer": ("civil",),
    "brought_by": ("staff:civil", "staff:civil for civil"),
    "proposed_by": ("staff:civil",),
    "service": [service.key for service in SHIPPED_SERVICES.values()],
    "registry": REGISTRIES,
    "machine": _MACHINES,
    "per": _PER,
    "vehicle_type": ("line", "school"),
    "gateway": _GATEWAYS,
    "layout": load_shipped_layouts(),
    "difference": [f"{kind}:17" for kind in DifferenceKind],
    "debit": (*Account, "gateway_clearing:saman", "revenue:machinery", "bank:slip"),
    "credit": (*Account, "till:1001"),
    "destination": ("card",),
    "phase": Phase,
    "report": ("revenue",),
    "failed_by": ("credit", "unreachable"),
    "day": ("2026-11-24",),
    "from": ("2026-11-24",),
    "to": ("2026-11-24",),
    "before": ("2026-11-24",),
    "until": ("2026-11-24T10:00:00+03:30",),
    "old_until": ("2026-11-24T10:00:00+03:30",),
    "inside": (True, False),
    "further": (True,),
    "figures": (True, False),
}
"""Possible values of facts. All others are numbers, people's own words, names and codes, which are shown as they
are."""

_VALUES_OF_KINDS: Mapping[tuple[str, str], Iterable[Any]] = {
    ("message_retried", "state"): MessageState,
    ("charge_entered", "state"): ("open", "billed", "paid", "waived"),
    ("report_exported", "state"): [state.name for service in SHIPPED_SERVICES.values() for state in service.states],
    ("export", "kind"): ("csv", "xlsx"),
    ("report_exported", "format"): ("csv", "xlsx"),
    ("tariff_approved", "kind"): ("boundary", "completion"),
    ("setting_changed", "name"): (*index_rules(SHIPPED_SERVICES), "day:2026-11-24"),
}
_LATIN_WORD = re.compile("[a-z]{2,}")
"""Names of settings and forms of files are in capitals, and codes."""


def _iterate_recording_functions() -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, list[ast.Call]]]:
    """Yield every function that records an entry, with the calls that do."""
    for room in ("app", "channels", "domain"):
        for path in (ROOT / room).rglob("*.py"):
            text = path.read_text("utf-8")
            if "audit.add_entry(" in text or "await record_refusal(" in text:
                for node in ast.walk(parse_file(path)):
                    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                        calls = [
                            one for one in ast.walk(node) if isinstance(one, ast.Call) and _name(one) in _RECORDERS
                        ]
                        yield node, calls


def _name(call: ast.Call) -> str:
    return str(getattr(call.func, "attr", getattr(call.func, "id", "")))


def _strings(nodes: Iterable[ast.AST]) -> set[str]:
    walked = (one for node in nodes for one in ast.walk(node))
    return {one.value for one in walked if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def _find_fact_dicts(function: ast.AST, calls: Iterable[ast.Call]) -> Iterator[ast.Dict]:
    """Yield the dicts that are given to what records, or kept as facts."""
    kept = (node for node in ast.walk(function) if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign))
    facts = [node for node in kept if "facts" in ast.unparse(getattr(node, "target", None) or node.targets[0])]  # type: ignore[union-attr]
    yield from (one for node in (*calls, *facts) for one in ast.walk(node) if isinstance(one, ast.Dict))


@pytest.mark.source
def test_every_kind_that_is_recorded_is_declared_and_has_a_name() -> None:
    catalogue = Catalogue.load()
    words = {
        word
        for _, calls in _iterate_recording_functions()
        for call in calls
        for word in _strings(call.args)
        if re.fullmatch(r"[a-z]+(_[a-z]+)*", word)
    }
    facts = set().union(*AUDIT_FACTS.values())
    assert words - AUDIT_FACTS.keys() - facts - _OTHER_WORDS == set()
    assert AUDIT_FACTS.keys() - words - _CHOSEN_KINDS == set()
    assert {key.removeprefix("admin.audit.kinds.") for key in catalogue.list_keys("admin.audit.kinds.")} == {
        *AUDIT_FACTS
    }


@pytest.mark.source
def test_what_is_recorded_of_a_kind_is_declared() -> None:
    undeclared = set()
    for function, calls in _iterate_recording_functions():
        kinds = {word for call in calls for word in _strings(call.args)} & AUDIT_FACTS.keys()
        names = {
            key.value
            for node in _find_fact_dicts(function, calls)
            for key in node.keys
            if isinstance(key, ast.Constant)
        }
        if kinds:
            undeclared |= {
                (function.name, name) for name in names - set().union(*(AUDIT_FACTS[kind] for kind in kinds))
            }
    assert undeclared == set()


@pytest.fixture(scope="module")
def wording() -> AuditWording:
    """Words entries by the shipped texts."""
    return AuditWording(build_desk(StepClock()), {"civil": "سارا"})


@pytest.mark.parametrize("kind", AUDIT_FACTS)
def test_every_fact_of_a_kind_is_told_in_persian(wording: AuditWording, kind: str) -> None:
    for fact in AUDIT_FACTS[kind]:
        for value in _VALUES_OF_KINDS.get((kind, fact), _VALUES.get(fact, (1,))):
            entry = AuditEntry(
                1, datetime.fromisoformat("2026-11-24T10:00:00+03:30"), "staff:civil", kind, {fact: value}
            )
            told = wording.describe_entry(entry)
            shown = [
                told.title,
                told.actor_name,
                *(text for part in told.fact_parts for text in (part.name, part.value)),
            ]
            assert [text for text in shown if _LATIN_WORD.search(text)] == [], (fact, value)
