"""The worker that opens day sheets without a line, at an address below which all pages of the staff's site are.

It is the same for everybody and says nothing of anybody, so nobody has to be signed in for it: browsers ask for it anew
whenever they like.
"""

from pathlib import Path

from aiohttp import web

from channels.web.pages import answer_with_tag

WORKER_PATH = "/staff/sheet-worker.js"
_SCRIPT = (Path(__file__).parent / "static" / "sheet-worker.js").read_bytes()


async def serve_worker(request: web.Request) -> web.Response:
    """Return its script."""
    response = web.Response(body=_SCRIPT, content_type="text/javascript", charset="utf-8")
    return answer_with_tag(request, response)
