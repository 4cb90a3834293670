"""Counter offices: added, renamed, given new keys, bound to networks, switched off and on. A key is shown once."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiohttp import web

from channels.admin.frame import NavigationSection, PageRoute, Visit, staff_page
from channels.admin.refused_forms import PageForm, Tried
from channels.admin.version_tokens import MARK
from channels.web.error_pages import status_of
from channels.web.forms import read_form
from channels.web.posted import said
from domain.actions.desk import Desk
from domain.actions.offices import accounts
from domain.fields.form import Field, read_fields
from domain.fields.types import Integer, ReadingContext, Text
from domain.offices.office import LONGEST_NAME, LONGEST_USERNAME, MOST_NETWORKS, Office
from domain.unit_of_work import Store, UnitOfWork, Vault
from domain.values.errors import DomainError, Forbidden

PATH, COMMISSION = "/staff/offices", "/staff/offices/commission"
ONE = f"{PATH}/one/{{code:[A-Za-z0-9_-]{{1,20}}}}"

TABS: Mapping[str, str] = {PATH: "admin.offices.title", COMMISSION: "admin.commission.title"}
"""The pages of this room."""

_LABELS = "admin.offices"
_LONGEST_NETWORKS = MOST_NETWORKS * 45
_MOST_OVERLAP = 24 * 30

ADD = PageForm("add", (
    Field("code", Text(limit=20)),
    Field("name", Text(limit=LONGEST_NAME)),
    Field("username", Text(limit=LONGEST_USERNAME), required=False),
), _LABELS)  # fmt: skip
RENAME = PageForm("name", (Field("name", Text(limit=LONGEST_NAME)),), _LABELS)
ROTATE = PageForm("rotate", (Field("overlap", Integer(0, _MOST_OVERLAP)),), _LABELS)
NETWORKS = PageForm("networks", (Field("network", Text(limit=_LONGEST_NETWORKS), required=False),), _LABELS)

Work = Callable[[UnitOfWork, Mapping[str, Any], str], Awaitable[object]]
"""Something that is written about an office: by what was read from its form, and by the mark that the form brought."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key as it is told this once, and what the office's software signs in as."""

    username: str
    key: str


