"""Machines and operators taken out of service for some days, and put back."""

from collections.abc import Sequence
from datetime import date
from functools import partial

from aiohttp import web

from channels.admin.frame import Route, Section, Visit
from channels.admin.registry_row import OUT_FORM, RowPage, row_id
from channels.admin.registry_view import address
from channels.admin.tried import Tried
from channels.web.forms import read_form
from domain.actions.desk import Desk
from domain.actions.fleet import FLEET, OUT_OF_SERVICE, put_back, take_out
from domain.errors import DomainError, Forbidden
from domain.field_types import Reading
from domain.forms import read_fields
from domain.ports import Store
from domain.registries import REGISTRIES, Registry


class ServicePages:
    """Steps from the page of a machine or operator."""

    sections: Sequence[Section] = ()

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store
        self._row = RowPage(desk, store)

    def routes(self) -> Sequence[Route]:
        """Return every route."""
        return [route for key in sorted(FLEET) for route in self._of(REGISTRIES[key])]

    def _of(self, registry: Registry) -> Sequence[Route]:
        one = f"{address(registry)}/{{id:[0-9]{{1,19}}}}"
        return (
            Route("POST", f"{one}/out", "fleet.change", partial(self._take_out, registry)),
            Route("POST", f"{one}/back/{{booking:[0-9]{{1,19}}}}", "fleet.change", partial(self._put_back, registry)),
        )

    async def _take_out(self, registry: Registry, request: web.Request, visit: Visit) -> web.Response:
        given = read_form(OUT_OF_SERVICE, visit.form)
        try:
            read = read_fields(OUT_OF_SERVICE, given, visit.actor.channel, Reading(visit.now))
            days = date.fromisoformat(read["first"]), date.fromisoformat(read["last"])
            async with self._store.unit() as uow:
                await take_out(self._desk, uow, row_id(request), days, read["note"], visit.actor)
        except Forbidden:
            raise
        except DomainError as error:
            return await self._row.page(registry, request, visit, Tried(OUT_FORM.name, given, error))
        raise web.HTTPSeeOther(f"{address(registry)}/{row_id(request)}?done=taken_out")

    async def _put_back(self, registry: Registry, request: web.Request, visit: Visit) -> web.Response:
        async with self._store.unit() as uow:
            await put_back(self._desk, uow, min(int(request.match_info["booking"]), 2**63 - 1), visit.actor)
        raise web.HTTPSeeOther(f"{address(registry)}/{row_id(request)}?done=put_back")
