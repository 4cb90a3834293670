"""Forms that are posted: one that is carried out leads on to a page, one that is refused becomes its page again.

A page names its forms in its routes (`FormSubmission`): what each asks for, and the page that is shown again with what
was typed, why it was refused, and the status of that error. The pages for signing in are not among them: nobody has a
`Visit` there yet.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from channels.admin.frame import Visit
from channels.web.posted import Form
from domain.values.errors import DomainError, Forbidden

REFUSAL = "refusal"
"""The id of what is said beside a form that was refused (`admin/shared/parts.html`)."""

FormAction = Callable[[web.Request, Visit], Awaitable[str | web.Response]]
"""Does what a form asks for. Returns the address to go on to, whose page confirms it (`?done=…`), or a page itself: of
what is shown this once (a new key), or where nothing was changed (a preview). A domain error refuses the form.
"""

ToldOnPage = Callable[[Visit, DomainError], Awaitable[bool]]
"""Tells whether an error is told on the form's own page, and audits it if that needs it. With any other the gate deals:
it renders the site's error page, or asks for the proof that is missing.
"""


@dataclass(frozen=True, slots=True)
class RefusedForm:
    """A form that was refused: its name on its page, what was posted, and why it was refused."""

    name: str
    posted: Form
    error: DomainError

    @property
    def typed(self) -> dict[str, str]:
        """The texts of the form, for pages that write its fields themselves; files are chosen anew."""
        return {name: value for name, value in self.posted.items() if isinstance(value, str)}


FormPage = Callable[[web.Request, Visit, RefusedForm], Awaitable[web.Response]]
"""Shows the page of a form again, with the form as it was typed."""


async def unless_forbidden(visit: Visit, error: DomainError) -> bool:
    """Tell every error on the page but a `Forbidden`, which becomes the error page."""
    return not isinstance(error, Forbidden)


async def forbidden_with_reason_too(visit: Visit, error: DomainError) -> bool:
    """Tell every error on the page; of `Forbidden` those alone that say why (`detail`), and they are audited."""
    if isinstance(error, Forbidden):
        if error.detail is None:  # not theirs at all
            return False
        await visit.denied(error)
    return True


@dataclass(frozen=True, slots=True)
class FormSubmission:
    """The handler of a posted form.

    `name` is what its page knows it by; parts of the route's address may stand in it in braces, as in the route.
    `page` is shown again when `action` is refused by an error that is `told` there.
    """

    name: str
    action: FormAction
    page: FormPage
    told: ToldOnPage = unless_forbidden

    async def __call__(self, request: web.Request, visit: Visit) -> web.Response:
        """Answer the form: 303 to where it leads, the page that its action made, or its own page again."""
        try:
            done = await self.action(request, visit)
        except DomainError as error:
            if not await self.told(visit, error):
                raise
            name = self.name.format_map(request.match_info)
            return await self.page(request, visit, RefusedForm(name, visit.form, error))
        if isinstance(done, str):
            raise web.HTTPSeeOther(done)
        return done


def error_of(refused: RefusedForm | None) -> DomainError | None:
    """Return why a form was refused; None where none was."""
    return refused.error if refused else None
