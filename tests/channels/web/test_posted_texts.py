"""Texts of forms: decoded once, kept as they were typed, and written whole into whatever script reads them."""

import json
from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest
from aiohttp import FormData, web
from aiohttp.test_utils import TestClient, TestServer

from channels.web.posted import read_posted_form, read_text

TYPED = [
    "%41", "%2541", "&lt;b&gt;", "&amp;lt;", "a+b", "\\u0041", "%u0041", "=C3=A7", "&#x41;", "%c3%28",
    "</script><script>hit()</script>", "\"},{\"x\":\"", "\u2028\u2029", "\\", "'\"`${hit()}", "]]>",
]  # fmt: skip
"""Texts that a second decoding would change, or that would end a script, a text in JSON, or a section of XML."""

Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """A browser at a page that answers with what was typed."""

    async def repeat(request: web.Request) -> web.Response:
        form = await read_posted_form(request, 10_000)
        return web.json_response({read_text(form, "name"): read_text(form, "text"), "asked": request.query["text"]})

    application = web.Application()
    application.router.add_post("/", repeat)
    async with TestClient(TestServer(application)) as opened:
        yield opened


@pytest.mark.parametrize("in_parts", [False, True])
@pytest.mark.parametrize("typed", TYPED)
async def test_a_text_is_decoded_once_and_stays_one_value_in_json(
    client: Client, typed: str, *, in_parts: bool
) -> None:
    form = FormData({"name": typed, "text": typed}, default_to_multipart=in_parts)
    answer = await client.post(f"/?text={quote(typed)}", data=form)
    assert answer.content_type == "application/json"
    assert json.loads(await answer.text()) == {typed.strip(): typed.strip(), "asked": typed}
