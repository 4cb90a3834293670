"""Notes between colleagues about a request, and the naming of those who shall read them (`@username`, `@unit`)."""

import re
from collections.abc import Sequence
from dataclasses import replace

from domain.actions.context import ActionContext, ActorContext
from domain.actions.requests.act import lock_request
from domain.actions.staffing import (
    RequestStaffRepositories,
    list_substitutions,
    make_staff_actor,
    select_on_duty,
    today_in_tehran,
)
from domain.authorization.request_policy import may_use_on_request, require_request_right
from domain.authorization.rights import Right
from domain.authorization.visibility import sees_service, visible_services
from domain.idempotency.repeated_press import SAME_PRESS
from domain.language.service import Service
from domain.messages.catalogue import Catalogue
from domain.people.person import StaffMember, Substitution
from domain.repositories import RequestRepositories, StaffRepositories
from domain.requests.history import find_actor
from domain.requests.notes import NOTE, Mention, MentionedNote
from domain.requests.ports import HistoryRepository
from domain.requests.request import ServiceRequest
from domain.values.actors import STAFF_ROLES, Actor
from domain.values.errors import InvalidField, NotAllowedNow
from domain.values.reasons import InvalidReason, NotAllowedReason
from domain.values.required_text import read_required_text
from domain.values.tracking_codes import TrackingCode

LONGEST_NOTE = 500
"""UTF-16 units of a note."""

MENTIONS_SHOWN = 100
"""Notes that the list of one's own shows at most."""

_MENTION = re.compile(r"(?:(?<=\s)|^)@([\w.\-\u200c]+)")
_JOINTS = re.compile(r"[\s_\u200c]+")


async def write_note(context: ActorContext[RequestStaffRepositories], code: TrackingCode, text: str) -> bool:
    """Write a note about a request and notify nobody but by the list of those whom it names.

    False, and nothing written, where the last note is the same one of the same person within `SAME_PRESS`: a form that
    was sent twice. Errors: `NotFound`, `Forbidden`, `NotAllowedNow` where the personal data was erased,
    `MissingField("note")`, `InvalidField("note")` for one that is too long, or names nobody there is, or somebody who
    may not see the request.
    """
    request = await lock_request(context.uow.requests, code)
    service = context.dependencies.engine.get_service(request.service)
    author = require_request_right(Right.REQUESTS_NOTE, service, request, context.actor)
    if request.erased_at:
        raise NotAllowedNow("code", NotAllowedReason.ERASED)
    note_text, now = read_required_text(text, "note", LONGEST_NOTE), context.dependencies.clock.now()
    notes = [event for event in await context.uow.history.list_of_request(request.id) if event.event == NOTE]
    last_note = (notes[-1].actor, notes[-1].note) if notes and notes[-1].at > now - SAME_PRESS else None
    if last_note == (author.label, note_text):
        return False
    usernames = await _find_named(context, service, note_text)
    await context.dependencies.engine.record_note(
        context.uow, request, author, {"reason": note_text, "named": usernames}
    )
    await context.uow.mentions.add_all([Mention(request.id, request.head_seq, username, now) for username in usernames])
    return True


def may_write_note(service: Service, request: ServiceRequest, actor: Actor) -> bool:
    """Return whether to offer this one to write a note about a request: what is erased gets nothing new."""
    return request.erased_at is None and may_use_on_request(Right.REQUESTS_NOTE, service, request, actor)


def list_namable_members(
    service: Service, staff: Sequence[StaffMember], substitutions: Sequence[Substitution]
) -> list[StaffMember]:
    """Return whom a note about a request of a service may name, of all the staff and who substitutes whom today: who
    may see it.
    """
    members = {member.username: member for member in staff}
    actors = [(member, make_staff_actor(member, "", substitutions, members)) for member in staff if member.active]
    return [member for member, member_actor in actors if sees_service(service, member_actor)]


def list_answering_members(
    service: Service, request: ServiceRequest, staff: Sequence[StaffMember], substitutions: Sequence[Substitution]
) -> list[StaffMember]:
    """Return whom a note about a request is offered to name: of those who may see it, who may write one in answer."""
    members = {member.username: member for member in staff}
    actors = [(member, make_staff_actor(member, "", substitutions, members)) for member in staff if member.active]
    return [member for member, member_actor in actors if may_write_note(service, request, member_actor)]


