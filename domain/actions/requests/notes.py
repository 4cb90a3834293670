"""Notes between colleagues about a request, and the naming of those who shall read them (`@username`, `@unit`)."""

import re
from collections.abc import Sequence

from domain.actions.dependencies import Dependencies
from domain.actions.requests.act import lock_request
from domain.actions.staff.staffing import list_on_duty, load_staff_actor, today_in_tehran
from domain.authorization.request_policy import may_see_request, may_use_on_request, require_request_right
from domain.authorization.rights import Right
from domain.authorization.visibility import list_members_of_units, list_seeing_roles, visible_services
from domain.language.service import Service
from domain.people.person import StaffMember
from domain.requests.notes import NOTE, Mention, MentionedNote
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values.actors import STAFF_ROLES, Actor
from domain.values.errors import InvalidField
from domain.values.reasons import InvalidReason
from domain.values.required_text import read_required_text
from domain.values.tracking_codes import TrackingCode

LONGEST_NOTE = 500
"""UTF-16 units of a note."""

MENTIONS_SHOWN = 100
"""Notes that the list of one's own shows at most."""

_MENTION = re.compile(r"(?:(?<=\s)|^)@([\w.\-\u200c]+)")
_JOINTS = re.compile(r"[\s_\u200c]+")


async def write_note(dependencies: Dependencies, uow: UnitOfWork, code: TrackingCode, text: str, actor: Actor) -> bool:
    """Write a note about a request and notify nobody but by the list of those whom it names.

    False, and nothing written, where the last note is the same one of the same person: a form that was sent twice.
    Errors: `NotFound`, `Forbidden`, `MissingField("note")`, `InvalidField("note")` for one that is too long, or names
    nobody there is, or somebody who may not see the request.
    """
    request = await lock_request(uow, code)
    service = dependencies.engine.get_service(request.service)
    author = require_request_right(Right.REQUESTS_NOTE, service, request, actor)
    note_text = read_required_text(text, "note", LONGEST_NOTE)
    notes = [event for event in await uow.history.list_of_request(request.id) if event.event == NOTE]
    if notes and (notes[-1].actor, notes[-1].note) == (author.label, note_text):
        return False
    usernames = await _find_named(dependencies, uow, request, note_text, actor)
    await dependencies.engine.record_event(uow, request, NOTE, author, {"reason": note_text, "named": usernames})
    now = dependencies.clock.now()
    await uow.mentions.add_all([Mention(request.id, request.head_seq, username, now) for username in usernames])
    return True


def list_namable_members(
    service: Service, request: ServiceRequest, staff: Sequence[StaffMember], actor: Actor
) -> list[StaffMember]:
    """Return whom a note about a request may name, but for its author; nobody for who may write none."""
    if not may_use_on_request(Right.REQUESTS_NOTE, service, request, actor):
        return []
    seers = list_members_of_units((member for member in staff if member.active), list_seeing_roles(service))
    return [member for member in seers if member.username != actor.identifier]


async def list_own_mentions(dependencies: Dependencies, uow: UnitOfWork, actor: Actor) -> list[MentionedNote]:
    """Return the newest notes that name this one, of requests that they may see."""
    notes = await uow.mentions.list_notes(actor.identifier, MENTIONS_SHOWN)
    readable = set(visible_services(dependencies.services, actor))
    return [note for note in notes if note.service in readable]


async def read_mentions(dependencies: Dependencies, uow: UnitOfWork, request: ServiceRequest, username: str) -> int:
    """Note that somebody opened a request: what names them there is read; return how much it was."""
    return await uow.mentions.mark_read(request.id, username, dependencies.clock.now())


def split_note(text: str) -> list[tuple[str, bool]]:
    """Return a note in parts, each with whether it names somebody: a page shows these apart."""
    parts: list[tuple[str, bool]] = []
    end = 0
    for mention in _MENTION.finditer(text):
        parts += [(text[end : mention.start()], False), (mention[0], True)]
        end = mention.end()
    return [part for part in (*parts, (text[end:], False)) if part[0]]


async def _find_named(
    dependencies: Dependencies, uow: UnitOfWork, request: ServiceRequest, text: str, actor: Actor
) -> list[str]:
    """Return the user names of whom a text names, but for its author's own."""
    staff = [member for member in await uow.people.list_staff() if member.active]
    today, named = today_in_tehran(dependencies), set[str]()
    for word in dict.fromkeys(_MENTION.findall(text)):
        members = await _find_members(dependencies, uow, staff, word.rstrip("."))
        seers = [
            member.username
            for member in members
            if may_see_request(
                dependencies.services, await load_staff_actor(uow, member.username, actor.channel, today), request
            )
        ]
        if not seers:
            reason = InvalidReason.NAMED_SEES_NOTHING if members else InvalidReason.NAMED_UNKNOWN
            raise InvalidField("note", reason, given=word[:30])
        named.update(seers)
    return sorted(named - {actor.identifier})


async def _find_members(
    dependencies: Dependencies, uow: UnitOfWork, staff: Sequence[StaffMember], word: str
) -> list[StaffMember]:
    """Return whom a word behind an @ means: everybody of a unit, by its key or name; else a user name, or the name of
    somebody with its words joined.
    """
    wanted = _fold(word)
    for role in sorted(STAFF_ROLES):
        if wanted in {_fold(role), _fold(dependencies.catalogue.text(f"roles.{role}"))}:
            return await list_on_duty(uow, role, today_in_tehran(dependencies))
    return [member for member in staff if wanted in {_fold(member.username), _fold(member.full_name)}]


def _fold(name: str) -> str:
    return _JOINTS.sub("", name).casefold()
