"""Sessions of a site in the browser: the cookie that holds the token of one, and the token that its own forms bear."""

import hmac
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from channels.web.headers import require_same_origin
from channels.web.posted import Form, said
from domain.errors import Forbidden

CSRF = "csrf"
"""The field of every form with the token of the session whose page it stands on."""


@dataclass(frozen=True, slots=True)
class SessionCookie:
    """The cookie of a site's sessions: its name, the path under which it is sent, and for how long it is kept."""

    name: str
    path: str
    kept: timedelta

    def token(self, request: web.Request) -> str:
        """Return the token that a browser sent; empty without one."""
        return request.cookies.get(self.name, "")

    def give(self, request: web.Request, response: web.Response, token: str) -> None:
        """Let the browser keep the token of its session: no script reads it, no other site's form sends it along."""
        response.set_cookie(
            self.name, token, path=self.path, httponly=True, samesite="Lax", secure=request.secure,
            max_age=int(self.kept.total_seconds()),
        )  # fmt: skip

    def take(self, response: web.Response) -> None:
        """Let the browser forget it."""
        response.del_cookie(self.name, path=self.path)


def bears(form: Form, csrf: str) -> bool:
    """Tell whether a form bears a session's token."""
    return hmac.compare_digest(said(form, CSRF).encode(), csrf.encode())


def require_own_form(request: web.Request, form: Form, csrf: str) -> None:
    """Refuse a form that is not of the own pages of the session with that token (`Forbidden`)."""
    require_same_origin(request)
    if not bears(form, csrf):
        raise Forbidden(detail="old_form")
