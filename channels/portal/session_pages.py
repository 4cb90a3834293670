"""«Shared computer»: whoever used the portal on somebody else's screen ends it there, and nothing of it is left.

The session is forgotten by the store, so the back button finds nothing; the browser is told to forget cookie and cached
pages (`Clear-Site-Data`, which browsers heed over TLS alone; without it the cookie is deleted all the same, and no
personal page may be cached anyway). What forms keep in the browser is removed by the scripts that keep it: a browser
that was told to clear its storage would close their database while they write that the session was ended.

The form is taken without the session's token: it is sent also by a browser that had no line when its session was ended
there and knows no token any more, and ending somebody's session does no more harm than having them begin another one.
Other sites' forms are refused as everywhere.
"""

from collections.abc import Sequence

from aiohttp import web

from channels.portal.frame import SESSION_COOKIE, PortalRoute, PortalSubmission, PortalVisitor, render_portal_page
from channels.portal.problems import Problem
from channels.web.refused_forms import RefusedForm, form_error
from channels.web.site_part import SitePart
from domain.actions.citizens.sessions import end_session
from domain.actions.context import ActionContext

END_PATH, ENDED_PATH = "/session/end", "/session/ended"

CLEAR_SITE_DATA = '"cache", "cookies"'


class SessionPages(SitePart):
    """The page that ends a session, and what is shown then."""

    def list_routes(self) -> Sequence[PortalRoute]:
        """Return the routes."""
        return (
            PortalRoute("GET", END_PATH, self._show_end),
            PortalRoute(
                "POST", END_PATH, PortalSubmission("end", self._end_session, self._show_end), bears_token=False
            ),
            PortalRoute("GET", ENDED_PATH, self._show_ended),
        )

    async def _show_end(
        self, request: web.Request, visitor: PortalVisitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        error = form_error(refused_form)
        context = {"problems": [Problem(self._dependencies.wording.render_error(error))] if error else []}
        return render_portal_page(request, visitor, "portal/session_end.html", context, error=error)

    async def _end_session(self, request: web.Request, visitor: PortalVisitor) -> str | web.Response:
        if not SESSION_COOKIE.read_token(request):
            return ENDED_PATH  # no cookie came, as from another site's page: none is removed
        if visitor.session:
            async with self._store.open_unit() as uow:
                await end_session(ActionContext(self._dependencies, uow), visitor.session)
        response = web.Response(status=303, headers={"Location": ENDED_PATH, "Clear-Site-Data": CLEAR_SITE_DATA})
        SESSION_COOKIE.delete_token(request, response)
        return response

    async def _show_ended(self, request: web.Request, visitor: PortalVisitor) -> web.Response:
        return render_portal_page(request, visitor, "portal/session_ended.html", {})
