"""The version that a form's page showed: one hidden field of every form that changes what others may change meanwhile.

Pages write it by `parts.version` (`admin/shared/parts.html`). What such a form asks for is a `VersionedAction`, which
reads it: nothing else does. What the action does with it is the domain's matter (`domain/values/version_token.py`).
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from channels.admin.frame import Visitor
from channels.web.posted import PostedForm, read_text
from domain.values.version_token import VersionToken

VERSION_FIELD = "version"
"""The form's field with the token."""

VersionedFormAction = Callable[[web.Request, Visitor, VersionToken], Awaitable[str | web.Response]]
"""Does what a form asks for, as a `FormAction`, where nobody has changed meanwhile what it is about: the token is the
one that its page showed. It raises `Conflict` for any other.
"""


@dataclass(frozen=True, slots=True)
class VersionedAction:
    """The action of a form (`FormSubmission.action`) that changes what others may change meanwhile."""

    action: VersionedFormAction
    """Does what the form asks for, given the version that it brought."""

    async def __call__(self, request: web.Request, visitor: Visitor) -> str | web.Response:
        """Read the version and do it."""
        return await self.action(request, visitor, read_version_token(visitor.form))


def read_version_token(form: PostedForm) -> VersionToken:
    """Return the token that a form brought. A form that brought none, or one that nobody made, is as a stale one."""
    return VersionToken(read_text(form, VERSION_FIELD))
