"""The version that a form's page showed: one hidden field of every form that changes what others may change meanwhile.

Pages write it by `parts.version` (`admin/shared/parts.html`); what the action does with it is the domain's matter
(`domain/values/version_token.py`).
"""

import re

from channels.web.posted import Form, said
from domain.values.errors import InvalidField
from domain.values.version_token import VersionToken

VERSION = "version"
"""The form's field with the token."""

_READABLE = re.compile("[0-9a-f]{1,64}")


def version_shown(form: Form) -> VersionToken:
    """Return the token that a form brought. A form that brought none, or one that nobody made, is as a stale one."""
    return VersionToken(said(form, VERSION))


def optional_version(form: Form) -> VersionToken | None:
    """Return the token that a form brought; None for one that brought none, which is carried out anyway."""
    return version_shown(form) if said(form, VERSION) else None


def required_version(form: Form) -> VersionToken:
    """Return the token that a form brought; `InvalidField("version")` for a form that is not ours: without a token, or
    with one that nobody made.
    """
    if not _READABLE.fullmatch(said(form, VERSION)):
        raise InvalidField(VERSION)
    return version_shown(form)
