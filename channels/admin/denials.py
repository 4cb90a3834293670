"""What somebody with a session asked for and may not have, as the audit keeps it: which page, about what, from where.

Alike ones of an hour are one row that counts them (`domain/actions/staff/refusals.py`): a browser may ask again and
again.
"""

from collections.abc import Mapping

from aiohttp import web

from channels.admin.frame import PageRoute, Visit
from channels.web.posted import Form
from domain.actions.desk import Desk
from domain.actions.staff.authorization import SECOND_FACTOR
from domain.actions.staff.refusals import note
from domain.unit_of_work import Store
from domain.values.errors import DomainError, Forbidden

DOOR = "staff"
"""Under which the audit keeps what was refused at this site."""

_LONGEST = 200
_NAMING = ("code", "bill_id", "payment_id", "absent", "deputy")
"""Fields of forms that name what the form is about, where the page's address does not."""


class Denials:
    """Audits what is refused."""

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store

    async def forbidden(
        self, request: web.Request, visit: Visit, error: DomainError, about: str = "", *, route: PageRoute | None = None
    ) -> None:
        """Audit a `Forbidden`, and no other error; `about` names what it is about, where neither the page's address nor
        the form does.
        """
        if isinstance(error, Forbidden):
            named = about or _named(visit.form)
            facts = {"right": route.right} if route else {}
            await self._note(visit, facts | _facts(request, visit) | ({"about": named} if named else {}), error.detail)

    async def without_code(self, request: web.Request, visit: Visit, route: PageRoute) -> None:
        """Audit what a session from outside asked for before it had shown its code."""
        await self._note(visit, {"right": route.right, **_facts(request, visit)}, SECOND_FACTOR)

    async def _note(self, visit: Visit, facts: Mapping[str, object], why: str | None) -> None:
        told, name = {**facts, "inside": visit.caller.inside, "why": why}, visit.member.username
        async with self._store.unit() as uow:
            await note(uow, self._desk.clock.now(), DOOR, name, "denied", told, known=_known_here)


def _facts(request: web.Request, visit: Visit) -> dict[str, object]:
    path = "".join(sign for sign in request.path if sign.isprintable())
    return {"path": path[:_LONGEST], "method": request.method, "address": visit.caller.address}


def _named(form: Form) -> str:
    """Return what a form says that it is about; files are not asked."""
    found = [value for name in _NAMING for value in form.getall(name, []) if isinstance(value, str) and value]
    return "، ".join(found)[:_LONGEST]


async def _known_here() -> bool:
    """Return that who has a session has a name here."""
    return True
