"""The fuse of verification codes: what they cost within a day, who is warned of it, and whether SMS leaves at all."""

from datetime import timedelta

from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.actions.messages.notify import SMS_CHANNEL, list_role_mobiles, notify_staff
from domain.messages.catalogue import RenderedMessage
from domain.messages.code_spending import (
    ASSUMED_CODE_PARTS,
    SPENDING_WINDOW,
    CodeDelivery,
    SpendingLevel,
    find_spending_level,
)
from domain.repositories import MessageRepositories
from domain.values.actors import Role
from domain.values.text import group_digits

SMS_PATIENCE = timedelta(seconds=30)
"""Age from which a text that should leave at once counts as held up: no provider takes it, or no relay runs."""

SMS_MEMORY = timedelta(minutes=10)
"""A code that was not sent says so long that none will be; then another one is tried."""

WARNED_STAFF = (Role.ADMIN, Role.MANAGER)


async def find_spent_rials(context: ActionContext[MessageRepositories]) -> int:
    """Return what the codes of the last 24 hours cost, in rials."""
    spending = await context.uow.code_messages.get_spending(context.dependencies.clock.now() - SPENDING_WINDOW)
    return spending.total_rials(context.dependencies.policy.persian_part_rials)


async def judge_code_delivery(context: ActionContext, spent_rials: int) -> CodeDelivery:
    """Return whether a code can be sent on a day of so many spent rials; who is warned of a spent day is texted."""
    limit_rials = context.dependencies.policy.verification_rials_a_day
    if not limit_rials or spent_rials + reckon_code_rials(context.dependencies) > limit_rials:
        await _warn_staff(context, SpendingLevel.ALL)
        return CodeDelivery.LATER
    return CodeDelivery.LATER if await is_sms_held_up(context) else CodeDelivery.SENT


async def is_sms_held_up(context: ActionContext[MessageRepositories]) -> bool:
    """Return whether no text leaves by SMS: no provider takes them, or no relay runs."""
    return await context.uow.code_messages.are_held_up(
        SMS_CHANNEL, context.dependencies.clock.now(), SMS_PATIENCE, SMS_MEMORY
    )


def reckon_code_rials(dependencies: Dependencies) -> int:
    """Return what a code costs, in rials, until its provider says it."""
    return ASSUMED_CODE_PARTS * dependencies.policy.persian_part_rials


async def warn_about_spending(context: ActionContext, spent_rials: int) -> None:
    """Text the administrators and managers once a level of the day's rials is reached."""
    level = find_spending_level(spent_rials, context.dependencies.policy.verification_rials_a_day)
    if level is not None:
        await _warn_staff(context, level)


async def _warn_staff(context: ActionContext, level: SpendingLevel) -> None:
    """Text each of them once a day for each level."""
    if await context.uow.lines.add_hit(f"code spending:{level}", context.dependencies.clock.now(), SPENDING_WINDOW) > 1:
        return

    def render_message() -> RenderedMessage:
        facts = {"amount": group_digits(context.dependencies.policy.verification_rials_a_day)}
        return context.dependencies.catalogue.render_message(f"staff.code_spending.{level}", facts)

    role_mobiles = [await list_role_mobiles(context, role) for role in WARNED_STAFF]
    mobiles = dict.fromkeys(mobile for mobiles in role_mobiles for mobile in mobiles)
    await notify_staff(context, mobiles, render_message)
