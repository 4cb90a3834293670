"""Reading posted forms, with and without files, into memory up to a limit: nothing of them ever lies on the disk."""

from dataclasses import dataclass

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError
from multidict import MultiDict, MultiDictProxy, MultiMapping

from domain.errors import InvalidField, TooLarge


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a form: the name that the browser gave it, which may be anything, and its bytes."""

    name: str
    content: bytes


Form = MultiMapping[str | Upload]
"""A posted form: names may occur more than once."""

NO_FORM: Form = MultiDictProxy(MultiDict())
"""What a page that is only read has."""

_UNREADABLE = (ValueError, LookupError, RuntimeError, HttpProcessingError)
"""What is raised for a body that is not what its headers say: no boundary, another one, a charset that nobody knows."""


async def read_posted(request: web.Request, largest: int) -> Form:
    """Return the form of a request, at most `largest` bytes of it in all; `TooLarge`, and `InvalidField("form")` for a
    body that cannot be read as a form.
    """
    if request.content_length is not None and request.content_length > largest:
        raise TooLarge
    read = _multipart if request.content_type == "multipart/form-data" else _plain
    try:
        return await read(request, largest)
    except _UNREADABLE:
        raise InvalidField("form", detail="unreadable_form") from None


async def _plain(request: web.Request, largest: int) -> Form:
    form: MultiDict[str | Upload] = MultiDict()
    try:
        posted = await request.clone(client_max_size=largest).post()
    except web.HTTPRequestEntityTooLarge:
        raise TooLarge from None
    form.extend((name, value) for name, value in posted.items() if isinstance(value, str))
    return form


async def _multipart(request: web.Request, largest: int) -> Form:
    form: MultiDict[str | Upload] = MultiDict()
    left = largest
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise InvalidField("form", detail="unreadable_form")
        content = await _content(part, left)
        left -= len(content)
        named = part.filename is not None
        form.add(part.name, Upload(part.filename or "", content) if named else content.decode("utf-8", "replace"))
    return form


async def _content(part: BodyPartReader, most: int) -> bytes:
    content = bytearray()
    while chunk := await part.read_chunk():
        content += chunk
        if len(content) > most:
            raise TooLarge
    return bytes(content)


def said(form: Form, name: str) -> str:
    """Return what was typed for a name, without white space around it; empty where nothing was, or a file."""
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""
