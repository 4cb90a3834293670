"""Counter offices: added, renamed, given new keys, bound to networks, switched off and on. A key is shown once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiohttp import web

from channels.admin.frame import NavigationSection, PageRoute, Visit, staff_page
from channels.admin.page_forms import PageForm
from channels.admin.submissions import FormSubmission, RefusedForm, error_of
from channels.admin.version_tokens import version_shown
from channels.web.posted import said
from domain.actions.desk import Desk
from domain.actions.offices import accounts
from domain.fields.form import Field
from domain.fields.types import Integer, Text
from domain.offices.office import LONGEST_NAME, LONGEST_USERNAME, MOST_NETWORKS, Office
from domain.unit_of_work import Store, Vault

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
            PageRoute("GET", PATH, "offices.view", self._list),
            PageRoute("POST", PATH, "offices.change", FormSubmission(ADD.name, self._add, self._list)),
            PageRoute("GET", ONE, "offices.view", self._page),
            *(
                PageRoute("POST", f"{ONE}/{path}", "offices.change", FormSubmission(form.name, action, self._page))
                for path, form, action in (
                    ("name", RENAME, self._rename),
                    ("key", ROTATE, self._rotate),
                    ("networks", NETWORKS, self._bind),
                )
            ),
            PageRoute("POST", f"{ONE}/switch", "offices.change", self._switch),
        )

    async def _add(self, request: web.Request, visit: Visit) -> web.Response:
        values = ADD.read(visit)
        async with self._store.unit() as uow:
            office, key = await accounts.add(
                self._desk, uow, self._vault, values["code"], values["name"], values.get("username"), actor=visit.actor
            )
        return await self._list(request, visit, made=NewKey(office.username, key))

    async def _rotate(self, request: web.Request, visit: Visit) -> web.Response:
        code, overlap = _code(request), timedelta(hours=ROTATE.read(visit)["overlap"])
        async with self._store.unit() as uow:
            key = await accounts.rotate_key(self._desk, uow, self._vault, code, overlap, actor=visit.actor)
            office = await uow.offices.by_code(code)
        return await self._page(request, visit, made=NewKey(office.username, key))

    async def _rename(self, request: web.Request, visit: Visit) -> str:
        name, version = RENAME.read(visit)["name"], version_shown(visit.form)
        async with self._store.unit() as uow:
            await accounts.rename(self._desk, uow, _code(request), name, actor=visit.actor, version=version)
        return f"{PATH}/one/{_code(request)}?done=office_name"

    async def _bind(self, request: web.Request, visit: Visit) -> str:
        networks, version = NETWORKS.read(visit).get("network", "").split(), version_shown(visit.form)
        async with self._store.unit() as uow:
            await accounts.allow(self._desk, uow, _code(request), networks, actor=visit.actor, version=version)
        return f"{PATH}/one/{_code(request)}?done=office_networks"

    async def _switch(self, request: web.Request, visit: Visit) -> web.Response:
        code, active = _code(request), said(visit.form, "active") == "yes"
        async with self._store.unit() as uow:
            await accounts.set_active(self._desk, uow, code, active, actor=visit.actor)
        raise web.HTTPSeeOther(f"{PATH}/one/{code}?done={'office_on' if active else 'office_off'}")

    async def _list(
        self, request: web.Request, visit: Visit, refused: RefusedForm | None = None, made: NewKey | None = None
    ) -> web.Response:
        async with self._store.unit(write=False) as uow:
            found = await uow.offices.all()
        context = {
            "tabs": TABS,
            "offices": found,
            "locked": {one.code for one in found if _locks(one, visit)},
            "add": ADD.shown(self._desk.wording, {}, refused),
            "made": made,
        }
        return staff_page(request, visit, "admin/offices/offices.html", context, error=error_of(refused))

    async def _page(
        self, request: web.Request, visit: Visit, refused: RefusedForm | None = None, made: NewKey | None = None
    ) -> web.Response:
        async with self._store.unit(write=False) as uow:
            office = await uow.offices.by_code(_code(request))
        wording = self._desk.wording
        networks: Mapping[str, Any] = {"network": "\n".join(office.networks)}
        context = {
            "office": office,
            "keys": office.usable_keys(visit.now),
            "locks": _locks(office, visit),
            "rename": RENAME.shown(wording, {"name": office.name}, refused),
            "rotate": ROTATE.shown(wording, {"overlap": "24"}, refused),
            "networks": NETWORKS.shown(wording, networks, refused),
            "made": made,
        }
        return staff_page(request, visit, "admin/offices/office.html", context, error=error_of(refused))


def _code(request: web.Request) -> str:
    return request.match_info["code"]


def _locks(office: Office, visit: Visit) -> dict[str, str]:
    """Return the addresses from which calls are refused for now, after too many wrong keys, and until when."""
    return {source: until for source, until in office.locks.items() if office.locked(source, visit.now)}
