"""The version that a form's page showed: one hidden field of every form that changes what others may change meanwhile.

Pages write it by `parts.version` (`admin/shared/parts.html`); what the action does with it is the domain's matter
(`domain/values/version_token.py`).
"""

import re

from channels.web.posted import PostedForm, read_text
from domain.values.errors import InvalidField
from domain.values.version_token import VersionToken

VERSION_FIELD = "version"
"""The form's field with the token."""

_TOKEN_PATTERN = re.compile("[0-9a-f]{1,64}")


def read_version_token(form: PostedForm) -> VersionToken:
    """Return the token that a form brought. A form that brought none, or one that nobody made, is as a stale one."""
    return VersionToken(read_text(form, VERSION_FIELD))


def read_optional_version(form: PostedForm) -> VersionToken | None:
    """Return the token that a form brought; None for one that brought none, which is carried out anyway."""
    return read_version_token(form) if read_text(form, VERSION_FIELD) else None


def require_version(form: PostedForm) -> VersionToken:
    """Return the token that a form brought; `InvalidField("version")` for a form that is not ours: without a token, or
    with one that nobody made.
    """
    if not _TOKEN_PATTERN.fullmatch(read_text(form, VERSION_FIELD)):
        raise InvalidField(VERSION_FIELD)
    return read_version_token(form)
