"""Machines and operators taken out of service for some days, and put back."""

from collections.abc import Sequence
from datetime import date
from functools import partial

from aiohttp import web

from channels.admin.frame import NavigationSection, PageRoute, Visit
from channels.admin.registries.registry_row import OUT_FORM, RowPage, row_id
from channels.admin.registries.registry_view import address
from channels.admin.submissions import FormSubmission
from domain.actions.desk import Desk
from domain.actions.fleet.out_of_service import FLEET, put_back, take_out
from domain.registries.declarations import REGISTRIES, Registry
from domain.unit_of_work import Store


class ServicePages:
    """Steps from the page of a machine or operator."""

    sections: Sequence[NavigationSection] = ()

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store
        self._row = RowPage(desk, store)

    def routes(self) -> Sequence[PageRoute]:
        """Return every route."""
        return [route for key in sorted(FLEET) for route in self._of(REGISTRIES[key])]

    def _of(self, registry: Registry) -> Sequence[PageRoute]:
        one = f"{address(registry)}/{{id:[0-9]{{1,19}}}}"
        return (
            PageRoute(
                "POST",
                f"{one}/out",
                "fleet.change",
                FormSubmission(OUT_FORM.name, partial(self._take_out, registry), partial(self._row.page, registry)),
            ),
            PageRoute(
                "POST", f"{one}/back/{{booking:[0-9]{{1,19}}}}", "fleet.change", partial(self._put_back, registry)
            ),
        )

    async def _take_out(self, registry: Registry, request: web.Request, visit: Visit) -> str:
        read = OUT_FORM.read(visit)
        days = date.fromisoformat(read["first"]), date.fromisoformat(read["last"])
        async with self._store.unit() as uow:
            await take_out(self._desk, uow, row_id(request), days, read["note"], visit.actor)
        return f"{address(registry)}/{row_id(request)}?done=taken_out"

    async def _put_back(self, registry: Registry, request: web.Request, visit: Visit) -> web.Response:
        async with self._store.unit() as uow:
            await put_back(self._desk, uow, min(int(request.match_info["booking"]), 2**63 - 1), visit.actor)
        raise web.HTTPSeeOther(f"{address(registry)}/{row_id(request)}?done=put_back")
