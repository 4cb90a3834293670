"""Signing in and out: the only pages of the staff's site that nobody has to be signed in for."""

from urllib.parse import urlencode

from aiohttp import web

from channels.admin.frame import FORM_BYTES
from channels.admin.gate import SECOND_FACTOR, SIGN_IN, Gate, way_on
from channels.admin.return_links import COOKIE, let_in
from channels.web.error_pages import WORDING, status_of
from channels.web.headers import require_same_origin
from channels.web.pages import page
from channels.web.posted import read_posted, said
from domain.actions.staff.signing_in import Doorman
from domain.people.sessions import StaffSession
from domain.people.sign_in_attempts import ClientOrigin
from domain.values.errors import AuthenticationFailed, DomainError, Forbidden, TooManyRequests

SIGN_OUT = "/staff/sign-out"


class SignInPages:
    """Mounts the pages. `hint` is what the demonstration tells of its own password, None otherwise."""

    def __init__(self, doorman: Doorman, gate: Gate, hint: str | None = None) -> None:
        self._doorman = doorman
        self._gate = gate
        self._hint = hint

    def mount(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_get(SIGN_IN, self._ask)
        app.router.add_post(SIGN_IN, self._sign_in)
        app.router.add_get(SECOND_FACTOR, self._ask_code)
        app.router.add_post(SECOND_FACTOR, self._show_code)
        app.router.add_post(SIGN_OUT, self._sign_out)

    async def _ask(self, request: web.Request) -> web.Response:
        return self._sign_in_page(request)

    async def _sign_in(self, request: web.Request) -> web.Response:
        """Check the password. The session that the browser had ends; the new one has a token of its own."""
        form, caller = await read_posted(request, FORM_BYTES), self._gate.caller(request)
        username, password = said(form, "username"), str(form.get("password", ""))
        try:
            require_same_origin(request)
        except Forbidden:
            await self._doorman.note_foreign_form(username, caller)
            raise
        former = await self._gate.visit(request)
        try:
            session, token = await self._doorman.sign_in(
                username, password, caller, former=former.session if former else None
            )
        except (AuthenticationFailed, TooManyRequests) as error:
            return self._sign_in_page(request, username, error)
        way = way_on(request)
        if not await self._gate.has_code_to_show(session, caller):
            return self._let_in(request, way, caller, session, token)
        response = _onward(f"{SECOND_FACTOR}?{urlencode({'next': way})}")
        COOKIE.give(request, response, token)
        return response

    async def _ask_code(self, request: web.Request) -> web.Response:
        if await self._gate.visit(request) is None:
            raise web.HTTPSeeOther(SIGN_IN)
        return await self._code_page(request)

    async def _show_code(self, request: web.Request) -> web.Response:
        visit = await self._gate.visit(request)
        if visit is None:
            raise web.HTTPSeeOther(SIGN_IN)
        form = await read_posted(request, FORM_BYTES)
        await self._gate.require_own_form(request, form, visit)
        code = said(form, "code")
        try:
            session, token = await self._doorman.show_code(visit.session, code, visit.caller)
        except (AuthenticationFailed, TooManyRequests) as error:
            return await self._code_page(request, error)
        return self._let_in(request, way_on(request), visit.caller, session, token)

    async def _sign_out(self, request: web.Request) -> web.Response:
        visit = await self._gate.visit(request)
        if visit:
            await self._gate.require_own_form(request, await read_posted(request, FORM_BYTES), visit)
            await self._doorman.sign_out(visit.session, visit.caller)
        response = _onward(SIGN_IN)
        COOKIE.take(request, response)
        return response

    def _let_in(
        self, request: web.Request, way: str, caller: ClientOrigin, session: StaffSession, token: str
    ) -> web.Response:
        response = _onward(way)
        let_in(request, response, self._doorman, caller, session, token)
        return response

    def _sign_in_page(self, request: web.Request, username: str = "", error: DomainError | None = None) -> web.Response:
        context = {"username": username, "problem": _problem(request, error), "hint": self._hint}
        return page(request, "admin/account/sign_in.html", context, status=status_of(error) if error else 200)

    async def _code_page(self, request: web.Request, error: DomainError | None = None) -> web.Response:
        visit = await self._gate.visit(request)
        if visit is None:
            raise web.HTTPSeeOther(SIGN_IN)
        context = {"csrf": visit.session.csrf, "problem": _problem(request, error)}
        return page(request, "admin/account/second_factor.html", context, status=status_of(error) if error else 200)


def _problem(request: web.Request, error: DomainError | None) -> str | None:
    return request.app[WORDING].error(error) if error else None


def _onward(way: str) -> web.Response:
    return web.Response(status=303, headers={"Location": way})
