"""Sending a file that somebody brought, to whoever may see it."""

from aiohttp import web

from channels.web.headers import build_document_policy

_INLINE_MEDIA_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "application/pdf"})
"""Media types that browsers show by themselves; anything else is downloaded."""


def render_stored_file(media_type: str, content: bytes, file_id: int) -> web.Response:
    """Return a file by its own bytes. It runs in a place of its own, so that no file can act as our page; its name is
    ours, and nobody's cache keeps it.
    """
    disposition = "inline" if media_type in _INLINE_MEDIA_TYPES else "attachment"
    headers = {
        "Content-Disposition": f'{disposition}; filename="document-{file_id}"',
        "Content-Security-Policy": build_document_policy("style-src 'unsafe-inline'", "img-src 'self'"),
    }
    return web.Response(body=content, content_type=media_type, headers=headers)
