"""`pishkhan staff`: members of the staff, their passwords and authenticators, which are shown once."""

from collections.abc import Sequence
from typing import Annotated, Any

import segno
import typer

from app.cli.options import AsJson, Config
from app.cli.output import emit_json, say, table, told
from app.cli.session import CommandSession, acting_or_system, in_session
from app.security import passwords
from app.security.password_strength import refuse_weak
from app.wiring import build_vault, house_words
from domain.actions.staff import attempts, own_account, staff_accounts
from domain.people.person import StaffMember
from domain.people.sessions import enrolment_address

Username = Annotated[str, typer.Argument(help="User name: Latin letters, digits, «.», «_» and «-».")]
Password = Annotated[str | None, typer.Option(help="Password; made up, and shown once, if not given.")]


def add(
    username: Username,
    roles: Annotated[list[str], typer.Option("--role", help="Role; once for each of them.")],
    name: Annotated[str | None, typer.Option(help="Full name.")] = None,
    mobile: Annotated[str | None, typer.Option(help="Mobile, for notices of the unit.")] = None,
    password: Password = None,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Add a member of the staff, who changes the password at the first sign-in."""

    async def work(session: CommandSession) -> dict[str, Any]:
        secret = _usable(session, password, [username, name or ""])
        kept, actor = passwords.hashed(secret), await acting_or_system(session, None)
        async with session.store.unit() as uow:
            member = await staff_accounts.add(
                session.desk, uow, username, roles, kept, full_name=name, mobile=mobile, actor=actor
            )
        return {"username": member.username, "password": secret}

    with told(as_json):
        made = in_session(config, work)
    _tell(made, as_json)


def reset_password(
    username: Username, password: Password = None, as_json: AsJson = False, config: Config = None
) -> None:
    """Give a member of the staff a new password, changed at the first sign-in; sessions and locks at the site end."""

    async def work(session: CommandSession) -> dict[str, Any]:
        secret = _usable(session, password, [username])
        kept, actor = passwords.hashed(secret), await acting_or_system(session, None)
        async with session.store.unit() as uow:
            await staff_accounts.reset_password(session.desk, uow, username, kept, actor=actor)
        return {"username": username, "password": secret}

    with told(as_json):
        made = in_session(config, work)
    _tell(made, as_json)


def totp(username: Username, as_json: AsJson = False, config: Config = None) -> None:
    """Give a member of the staff a new authenticator (TOTP), in place of any other; it is shown this once."""

    async def work(session: CommandSession) -> dict[str, Any]:
        vault, actor = build_vault(session.settings), await acting_or_system(session, None)
        async with session.store.unit() as uow:
            secret, codes = await own_account.enrol(session.desk, uow, vault, username, actor.label)
        address = enrolment_address(secret, username, session.desk.catalogue.text("web.site.name"))
        return {"username": username, "secret": secret, "uri": address, "recovery_codes": codes}

    with told(as_json):
        made = in_session(config, work)
    if as_json:
        emit_json(made)
        return
    segno.make(made["uri"], error="m").terminal(compact=True)
    say(f"{username}: scan this by the authenticator, or enter {made['secret']} (it is not shown again)")
    say("codes on paper, each for one time: " + ", ".join(made["recovery_codes"]))


def unlock(username: Username, as_json: AsJson = False, config: Config = None) -> None:
    """Forget the wrong passwords and codes that lock a member of the staff out of the site, wherever they came from."""

    async def work(session: CommandSession) -> dict[str, Any]:
        actor = await acting_or_system(session, None)
        async with session.store.unit() as uow:
            found = await attempts.locks(uow, username, session.desk.clock.now())
            await staff_accounts.unlock(session.desk, uow, username, actor=actor)
        return {"username": username, "locks": [{"place": one.place, "source": one.source} for one in found]}

    with told(as_json):
        done = in_session(config, work)
    if as_json:
        emit_json(done)
    else:
        for one in done["locks"]:
            say(f"{username}: was locked: {one['place']}, {one['source'] or 'from everywhere there'}")
        say(f"{username}: wrong passwords and codes are forgotten")


def list_staff(as_json: AsJson = False, config: Config = None) -> None:
    """List every member of the staff."""

    async def work(session: CommandSession) -> list[dict[str, Any]]:
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


def _usable(session: CommandSession, password: str | None, words: Sequence[str]) -> str:
    """Return the password that was given, if somebody may have it, or a made one."""
    if password is None:
        return passwords.generate()
    refuse_weak(password, [*house_words(session.settings, session.desk.catalogue), *words], "password")
    return password


def _view(member: StaffMember) -> dict[str, Any]:
    return {
        "username": member.username,
        "roles": sorted(role.value for role in member.roles),
        "full_name": member.full_name,
        "mobile": member.mobile,
        "active": member.active,
    }
