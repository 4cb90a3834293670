"""Sessions of a site in the browser: the cookie that holds the token of one, and the token that its own forms bear."""

import hmac
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from channels.web.headers import over_tls, require_same_origin
from channels.web.posted import Form, said
from domain.values.errors import Forbidden

CSRF = "csrf"
"""The field of every form with the token of the session whose page it stands on."""


@dataclass(frozen=True, slots=True)
class SessionCookie:
    """The cookie of a site's sessions: its name, the path under which it is sent, and for how long it is kept.

    Where the browser speaks TLS its name is `__Host-…`, with the path that this needs: browsers take such a one from
    this very host by TLS alone, so neither a page without TLS nor another host of the domain can plant a session.
    """

    name: str
    path: str
    kept: timedelta

    def token(self, request: web.Request) -> str:
        """Return the token that a browser sent; empty without one."""
        return request.cookies.get(self._of(request)[0], "")

    def give(self, request: web.Request, response: web.Response, token: str) -> None:
        """Let the browser keep the token of its session: no script reads it, no other site's form sends it along."""
        name, path = self._of(request)
        response.set_cookie(
            name, token, path=path, httponly=True, samesite="Lax", secure=over_tls(request),
            max_age=int(self.kept.total_seconds()),
        )  # fmt: skip

    def take(self, request: web.Request, response: web.Response) -> None:
        """Let the browser forget it."""
        name, path = self._of(request)
        response.del_cookie(name, path=path, secure=over_tls(request))

    def _of(self, request: web.Request) -> tuple[str, str]:
        """Return the name and path of the cookie on the line that this call came by."""
        return (f"__Host-{self.name}", "/") if over_tls(request) else (self.name, self.path)


def bears(form: Form, csrf: str) -> bool:
    """Tell whether a form bears a session's token."""
    return hmac.compare_digest(said(form, CSRF).encode(), csrf.encode())


def require_own_form(request: web.Request, form: Form, csrf: str) -> None:
    """Refuse a form that is not of the own pages of the session with that token (`Forbidden`)."""
    require_same_origin(request)
    if not bears(form, csrf):
        raise Forbidden(detail="old_form")
