"""What was done and refused here, and whether the history is whole."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from aiohttp import web

from channels.admin.actors import actor_shown, staff_names
from channels.admin.frame import NavigationSection, PageRoute, Visit, staff_page
from channels.admin.submissions import FormSubmission, RefusedForm, error_of
from channels.admin.user_agents import browser_shown
from channels.web.forms import FormWords, controls, read_form, stray
from channels.web.paging import ListPage, listed, page_start
from domain.actions.desk import Desk
from domain.actions.history.verifications import ask
from domain.audit.entries import AuditEntry, AuditFilter
from domain.fields.form import Field, read_given
from domain.fields.types import Choice, Day, ReadingContext, Text, number_text
from domain.language.wording import day_and_hour
from domain.unit_of_work import Store
from domain.values.calendar import jalali_text, whole_day
from domain.values.errors import DomainError, InvalidField
from domain.values.text import grouped, persian_digits

PATH = "/staff/audit"

PAGE = 50
"""Facts on a page."""

_ISO_DAY = len("2026-11-25")
_KINDS, _FACTS = "admin.audit.kinds.", "admin.audit.facts."
_FIGURES: Mapping[str, Callable[[int], str]] = {
    **dict.fromkeys(("amount", "declared", "refund", "rate", "per_request"), grouped),
    "share_bp": lambda hundredths: number_text(hundredths / 100),
}
"""Facts that are rials, and the one that is kept as hundredths of a percent."""
_DAYS = frozenset({"day", "from", "to", "until", "before", "old_until", "last_at"})
"""Facts that are a day or a moment. What strangers may write (a browser's name, a path) is never read as one."""


_NAMES: Mapping[str, Sequence[str]] = {
    "report": ("reports.titles.{}",),
    "registry": ("choices.registry.{}",),
    "service": ("services.{}.title", "choices.service.{}"),
    "kind": ("admin.exports.{}", "choices.kind.{}"),
    "name": ("admin.settings.rules.{}",),
    "roles": ("roles.{}",),
    "roles_before": ("roles.{}",),
    "unit": ("roles.{}",),
    "changed": ("admin.users.{}", "admin.audit.facts.{}"),
    "failed_by": ("admin.messages.reasons.{}",),
    "channel": ("admin.channels.{}",),
    "phase": ("reports.phases.{}",),
    "machine": ("choices.machine.{}",),
    "vehicle_type": ("choices.vehicle_type.{}",),
    "per": ("choices.per.{}",),
    "right": ("admin.audit.rights.{}",),
    "method": ("admin.audit.methods.{}",),
    "why": ("details.forbidden.{}", "admin.audit.whys.{}"),
}
"""Facts that are an id of something, and the texts that may name it. What strangers may write is none of them."""
_STATES: Mapping[str, Sequence[str]] = {
    "message_retried": ("admin.message_states.{}",),
    "charge_entered": ("choices.duty_state.{}",),
}
"""Kinds of fact that tell a state, and the texts that name it: of texts, and of what is owed."""
_MEMBERS = frozenset({"absent", "deputy"})
_ACTORS = frozenset({"brought_by", "proposed_by"})
_AGENT = "agent"


@dataclass(frozen=True, slots=True)
class AuditFactPart:
    """A part of a fact in words; `whole` is all of it where `value` is short for it."""

    name: str
    value: str
    whole: str


@dataclass(frozen=True, slots=True)
class AuditEntryView:
    """A fact of the audit in words; `facts` is what may be told of it."""

    id: int
    entry: AuditEntry
    who: str
    title: str
    facts: Sequence[AuditFactPart]


class AuditPages:
    """The audit, with the state of the history above it."""

    sections: Sequence[NavigationSection] = (NavigationSection(PATH, "admin.sections.audit", "audit.view"),)

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store

    def routes(self) -> Sequence[PageRoute]:
        """Return every route."""
        return (
            PageRoute("GET", PATH, "audit.view", self._page),
            PageRoute("POST", f"{PATH}/verify", "history.verify", FormSubmission("verify", self._verify, self._page)),
        )

    async def _verify(self, request: web.Request, visit: Visit) -> str:
        """Ask for a verification; a process takes it up within seconds."""
        async with self._store.unit() as uow:
            await ask(self._desk, uow, visit.actor)
        return f"{PATH}?done=verification"

    async def _page(self, request: web.Request, visit: Visit, refused: RefusedForm | None = None) -> web.Response:
        """Show the facts that the filters leave; one that cannot be understood is told, and leaves none."""
        fields, wrong = self._filters(), None
        given = read_form(fields, request.query)
        found: ListPage[AuditEntryView] = ListPage((), None)
        try:
            found = await self._found(request, read_given(fields, given, ReadingContext(visit.now)))
        except DomainError as error:
            wrong = error
        words = self._words()
        context = {
            "filters": controls(fields, given, words, wrong),
            "problem": stray(fields, wrong, words) if wrong else None,
            "refusal": self._desk.wording.error(refused.error) if refused else None,
            "list": found,
            **await self._standing(),
        }
        return staff_page(request, visit, "admin/audit/audit.html", context, error=error_of(refused) or wrong)

    def _filters(self) -> tuple[Field, ...]:
        kinds = [key.removeprefix(_KINDS) for key in self._desk.catalogue.keys(_KINDS)]
        return (
            Field("actor", Text(limit=100), required=False),
            Field("what", Choice(), required=False, choices=tuple(kinds)),
            Field("day", Day(past=True), required=False),
        )

    async def _found(self, request: web.Request, wanted: Mapping[str, Any]) -> ListPage[AuditEntryView]:
        made = whole_day(date.fromisoformat(wanted["day"])) if "day" in wanted else None
        asked = AuditFilter(_label(wanted.get("actor")), wanted.get("what"), made, page_start(request), PAGE + 1)
        async with self._store.unit(write=False) as uow:
            entries, names = await uow.audit.find(asked), await staff_names(uow)
        return listed(request, PATH, [self._shown(one, names) for one in entries], PAGE)

    def _shown(self, entry: AuditEntry, names: Mapping[str, str]) -> AuditEntryView:
        repeated = {"times": entry.times, "last_at": entry.last_at.isoformat()} if entry.last_at else {}
        told = [self._told(entry.what, name, value, names) for name, value in {**entry.detail, **repeated}.items()]
        who, title = actor_shown(self._desk.catalogue, entry.actor, names), self._word(_KINDS, entry.what)
        return AuditEntryView(entry.id, entry, who, title, [one for one in told if one.value])

    def _told(self, what: str, name: str, value: Any, names: Mapping[str, str]) -> AuditFactPart:
        said = self._fact(value, name)
        if name == "state":
            said = self._named(_STATES.get(what, ()), said)
        elif name in _MEMBERS:
            said = names.get(said, said)
        elif said and name in _ACTORS:
            said = actor_shown(self._desk.catalogue, said, names)
        elif name == "error":
            said = self._refusal(said)
        elif name == "operation":
            said = self._operation(said)
        return AuditFactPart(self._word(_FACTS, name), browser_shown(said) if name == _AGENT else said, said)

    def _word(self, table: str, name: str) -> str:
        """Return what a kind of fact or a part of one is called; what nobody worded is shown as it is."""
        key = table + name
        return self._desk.catalogue.text(key) if key in self._desk.catalogue else name

    def _fact(self, value: Any, name: str = "") -> str:
        if name in _FIGURES and isinstance(value, int):
            return _FIGURES[name](value)
        if isinstance(value, bool):
            return self._desk.catalogue.text(f"admin.settings.choices.{'yes' if value else 'no'}")
        if isinstance(value, list):
            return "، ".join(self._fact(one, name) for one in value)
        if isinstance(value, dict):
            return "، ".join(f"{name}: {self._fact(one)}" for name, one in value.items())
        if isinstance(value, str):
            return _jalali(value) if name in _DAYS else self._named(_NAMES.get(name, ()), value)
        return persian_digits(value) if isinstance(value, int) else "" if value is None else str(value)

    def _named(self, tables: Sequence[str], ident: str) -> str:
        """Return what an id is called; one that nobody worded is shown as it is."""
        keys = (table.format(ident) for table in tables)
        return next((self._desk.catalogue.text(key) for key in keys if key in self._desk.catalogue), ident)

    def _refusal(self, said: str) -> str:
        """Return why a call was refused, in words; the audit has the error as the domain writes it, without its facts:
        code, field and detail, each of the last two only where there is one.
        """
        code, _, rest = said.partition(":")
        detail = rest.rpartition(":")[2]
        keys = (f"admin.audit.errors.{detail}", f"details.{code}.{detail}", f"errors.{code}")
        return next((self._desk.catalogue.text(key) for key in keys if key in self._desk.catalogue), said)

    def _operation(self, name: str) -> str:
        """Return what a counter's call is called: what services declare is named after them."""
        catalogue = self._desk.catalogue
        for service in self._desk.services.values():
            if service.soap_operation == name:
                return catalogue.render("admin.audit.submission", {"service": self._desk.wording.service(service.key)})
            for lookup in service.lookups:
                if lookup.soap_operation == name:
                    return catalogue.text(f"intents.{lookup.intent.name}")
        return self._named(("admin.audit.operations.{}",), name)

    async def _standing(self) -> dict[str, Any]:
        """Return how the history stands: its last seal, what is not sealed, and the last verification."""
        async with self._store.unit(write=False) as uow:
            names = await staff_names(uow)
            asked, last = await uow.verifications.asked(), await uow.verifications.last()
            standing = {"seal": await uow.history.last_sealed(), "unsealed": await uow.history.unsealed_events()}
        who = actor_shown(self._desk.catalogue, last.asked_by, names) if last else ""
        return {**standing, "waiting": asked, "last": last, "who": who}

    def _words(self) -> FormWords:
        text = self._desk.catalogue.text
        titles = {"what": {key.removeprefix(_KINDS): key for key in self._desk.catalogue.keys(_KINDS)}}
        hints = {"actor": text("admin.audit.actor_hint")}
        return FormWords(
            self._desk.wording, lambda name: text(f"admin.audit.{name}"), titles, blank="web.form.every", hints=hints
        )


def _jalali(text: str) -> str:
    """Return a day or moment that was audited as ISO, as people read it; any other text as it is."""
    try:
        moment = datetime.fromisoformat(text) if len(text) > _ISO_DAY else None
        return day_and_hour(moment) if moment else jalali_text(date.fromisoformat(text))
    except (ValueError, OverflowError, InvalidField):
        return text


def _label(typed: str | None) -> str | None:
    """Return the label that somebody looks for: a user name alone is a member of the staff."""
    return typed if typed is None or ":" in typed else f"staff:{typed}"
