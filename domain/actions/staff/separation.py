"""Separation of duties between the staff's accounts: nobody raises the own rights, two accounts are two people, and who
watches hears of who may move money.
"""

from collections.abc import Collection

from domain.actions.context import ActionContext
from domain.actions.messages.notify import list_role_mobiles, notify_staff
from domain.authorization.rights import RIGHTS, Right
from domain.messages.catalogue import RenderedMessage
from domain.people.person import StaffMember
from domain.people.ports import StaffMemberRepository
from domain.values.actors import Actor, Role
from domain.values.errors import Forbidden, InvalidField
from domain.values.languages import join_list
from domain.values.reasons import ForbiddenReason, InvalidReason

MONEY_ROLES = frozenset[Role]().union(
    *(
        RIGHTS[right].roles
        for right in (
            Right.PAYMENTS_RECORD,
            Right.REFUNDS_PAY,
            Right.REFUNDS_APPROVE,
            Right.SUSPENSE_DECIDE,
            Right.LEDGER_POST,
            Right.TARIFFS_CHANGE,
        )
    )
)
"""Roles that move money, agree to it, or set what is asked for."""


def refuse_own_roles(member: StaffMember, roles: Collection[Role], actor: Actor) -> None:
    """Refuse somebody other roles for the own account (`Forbidden("role")`); who has a shell is no member."""
    if actor.kind == "staff" and actor.identifier == member.username and frozenset(roles) != member.roles:
        raise Forbidden("role", ForbiddenReason.OWN_ROLES)


def refuse_mixed_auditor(roles: frozenset[Role]) -> frozenset[Role]:
    """Return roles that one account may have; `InvalidField("role")` for an auditor who would do more than read."""
    if Role.AUDITOR in roles and len(roles) > 1:
        raise InvalidField("role", InvalidReason.AUDITOR_ALONE)
    return roles


async def refuse_shared_mobile(people: StaffMemberRepository, username: str, mobile: str | None) -> None:
    """Refuse a mobile that another open account has (`InvalidField("mobile")`): one person would be two."""
    if mobile is None:
        return
    for member in await people.list_staff():
        if member.active and member.username != username and member.mobile == mobile:
            raise InvalidField("mobile", InvalidReason.MOBILE_OF_COLLEAGUE)


async def tell_of_money_roles(
    context: ActionContext, member: StaffMember, given_roles: Collection[Role], given_by: str
) -> None:
    """Text the other managers and auditors that somebody was given a role that moves money."""
    money_roles = sorted(MONEY_ROLES.intersection(given_roles))
    if not money_roles:
        return

    def render_message() -> RenderedMessage:
        role_names = join_list(context.dependencies.catalogue.text(f"roles.{role}") for role in money_roles)
        facts = {"name": member.full_name, "roles": role_names, "who": given_by.removeprefix("staff:")}
        return context.dependencies.catalogue.render_message("staff.money_role_given", facts)

    managers = await list_role_mobiles(context, Role.MANAGER)
    auditors = await list_role_mobiles(context, Role.AUDITOR)
    others = dict.fromkeys(mobile for mobile in (*managers, *auditors) if mobile != member.mobile)
    await notify_staff(context, others, render_message)