def write_mention(member: StaffMember, staff: Sequence[StaffMember]) -> str:
    """Return by what a note names a member: the name as one word, or the user name where that would not be read so, or
    is the name of two.
    """
    mention = f"@{'_'.join(member.full_name.split())}"
    is_shared = any(other.full_name == member.full_name and other.username != member.username for other in staff)
    return f"@{member.username}" if is_shared or not _MENTION.fullmatch(mention) else mention


async def count_unread_mentions(context: ActorContext[RequestRepositories]) -> int:
    """Return how many notes about requests that this one may see name them and are not read yet."""
    return await context.uow.mentions.count_unread(
        context.actor.identifier, visible_services(context.dependencies.services, context.actor)
    )


async def list_own_mentions(context: ActorContext[RequestRepositories]) -> list[MentionedNote]:
    """Return the newest notes that name this one, of requests that they may see."""
    services = visible_services(context.dependencies.services, context.actor)
    notes = await context.uow.mentions.list_notes(context.actor.identifier, services, MENTIONS_SHOWN)
    return [note if note.author else await _name_erased_author(context.uow.history, note) for note in notes]


async def read_mentions(context: ActionContext[RequestRepositories], request: ServiceRequest, username: str) -> int:
    """Note that somebody opened a request: what names them there is read; return how much it was."""
    return await context.uow.mentions.mark_read(request.id, username, context.dependencies.clock.now())


def split_note(text: str) -> list[tuple[str, bool]]:
    """Return a note in parts, each with whether it names somebody: a page shows these apart."""
    parts: list[tuple[str, bool]] = []
    end = 0
    for mention in _MENTION.finditer(text):
        parts += [(text[end : mention.start()], False), (mention[0], True)]
        end = mention.end()
    return [part for part in (*parts, (text[end:], False)) if part[0]]


async def _name_erased_author(history: HistoryRepository, note: MentionedNote) -> MentionedNote:
    """Return a note that was erased with who wrote it, as the erasure kept it."""
    events = await history.list_of_request(note.mention.request_id)
    authors = (find_actor(event, events) for event in events if event.seq == note.mention.seq)
    return replace(note, author=next(authors, None))


async def _find_named(context: ActorContext[StaffRepositories], service: Service, text: str) -> list[str]:
    """Return the user names of whom a text names, but for its author's own."""
    written_names, named = dict.fromkeys(_MENTION.findall(text)), set[str]()
    if not written_names:
        return []
    staff = await context.uow.people.list_staff()
    substitutions = await list_substitutions(context.uow.people, today_in_tehran(context.dependencies))
    namable = {member.username for member in list_namable_members(service, staff, substitutions)}
    for name in written_names:
        usernames = _find_usernames(context.dependencies.catalogue, staff, substitutions, name.rstrip("."))
        if not usernames & namable:
            reason = InvalidReason.NAMED_SEES_NOTHING if usernames else InvalidReason.NAMED_UNKNOWN
            raise InvalidField("note", reason, given=name[:30])
        named |= usernames & namable
    return sorted(named - {context.actor.identifier})


def _find_usernames(
    catalogue: Catalogue, staff: Sequence[StaffMember], substitutions: Sequence[Substitution], word: str
) -> set[str]:
    """Return the user names of whom a word behind an @ means: whose user name it is; else everybody of a unit, by its
    key or name; else whose name it is with its words joined.
    """
    active, wanted = [member for member in staff if member.active], _fold(word)
    if own := {member.username for member in active if member.username.casefold() == word.casefold()}:
        return own
    for role in sorted(STAFF_ROLES):
        if wanted in {_fold(role), _fold(catalogue.text(f"roles.{role}"))}:
            return {member.username for member in select_on_duty(role, staff, substitutions)}
    return {member.username for member in active if wanted in {_fold(member.username), _fold(member.full_name)}}


def _fold(name: str) -> str:
    return _JOINTS.sub("", name).casefold()
