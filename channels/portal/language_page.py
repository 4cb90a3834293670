"""The switch of the language: a form in the head of every page, which leads back to the page that it was on."""

from collections.abc import Sequence

from aiohttp import web

from channels.portal.frame import HOME_PATH, PortalRoute, PortalSubmission, PortalVisitor, as_portal_address
from channels.web.languages import LANGUAGE_COOKIE
from channels.web.posted import read_text
from channels.web.refused_forms import RefusedForm
from channels.web.site_part import SitePart
from domain.actions.context import ActionContext
from domain.actions.line_languages import require_offered_language, save_line_language

LANGUAGE_PATH = "/language"

LANGUAGE_FIELD, RETURN_FIELD = "language", "return"


class LanguagePage(SitePart):
    """The form of the switch; there where more than one language is offered."""

    def list_routes(self) -> Sequence[PortalRoute]:
        """Return the route."""
        switch = PortalSubmission("language", self._switch_language, self._show_again)
        return (PortalRoute("POST", LANGUAGE_PATH, switch, bears_token=False),)

    async def _switch_language(self, request: web.Request, visitor: PortalVisitor) -> web.Response:
        """Keep the choice in the browser, and for the line whose mobile is proved in this session."""
        language = require_offered_language(self._dependencies, read_text(visitor.form, LANGUAGE_FIELD))
        if visitor.proved_mobile:
            async with self._store.open_unit() as uow:
                await save_line_language(ActionContext(self._dependencies, uow), visitor.proved_mobile, language)
        return_address = as_portal_address(read_text(visitor.form, RETURN_FIELD))
        response = web.Response(status=web.HTTPSeeOther.status_code, headers={"Location": return_address})
        LANGUAGE_COOKIE.set_token(request, response, language.tag)
        return response

    async def _show_again(
        self, request: web.Request, visitor: PortalVisitor, refused_form: RefusedForm
    ) -> web.Response:
        """Lead to the first page: no page of ours offers what was refused."""
        raise web.HTTPSeeOther(HOME_PATH)
