"""Prices of a service today, for anybody who asks: every thing that has a price in force, with its bands."""

from dataclasses import dataclass

from domain.actions.context import ActionContext
from domain.actions.staffing import today_in_tehran
from domain.language.service import Service
from domain.repositories import SettingRepositories
from domain.tariffs.tariff import PricedSubject, TariffRow, list_price_bands


@dataclass(frozen=True, slots=True)
class PublicPrice:
    """Something that has a price today."""

    subject: PricedSubject
    """Subject of the price."""
    rows: tuple[TariffRow, ...]
    """The rows in force, by the units from which on each prices; at least one."""


async def list_public_prices(context: ActionContext[SettingRepositories], service: Service) -> list[PublicPrice]:
    """Return what a service's tariff prices today, in the order of its declaration; nothing where it is free, or the
    revenue unit has set no price yet.
    """
    if not service.priced_items:
        return []
    tariff_rows, today = await context.uow.tariffs.list_of_service(service.key), today_in_tehran(context.dependencies)
    prices = [
        PublicPrice(subject, tuple(list_price_bands(tariff_rows, subject.dimensions, today)))
        for subject in service.priced_items
    ]
    return [price for price in prices if price.rows]
