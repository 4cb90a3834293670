"""Forms that are posted: one that is carried out leads on to a page, one that is refused becomes its page again.

A page names its forms in its routes (`FormSubmission`): what each asks for, and the page that is shown again with what
was typed, why it was refused, and the status of that error. The pages for signing in are not among them: nobody has a
`Visitor` there yet.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from channels.admin.frame import Visitor
from channels.web.refused_forms import RefusedForm
from domain.authorization.policy import is_missing_proof
from domain.values.errors import DomainError, Forbidden

FormAction = Callable[[web.Request, Visitor], Awaitable[str | web.Response]]
"""Does what a form asks for. Returns the address to go on to, whose page confirms it (`?done=…`), or a page itself: of
what is shown this once (a new key), or where nothing was changed (a preview). A domain error refuses the form.
"""

ErrorShownOnPage = Callable[[Visitor, DomainError], Awaitable[bool]]
"""Decides whether an error is shown on the form's own page, and audits it if needed. With any other the gate deals:
it renders the site's error page, or asks for the proof that is missing.
"""


FormPage = Callable[[web.Request, Visitor, RefusedForm], Awaitable[web.Response]]
"""Shows the page of a form again, with the form as it was typed."""


async def unless_forbidden(visitor: Visitor, error: DomainError) -> bool:
    """Show every error on the page but a `Forbidden`, which becomes the error page."""
    return not isinstance(error, Forbidden)


async def forbidden_with_reason_too(visitor: Visitor, error: DomainError) -> bool:
    """Show every error on the page; of `Forbidden` those alone that say why (`reason`), and they are audited."""
    if isinstance(error, Forbidden):
        if error.reason is None:  # not theirs at all
            return False
        await visitor.audit_denial(error)
    return True


@dataclass(frozen=True, slots=True)
class FormSubmission:
    """The handler of a posted form."""

    name: str
    """Name for its page; parts of the route's address may be in braces, as in the route."""
    action: FormAction
    """Does what the form asks for."""
    page: FormPage
    """Shown again when the action is refused."""
    is_shown_on_page: ErrorShownOnPage = unless_forbidden
    """Test whether a refusal is shown there; any other becomes the error page. For a missing proof the gate asks."""

    async def __call__(self, request: web.Request, visitor: Visitor) -> web.Response:
        """Answer the form: 303 to where it leads, the page that its action made, or its own page again."""
        try:
            outcome = await self.action(request, visitor)
        except DomainError as error:
            if is_missing_proof(error) or not await self.is_shown_on_page(visitor, error):
                raise
            form_name = self.name.format_map(request.match_info)
            return await self.page(request, visitor, RefusedForm(form_name, visitor.form, error))
        if isinstance(outcome, str):
            raise web.HTTPSeeOther(outcome)
        return outcome
