"""Reading posted forms, with and without files, into memory up to a limit: nothing of them ever lies on the disk."""

import asyncio
from dataclasses import dataclass
from email.message import Message

from aiohttp import BodyPartReader, MultipartReader, StreamReader, web
from multidict import MultiDict, MultiDictProxy, MultiMapping

from channels.web.bodies import UNREADABLE_BODY_ERRORS, bound_request_body, read_body_in_time
from domain.values.errors import InvalidField, TooLarge
from domain.values.reasons import InvalidReason


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file of a form: the name that the browser gave it, which may be anything, and its bytes."""

    name: str
    content: bytes

    @property
    def is_chosen(self) -> bool:
        """Whether somebody chose it, and be it empty: an input that was left alone posts neither name nor bytes."""
        return bool(self.name or self.content)


PostedForm = MultiMapping[str | UploadedFile]
"""A posted form: names may occur more than once."""

EMPTY_FORM: PostedForm = MultiDictProxy(MultiDict())
"""Form of a page that is only read."""

MAX_FORM_FIELDS = 1000
"""Fields of a form: a small body can hold so many empty ones that reading them takes seconds."""


async def read_posted_form(request: web.Request, max_bytes: int) -> PostedForm:
    """Return the form of a request, at most `max_bytes` bytes of it in all; `TooLarge`, and `InvalidField("form")` for
    a body that cannot be read as a form. Too slow a one, and a caller who goes away: as `read_body`.
    """
    bounded_request = bound_request_body(request, max_bytes, MAX_FORM_FIELDS)
    form_reader = _read_multipart_form if request.content_type == "multipart/form-data" else _read_plain_form
    try:
        await read_body_in_time(bounded_request)
        form = await form_reader(bounded_request)
        _require_encodable(form)
    except web.HTTPRequestEntityTooLarge:  # too many fields
        raise TooLarge from None
    except UNREADABLE_BODY_ERRORS:
        raise InvalidField("form", InvalidReason.UNREADABLE_FORM) from None
    return form


async def _read_plain_form(request: web.Request) -> PostedForm:
    form: MultiDict[str | UploadedFile] = MultiDict()
    posted_fields = await request.post()
    form.extend((field_name, value) for field_name, value in posted_fields.items() if isinstance(value, str))
    return form


async def _read_multipart_form(request: web.Request) -> PostedForm:
    form: MultiDict[str | UploadedFile] = MultiDict()
    async for form_part in MultipartReader(request.headers, await _read_multipart_body(request)):
        if len(form) == MAX_FORM_FIELDS:
            raise TooLarge
        if not isinstance(form_part, BodyPartReader) or form_part.name is None:
            raise InvalidField("form", InvalidReason.UNREADABLE_FORM)
        content = bytes(await form_part.read())
        is_file = form_part.filename is not None
        form.add(
            form_part.name,
            UploadedFile(form_part.filename or "", content) if is_file else content.decode("utf-8", "replace"),
        )
    return form


async def _read_multipart_body(request: web.Request) -> StreamReader:
    """Return the whole body, to be read as parts. Of a stream the reader of parts counts neither what precedes the
    first part nor the heads of parts, so a body without an end would never be too large. It is not given what is
    before the first part either, which no browser sends: it would read ten million empty lines one by one.
    """
    content = await request.read()
    if content.partition(b"\n")[0].rstrip() not in _list_delimiters(request):
        raise ValueError("the first line is no delimiter")
    body_stream = StreamReader(request.protocol, request.client_max_size, loop=asyncio.get_running_loop())
    body_stream.feed_data(content)
    body_stream.feed_eof()
    return body_stream


def _list_delimiters(request: web.Request) -> tuple[bytes, bytes]:
    """Return the lines of which one begins a body of parts: the second where there are none."""
    header_message = Message()
    header_message["Content-Type"] = request.headers.get("Content-Type", "")
    delimiter = f"--{header_message.get_boundary()}".encode("utf-8", "replace")
    return delimiter, delimiter + b"--"


def _require_encodable(form: PostedForm) -> None:
    """Raise `UnicodeEncodeError` for a name or a text with lone surrogates: such a one can neither be kept nor shown.

    Charsets as `unicode_escape` make them, and headers of parts that are no UTF-8. A file's name may be anything.
    """
    for field_name, value in form.items():
        field_name.encode()
        if isinstance(value, str):
            value.encode()


def read_text(form: PostedForm, field_name: str) -> str:
    """Return what was typed for a name, without white space around it; empty where nothing was, or a file."""
    value = form.get(field_name)
    return value.strip() if isinstance(value, str) else ""


def read_texts(form: PostedForm, field_name: str) -> list[str]:
    """Return all that was chosen for a name, without empty texts and files."""
    texts = [value.strip() for value in form.getall(field_name, []) if isinstance(value, str)]
    return [text for text in texts if text]
