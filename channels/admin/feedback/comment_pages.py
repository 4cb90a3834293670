"""What citizens wrote: comments to publish, hide and answer.

A form about a comment bears the version that its page showed. Who comes second is told, sees the comment as it stands
now, and what was typed is in its box again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from channels.admin.actors import actor_shown, staff_names
from channels.admin.frame import NavigationSection, PageRoute, Visit, staff_page
from channels.admin.submissions import FormSubmission, RefusedForm, error_of
from channels.admin.version_tokens import version_shown
from channels.web.forms import FormWords, controls, read_form
from channels.web.paging import listed, page_start, same_page
from channels.web.posted import said
from domain.actions.desk import Desk
from domain.actions.feedback import moderation
from domain.actions.queues.visibility import sees, services_seen
from domain.feedback.opinions import Comment, CommentFilter, CommentState
from domain.fields.form import Field
from domain.fields.types import Choice
from domain.unit_of_work import Store, UnitOfWork

PATH, RATINGS = "/staff/comments", "/staff/comments/ratings"
_ONE = f"{PATH}/{{id:[0-9]{{1,18}}}}"

TABS: Mapping[str, str] = {PATH: "admin.comments.title", RATINGS: "admin.ratings.title"}
"""The pages of this room."""

PAGE = 20
"""Comments on a page."""

EVERY = "every"

ANSWER = "answer"
"""The form that answers a comment, and its field with the answer."""


@dataclass(frozen=True, slots=True)
class CommentView:
    """A comment with what it is about and who decided and answered, in words; `code` is its request's, for who may open
    that, and `mobile` its writer's, for who is shown it.
    """

    id: int
    comment: Comment
    about: str
    code: str | None
    mobile: str | None
    moderated: str
    answered: str


class CommentPages:
    """The comments."""

    sections: Sequence[NavigationSection] = (NavigationSection(PATH, "admin.sections.comments", "comments.view"),)

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store

    def routes(self) -> Sequence[PageRoute]:
        """Return every route."""
        return (
            PageRoute("GET", PATH, "comments.view", self._page),
            *(
                PageRoute("POST", f"{_ONE}/{name}", "comments.moderate", FormSubmission(name, action, self._page))
                for name, action in (("publish", self._publish), ("hide", self._hide), (ANSWER, self._answer))
            ),
        )

    async def _publish(self, request: web.Request, visit: Visit) -> str:
        return await self._moderate(request, visit, CommentState.PUBLISHED)

    async def _hide(self, request: web.Request, visit: Visit) -> str:
        return await self._moderate(request, visit, CommentState.HIDDEN)

    async def _moderate(self, request: web.Request, visit: Visit, state: CommentState) -> str:
        async with self._store.unit() as uow:
            await moderation.moderate(self._desk, uow, _id(request), state, visit.actor, version_shown(visit.form))
        return f"{PATH}?{same_page(request, done=f'comment_{state}')}"

    async def _answer(self, request: web.Request, visit: Visit) -> str:
        text, version = said(visit.form, ANSWER), version_shown(visit.form)
        async with self._store.unit() as uow:
            await moderation.answer(self._desk, uow, _id(request), text, visit.actor, version)
        return f"{PATH}?{same_page(request, done='comment_answered')}"

    async def _page(self, request: web.Request, visit: Visit, refused: RefusedForm | None = None) -> web.Response:
        """Show the list. A comment about which something was refused stands above it, whatever the list is of: an
        answer that was typed must not get lost.
        """
        fields = self._filters(visit)
        given = {"state": CommentState.PENDING.value} | read_form(fields, request.query)
        async with self._store.unit(write=False) as uow:
            found, names = await uow.feedback.comments(self._wanted(request, visit, given)), await staff_names(uow)
            about = await self._shown(uow, visit, await uow.feedback.comment(_id(request)), names) if refused else None
            rows = [await self._shown(uow, visit, one, names) for one in found]
        error = error_of(refused)
        context = {
            "tabs": TABS,
            "filters": controls(fields, given, self._words()),
            "list": listed(request, PATH, rows, PAGE),
            "here": same_page(request),
            "refused": about,
            "typed": said(refused.posted, ANSWER) if refused and refused.name == ANSWER else None,
            "problem": self._desk.wording.error(error) if error else None,
            "longest": moderation.LONGEST_ANSWER,
        }
        return staff_page(request, visit, "admin/feedback/comments.html", context, error=error)

    def _filters(self, visit: Visit) -> tuple[Field, ...]:
        seen = services_seen(self._desk.services, visit.actor.role_names)
        return (
            Field("state", Choice(), choices=(*(one.value for one in CommentState), EVERY)),
            Field("service", Choice(), required=False, choices=seen),
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

    def _wanted(self, request: web.Request, visit: Visit, given: Mapping[str, str]) -> CommentFilter:
        """Return what the list shows of what this visitor reads; a filter that nobody offered hides nothing."""
        services, roles = self._desk.services, visit.actor.role_names
        state = next((one for one in CommentState if one.value == given["state"]), None)
        chosen = given.get("service") in services_seen(services, roles)
        topics = services[given["service"]].names if chosen else moderation.topics_read(services, roles)
        return CommentFilter(state, topics, page_start(request), PAGE + 1)

    async def _shown(self, uow: UnitOfWork, visit: Visit, one: Comment, names: Mapping[str, str]) -> CommentView:
        services, actor = self._desk.services, visit.actor
        about = await uow.requests.get(one.request_id) if one.request_id else None
        code = about.code if about and sees(services, actor, about) else None
        mobile = one.mobile if moderation.writer_shown(services, actor, about) else None
        moderated, answered = (
            actor_shown(self._desk.catalogue, by, names) if by else "" for by in (one.moderated_by, one.answered_by)
        )
        return CommentView(one.id, one, self._about(one.service), code, mobile, moderated, answered)

    def _about(self, topic: str | None) -> str:
        """Return what a comment is about: a service, a topic that several share, or the desk at large."""
        if topic and topic in self._desk.services:
            return self._desk.wording.service(topic)
        key = f"choices.service.{topic}"
        return self._desk.catalogue.text(key if key in self._desk.catalogue else "admin.comments.at_large")


def _id(request: web.Request) -> int:
    return int(request.match_info["id"])
