"""Compression of pages and of what they load: over one bar of signal a page is there in a fraction of the time.

By its length, what was compressed reveals something of what is in it (the attack BREACH): who watches the line, and
makes somebody's browser ask for pages that contain a text of his own, learns letter by letter what else is
there. So a page is compressed only where the browser says that one of our own pages asked for it, or the person did.
Style sheets and scripts are the same for everybody and hold nothing to learn.
"""

import gzip
import mimetypes
import re
from functools import cached_property, lru_cache
from pathlib import Path

from aiohttp import web

COMPRESSED_SUFFIXES = frozenset({".css", ".js", ".svg"})
"""Endings of assets that are text; fonts and pictures are packed already."""

PUBLIC_PAGES = 64
"""Pages that are the same for everybody and are held compressed, the last ones that were asked for."""

_GZIP_PATTERN = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))", re.IGNORECASE)
"""Accepted by Accept-Encoding, unless with a weight of nothing."""

_OWN_FETCH_SITES = frozenset({"same-origin", "none"})
"""Values of Sec-Fetch-Site where no other site made the browser ask."""


def compress_page(request: web.Request, response: web.Response) -> None:
    """Have a page compressed as it leaves, where the browser takes that and no other site made it ask."""
    if request.headers.get("Sec-Fetch-Site") in _OWN_FETCH_SITES and _accepts_gzip(request):
        _replace_body(response, gzip.compress(_find_body(response), mtime=0))


def compress_public_page(request: web.Request, response: web.Response) -> None:
    """Have a page compressed that is the same for everybody, whoever made the browser ask: its length reveals nothing
    that is not on it for all.
    """
    response.headers["Vary"] = "Accept-Encoding"
    if _accepts_gzip(request):
        _replace_body(response, _compress_once(_find_body(response)))


@lru_cache(maxsize=PUBLIC_PAGES)
def _compress_once(page_bytes: bytes) -> bytes:
    return gzip.compress(page_bytes, mtime=0)


def _find_body(response: web.Response) -> bytes:
    """Return a page's bytes; what is no text of ours in memory is no page."""
    return response.body if isinstance(response.body, bytes) else b""


def _replace_body(response: web.Response, compressed_body: bytes) -> None:
    response.body = compressed_body
    response.headers["Content-Encoding"] = "gzip"


def _accepts_gzip(request: web.Request) -> bool:
    return _GZIP_PATTERN.search(request.headers.get("Accept-Encoding", "")) is not None


class TextAsset:
    """A style sheet, script or drawing, held in memory as it is and, once a browser asked for it so, compressed."""

    def __init__(self, asset_path: Path, content: bytes) -> None:
        self._media_type = mimetypes.guess_type(asset_path.name)[0] or "text/plain"
        self._plain_content = content

    async def serve_asset(self, request: web.Request) -> web.Response:
        """Return it in the form that the browser takes."""
        is_gzipped = _accepts_gzip(request)
        headers = {"Vary": "Accept-Encoding"} | ({"Content-Encoding": "gzip"} if is_gzipped else {})
        response_body = self._gzipped_content if is_gzipped else self._plain_content
        return web.Response(body=response_body, content_type=self._media_type, charset="utf-8", headers=headers)

    @cached_property
    def _gzipped_content(self) -> bytes:
        return gzip.compress(self._plain_content, mtime=0)
