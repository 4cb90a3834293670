"""Forms of a page, read as a browser reads them: where they are sent, and what they bear before anybody types."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lxml import html

VERSION = "version"
"""The field with the version of what a form changes."""


@dataclass(frozen=True, slots=True)
class FoundForm:
    """A form that is posted."""

    action: str
    """The address that it is sent to."""
    values: Mapping[str, str]
    """Values of its fields; of several of one name the last."""
    blank: frozenset[str]
    """The fields that one types into or chooses from, and which are empty; boxes that are not ticked."""


def list_forms(page: str, address: str) -> Sequence[FoundForm]:
    """The forms that a page posts; one that names no address is sent to the page's own."""
    document = html.document_fromstring(page)
    return [
        FoundForm(form.get("action") or address, _values(form), frozenset(_blank(form)))
        for form in document.forms
        if form.method == "POST"
    ]


def read_version(page: str) -> str:
    """The version that the forms of a page bear, which must be one."""
    versions = {form.values[VERSION] for form in list_forms(page, "") if VERSION in form.values}
    assert len(versions) == 1, versions
    return versions.pop()


def _values(form: html.FormElement) -> Mapping[str, str]:
    return {name: str(value) for name, value in form.form_values()}


def _blank(form: html.FormElement) -> Sequence[str]:
    return [str(control.name) for control in form.inputs if control.name and _is_blank(control)]


def _is_blank(control: html.InputElement | html.SelectElement | html.TextareaElement) -> bool:
    if isinstance(control, html.InputElement) and control.type in {"checkbox", "radio"}:
        return control.type == "checkbox" and not control.checked
    return control.get("type") != "hidden" and not control.value
