"""What people are told: every text of the catalogue, worded anew by the administrator once it is proved to fit."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from channels.admin.frame import NavigationSection, PageRoute, Visit, staff_page
from channels.admin.settings.setting_pages import TABS, TEXTS
from channels.admin.submissions import FormSubmission, RefusedForm, error_of
from channels.admin.version_tokens import required_version
from channels.web.forms import FormWords, controls, read_form
from channels.web.posted import said
from domain.actions.desk import Desk
from domain.actions.settings.changes import TEXT, change_text, renew, version_of_settings
from domain.actions.settings.text_overrides import LONGEST, changeable, proved
from domain.check import sent_by_sms
from domain.fields.form import Field
from domain.fields.types import Choice, Text
from domain.unit_of_work import Store
from domain.values.errors import NotFound
from domain.values.message_parts import count_parts
from domain.values.text import fold

ONE = f"{TEXTS}/one/{{key:[a-z0-9_.]+}}"
PAGE = 50
"""Texts on a page."""

CHANGED = "changed"

_SEARCH = Text(limit=100)


@dataclass(frozen=True, slots=True)
class TextView:
    """A text by its key; `changed` tells whether the staff worded it anew."""

    key: str
    words: str
    changed: bool


class TextPages:
    """The texts."""

    sections: Sequence[NavigationSection] = ()

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store

    def routes(self) -> Sequence[PageRoute]:
        """Return every route."""
        return (
            PageRoute("GET", TEXTS, "settings.view", self._show_all),
            PageRoute("GET", ONE, "settings.view", self._page),
            PageRoute("POST", ONE, "settings.change", FormSubmission("text", self._change, self._page)),
            PageRoute("POST", f"{ONE}/reset", "settings.change", self._reset),
        )

    async def _show_all(self, request: web.Request, visit: Visit) -> web.Response:
        """Show the texts whose key or words hold what is looked for, page by page of their order."""
        fields, start = self._filters(), _start(request)
        given = read_form(fields, request.query)
        found = await self._found(given)
        more = {**request.query, "from": str(start + PAGE)} if len(found) > start + PAGE else None
        context = {
            "tabs": TABS,
            "filters": controls(fields, given, self._label()),
            "texts": found[start : start + PAGE],
            "count": len(found),
            "older": str(request.rel_url.with_query(more)) if more else None,
        }
        return staff_page(request, visit, "admin/settings/texts.html", context)

    def _filters(self) -> tuple[Field, ...]:
        tables = sorted({_table(key) for key in changeable(self._desk.catalogue)})
        return (
            Field("q", _SEARCH, required=False),
            Field("table", Choice(), required=False, choices=tuple(tables)),
            Field("which", Choice(), required=False, choices=(CHANGED,)),
        )

    def _label(self) -> FormWords:
        text, titles = self._desk.catalogue.text, {"which": {CHANGED: "admin.texts.changed"}}
        return FormWords(self._desk.wording, lambda name: text(f"admin.texts.{name}"), titles, blank="web.form.every")

    async def _found(self, given: Mapping[str, str]) -> list[TextView]:
        changed, wanted = await self._changed(), fold(given.get("q", ""))
        texts = (TextView(key, self._words(key), key in changed) for key in changeable(self._desk.catalogue))
        return [
            one
            for one in texts
            if given.get("table") in (None, _table(one.key))
            and (one.changed or given.get("which") != CHANGED)
            and (wanted in fold(one.key) or wanted in fold(one.words))
        ]

    async def _change(self, request: web.Request, visit: Visit) -> str:
        key, typed = request.match_info["key"], said(visit.form, "text")
        version, desk = required_version(visit.form), self._desk
        words = await asyncio.to_thread(proved, desk.services.values(), desk.catalogue, key, typed)
        async with self._store.unit() as uow:
            await change_text(desk, uow, key, words, version, actor=visit.actor)
        await renew(desk, self._store)
        return f"{TEXTS}/one/{key}?done=text"

    async def _reset(self, request: web.Request, visit: Visit) -> web.Response:
        key = self._known(request)
        async with self._store.unit() as uow:
            await change_text(self._desk, uow, key, None, required_version(visit.form), actor=visit.actor)
        await renew(self._desk, self._store)
        raise web.HTTPSeeOther(f"{TEXTS}/one/{key}?done=text_reset")

    async def _page(self, request: web.Request, visit: Visit, refused: RefusedForm | None = None) -> web.Response:
        key, catalogue, error = self._known(request), self._desk.catalogue, error_of(refused)
        given = catalogue.given(key)
        async with self._store.unit(write=False) as uow:
            version = await version_of_settings(uow)
        travels = key in sent_by_sms(self._desk.services.values(), catalogue)
        context = {
            "key": key,
            "words": said(refused.posted, "text") if refused else self._words(key),
            "changed": key in await self._changed(),
            "given": given if isinstance(given, str) else "\n".join(given),
            "facts": sorted(catalogue.facts(key)),
            "parts_allowed": catalogue.parts(key) if travels else None,
            "takes": count_parts(catalogue.longest(key)) if travels else None,
            "is_list": not isinstance(given, str),
            "longest": LONGEST,
            "version": version,
            "problem": self._desk.wording.error(error) if error else None,
        }
        return staff_page(request, visit, "admin/settings/text.html", context, error=error)

    def _known(self, request: web.Request) -> str:
        key = request.match_info["key"]
        if key not in changeable(self._desk.catalogue):
            raise NotFound("text")
        return key

    def _words(self, key: str) -> str:
        given = self._desk.catalogue.given(key)
        return self._desk.catalogue.text(key) if isinstance(given, str) else "\n".join(self._desk.catalogue.lines(key))

    async def _changed(self) -> set[str]:
        """Return the keys of the texts that the staff worded anew."""
        async with self._store.unit(write=False) as uow:
            kept = await uow.settings.values()
        return {name.removeprefix(TEXT) for name in kept if name.startswith(TEXT)}


def _table(key: str) -> str:
    """Return the table of the catalogue that a text is found in: its service's, or the first word of its key."""
    parts = key.split(".")
    return ".".join(parts[:2]) if parts[0] == "services" else parts[0]


def _start(request: web.Request) -> int:
    given = request.query.get("from", "0")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 7 else 0
