"""Our numbers at bank gateways, of orders and of refunds: one sequence a gateway, so that none is ever given twice."""

from datetime import datetime

from domain.actions.context import ActionContext
from domain.bills.ports import ORDER_SEQUENCE_PREFIX
from domain.repositories import BillRepositories
from domain.values.calendar import to_jalali, to_tehran

ORDERS_A_DAY = 1_000_000
CHANCE_RANGE = 10_000


async def draw_order_number(context: ActionContext[BillRepositories], gateway: str, now: datetime) -> int:
    """Return a number that a gateway was never given, for an order or for a refund: the Jalali day, a sequence,
    four digits of chance.

    A terminal may have been used by other software before, which counted from 1, too; and after a restore from a backup
    the bank knows numbers that we do not: the day keeps both apart from ours. By chance no stranger can name the orders
    of others in callbacks, one after another. All of it is exact in a double, as some banks read numbers.
    """
    year, month, day = to_jalali(to_tehran(now).date())
    number = await context.uow.sequences.next_number(f"{ORDER_SEQUENCE_PREFIX}{gateway}") % ORDERS_A_DAY
    day_number = year % 100 * 10_000 + month * 100 + day
    chance = int(context.dependencies.ids.random_fraction() * CHANCE_RANGE)
    return (day_number * ORDERS_A_DAY + number) * CHANCE_RANGE + chance
