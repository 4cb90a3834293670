"""Comments of citizens: comments to publish, hide and answer.

A form about a comment carries the version that its page showed. Who comes second is notified, sees the present comment
now, and what was typed is in its box again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from aiohttp import web

from channels.admin.actors import describe_actor, load_staff_names
from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.submissions import FormSubmission
from channels.admin.version_tokens import VersionedAction, VersionedFormAction
from channels.web.forms import FormWording, build_controls, read_form
from channels.web.paging import build_list_page, build_page_query, read_page_start
from channels.web.posted import read_text
from channels.web.refused_forms import RefusedForm, form_error
from channels.web.row_ids import get_row_id
from channels.web.site_part import SitePart
from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.feedback import moderation
from domain.actions.feedback.followed_suggestions import FollowedSuggestion, follow_suggestion
from domain.actions.feedback.suggestions import take_suggestion_step
from domain.authorization.request_policy import may_see_request
from domain.authorization.rights import Right
from domain.authorization.visibility import readable_topics, visible_services
from domain.feedback.opinions import Comment, CommentFilter, CommentState
from domain.feedback.suggestions import NEXT_PROGRESS, SuggestionProgress
from domain.fields.form import Field
from domain.fields.types import Choice
from domain.unit_of_work import UnitOfWork
from domain.values.version_token import VersionToken

COMMENTS_PATH, RATINGS_PATH = "/staff/comments", "/staff/comments/ratings"
COUNCIL_PATH = "/staff/comments/council"
_COMMENT_PATH = f"{COMMENTS_PATH}/{{id:[0-9]{{1,18}}}}"

PAGE_TABS: Mapping[str, str] = {
    COMMENTS_PATH: "admin.comments.title",
    RATINGS_PATH: "admin.ratings.title",
    COUNCIL_PATH: "admin.council.title",
}
"""The routes of these pages."""

PAGE_SIZE = 20
"""Comments on a page."""

EVERY_STATE = "every"

COMMENT_KIND, SUGGESTION_KIND = "comment", "suggestion"
"""Values of the filter for comments alone, and for suggestions alone."""

SERVICE_FORM = "service"
"""The form that puts a comment on the page of a service, and its field with the service."""

NOTE_INPUT = "note"
"""The field of a step of a suggestion: the reason, or what was changed."""

ANSWER_FORM = "answer"
"""The form that answers a comment, and its field with the answer."""


@dataclass(frozen=True, slots=True)
class CommentView:
    """A comment with what it is about and who dealt with it, in words."""

    id: int
    """The comment's, for addresses and forms."""
    comment: Comment
    """As it is stored."""
    topic_label: str
    """The service or topic that it is about."""
    code: str | None
    """Tracking code of its writer's request; None without one, and for who may not open that."""
    mobile: str | None
    """Its writer's (+989…); None for who is not shown it."""
    moderated_by: str
    """Name of the person who published or hid it; empty while nobody has."""
    answered_by: str
    """Name of the person who answered it; empty while nobody has."""
    followed: FollowedSuggestion | None
    """A suggestion's life and supporters; None: a comment."""
    next_progress: Sequence[SuggestionProgress]
    """The steps that a suggestion may take now."""


