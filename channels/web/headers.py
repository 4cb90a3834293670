"""Security headers of every response, and the check that a form came from our own page.

The pages hold no inline script or style, so the policy allows none. The policy is for HTML; on other bodies it does no
harm. A handler that needs another value sets the header itself and keeps it.
"""

from collections.abc import Collection

from aiohttp import web

from domain.values.errors import Forbidden
from domain.values.reasons import ForbiddenReason

_NOTHING_ELSE = ("default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'")
"""Of every policy; for the last two nothing else stands in."""


def build_content_policy(form_targets: str = "'self'") -> str:
    """Return the content policy of a page whose forms may lead there."""
    return "; ".join(
        (
            *_NOTHING_ELSE,
            "script-src 'self'",
            "worker-src 'self'",  # the one that opens forms when the line is gone
            "style-src 'self'",
            "img-src 'self' data:",  # the arrows and ticks of the style sheet are data: images
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            f"form-action {form_targets}",
        )
    )


def build_document_policy(*directives: str, sandbox: str = "sandbox") -> str:
    """Return the content policy of what is shown in a place of its own, as it is no page of ours."""
    return "; ".join((sandbox, *_NOTHING_ELSE, *directives))


CONTENT_SECURITY_POLICY = build_content_policy()
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    # Not `no-referrer`: browsers would then send `Origin: null` with our own forms.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Set on every response that does not set them itself."""

OVER_TLS: web.RequestKey[bool] = web.RequestKey("over_tls", bool)
"""Whether a call reached the proxy in front by TLS; not there where no declared proxy reports it."""

HTTPS_HOSTS: web.AppKey[Collection[str]] = web.AppKey("https_hosts", Collection[str])
"""The hosts, each with its port if it has one, under which the server is reached by TLS; none where it is not."""

_STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"

CACHE_FOR_EVER = "public, max-age=31536000, immutable"
"""For assets whose address carries a digest of their content."""

CACHE_FOR_A_DAY = "public, max-age=86400"
"""For assets that style sheets name (fonts), whose address says nothing of their content."""


CACHE_AFTER_ASKING = "no-cache"
"""For pages that are the same for everybody: they may be kept, and are asked for again each time."""


async def add_security_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Put the headers on a response as it is about to leave; pages are not kept by anybody's cache."""
    for header_name, header_value in SECURITY_HEADERS.items():
        response.headers.setdefault(header_name, header_value)
    response.headers.setdefault("Cache-Control", _choose_cache_policy(request, response))
    response.headers.popall("Server", None)  # which library answers, in which version, is nobody's business
    if is_over_tls(request):
        response.headers.setdefault("Strict-Transport-Security", _STRICT_TRANSPORT)


def is_over_tls(request: web.Request) -> bool:
    """Return whether the browser speaks TLS: a declared proxy says so, or it asks for our own https address."""
    return request.get(OVER_TLS, request.secure) or request.host in request.app.get(HTTPS_HOSTS, ())


def _choose_cache_policy(request: web.Request, response: web.StreamResponse) -> str:
    if not request.path.startswith("/static/") or response.status >= 400:
        return "no-store"
    return CACHE_FOR_EVER if "v" in request.query else CACHE_FOR_A_DAY


def require_same_origin(request: web.Request) -> None:
    """Refuse a form that another site's page sent (`Forbidden`).

    Browsers state it by Sec-Fetch-Site, or by Origin on pages without TLS. Programs send neither: they carry nobody's
    cookies, so there is nothing to abuse.
    """
    fetch_site = request.headers.get("Sec-Fetch-Site")
    request_origin = request.headers.get("Origin")
    is_own_origin = request_origin is None or request_origin.partition("://")[2] == request.host
    if fetch_site != "same-origin" if fetch_site else not is_own_origin:
        raise Forbidden(reason=ForbiddenReason.CROSS_SITE)
