"""Reading of the webhooks of panels: as forms, by GET query or POST body, or as JSON."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from channels.sms.json_reading import parse_document, read_rows
from domain.messages.carriers import WebhookCall
from domain.values.errors import InvalidField, MissingField
from domain.values.reasons import InvalidReason


def read_form(call: WebhookCall) -> dict[str, str]:
    """Return query and body as one form; broken UTF-8 becomes U+FFFD, so that a text is never lost for one bad byte."""
    form_pairs = parse_qsl(call.query, keep_blank_values=True, errors="replace")
    form_pairs += parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True, errors="replace")
    return dict(form_pairs)


def read_fields(call: WebhookCall) -> Mapping[str, Any]:
    """Return the fields of a form, or of a JSON object where the content type says that it is one; as below."""
    if call.content_type == "application/json" or call.content_type.endswith("+json"):
        return read_json(call)
    return read_form(call)


def read_json(call: WebhookCall) -> dict[str, Any]:
    """Return the JSON object of the body, whatever its content type is called; `InvalidField("form")` without one."""
    document = parse_document(call.body)
    if document is None:
        raise InvalidField("form", InvalidReason.UNREADABLE_FORM)
    return document


def list_rows(document: Mapping[str, Any], field_name: str) -> list[Mapping[str, Any]]:
    """Return the objects of a list in a document; `MissingField` without the list, or where all else is in it."""
    rows = read_rows(document.get(field_name))
    if rows is None:
        raise MissingField(field_name)
    return rows


def get_text(fields: Mapping[str, Any], field_name: str) -> str:
    """Return a field as text, numbers too, empty or not; `MissingField` where it is not there, or no plain value."""
    value = fields.get(field_name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise MissingField(field_name)
    return str(value)


def get_filled_text(fields: Mapping[str, Any], field_name: str) -> str:
    """Return a field that is not empty; `MissingField`."""
    if text := get_text(fields, field_name):
        return text
    raise MissingField(field_name)
