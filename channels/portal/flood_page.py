"""Page of a flooded form: the form as it was sent, to be sent again after some work, or some seconds."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from channels.portal.frame import PortalVisitor, render_portal_page
from channels.web.posted import read_text
from channels.web.session import CSRF_FIELD
from domain.actions.citizens.flooding import (
    FLOOD_WAIT,
    WORK_BITS,
    WORK_NEEDED,
    admit_submission,
    admit_worker,
    describe_work,
)
from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.unit_of_work import Store
from domain.values.errors import TooManyRequests

WORK_FIELD = "work_nonce"


async def find_flood_page(
    request: web.Request, visitor: PortalVisitor, form_name: str, dependencies: Dependencies, store: Store
) -> web.Response | None:
    """Return the page that asks for work where the form is not taken now (429); None where it is. Who has proved a
    mobile is never asked.
    """
    if visitor.proved_mobile:
        return None
    async with store.open_unit() as uow:
        nonce = read_text(visitor.form, WORK_FIELD)
        if await admit_submission(ActionContext(dependencies, uow), form_name, visitor.source_address, nonce):
            return None
    return _render_flood_page(request, visitor, form_name, dependencies)


async def find_work_page(
    request: web.Request, visitor: PortalVisitor, form_name: str, dependencies: Dependencies, store: Store
) -> web.Response | None:
    """Return the page that asks for the work which a form needs; None where it was done."""
    async with store.open_unit() as uow:
        nonce = read_text(visitor.form, WORK_FIELD)
        if await admit_worker(ActionContext(dependencies, uow), form_name, visitor.source_address, nonce):
            return None
    return _render_flood_page(request, visitor, form_name, dependencies)


async def do_with_work(
    request: web.Request,
    visitor: PortalVisitor,
    form_name: str,
    dependencies: Dependencies,
    store: Store,
    action: Callable[[bool], Awaitable[str | web.Response]],
) -> str | web.Response:
    """Return what an action returns, which is told whether work was done or is not needed; where it is needed, the
    page that asks for it.
    """
    try:
        return await action(visitor.proved_mobile is not None)
    except TooManyRequests as error:
        if error.field != WORK_NEEDED:
            raise
    page = await find_work_page(request, visitor, form_name, dependencies, store)
    return await action(True) if page is None else page


def _render_flood_page(
    request: web.Request, visitor: PortalVisitor, form_name: str, dependencies: Dependencies
) -> web.Response:
    own_fields = {CSRF_FIELD, WORK_FIELD}
    context = {
        "action": request.path_qs,
        "work": describe_work(dependencies, form_name, visitor.source_address),
        "work_bits": WORK_BITS,
        "wait_seconds": int(FLOOD_WAIT.total_seconds()),
        "carried_fields": [
            (name, value) for name, value in visitor.form.items() if isinstance(value, str) and name not in own_fields
        ],
    }
    return render_portal_page(request, visitor, "portal/flooded.html", context, status=429)
