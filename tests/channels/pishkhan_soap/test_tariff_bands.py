"""Prices that depend on the amount, as a counter office is told them."""

from domain.actions.context import ActorContext
from domain.actions.tariffs.price_changes import add_tariff
from domain.values.actors import Role
from tests.channels.pishkhan_soap.envelopes import OURS
from tests.channels.pishkhan_soap.raw_client import Answer
from tests.channels.pishkhan_soap.soap_office import Office
from tests.support.municipality import RATE, actor


def said(answer: Answer, name: str) -> list[str]:
    """Values of an element in each line."""
    return [str(one.text) for one in answer.body.iter(f"{{{OURS}}}{name}")]


async def test_every_band_is_told_with_its_limit(office: Office) -> None:
    town = office.town
    for _ in range(1000):
        town.new_id()  # those of the rows that were there before
    async with town.store.open_unit() as uow:
        for start in (6, 8, 12, 18):
            await add_tariff(
                ActorContext(town.desk, uow, actor(Role.REVENUE)),
                "machinery",
                {"machine": "loader", "from": str(start)},
                rate=RATE // 2 + start,
                vat_percent=10,
            )
    answer = await office.call("GetTariff", {"service": "machinery", "machine": "loader"})
    assert said(answer, "kind") == ["price_from", *["price_band"] * 4]
    assert said(answer, "text")[2] == "لودر از ۸ ساعت به بالا: ساعتی ۴٬۴۰۰٬۰۰۸ ریال با مالیات"
    assert said(answer, "amount")[2] == "4400008"
    priced = await office.call("GetTariff", {"service": "machinery", "machine": "loader", "hours": "10"})
    assert (said(priced, "kind"), said(priced, "amount")) == (["price"], ["44000000"])
