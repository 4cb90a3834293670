"""Views and comments of the site before this one, brought over once: the numbers that people know.

The same file again changes nothing: the views of a service are one number, and a comment's id is made of what it says.
A file with a fault is not taken at all.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from hashlib import sha256
from typing import Any

from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.feedback.moderation import require_moderator
from domain.actions.feedback.old_site_sheets import read_sheet
from domain.feedback.opinions import OLD_SITE_CHANNEL, Comment, CommentState
from domain.registries.declarations import Registry
from domain.registries.imports import RowFault, SheetRows, Tally
from domain.registries.old_site import OLD_COMMENTS, OLD_VIEWS, WAS_PUBLISHED, offer_topics
from domain.registries.rows import RowFate
from domain.repositories import FeedbackRepositories
from domain.unit_of_work import Store
from domain.values.actors import Actor
from domain.values.calendar import tehran_moment

_DIGEST_BITS = 34
"""Bits of an id that tell the comments of a day apart, below those of the day: such ids sort by day, and are lower than
every id that is made here (decision 3).
"""
_FIRST_DAY = date(1970, 1, 1)
_NOON = time(12)
"""The hour of a comment of which the day alone is known."""

_RowWriter = Callable[[ActorContext[FeedbackRepositories], Mapping[str, Any]], Awaitable[RowFate]]


@dataclass(frozen=True, slots=True)
class OldSiteImport:
    """The outcome of a file."""

    tally: Tally
    """The rows, and how many of them are new; all of it 0 but rows and faults where nothing was kept."""
    faults: Sequence[RowFault]
    """All faults."""
    ignored_headings: Sequence[str]
    """Headings that mean nothing here."""


async def import_old_views(
    dependencies: Dependencies, store: Store, headings: Sequence[str], rows: SheetRows, actor: Actor
) -> OldSiteImport:
    """Take over how often the pages of services were seen on the old site, in place of what was taken over before.

    Errors: `Forbidden`, those of `recognise_columns`; faults of rows are no errors here.
    """
    service_keys = tuple(dependencies.services)
    description = offer_topics(OLD_VIEWS, service_keys, service_keys)
    return await _import_sheet(dependencies, store, description, headings, rows, actor, _put_views)


async def import_old_comments(
    dependencies: Dependencies, store: Store, headings: Sequence[str], rows: SheetRows, actor: Actor
) -> OldSiteImport:
    """Take over the comments of the old site, published or hidden as they were there; errors as above."""
    services = dependencies.services
    topics = sorted(set(services).union(*(service.topic_names for service in services.values())))
    description = offer_topics(OLD_COMMENTS, services, topics)
    return await _import_sheet(dependencies, store, description, headings, rows, actor, _put_comment)


async def _import_sheet(
    dependencies: Dependencies,
    store: Store,
    description: Registry,
    headings: Sequence[str],
    rows: SheetRows,
    actor: Actor,
    put_row: _RowWriter,
) -> OldSiteImport:
    moderator = require_moderator(actor)
    reading = read_sheet(dependencies, description, headings, rows)
    faulty_rows = {fault.row for fault in reading.faults}
    tally = Tally(rows=reading.row_count, bad=len(faulty_rows), faults=len(reading.faults))
    if not faulty_rows:
        async with store.open_unit() as uow:
            context = ActorContext(dependencies, uow, moderator)
            for values in reading.rows.values():
                tally.count_row(await put_row(context, values))
            facts = {"registry": description.key, **tally.as_json()}
            await uow.audit.add_entry(dependencies.clock.now(), moderator.label, "import", facts)
    return OldSiteImport(tally, reading.faults, reading.ignored_headings)


async def _put_views(context: ActorContext[FeedbackRepositories], values: Mapping[str, Any]) -> RowFate:
    known_count = (await context.uow.service_views.get_count(values["service"])).earlier
    await context.uow.service_views.replace_earlier(values["service"], values["views"])
    if known_count == values["views"]:
        return RowFate.SAME
    return RowFate.CHANGED if known_count else RowFate.ADDED


async def _put_comment(context: ActorContext[FeedbackRepositories], values: Mapping[str, Any]) -> RowFate:
    comment = Comment(
        id=_comment_id(values),
        service=values["service"],
        request_id=None,
        mobile=None,
        text=values["text"],
        channel=OLD_SITE_CHANNEL,
        at=tehran_moment(date.fromisoformat(values["day"]), _NOON),
        state=CommentState.PUBLISHED if values["published"] == WAS_PUBLISHED else CommentState.HIDDEN,
        moderated_by=context.actor.label,
        moderated_at=context.dependencies.clock.now(),
    )
    return RowFate.ADDED if await context.uow.feedback.add_comment_once(comment) else RowFate.SAME


def _comment_id(values: Mapping[str, Any]) -> int:
    """Return the id of a comment, the same for the same one."""
    day_number = (date.fromisoformat(values["day"]) - _FIRST_DAY).days
    facts = "\n".join(str(values.get(name) or "") for name in ("service", "name", "text"))
    digest = int.from_bytes(sha256(facts.encode()).digest()[:8])
    return day_number << _DIGEST_BITS | digest >> (64 - _DIGEST_BITS)
