"""What citizens wrote: comments to publish, hide and answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from channels.admin.actors import actor_shown, staff_names
from channels.admin.frame import Route, Section, Visit, staff_page
from channels.web.error_pages import status_of
from channels.web.forms import FormWords, controls, read_form
from channels.web.paging import listed, page_start, same_page
from channels.web.posted import said
from domain.accounts import Comment, CommentFilter, CommentState
from domain.actions import moderation
from domain.actions.desk import Desk
from domain.errors import DomainError, Forbidden
from domain.field_types import Choice
from domain.forms import Field
from domain.ports import Store, UnitOfWork

PATH, RATINGS = "/staff/comments", "/staff/comments/ratings"
_ONE = f"{PATH}/{{id:[0-9]{{1,18}}}}"

TABS: Mapping[str, str] = {PATH: "admin.comments.title", RATINGS: "admin.ratings.title"}
"""The pages of this room."""

PAGE = 20
"""Comments on a page."""

EVERY = "every"


@dataclass(frozen=True, slots=True)
class ShownComment:
    """A comment with what it is about and who decided and answered, in words; `code` is its request's."""

    id: int
    comment: Comment
    about: str
    code: str | None
    moderated: str
    answered: str


class CommentPages:
    """The comments."""

    sections: Sequence[Section] = (Section(PATH, "admin.sections.comments", "comments.view"),)

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store

    def routes(self) -> Sequence[Route]:
        """Return every route."""
        return (
            Route("GET", PATH, "comments.view", self._show),
            Route("POST", f"{_ONE}/publish", "comments.moderate", self._publish),
            Route("POST", f"{_ONE}/hide", "comments.moderate", self._hide),
            Route("POST", f"{_ONE}/answer", "comments.moderate", self._answer),
        )

    async def _show(self, request: web.Request, visit: Visit) -> web.Response:
        return await self._page(request, visit)

    async def _publish(self, request: web.Request, visit: Visit) -> web.Response:
        return await self._moderate(request, visit, CommentState.PUBLISHED)

    async def _hide(self, request: web.Request, visit: Visit) -> web.Response:
        return await self._moderate(request, visit, CommentState.HIDDEN)

    async def _moderate(self, request: web.Request, visit: Visit, state: CommentState) -> web.Response:
        async with self._store.unit() as uow:
            await moderation.moderate(self._desk, uow, _id(request), state, visit.actor)
        raise web.HTTPSeeOther(f"{PATH}?{same_page(request, done=f'comment_{state}')}")

    async def _answer(self, request: web.Request, visit: Visit) -> web.Response:
        text = said(visit.form, "answer")
        try:
            async with self._store.unit() as uow:
                await moderation.answer(self._desk, uow, _id(request), text, visit.actor)
        except Forbidden:
            raise
        except DomainError as error:
            return await self._page(request, visit, text, error)
        raise web.HTTPSeeOther(f"{PATH}?{same_page(request, done='comment_answered')}")

    async def _page(
        self, request: web.Request, visit: Visit, typed: str = "", error: DomainError | None = None
    ) -> web.Response:
        """Show the list; an answer that was refused stands in its box again, beside what was wrong with it."""
        fields = self._filters()
        given = {"state": CommentState.PENDING.value} | read_form(fields, request.query)
        async with self._store.unit(write=False) as uow:
            found, names = await uow.feedback.comments(self._wanted(request, given)), await staff_names(uow)
            rows = [await self._shown(uow, one, names) for one in found]
        context = {
            "tabs": TABS,
            "filters": controls(fields, given, self._words()),
            "list": listed(request, PATH, rows, PAGE),
            "here": same_page(request),
            "refused": _id(request) if error else None,
            "typed": typed,
            "problem": self._desk.wording.error(error) if error else None,
            "longest": moderation.LONGEST_ANSWER,
        }
        return staff_page(request, visit, "admin/comments.html", context, status=status_of(error) if error else 200)

    def _filters(self) -> tuple[Field, ...]:
        return (
            Field("state", Choice(), choices=(*(one.value for one in CommentState), EVERY)),
            Field("service", Choice(), required=False, choices=tuple(self._desk.services)),
        )

    def _words(self) -> FormWords:
        titles = {
            "state": {one: f"admin.comments.states.{one}" for one in (*CommentState, EVERY)},
            "service": {key: self._desk.wording.service(key) for key in self._desk.services},
        }
        label = "admin.comments.{}".format
        return FormWords(
            self._desk.wording, lambda name: self._desk.catalogue.text(label(name)), titles, blank="web.form.every"
        )

    def _wanted(self, request: web.Request, given: Mapping[str, str]) -> CommentFilter:
        """Return what the list shows; a filter that nobody offered hides nothing."""
        state = next((one for one in CommentState if one.value == given["state"]), None)
        service = self._desk.services.get(given.get("service", ""))
        return CommentFilter(state, service.names if service else None, page_start(request), PAGE + 1)

    async def _shown(self, uow: UnitOfWork, one: Comment, names: Mapping[str, str]) -> ShownComment:
        code = (await uow.requests.get(one.request_id)).code if one.request_id else None
        moderated, answered = (
            actor_shown(self._desk.catalogue, by, names) if by else "" for by in (one.moderated_by, one.answered_by)
        )
        return ShownComment(one.id, one, self._about(one.service), code, moderated, answered)

    def _about(self, topic: str | None) -> str:
        """Return what a comment is about: a service, a topic that several share, or the desk at large."""
        if topic and topic in self._desk.services:
            return self._desk.wording.service(topic)
        key = f"choices.service.{topic}"
        return self._desk.catalogue.text(key if key in self._desk.catalogue else "admin.comments.at_large")


def _id(request: web.Request) -> int:
    return int(request.match_info["id"])
