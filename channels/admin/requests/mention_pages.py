"""The notes that name the visitor: who wrote what about which request, those not read yet first marked."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from channels.admin.actors import describe_actor, load_staff_names
from channels.admin.addresses import MENTIONS_PATH
from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.web.site_part import SitePart
from domain.actions.context import ActorContext
from domain.actions.requests.notes import list_own_mentions, split_note
from domain.authorization.rights import Right
from domain.language.wording import day_and_hour_text
from domain.requests.notes import MentionedNote


@dataclass(frozen=True, slots=True)
class MentionView:
    """A note that names the visitor, in words."""

    code: str
    """The tracking code of its request, as machines write it."""
    service_title: str
    """Name of the request's service."""
    author_name: str
    """Name of the author."""
    written_at: str
    """Day and hour in Tehran."""
    text: str
    """Text; empty once it was erased."""
    is_unread: bool
    """The visitor has not opened the request since."""


class MentionPages(SitePart):
    """The list of the notes that name the visitor."""

    sections: Sequence[NavigationSection] = (
        NavigationSection(
            MENTIONS_PATH, "admin.mentions.title", Right.REQUESTS_VIEW, lambda visitor: visitor.waiting_counts.mentions
        ),
    )

    def list_routes(self) -> Sequence[PageRoute]:
        return (PageRoute("GET", MENTIONS_PATH, Right.REQUESTS_VIEW, self._render_page),)

    async def _render_page(self, request: web.Request, visitor: Visitor) -> web.Response:
        async with self._store.open_unit(write=False) as uow:
            notes = await list_own_mentions(ActorContext(self._dependencies, uow, visitor.actor))
            member_names = await load_staff_names(uow.people)
        views = [self._build_view(note, member_names) for note in notes]
        return render_staff_page(
            request, visitor, "admin/requests/mentions.html", {"mentions": views, "split_note": split_note}
        )

    def _build_view(self, note: MentionedNote, member_names: dict[str, str]) -> MentionView:
        return MentionView(
            note.code,
            self._dependencies.wording.service_title(note.service),
            describe_actor(self._dependencies.catalogue, note.author, member_names),
            day_and_hour_text(note.mention.at),
            note.text or "",
            note.mention.read_at is None,
        )
