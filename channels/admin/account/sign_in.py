"""Signing in and out: the only pages of the staff's site that nobody has to be signed in for."""

from urllib.parse import urlencode

from aiohttp import web

from channels.admin.frame import MAX_FORM_BYTES
from channels.admin.gate import SECOND_FACTOR_PATH, SIGN_IN_PATH, Gate, read_next_address
from channels.admin.return_links import SESSION_COOKIE, set_session_cookies
from channels.web.error_pages import WORDING, status_of
from channels.web.headers import require_same_origin
from channels.web.pages import render_page
from channels.web.posted import read_posted_form, read_text
from domain.actions.staff.signing_in import StaffSignIn
from domain.people.sessions import StaffSession
from domain.people.sign_in_attempts import ClientOrigin
from domain.values.errors import AuthenticationFailed, DomainError, Forbidden, TooManyRequests

SIGN_OUT_PATH = "/staff/sign-out"

_CLEARED_AT_SIGN_OUT = '"cache"'
"""Pages that the browser holds for its back button. Cookies stay: one of them says that the device is known."""


class SignInPages:
    """Mounts the pages. `hint` is what the demonstration shows of its own password, None otherwise."""

    def __init__(self, staff_sign_in: StaffSignIn, gate: Gate, password_hint: str | None = None) -> None:
        self._staff_sign_in = staff_sign_in
        self._gate = gate
        self._password_hint = password_hint

    def mount(self, app: web.Application) -> None:
        app.router.add_get(SIGN_IN_PATH, self._show_sign_in)
        app.router.add_post(SIGN_IN_PATH, self._submit_sign_in)
        app.router.add_get(SECOND_FACTOR_PATH, self._show_second_factor)
        app.router.add_post(SECOND_FACTOR_PATH, self._submit_second_factor)
        app.router.add_post(SIGN_OUT_PATH, self._submit_sign_out)

    async def _show_sign_in(self, request: web.Request) -> web.Response:
        return self._render_sign_in(request)

    async def _submit_sign_in(self, request: web.Request) -> web.Response:
        """Check the password. The session that the browser had ends; the new one has a token of its own."""
        form, caller = await read_posted_form(request, MAX_FORM_BYTES), self._gate.caller(request)
        username, password = read_text(form, "username"), str(form.get("password", ""))
        try:
            require_same_origin(request)
        except Forbidden:
            await self._staff_sign_in.audit_foreign_form(username, caller)
            raise
        former_visitor = await self._gate.identify_visitor(request)
        try:
            session, token = await self._staff_sign_in.sign_in(
                username, password, caller, former=former_visitor.session if former_visitor else None
            )
        except (AuthenticationFailed, TooManyRequests) as error:
            return self._render_sign_in(request, username, error)
        next_address = read_next_address(request)
        if not await self._gate.must_show_code(session, caller):
            return self._redirect_signed_in(request, next_address, caller, session, token)
        response = _redirect_to(f"{SECOND_FACTOR_PATH}?{urlencode({'next': next_address})}")
        SESSION_COOKIE.set_token(request, response, token)
        return response

    async def _show_second_factor(self, request: web.Request) -> web.Response:
        if await self._gate.identify_visitor(request) is None:
            raise web.HTTPSeeOther(SIGN_IN_PATH)
        return await self._render_second_factor(request)

    async def _submit_second_factor(self, request: web.Request) -> web.Response:
        visitor = await self._gate.identify_visitor(request)
        if visitor is None:
            raise web.HTTPSeeOther(SIGN_IN_PATH)
        form = await read_posted_form(request, MAX_FORM_BYTES)
        await self._gate.require_own_form(request, form, visitor)
        submitted_code = read_text(form, "code")
        try:
            session, token = await self._staff_sign_in.show_second_factor(
                visitor.session, submitted_code, visitor.caller
            )
        except (AuthenticationFailed, TooManyRequests) as error:
            return await self._render_second_factor(request, error)
        return self._redirect_signed_in(request, read_next_address(request), visitor.caller, session, token)

    async def _submit_sign_out(self, request: web.Request) -> web.Response:
        """End the session. Another site's page sends no cookie with its form, and could only have this browser's
        removed: so nothing is taken from it, and without a cookie nothing is removed.
        """
        require_same_origin(request)
        if not SESSION_COOKIE.read_token(request):
            return _redirect_to(SIGN_IN_PATH)
        visitor = await self._gate.identify_visitor(request)
        if visitor:
            await self._gate.require_own_form(request, await read_posted_form(request, MAX_FORM_BYTES), visitor)
            await self._staff_sign_in.sign_out(visitor.session, visitor.caller)
        response = _redirect_to(SIGN_IN_PATH)
        SESSION_COOKIE.delete_token(request, response)
        response.headers["Clear-Site-Data"] = _CLEARED_AT_SIGN_OUT
        return response

    def _redirect_signed_in(
        self, request: web.Request, next_address: str, caller: ClientOrigin, session: StaffSession, token: str
    ) -> web.Response:
        response = _redirect_to(next_address)
        set_session_cookies(request, response, self._staff_sign_in, caller, session, token)
        return response

    def _render_sign_in(
        self, request: web.Request, username: str = "", error: DomainError | None = None
    ) -> web.Response:
        context = {"username": username, "problem": _describe_problem(request, error), "hint": self._password_hint}
        return render_page(request, "admin/account/sign_in.html", context, status=status_of(error) if error else 200)

    async def _render_second_factor(self, request: web.Request, error: DomainError | None = None) -> web.Response:
        visitor = await self._gate.identify_visitor(request)
        if visitor is None:
            raise web.HTTPSeeOther(SIGN_IN_PATH)
        context = {"csrf": visitor.session.csrf, "problem": _describe_problem(request, error)}
        return render_page(
            request, "admin/account/second_factor.html", context, status=status_of(error) if error else 200
        )


def _describe_problem(request: web.Request, error: DomainError | None) -> str | None:
    return request.app[WORDING].render_error(error) if error else None


def _redirect_to(next_address: str) -> web.Response:
    return web.Response(status=303, headers={"Location": next_address})
