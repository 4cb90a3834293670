"""Sessions of a site in the browser: the cookie that holds the token of one, and the token that its own forms bear."""

import hmac
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from channels.web.headers import is_over_tls, require_same_origin
from channels.web.posted import PostedForm, read_text
from domain.values.errors import Forbidden
from domain.values.reasons import ForbiddenReason

CSRF_FIELD = "csrf"
"""The field of every form with the token of the session of the page that it is on."""

CSRF_HEADER = "X-CSRF-Token"
"""The header with that token of what a script of the page sends where there is no form."""


@dataclass(frozen=True, slots=True)
class SessionCookie:
    """The cookie of a site's sessions: its name, the path under which it is sent, and for how long it is kept.

    Where the browser speaks TLS its name is `__Host-…`, with the path that this needs: browsers take such a one from
    this very host by TLS alone, so neither a page without TLS nor another host of the domain can plant a session.
    """

    name: str
    path: str
    lifetime: timedelta

    def read_token(self, request: web.Request) -> str:
        """Return the token that a browser sent; empty without one."""
        return request.cookies.get(self._name_and_path(request)[0], "")

    def set_token(self, request: web.Request, response: web.Response, session_token: str) -> None:
        """Let the browser keep the token of its session: no script reads it, no other site's form sends it along."""
        cookie_name, cookie_path = self._name_and_path(request)
        response.set_cookie(
            cookie_name,
            session_token,
            path=cookie_path,
            httponly=True,
            samesite="Lax",
            secure=is_over_tls(request),
            max_age=int(self.lifetime.total_seconds()),
        )

    def delete_token(self, request: web.Request, response: web.Response) -> None:
        """Let the browser forget it."""
        cookie_name, cookie_path = self._name_and_path(request)
        response.del_cookie(cookie_name, path=cookie_path, secure=is_over_tls(request))

    def _name_and_path(self, request: web.Request) -> tuple[str, str]:
        """Return the name and path of the cookie on the line that this call came by."""
        return (f"__Host-{self.name}", "/") if is_over_tls(request) else (self.name, self.path)


def bears_csrf_token(form: PostedForm, csrf_token: str) -> bool:
    """Return whether a form bears a session's token."""
    return hmac.compare_digest(read_text(form, CSRF_FIELD).encode(), csrf_token.encode())


def bears_csrf_header(request: web.Request, csrf_token: str) -> bool:
    """Return whether what a script sent bears a session's token."""
    return hmac.compare_digest(request.headers.get(CSRF_HEADER, "").encode("utf-8", "replace"), csrf_token.encode())


def require_own_form(request: web.Request, form: PostedForm, csrf_token: str) -> None:
    """Refuse a form that is not of the own pages of the session with that token (`Forbidden`)."""
    require_same_origin(request)
    if not bears_csrf_token(form, csrf_token):
        raise Forbidden(reason=ForbiddenReason.OLD_FORM)