class OfficePages:
    """The offices."""

    sections: Sequence[NavigationSection] = (NavigationSection(PATH, "admin.sections.offices", "offices.view"),)

    def __init__(self, desk: Desk, store: Store, vault: Vault) -> None:
        self._desk = desk
        self._store = store
        self._vault = vault

    def routes(self) -> Sequence[PageRoute]:
        """Return every route."""
        return (
            PageRoute("GET", PATH, "offices.view", self._show_all),
            PageRoute("POST", PATH, "offices.change", self._add),
            PageRoute("GET", ONE, "offices.view", self._show),
            PageRoute("POST", f"{ONE}/name", "offices.change", self._rename),
            PageRoute("POST", f"{ONE}/key", "offices.change", self._rotate),
            PageRoute("POST", f"{ONE}/networks", "offices.change", self._bind),
            PageRoute("POST", f"{ONE}/switch", "offices.change", self._switch),
        )

    async def _show_all(self, request: web.Request, visit: Visit) -> web.Response:
        return await self._list(request, visit)

    async def _show(self, request: web.Request, visit: Visit) -> web.Response:
        return await self._page(request, visit)

    async def _add(self, request: web.Request, visit: Visit) -> web.Response:
        given = read_form(ADD.fields, visit.form)
        try:
            values = read_fields(ADD.fields, given, visit.actor.channel, ReadingContext(visit.now))
            async with self._store.unit() as uow:
                office, key = await accounts.add(
                    self._desk, uow, self._vault, values["code"], values["name"], values.get("username"),
                    actor=visit.actor,
                )  # fmt: skip
        except Forbidden:
            raise
        except DomainError as error:
            return await self._list(request, visit, Tried(ADD.name, given, error))
        return await self._list(request, visit, made=NewKey(office.username, key))

    async def _rotate(self, request: web.Request, visit: Visit) -> web.Response:
        code, given = _code(request), read_form(ROTATE.fields, visit.form)
        try:
            hours = read_fields(ROTATE.fields, given, visit.actor.channel, ReadingContext(visit.now))["overlap"]
            async with self._store.unit() as uow:
                overlap = timedelta(hours=hours)
                key = await accounts.rotate_key(self._desk, uow, self._vault, code, overlap, actor=visit.actor)
                office = await uow.offices.by_code(code)
        except Forbidden:
            raise
        except DomainError as error:
            return await self._page(request, visit, Tried(ROTATE.name, given, error))
        return await self._page(request, visit, made=NewKey(office.username, key))

    async def _rename(self, request: web.Request, visit: Visit) -> web.Response:
        async def work(uow: UnitOfWork, values: Mapping[str, Any], seen: str) -> None:
            await accounts.rename(self._desk, uow, _code(request), values["name"], actor=visit.actor, seen=seen)

        return await self._written(request, visit, RENAME, work)

    async def _bind(self, request: web.Request, visit: Visit) -> web.Response:
        async def work(uow: UnitOfWork, values: Mapping[str, Any], seen: str) -> None:
            networks = values.get("network", "").split()
            await accounts.allow(self._desk, uow, _code(request), networks, actor=visit.actor, seen=seen)

        return await self._written(request, visit, NETWORKS, work)

    async def _written(self, request: web.Request, visit: Visit, form: PageForm, work: Work) -> web.Response:
        """Write something about an office in one unit and show it again, with what was wrong if it was refused."""
        given = read_form(form.fields, visit.form)
        try:
            values = read_fields(form.fields, given, visit.actor.channel, ReadingContext(visit.now))
            async with self._store.unit() as uow:
                await work(uow, values, said(visit.form, MARK))
        except Forbidden:
            raise
        except DomainError as error:
            return await self._page(request, visit, Tried(form.name, given, error))
        raise web.HTTPSeeOther(f"{PATH}/one/{_code(request)}?done=office_{form.name}")

    async def _switch(self, request: web.Request, visit: Visit) -> web.Response:
        code, active = _code(request), said(visit.form, "active") == "yes"
        async with self._store.unit() as uow:
            await accounts.set_active(self._desk, uow, code, active, actor=visit.actor)
        raise web.HTTPSeeOther(f"{PATH}/one/{code}?done={'office_on' if active else 'office_off'}")

    async def _list(
        self, request: web.Request, visit: Visit, tried: Tried | None = None, made: NewKey | None = None
    ) -> web.Response:
        async with self._store.unit(write=False) as uow:
            found = await uow.offices.all()
        context = {
            "tabs": TABS,
            "offices": found,
            "locked": {one.code for one in found if _locks(one, visit)},
            "add": ADD.shown(self._desk.wording, {}, tried),
            "made": made,
        }
        return staff_page(request, visit, "admin/offices/offices.html", context, status=_status(tried))

    async def _page(
        self, request: web.Request, visit: Visit, tried: Tried | None = None, made: NewKey | None = None
    ) -> web.Response:
        async with self._store.unit(write=False) as uow:
            office = await uow.offices.by_code(_code(request))
        wording = self._desk.wording
        networks: Mapping[str, Any] = {"network": "\n".join(office.networks)}
        context = {
            "office": office,
            "keys": office.usable_keys(visit.now),
            "locks": _locks(office, visit),
            "rename": RENAME.shown(wording, {"name": office.name}, tried),
            "rotate": ROTATE.shown(wording, {"overlap": "24"}, tried),
            "networks": NETWORKS.shown(wording, networks, tried),
            "made": made,
        }
        return staff_page(request, visit, "admin/offices/office.html", context, status=_status(tried))


def _code(request: web.Request) -> str:
    return request.match_info["code"]


def _status(tried: Tried | None) -> int:
    return status_of(tried.error) if tried else 200


def _locks(office: Office, visit: Visit) -> dict[str, str]:
    """Return the addresses from which calls are refused for now, after too many wrong keys, and until when."""
    return {source: until for source, until in office.locks.items() if office.locked(source, visit.now)}
