"""Registries of the staff's site: a small taxi organisation put into them, rows read, and what pages say."""

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

from domain.actions.context import ActorContext
from domain.actions.registries.rows import put_rows
from domain.registries.declarations import REGISTRIES
from domain.registries.rows import RegistryFilter, RegistryRow
from domain.values.actors import Actor, Role
from tests.support.scenarios.taxi_registries import ORGANISATION
from tests.support.staff_site import StaffSite

EVERYBODY = Actor(frozenset({Role.TAXI_OFFICER, Role.CIVIL}), "staff", "taxi_officer", "cli")


async def furnish(site: StaffSite) -> None:
    """Put an agency, an owner, two vehicles and two drivers."""
    for registry, rows in ORGANISATION.items():
        await give(site, registry, *rows)


async def give(site: StaffSite, registry: str, *rows: Mapping[str, Any], by: Actor = EVERYBODY) -> list[RegistryRow]:
    """Put rows whose values are read already."""
    async with site.store.open_unit() as uow:
        return [one.row for one in await put_rows(ActorContext(site.demo.desk, uow, by), REGISTRIES[registry], rows)]


async def rows(site: StaffSite, registry: str, **where: Any) -> list[RegistryRow]:
    """The rows of a registry, oldest first."""
    async with site.store.open_unit(write=False) as uow:
        return await uow.registries.list_rows(RegistryFilter(registry, where, limit=1000))


async def row(site: StaffSite, registry: str, **where: Any) -> RegistryRow:
    """The only row with these values."""
    (found,) = await rows(site, registry, **where)
    return found


def words(page: str) -> str:
    """Text of a page, without its marks."""
    body = page[page.index("<main") :]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())
