"""Pages of the staff's site that show personal data, with the kind of data: one table, as that of rights.

The gate records each answer of such a page as a read event (`domain/actions/staff/read_events.py`). Forms of a page
answer with the page itself where they are refused, so they have the rule of the page. A page without a rule is no page:
`tests/channels/admin/test_read_events.py` finds it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from aiohttp import web

from channels.admin.addresses import list_address
from channels.admin.frame import HOME_PATH
from channels.web.posted import PostedForm, read_text
from domain.audit.read_events import ReadKind, describe_filters
from domain.registries.declarations import REGISTRIES
from domain.values.paging import PAGE_FIELD

NOBODY = None
"""The rule of pages that show nobody's data but the reader's own, or record by themselves what is taken along."""

_UNNAMED_PARAMETERS = frozenset({PAGE_FIELD, "before", "done", "next", "taken", "step"})
"""Parameters of addresses that say nothing of what is looked for."""

_PLACEHOLDER = re.compile(r"\{(\w+)(?::(?:[^{}]|\{[^{}]*\})*)?\}")


@dataclass(frozen=True, slots=True)
class ReadingRule:
    """Rule for recording the readings of a page."""

    kind: ReadKind
    """Kind of data on the page."""
    label: str = ""
    """Words before the subject where the kind does not say it: the registry."""
    parameter_names: tuple[str, ...] = ()
    """The parts of the address that name the subject; without any, the filters do."""
    posted_names: tuple[str, ...] = ()
    """Filters that a form of the page bears too: what was posted is what was looked for."""

    def describe_subject(self, request: web.Request, form: PostedForm) -> str:
        """Return what a call of the page was about."""
        named = "/".join(request.match_info[name] for name in self.parameter_names)
        posted = {name: read_text(form, name) for name in self.posted_names if name in form}
        filters = "" if self.parameter_names else describe_filters([*posted.items(), *_list_filters(request, posted)])
        return " ".join(filter(None, ("/".join(filter(None, (self.label, named))), filters)))


def _list_filters(request: web.Request, posted: Mapping[str, str]) -> list[tuple[str, str]]:
    unnamed = _UNNAMED_PARAMETERS | posted.keys()
    return [(name, value) for name, value in request.query.items() if name not in unnamed]


_KINDS: Mapping[str, ReadKind | None] = {
    "/staff/views": ReadKind.QUEUE,
    "/staff/list": ReadKind.QUEUE,
    "/staff/assign": ReadKind.QUEUE,
    "/staff/steps": ReadKind.QUEUE,
    "/staff/papers": ReadKind.QUEUE,
    "/staff/reminders": ReadKind.QUEUE,
    "/staff/requests": ReadKind.SEARCH,
    "/staff/requests/{code}": ReadKind.REQUEST,
    "/staff/mentions": ReadKind.QUEUE,
    "/staff/news": NOBODY,
    "/staff/requests/{code}/documents/{id}": ReadKind.DOCUMENT,
    "/staff/requests/{code}/print/{kind}": ReadKind.PAPER,
    "/staff/walk-in": ReadKind.SEARCH,
    "/staff/registries": NOBODY,
    "/staff/registries/expiring": ReadKind.REGISTRY,
    "/staff/registries/duty/generate": NOBODY,
    "/staff/fleet": ReadKind.CALENDAR,
    "/staff/visits": ReadKind.CALENDAR,
    "/staff/visit-sheet": ReadKind.CALENDAR,
    "/staff/operator-sheet": ReadKind.CALENDAR,
    "/staff/tariffs": NOBODY,
    "/staff/merged-bills/{id}": ReadKind.MONEY,
    "/staff/slips": ReadKind.MONEY,
    "/staff/slips/photos/{id}": ReadKind.DOCUMENT,
    "/staff/refunds": ReadKind.MONEY,
    "/staff/refunds/files/{id}.csv": NOBODY,
    "/staff/payments": ReadKind.MONEY,
    "/staff/payments/{id}": ReadKind.MONEY,
    "/staff/suspense": ReadKind.MONEY,
    "/staff/ledger": NOBODY,
    "/staff/settlement": NOBODY,
    "/staff/settlement/{id}": ReadKind.MONEY,
    "/staff/settlement/{id}/results.csv": NOBODY,
    "/staff/comments": ReadKind.COMMENTS,
    "/staff/messages": ReadKind.MESSAGES,
    "/staff/misread-texts": ReadKind.MESSAGES,
    "/staff/offices": NOBODY,
    "/staff/offices/one/{code}": ReadKind.OFFICE,
    "/staff/offices/one/{code}/statement/lines.csv": NOBODY,
    "/staff/offices/one/{code}/statement/payments.csv": NOBODY,
    "/staff/users": ReadKind.STAFF,
    "/staff/users/one/{username}": ReadKind.STAFF,
    "/staff/reports": NOBODY,
    "/staff/reports/{name}": ReadKind.REPORT,
    "/staff/reports/{name}.{kind}": NOBODY,
    "/staff/reports/kept/{id}": NOBODY,
    "/staff/settings": NOBODY,
    "/staff/audit": NOBODY,
    "/staff/account": NOBODY,
    "/staff/proof": NOBODY,
}
"""Beginning of a route's pattern → what is shown below it; the longest that fits holds. Sheets have `NOBODY`: whoever
takes one along is in the audit.
"""

_POSTED_NAMES: Mapping[str, tuple[str, ...]] = {"/staff/walk-in": ("citizen_mobile",)}
"""Beginning of a route's pattern → what its forms are about, where another was looked for by the address."""


@cache
def find_reading_rule(route_path: str) -> ReadingRule | None:
    """Return the rule of a route's pattern, None where it shows nobody's data; `LookupError` where there is no rule."""
    pattern = _PLACEHOLDER.sub(r"{\1}", route_path)
    if pattern == HOME_PATH:
        return ReadingRule(ReadKind.QUEUE)
    fitting = [one for one in _RULES if pattern == one or pattern.startswith((f"{one}/", f"{one}."))]
    if not fitting:
        raise LookupError(f"{route_path}: which personal data it shows is not said in {__name__}")
    return _RULES[max(fitting, key=len)]


def _build_rules() -> Mapping[str, ReadingRule | None]:
    rules: dict[str, ReadingRule | None] = {
        beginning: ReadingRule(kind, "", tuple(_PLACEHOLDER.findall(beginning)), _POSTED_NAMES.get(beginning, ()))
        if kind
        else NOBODY
        for beginning, kind in _KINDS.items()
    }
    for registry_key, registry in REGISTRIES.items():
        address = list_address(registry)
        rules |= {
            address: ReadingRule(ReadKind.REGISTRY, registry_key),
            f"{address}/new": NOBODY,
            f"{address}/{{id}}": ReadingRule(ReadKind.REGISTRY_ROW, registry_key, ("id",)),
            f"{address}/{{id}}/print/receipt": ReadingRule(ReadKind.PAPER, registry_key, ("id",)),
            f"{address}/import": NOBODY,
            f"{address}/import/{{id}}": ReadingRule(ReadKind.IMPORT_FILE, registry_key, ("id",)),
            f"{address}/export": NOBODY,
        }
    return rules


_RULES = _build_rules()