class CommentPages(SitePart):
    """The comments."""

    sections: Sequence[NavigationSection] = (
        NavigationSection(COMMENTS_PATH, "admin.sections.comments", Right.COMMENTS_VIEW),
    )

    def list_routes(self) -> Sequence[PageRoute]:
        return (
            PageRoute("GET", COMMENTS_PATH, Right.COMMENTS_VIEW, self._render_page),
            *(
                PageRoute(
                    "POST",
                    f"{_COMMENT_PATH}/{form_name}",
                    Right.COMMENTS_MODERATE,
                    FormSubmission(form_name, VersionedAction(form_action), self._render_page),
                )
                for form_name, form_action in self._map_form_actions().items()
            ),
        )

    def _map_form_actions(self) -> Mapping[str, VersionedFormAction]:
        """Return the forms about a comment by name; a step of a suggestion is named by the point that it leads to."""
        return {
            "publish": partial(self._moderate_comment, CommentState.PUBLISHED),
            "hide": partial(self._moderate_comment, CommentState.HIDDEN),
            ANSWER_FORM: self._submit_answer,
            SERVICE_FORM: self._assign_service,
            **{
                progress.value: partial(self._take_step, progress)
                for progress in SuggestionProgress
                if progress is not SuggestionProgress.RECEIVED
            },
        }

    async def _moderate_comment(
        self, state: CommentState, request: web.Request, visitor: Visitor, version_token: VersionToken
    ) -> str:
        async with self._store.open_unit() as uow:
            await moderation.moderate_comment(
                ActorContext(self._dependencies, uow, visitor.actor), get_row_id(request), state, version_token
            )
        return f"{COMMENTS_PATH}?{build_page_query(request, done=f'comment_{state}')}"

    async def _take_step(
        self, progress: SuggestionProgress, request: web.Request, visitor: Visitor, version_token: VersionToken
    ) -> str:
        note_text = read_text(visitor.form, NOTE_INPUT)
        async with self._store.open_unit() as uow:
            await take_suggestion_step(
                ActorContext(self._dependencies, uow, visitor.actor),
                get_row_id(request),
                progress,
                note_text,
                version_token,
            )
        return f"{COMMENTS_PATH}?{build_page_query(request, done='suggestion_step')}"

    async def _assign_service(self, request: web.Request, visitor: Visitor, version_token: VersionToken) -> str:
        service_key = read_text(visitor.form, SERVICE_FORM)
        async with self._store.open_unit() as uow:
            await moderation.assign_service(
                ActorContext(self._dependencies, uow, visitor.actor), get_row_id(request), service_key, version_token
            )
        return f"{COMMENTS_PATH}?{build_page_query(request, done='comment_assigned')}"

    async def _submit_answer(self, request: web.Request, visitor: Visitor, version_token: VersionToken) -> str:
        answer_text = read_text(visitor.form, ANSWER_FORM)
        async with self._store.open_unit() as uow:
            await moderation.answer_comment(
                ActorContext(self._dependencies, uow, visitor.actor), get_row_id(request), answer_text, version_token
            )
        return f"{COMMENTS_PATH}?{build_page_query(request, done='comment_answered')}"

    async def _render_page(
        self, request: web.Request, visitor: Visitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        """Show the list. A comment about which something was refused is shown above it, whatever the list is of: an
        answer that was typed must not get lost.
        """
        filter_fields = self._build_filter_fields(visitor)
        filter_values = {"state": CommentState.PENDING.value} | read_form(filter_fields, request.query)
        async with self._store.open_unit(write=False) as uow:
            listed_comments, member_names = (
                await uow.feedback.list_comments(self._read_filter(request, visitor, filter_values)),
                await load_staff_names(uow.people),
            )
            refused_view = (
                await self._build_view(uow, visitor, await uow.feedback.get_comment(get_row_id(request)), member_names)
                if refused_form
                else None
            )
            comment_views = [await self._build_view(uow, visitor, comment, member_names) for comment in listed_comments]
        error = form_error(refused_form)
        context = {
            "tabs": PAGE_TABS,
            "filters": build_controls(filter_fields, filter_values, self._build_wording()),
            "list_page": build_list_page(request, COMMENTS_PATH, comment_views, PAGE_SIZE),
            "page_query": build_page_query(request),
            "refused_comment": refused_view,
            **_keep_typed(refused_form),
            "problem": self._dependencies.wording.render_error(error) if error else None,
            "max_answer_length": moderation.LONGEST_ANSWER,
            "service_titles": self._title_services(),
        }
        return render_staff_page(request, visitor, "admin/feedback/comments.html", context, error=error)

    def _build_filter_fields(self, visitor: Visitor) -> tuple[Field, ...]:
        service_keys = visible_services(self._dependencies.services, visitor.actor)
        return (
            Field("state", Choice(), choices=(*(comment_state.value for comment_state in CommentState), EVERY_STATE)),
            Field("kind", Choice(), required=False, choices=(COMMENT_KIND, SUGGESTION_KIND)),
            Field("service", Choice(), required=False, choices=service_keys),
        )

    def _build_wording(self) -> FormWording:
        titles_by_field = {
            "state": {
                comment_state: f"admin.comments.states.{comment_state}"
                for comment_state in (*CommentState, EVERY_STATE)
            },
            "kind": {kind: f"admin.comments.kinds.{kind}" for kind in (COMMENT_KIND, SUGGESTION_KIND)},
            "service": self._title_services(),
        }
        label_key = "admin.comments.{}".format
        return FormWording(
            self._dependencies.wording,
            lambda field_name: self._dependencies.catalogue.text(label_key(field_name)),
            titles_by_field,
            blank_key="web.form.every",
        )

    def _title_services(self) -> Mapping[str, str]:
        wording = self._dependencies.wording
        return {service_key: wording.service_title(service_key) for service_key in self._dependencies.services}

    def _read_filter(self, request: web.Request, visitor: Visitor, filter_values: Mapping[str, str]) -> CommentFilter:
        """Return what the list shows of what this visitor reads; a filter that nobody offered hides nothing."""
        services, actor = self._dependencies.services, visitor.actor
        state = next((candidate for candidate in CommentState if candidate.value == filter_values["state"]), None)
        is_service_chosen = filter_values.get("service") in visible_services(services, actor)
        topic_keys = (
            services[filter_values["service"]].topic_names if is_service_chosen else readable_topics(services, actor)
        )
        kind = filter_values.get("kind")
        is_suggestion = kind == SUGGESTION_KIND if kind in {COMMENT_KIND, SUGGESTION_KIND} else None
        return CommentFilter(state, topic_keys, read_page_start(request), PAGE_SIZE + 1, is_suggestion=is_suggestion)

    async def _build_view(
        self, uow: UnitOfWork, visitor: Visitor, comment: Comment, member_names: Mapping[str, str]
    ) -> CommentView:
        services, actor = self._dependencies.services, visitor.actor
        service_request = await uow.requests.get(comment.request_id) if comment.request_id else None
        request_code = (
            service_request.code if service_request and may_see_request(services, actor, service_request) else None
        )
        writer_mobile = comment.mobile if moderation.may_see_writer(services, actor, service_request) else None
        moderated_by, answered_by = (
            describe_actor(self._dependencies.catalogue, actor_label, member_names) if actor_label else ""
            for actor_label in (comment.moderated_by, comment.answered_by)
        )
        return CommentView(
            id=comment.id,
            comment=comment,
            topic_label=describe_topic(self._dependencies, comment.service),
            code=request_code,
            mobile=writer_mobile,
            moderated_by=moderated_by,
            answered_by=answered_by,
            followed=await follow_suggestion(uow, comment) if comment.progress else None,
            next_progress=NEXT_PROGRESS[comment.progress] if comment.progress else (),
        )


def _keep_typed(refused_form: RefusedForm | None) -> Mapping[str, str | None]:
    """Return what was typed into a form that was refused."""
    if refused_form is None:
        return {"submitted_answer": None, "submitted_step": "", "submitted_note": ""}
    is_answer = refused_form.name == ANSWER_FORM
    return {
        "submitted_answer": read_text(refused_form.posted_form, ANSWER_FORM) if is_answer else None,
        "submitted_step": refused_form.name,
        "submitted_note": read_text(refused_form.posted_form, NOTE_INPUT),
    }


def describe_topic(dependencies: Dependencies, topic_key: str | None) -> str:
    """Return what a comment is about: a service, a topic that several share, or the desk at large."""
    if topic_key and topic_key in dependencies.services:
        return dependencies.wording.service_title(topic_key)
    key = f"choices.service.{topic_key}"
    return dependencies.catalogue.text(key if key in dependencies.catalogue else "admin.comments.at_large")
