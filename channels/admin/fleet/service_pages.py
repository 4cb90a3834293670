"""Machines and operators taken out of service for some days, and put back."""

from collections.abc import Sequence
from datetime import date
from functools import partial

from aiohttp import web

from channels.admin.addresses import list_address
from channels.admin.frame import NavigationSection, PageRoute, Visitor
from channels.admin.registries.registry_row import OUT_OF_SERVICE_FORM, RowPage
from channels.admin.submissions import FormSubmission
from channels.web.row_ids import get_row_id
from channels.web.site_part import SitePart
from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.fleet.out_of_service import FLEET_REGISTRIES, return_to_service, take_out_of_service
from domain.authorization.rights import Right
from domain.registries.declarations import REGISTRIES, Registry
from domain.unit_of_work import Store


class ServicePages(SitePart):
    """Steps from the page of a machine or operator."""

    sections: Sequence[NavigationSection] = ()

    def __init__(self, dependencies: Dependencies, store: Store) -> None:
        super().__init__(dependencies, store)
        self._row_page = RowPage(dependencies, store)

    def list_routes(self) -> Sequence[PageRoute]:
        return [
            route for registry_key in sorted(FLEET_REGISTRIES) for route in self._build_routes(REGISTRIES[registry_key])
        ]

    def _build_routes(self, registry: Registry) -> Sequence[PageRoute]:
        row_path = f"{list_address(registry)}/{{id:[0-9]{{1,19}}}}"
        return (
            PageRoute(
                "POST",
                f"{row_path}/out",
                Right.FLEET_CHANGE,
                FormSubmission(
                    OUT_OF_SERVICE_FORM.name,
                    partial(self._submit_out_of_service, registry),
                    partial(self._row_page.render_row_page, registry),
                ),
            ),
            PageRoute(
                "POST",
                f"{row_path}/back/{{booking:[0-9]{{1,19}}}}",
                Right.FLEET_CHANGE,
                FormSubmission(
                    "back",
                    partial(self._submit_back_in_service, registry),
                    partial(self._row_page.render_row_page, registry),
                ),
            ),
        )

    async def _submit_out_of_service(self, registry: Registry, request: web.Request, visitor: Visitor) -> str:
        read_values = OUT_OF_SERVICE_FORM.read_values(visitor)
        day_range = date.fromisoformat(read_values["first"]), date.fromisoformat(read_values["last"])
        async with self._store.open_unit() as uow:
            await take_out_of_service(
                ActorContext(self._dependencies, uow, visitor.actor),
                get_row_id(request),
                day_range,
                read_values["note"],
            )
        return f"{list_address(registry)}/{get_row_id(request)}?done=taken_out"

    async def _submit_back_in_service(self, registry: Registry, request: web.Request, visitor: Visitor) -> str:
        async with self._store.open_unit() as uow:
            await return_to_service(
                ActorContext(self._dependencies, uow, visitor.actor), get_row_id(request, "booking")
            )
        return f"{list_address(registry)}/{get_row_id(request)}?done=put_back"
