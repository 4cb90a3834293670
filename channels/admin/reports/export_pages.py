"""Registries exported to sheets. The file is made beside the service, and sent piece by piece."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from aiohttp import web

from channels.admin.frame import NavigationSection, PageRoute, Visit, staff_page
from channels.admin.registries.registry_view import RegistryViews, address
from domain.actions.desk import Desk
from domain.actions.registries.rows import take_along
from domain.actions.staff.authorization import registry_right
from domain.registries.declarations import REGISTRIES, Registry
from domain.unit_of_work import Store, TableExports

KINDS: Mapping[str, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
"""How a sheet may be written, and its media type."""

_BLOCK = 256 * 1024


class ExportPages:
    """Exports of every registry."""

    sections: Sequence[NavigationSection] = ()

    def __init__(self, desk: Desk, store: Store, exports: TableExports) -> None:
        self._desk = desk
        self._store = store
        self._exports = exports
        self._views = RegistryViews(desk)

    def routes(self) -> Sequence[PageRoute]:
        """Return every route."""
        return [route for registry in REGISTRIES.values() for route in self._of(registry)]

    def _of(self, registry: Registry) -> Sequence[PageRoute]:
        base, right = f"{address(registry)}/export", registry_right(registry.key, "export")
        return (
            PageRoute("GET", base, right, partial(self._ask, registry)),
            *(PageRoute("GET", f"{base}/{kind}", right, partial(self._send, registry, kind)) for kind in KINDS),
        )

    async def _ask(self, registry: Registry, request: web.Request, visit: Visit) -> web.Response:
        context = {**self._views.room(registry, visit), "kinds": list(KINDS)}
        return staff_page(request, visit, "admin/reports/export.html", context)

    async def _send(self, registry: Registry, kind: str, request: web.Request, visit: Visit) -> web.StreamResponse:
        async with self._exports.exported(registry, kind) as path:
            size = (await asyncio.to_thread(path.stat)).st_size
            async with self._store.unit() as uow:
                await take_along(self._desk, uow, registry, {"kind": kind, "bytes": size}, visit.actor)
            return await _sent(request, path, size, KINDS[kind])


async def _sent(request: web.Request, path: Path, size: int, media_type: str) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": media_type})
    response.headers["Content-Disposition"] = f'attachment; filename="{path.name}"'
    response.content_length = size
    await response.prepare(request)
    with path.open("rb") as file:
        while block := await asyncio.to_thread(file.read, _BLOCK):
            await response.write(block)
    await response.write_eof()
    return response
