"""Reading posted forms, with and without files, into memory up to a limit: nothing of them ever lies on the disk."""

import asyncio
from dataclasses import dataclass
from email.message import Message

from aiohttp import BodyPartReader, MultipartReader, StreamReader, web
from multidict import MultiDict, MultiDictProxy, MultiMapping

from channels.web.bodies import UNREADABLE, bounded_by, read_in_time
from domain.values.errors import InvalidField, TooLarge


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a form: the name that the browser gave it, which may be anything, and its bytes."""

    name: str
    content: bytes


Form = MultiMapping[str | Upload]
"""A posted form: names may occur more than once."""

NO_FORM: Form = MultiDictProxy(MultiDict())
"""What a page that is only read has."""

MOST_FIELDS = 1000
"""Fields of a form: a small body can hold so many empty ones that reading them takes seconds."""


async def read_posted(request: web.Request, largest: int) -> Form:
    """Return the form of a request, at most `largest` bytes of it in all; `TooLarge`, and `InvalidField("form")` for a
    body that cannot be read as a form. Too slow a one, and a caller who goes away: as `read_body`.
    """
    bounded = bounded_by(request, largest, MOST_FIELDS)
    read = _multipart if request.content_type == "multipart/form-data" else _plain
    try:
        await read_in_time(bounded)
        form = await read(bounded)
        _require_text(form)
    except web.HTTPRequestEntityTooLarge:  # too many fields
        raise TooLarge from None
    except UNREADABLE:
        raise InvalidField("form", detail="unreadable_form") from None
    return form


async def _plain(request: web.Request) -> Form:
    form: MultiDict[str | Upload] = MultiDict()
    posted = await request.post()
    form.extend((name, value) for name, value in posted.items() if isinstance(value, str))
    return form


async def _multipart(request: web.Request) -> Form:
    form: MultiDict[str | Upload] = MultiDict()
    async for part in MultipartReader(request.headers, await _body(request)):
        if len(form) == MOST_FIELDS:
            raise TooLarge
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise InvalidField("form", detail="unreadable_form")
        content = bytes(await part.read())
        named = part.filename is not None
        form.add(part.name, Upload(part.filename or "", content) if named else content.decode("utf-8", "replace"))
    return form


async def _body(request: web.Request) -> StreamReader:
    """Return the whole body, to be read as parts. Of a stream the reader of parts counts neither what stands before the
    first part nor the heads of parts, so a body without an end would never be too large. It is not given what stands
    before the first part either, which no browser sends: it would read ten million empty lines one by one.
    """
    content = await request.read()
    if content.partition(b"\n")[0].rstrip() not in _delimiters(request):
        raise ValueError("the first line is no delimiter")
    body = StreamReader(request.protocol, request.client_max_size, loop=asyncio.get_running_loop())
    body.feed_data(content)
    body.feed_eof()
    return body


def _delimiters(request: web.Request) -> tuple[bytes, bytes]:
    """Return the lines of which one begins a body of parts: the second where there are none."""
    message = Message()
    message["Content-Type"] = request.headers.get("Content-Type", "")
    delimiter = f"--{message.get_boundary()}".encode("utf-8", "replace")
    return delimiter, delimiter + b"--"


def _require_text(form: Form) -> None:
    """Raise `UnicodeEncodeError` for a name or a text with lone surrogates: such a one can neither be kept nor shown.

    Charsets as `unicode_escape` make them, and headers of parts that are no UTF-8. A file's name may be anything.
    """
    for name, value in form.items():
        name.encode()
        if isinstance(value, str):
            value.encode()


def said(form: Form, name: str) -> str:
    """Return what was typed for a name, without white space around it; empty where nothing was, or a file."""
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""
