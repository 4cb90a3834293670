"""Registries exported to sheets. The file is made beside the service, and sent piece by piece."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from aiohttp import web

from channels.admin.addresses import list_address
from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.registries.registry_view import RegistryViews
from channels.web.site_part import SitePart
from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.registries.rows import audit_export
from domain.authorization.rights import registry_right
from domain.registries.declarations import REGISTRIES, Registry
from domain.registries.ports import TableExports
from domain.unit_of_work import Store

MEDIA_TYPES_BY_KIND: Mapping[str, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
"""Formats of a sheet, with their media types."""

_BLOCK_BYTES = 256 * 1024


class ExportPages(SitePart):
    """Exports of every registry."""

    sections: Sequence[NavigationSection] = ()

    def __init__(self, dependencies: Dependencies, store: Store, table_exports: TableExports) -> None:
        super().__init__(dependencies, store)
        self._table_exports = table_exports
        self._views = RegistryViews(dependencies)

    def list_routes(self) -> Sequence[PageRoute]:
        return [route for registry in REGISTRIES.values() for route in self._build_routes(registry)]

    def _build_routes(self, registry: Registry) -> Sequence[PageRoute]:
        export_path, export_right = f"{list_address(registry)}/export", registry_right(registry.key, "export")
        return (
            PageRoute("GET", export_path, export_right, partial(self._show_export, registry)),
            *(
                PageRoute(
                    "GET", f"{export_path}/{file_kind}", export_right, partial(self._send_export, registry, file_kind)
                )
                for file_kind in MEDIA_TYPES_BY_KIND
            ),
        )

    async def _show_export(self, registry: Registry, request: web.Request, visitor: Visitor) -> web.Response:
        context = {**self._views.build_context(registry, visitor), "file_kinds": list(MEDIA_TYPES_BY_KIND)}
        return render_staff_page(request, visitor, "admin/reports/export.html", context)

    async def _send_export(
        self, registry: Registry, file_kind: str, request: web.Request, visitor: Visitor
    ) -> web.StreamResponse:
        async with self._table_exports.export_registry(registry, file_kind) as file_path:
            file_bytes = (await asyncio.to_thread(file_path.stat)).st_size
            async with self._store.open_unit() as uow:
                await audit_export(
                    ActorContext(self._dependencies, uow, visitor.actor),
                    registry,
                    {"kind": file_kind, "bytes": file_bytes},
                )
            return await _stream_file(request, file_path, file_bytes, MEDIA_TYPES_BY_KIND[file_kind])


async def _stream_file(request: web.Request, file_path: Path, file_bytes: int, media_type: str) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": media_type})
    response.headers["Content-Disposition"] = f'attachment; filename="{file_path.name}"'
    response.content_length = file_bytes
    await response.prepare(request)
    with file_path.open("rb") as open_file:
        while file_block := await asyncio.to_thread(open_file.read, _BLOCK_BYTES):
            await response.write(file_block)
    await response.write_eof()
    return response
