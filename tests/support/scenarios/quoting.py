"""Quotes by the stored prices of a municipality, whatever request they are for."""

from datetime import date

from domain.tariffs.tariff import Quantity, Quote, compute_quote
from domain.unit_of_work import UnitOfWork
from domain.values.calendar import to_tehran
from tests.support.municipality import Municipality


async def quote_machinery(town: Municipality, uow: UnitOfWork, quantity: Quantity, day: date | None = None) -> Quote:
    """Price machinery by the rows in force on a day (today); `NotFound("tariff")` where no price is set."""
    rows, policy = await uow.tariffs.list_of_service("machinery"), town.desk.policy
    priced_on = day or to_tehran(town.desk.clock.now()).date()
    return compute_quote(rows, [quantity], priced_on, step=policy.rounding_step, mode=policy.rounding_mode)
