"""Sheets that are imported: brought, shown with everything that is wrong with them, and kept when somebody says so.

Whoever may read a registry reads what was brought for it; who may bring sheets is offered that, and decides.

The work is done behind the page, which asks again by itself until it is done, and says how far it is.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from aiohttp import web

from channels.admin.actors import staff_names
from channels.admin.frame import NavigationSection, PageRoute, Visit, staff_page
from channels.admin.registries.registry_view import RegistryViews, address
from channels.admin.submissions import FormSubmission, RefusedForm, error_of
from channels.admin.version_tokens import version_shown
from channels.web.posted import Upload, said
from domain.actions.desk import Desk
from domain.actions.registries.import_jobs import bring, confirm, drop
from domain.actions.staff.authorization import registry_right
from domain.fields.types import number_text
from domain.language.wording import day_and_hour
from domain.registries.declarations import NUMBER, REGISTRIES, Registry
from domain.registries.imports import MOST_BYTES, Import, ImportState
from domain.registries.rows import Fate
from domain.unit_of_work import Store, UnitOfWork
from domain.values.errors import MissingField, NotFound
from domain.values.text import grouped

FORM_BYTES = MOST_BYTES + 64 * 1024
REFRESHED_AFTER = 2
"""Seconds after which the page of a file under work asks again."""

RECENT = 20

_COUNTED = ("rows", "added", "changed", "same", "bad")


class ImportPages:
    """Imports of every registry."""

    sections: Sequence[NavigationSection] = ()

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store
        self._views = RegistryViews(desk)

    def routes(self) -> Sequence[PageRoute]:
        """Return every route."""
        return [route for registry in REGISTRIES.values() for route in self._of(registry)]

    def _of(self, registry: Registry) -> Sequence[PageRoute]:
        base, right = f"{address(registry)}/import", registry_right(registry.key, "import")
        one, view = f"{base}/{{id:[0-9]{{1,19}}}}", registry_right(registry.key, "view")
        return (
            PageRoute("GET", base, view, partial(self._asking, registry)),
            PageRoute(
                "POST",
                base,
                right,
                FormSubmission("file", partial(self._bring, registry), partial(self._asking, registry)),
                FORM_BYTES,
            ),
            PageRoute("GET", one, view, partial(self._page, registry)),
            PageRoute("GET", f"{one}/report.csv", right, partial(self._report, registry)),
            *(
                PageRoute(
                    "POST",
                    f"{one}/{name}",
                    right,
                    FormSubmission(name, partial(decision, registry), partial(self._page, registry)),
                )
                for name, decision in (("keep", self._keep), ("drop", self._drop))
            ),
        )

    async def _bring(self, registry: Registry, request: web.Request, visit: Visit) -> str:
        sent = visit.form.get("file")
        if not isinstance(sent, Upload) or not sent.name:
            raise MissingField("file", detail="no_file")
        async with self._store.unit() as uow:
            brought = await bring(self._desk, uow, registry, sent.name, sent.content, visit.actor)
        return f"{address(registry)}/import/{brought.id}"

    async def _asking(
        self, registry: Registry, request: web.Request, visit: Visit, refused: RefusedForm | None = None
    ) -> web.Response:
        async with self._store.unit(write=False) as uow:
            recent, names = await uow.imports.recent(registry.key, RECENT), await staff_names(uow)
        context = {
            **self._views.room(registry, visit),
            "fields": [self._column(registry, one.name) for one in registry.fields],
            "key": [
                self._views.label(registry, name) for name in registry.natural_key if name not in registry.defaults
            ],
            "recent": [self._brought(one, names) for one in recent],
            "problem": self._desk.wording.error(refused.error) if refused else None,
        }
        return staff_page(request, visit, "admin/registries/import.html", context, error=error_of(refused))

    def _column(self, registry: Registry, name: str) -> str:
        """Return what a column is called; how rows that are alike are told apart nobody would guess."""
        label = self._views.label(registry, name)
        if name != NUMBER:
            return label
        return self._desk.catalogue.render("admin.imports.number", {"label": label})

    async def _keep(self, registry: Registry, request: web.Request, visit: Visit) -> str:
        version, skip = version_shown(visit.form), bool(said(visit.form, "skip"))
        async with self._store.unit() as uow:
            brought = await self._found(uow, registry, request)
            await confirm(self._desk, uow, brought.id, visit.actor, version, skip_bad_rows=skip)
        return f"{address(registry)}/import/{brought.id}"

    async def _drop(self, registry: Registry, request: web.Request, visit: Visit) -> str:
        async with self._store.unit() as uow:
            brought = await self._found(uow, registry, request)
            await drop(self._desk, uow, brought.id, visit.actor)
        return f"{address(registry)}/import/{brought.id}"

    async def _report(self, registry: Registry, request: web.Request, visit: Visit) -> web.Response:
        async with self._store.unit(write=False) as uow:
            found = await self._found(uow, registry, request)
            content = await uow.imports.report(found.id)
        headers = {"Content-Disposition": f'attachment; filename="{registry.key}-faults.csv"'}
        return web.Response(body=content, content_type="text/csv", charset="utf-8", headers=headers)

    async def _page(
        self, registry: Registry, request: web.Request, visit: Visit, refused: RefusedForm | None = None
    ) -> web.Response:
        async with self._store.unit(write=False) as uow:
            found, names = await self._found(uow, registry, request), await staff_names(uow)
        tally = found.tally
        context = {
            **self._views.room(registry, visit),
            "id": found.id,
            "brought": self._brought(found, names),
            "running": found.state.running,
            "problem": self._desk.wording.error(refused.error) if refused else found.problem,
            "progress": _progress(found),
            "shown": found.state is ImportState.EXAMINED,
            "tally": [(self._text(f"tally.{name}"), grouped(tally[name]), name) for name in _COUNTED if name in tally],
            "faults": found.outcome.get("faults", []),
            "more_faults": tally.get("faults", 0) > len(found.outcome.get("faults", [])),
            "first": [self._first(registry, one) for one in found.outcome.get("first", [])],
            "ignored": found.outcome.get("ignored", []),
            "version": found.version_token,
            "can_keep": bool(tally.get("added", 0) + tally.get("changed", 0)),
            "bad": tally.get("bad", 0),
        }
        page = staff_page(request, visit, "admin/registries/import_one.html", context, error=error_of(refused))
        if found.state.running:
            # a refused POST has an address that nobody can GET
            page.headers["Refresh"] = f"{REFRESHED_AFTER}; url={address(registry)}/import/{found.id}"
        return page

    async def _found(self, uow: UnitOfWork, registry: Registry, request: web.Request) -> Import:
        found = await uow.imports.get(_id(request))
        if found.registry != registry.key:
            raise NotFound("import")
        return found

    def _text(self, name: str) -> str:
        return self._desk.catalogue.text(f"admin.imports.{name}")

    def _brought(self, one: Import, names: Mapping[str, str]) -> dict[str, Any]:
        return {
            "href": str(one.id),
            "name": one.name,
            "size": number_text(round(one.size / 1024, 1)),
            "who": names.get(one.by, one.by),
            "at": day_and_hour(one.made_at),
            "state": self._text(f"states.{one.state}"),
            "key": one.state.value,
            "decided": self._decider(one, names),
            "added": grouped(one.tally.get("added", 0)),
            "changed": grouped(one.tally.get("changed", 0)),
        }

    def _decider(self, one: Import, names: Mapping[str, str]) -> str | None:
        """Return who had it kept, or dropped it; None while it waits for somebody's word."""
        if one.decided_by is None or one.state is ImportState.EXAMINED:
            return None
        what = "dropped" if one.state is ImportState.DROPPED else "confirmed"
        who = names.get(one.decided_by, one.decided_by)
        return self._desk.catalogue.render(f"admin.imports.decided.{what}", {"who": who})

    def _first(self, registry: Registry, one: Mapping[str, Any]) -> dict[str, Any]:
        """Return a row as it would be: a changed one by what changes, a new one by what it holds."""
        new = one["fate"] == Fate.ADDED
        pairs = {name: (None, value) for name, value in one["values"].items()} if new else one["changes"]
        return {
            "row": number_text(one["row"]),
            "fate": self._text(f"fates.{one['fate']}"),
            "name": self._views.called(registry, one["values"]),
            "new": new,
            "parts": [
                (self._views.label(registry, field.name), *map(partial(self._views.shown, field), pairs[field.name]))
                for field in registry.fields
                if field.name in pairs and not (new and pairs[field.name][1] in (None, "", []))
            ],
        }


def _progress(one: Import) -> dict[str, Any]:
    """Return how far the work is; without a total nobody knows."""
    done = min(one.done, one.total) if one.total else one.done
    return {"done": done, "total": one.total, "said": grouped(done), "of": grouped(one.total) if one.total else None}


def _id(request: web.Request) -> int:
    return min(int(request.match_info["id"]), 2**63 - 1)
