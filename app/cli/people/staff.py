"""`pishkhan staff`: members of the staff, their passwords and authenticators, which are shown once."""

from collections.abc import Sequence
from typing import Annotated, Any

import segno
import typer

from app.cli.options import AsJson, ConfigPath
from app.cli.output import print_json, print_line, print_table, reporting_errors
from app.cli.session import CommandSession, resolve_actor_or_system, run_in_session
from app.security import passwords
from app.security.password_strength import refuse_weak_password
from app.wiring import build_vault, well_known_words
from domain.actions.context import ActionContext, ActorContext
from domain.actions.staff import attempts, own_account, staff_accounts
from domain.people.person import StaffMember
from domain.people.sessions import enrolment_address

Username = Annotated[str, typer.Argument(help="User name: Latin letters, digits, «.», «_» and «-».")]
PasswordOption = Annotated[str | None, typer.Option(help="Password; made up, and shown once, if not given.")]


def add(
    username: Username,
    roles: Annotated[list[str], typer.Option("--role", help="Role; once for each of them.")],
    name: Annotated[str | None, typer.Option(help="Full name.")] = None,
    mobile: Annotated[str | None, typer.Option(help="Mobile, for notices of the unit.")] = None,
    password: PasswordOption = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Add a member of the staff, who changes the password at the first sign-in."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        new_password = _choose_password(session, password, [username, name or ""])
        password_hash, actor = passwords.hash_password(new_password), await resolve_actor_or_system(session, None)
        async with session.store.open_unit() as uow:
            member = await staff_accounts.add_member(
                ActorContext(session.dependencies, uow, actor),
                username,
                roles,
                password_hash,
                full_name=name,
                mobile=mobile,
            )
        return {"username": member.username, "password": new_password}

    with reporting_errors(as_json):
        result = run_in_session(config, run_command)
    _print_password(result, as_json)


def reset_password(
    username: Username, password: PasswordOption = None, as_json: AsJson = False, config: ConfigPath = None
) -> None:
    """Give a member of the staff a new password, changed at the first sign-in; sessions and locks at the site end."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        new_password = _choose_password(session, password, [username])
        password_hash, actor = passwords.hash_password(new_password), await resolve_actor_or_system(session, None)
        async with session.store.open_unit() as uow:
            await staff_accounts.reset_member_password(
                ActorContext(session.dependencies, uow, actor), username, password_hash
            )
        return {"username": username, "password": new_password}

    with reporting_errors(as_json):
        result = run_in_session(config, run_command)
    _print_password(result, as_json)


def totp(username: Username, as_json: AsJson = False, config: ConfigPath = None) -> None:
    """Give a member of the staff a new authenticator (TOTP), in place of any other; it is shown this once."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        vault, actor = build_vault(session.settings), await resolve_actor_or_system(session, None)
        async with session.store.open_unit() as uow:
            totp_secret, recovery_codes = await own_account.enrol_at_once(
                ActionContext(session.dependencies, uow), vault, username, actor.label
            )
        enrolment_uri = enrolment_address(totp_secret, username, session.dependencies.catalogue.text("web.site.name"))
        return {"username": username, "secret": totp_secret, "uri": enrolment_uri, "recovery_codes": recovery_codes}

    with reporting_errors(as_json):
        result = run_in_session(config, run_command)
    if as_json:
        print_json(result)
        return
    segno.make(result["uri"], error="m").terminal(compact=True)
    print_line(f"{username}: scan this by the authenticator, or enter {result['secret']} (it is not shown again)")
    print_line("codes on paper, each for one time: " + ", ".join(result["recovery_codes"]))


def unlock(username: Username, as_json: AsJson = False, config: ConfigPath = None) -> None:
    """Forget the wrong passwords and codes that lock a member of the staff out of the site, wherever they came from."""

    async def run_command(session: CommandSession) -> dict[str, Any]:
        actor = await resolve_actor_or_system(session, None)
        async with session.store.open_unit() as uow:
            member_locks = await attempts.list_locks(uow.lines, username, session.dependencies.clock.now())
            await staff_accounts.unlock_account(ActorContext(session.dependencies, uow, actor), username)
        return {"username": username, "locks": [{"place": lock.origin, "source": lock.source} for lock in member_locks]}

    with reporting_errors(as_json):
        result = run_in_session(config, run_command)
    if as_json:
        print_json(result)
    else:
        for lock in result["locks"]:
            print_line(f"{username}: was locked: {lock['place']}, {lock['source'] or 'from everywhere there'}")
        print_line(f"{username}: wrong passwords and codes are forgotten")


def list_staff(as_json: AsJson = False, config: ConfigPath = None) -> None:
    """List every member of the staff."""

    async def run_command(session: CommandSession) -> list[dict[str, Any]]:
        async with session.store.open_unit(write=False) as uow:
            return [_build_member_view(member) for member in await uow.people.list_staff()]

    with reporting_errors(as_json):
        rows = run_in_session(config, run_command)
    if as_json:
        print_json(rows)
    else:
        print_table(rows, ("username", "roles", "full_name", "mobile", "active"))


def _print_password(result: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(result)
    else:
        print_line(f"{result['username']}: the password is {result['password']} (it is not shown again)")


def _choose_password(session: CommandSession, password: str | None, known_words: Sequence[str]) -> str:
    """Return the password that was given, if somebody may have it, or a made one."""
    if password is None:
        return passwords.generate_password()
    refuse_weak_password(
        password, [*well_known_words(session.settings, session.dependencies.catalogue), *known_words], "password"
    )
    return password


def _build_member_view(member: StaffMember) -> dict[str, Any]:
    return {
        "username": member.username,
        "roles": sorted(role.value for role in member.roles),
        "full_name": member.full_name,
        "mobile": member.mobile,
        "active": member.active,
    }
