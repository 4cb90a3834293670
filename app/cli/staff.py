"""`pishkhan staff`: members of the staff and their passwords, which are shown once and kept only as hashes."""

from dataclasses import replace
from typing import Annotated, Any

import typer

from app import passwords
from app.cli.options import AsJson, Config
from app.cli.output import emit_json, say, table, told
from app.cli.session import Session, in_session
from domain import people
from domain.accounts import StaffMember
from domain.errors import AlreadyDone, InvalidField, NotFound, UnknownKind
from domain.people import STAFF_ROLES, Role

Username = Annotated[str, typer.Argument(help="User name: Latin letters, digits, «.», «_» and «-».")]
Password = Annotated[str | None, typer.Option(help="Password; made up, and shown once, if not given.")]

LONGEST_NAME = 40
SHORTEST_PASSWORD = 8


def add(
    username: Username,
    roles: Annotated[list[str], typer.Option("--role", help="Role; once for each of them.")],
    name: Annotated[str | None, typer.Option(help="Full name.")] = None,
    mobile: Annotated[str | None, typer.Option(help="Mobile, for notices of the unit.")] = None,
    password: Password = None,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Add a member of the staff."""

    async def work(session: Session) -> dict[str, Any]:
        secret = _usable(password)
        member = StaffMember(
            _checked(username), _roles(roles), name or username, people.mobile(mobile) if mobile else None,
            passwords.hashed(secret), True, session.desk.clock.now(),
        )  # fmt: skip
        async with session.store.unit() as uow:
            if await uow.people.staff(member.username):
                raise AlreadyDone("username", detail="username_taken")
            await uow.people.put_staff(member)
        return {"username": member.username, "password": secret}

    with told(as_json):
        made = in_session(config, work)
    _tell(made, as_json)


def reset_password(
    username: Username, password: Password = None, as_json: AsJson = False, config: Config = None
) -> None:
    """Give a member of the staff a new password."""

    async def work(session: Session) -> dict[str, Any]:
        secret = _usable(password)
        async with session.store.unit() as uow:
            member = await uow.people.staff(username)
            if member is None:
                raise NotFound("username")
            await uow.people.put_staff(replace(member, password_hash=passwords.hashed(secret)))
        return {"username": username, "password": secret}

    with told(as_json):
        made = in_session(config, work)
    _tell(made, as_json)


def list_staff(as_json: AsJson = False, config: Config = None) -> None:
    """List every member of the staff."""

    async def work(session: Session) -> list[dict[str, Any]]:
        async with session.store.unit(write=False) as uow:
            return [_view(one) for one in await uow.people.all_staff()]

    with told(as_json):
        rows = in_session(config, work)
    if as_json:
        emit_json(rows)
    else:
        table(rows, ("username", "roles", "full_name", "mobile", "active"))


def _tell(made: dict[str, Any], as_json: bool) -> None:
    if as_json:
        emit_json(made)
    else:
        say(f"{made['username']}: the password is {made['password']} (it is not shown again)")


def _checked(username: str) -> str:
    allowed = username.isascii() and username.replace(".", "").replace("_", "").replace("-", "").isalnum()
    if not allowed or len(username) > LONGEST_NAME:
        raise InvalidField("username")
    return username


def _usable(password: str | None) -> str:
    if password is not None and len(password) < SHORTEST_PASSWORD:
        raise InvalidField("password")
    return password or passwords.generate()


def _roles(names: list[str]) -> frozenset[Role]:
    known = {role.value: role for role in STAFF_ROLES}
    for name in names:
        if name not in known:
            raise UnknownKind("role", detail="choice", given=name[:30])
    return frozenset(known[name] for name in names)


def _view(member: StaffMember) -> dict[str, Any]:
    return {
        "username": member.username,
        "roles": sorted(role.value for role in member.roles),
        "full_name": member.full_name,
        "mobile": member.mobile,
        "active": member.active,
    }
