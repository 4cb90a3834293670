"""All suggestions for the council: how many by service and progress with their supporters, and each with what became of
it. It is read and printed, and changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from channels.admin.feedback.comment_pages import COUNCIL_PATH, PAGE_TABS, describe_topic
from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.web.forms import FormWording, build_controls, read_form
from channels.web.paging import build_list_page, read_page_start
from channels.web.site_part import SitePart
from domain.actions.feedback.followed_suggestions import FollowedSuggestion, follow_suggestions
from domain.authorization.rights import Right
from domain.authorization.visibility import readable_topics, visible_services
from domain.feedback.opinions import CommentFilter
from domain.feedback.suggestions import SuggestionCount, SuggestionProgress
from domain.fields.form import Field
from domain.fields.types import Choice
from domain.values.calendar import jalali_long_text, to_tehran

PAGE_SIZE = 100
"""Suggestions on a page."""


@dataclass(frozen=True, slots=True)
class CouncilRow:
    """A suggestion as the council reads it; its writer is not named."""

    id: int
    """The suggestion's, from which the next page of the list goes on."""
    followed: FollowedSuggestion
    """As it is stored, with its steps and supporters."""
    topic_label: str
    """The service or topic that it is about."""


@dataclass(frozen=True, slots=True)
class TopicFigures:
    """Figures of the suggestions about a service or topic."""

    topic_label: str
    """Its name."""
    counts: Mapping[SuggestionProgress, int]
    """Number of suggestions at each point."""
    supporter_count: int
    """Votes for all of them."""

    @property
    def total(self) -> int:
        """Number of suggestions."""
        return sum(self.counts.values())


class CouncilPages(SitePart):
    """The page for the council."""

    sections: Sequence[NavigationSection] = ()

    def list_routes(self) -> Sequence[PageRoute]:
        return (PageRoute("GET", COUNCIL_PATH, Right.COMMENTS_VIEW, self._show_suggestions),)

    async def _show_suggestions(self, request: web.Request, visitor: Visitor) -> web.Response:
        filter_fields = self._build_filter_fields(visitor)
        filter_values = read_form(filter_fields, request.query)
        readable = readable_topics(self._dependencies.services, visitor.actor)
        async with self._store.open_unit(write=False) as uow:
            counts = await uow.feedback.count_suggestions(readable)
            followed = await follow_suggestions(uow, self._read_filter(request, visitor, filter_values))
        rows = [
            CouncilRow(one.suggestion.id, one, describe_topic(self._dependencies, one.suggestion.service))
            for one in followed
        ]
        context = {
            "tabs": PAGE_TABS,
            "filters": build_controls(filter_fields, filter_values, self._build_wording()),
            "figures": self._build_figures(counts),
            "progress_names": tuple(SuggestionProgress),
            "list_page": build_list_page(request, COUNCIL_PATH, rows, PAGE_SIZE),
            "printed_on": jalali_long_text(to_tehran(self._dependencies.clock.now()).date()),
        }
        return render_staff_page(request, visitor, "admin/feedback/council.html", context)

    def _build_filter_fields(self, visitor: Visitor) -> tuple[Field, ...]:
        service_keys = visible_services(self._dependencies.services, visitor.actor)
        return (
            Field("service", Choice(), required=False, choices=service_keys),
            Field(
                "progress", Choice(), required=False, choices=tuple(progress.value for progress in SuggestionProgress)
            ),
        )

    def _build_wording(self) -> FormWording:
        titles_by_field = {
            "progress": {progress.value: f"admin.council.progress.{progress}" for progress in SuggestionProgress},
            "service": {
                service_key: self._dependencies.wording.service_title(service_key)
                for service_key in self._dependencies.services
            },
        }
        label_key = "admin.council.filters.{}".format
        return FormWording(
            self._dependencies.wording,
            lambda field_name: self._dependencies.catalogue.text(label_key(field_name)),
            titles_by_field,
            blank_key="web.form.every",
        )

    def _read_filter(self, request: web.Request, visitor: Visitor, filter_values: Mapping[str, str]) -> CommentFilter:
        """Return the filter of what this visitor reads; one that nobody offered hides nothing."""
        services, actor = self._dependencies.services, visitor.actor
        service_key = filter_values.get("service")
        is_chosen = service_key in visible_services(services, actor)
        chosen_progress = next((one for one in SuggestionProgress if one.value == filter_values.get("progress")), None)
        return CommentFilter(
            service_topics=services[service_key].topic_names
            if service_key and is_chosen
            else readable_topics(services, actor),
            before_id=read_page_start(request),
            limit=PAGE_SIZE + 1,
            is_suggestion=True,
            progress=chosen_progress,
        )

    def _build_figures(self, counts: Sequence[SuggestionCount]) -> Sequence[TopicFigures]:
        """Return the figures by topic, those about the desk at large last."""
        topic_keys = dict.fromkeys(count.service for count in counts)
        return [
            TopicFigures(
                describe_topic(self._dependencies, topic_key),
                {count.progress: count.suggestion_count for count in counts if count.service == topic_key},
                sum(count.supporter_count for count in counts if count.service == topic_key),
            )
            for topic_key in sorted(topic_keys, key=lambda key: (key is None, key or ""))
        ]
