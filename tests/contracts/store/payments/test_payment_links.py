"""Links to pay under, on every engine: the same bills have the same link."""

import asyncio

from domain.bills.bill import Bill
from domain.gateways.payment_link import PaymentLink
from domain.unit_of_work import Store
from store.unit_of_work import SqlStore
from tests.support.factories import NOW, a_bill


async def bills_in(store: Store, number: int) -> list[Bill]:
    """Store so many bills."""
    bills = [a_bill() for _ in range(number)]
    async with store.open_unit() as uow:
        for bill in bills:
            await uow.bills.add(bill)
    return bills


def a_link(token: str, *bills: Bill) -> PaymentLink:
    """A link to bills."""
    return PaymentLink(token, tuple(sorted(bill.id for bill in bills)), NOW)


async def test_a_link_is_found_by_its_token_and_by_its_bills(store: SqlStore) -> None:
    first, second, third = await bills_in(store, 3)
    one, both, other = a_link("one", first), a_link("both", second, first), a_link("other", third)
    async with store.open_unit() as uow:
        for link in (one, both, other):
            assert await uow.payment_links.ensure(link) == link
    async with store.open_unit(write=False) as uow:
        assert await uow.payment_links.find("both") == both
        assert await uow.payment_links.find("neither") is None
        assert await uow.payment_links.list_of_bills([first.id]) == [both, one]
        assert await uow.payment_links.list_of_bills([second.id, third.id]) == [both, other]
        assert await uow.payment_links.list_of_bills([]) == []


async def test_many_bills_have_one_link(store: SqlStore) -> None:
    link = a_link("many", *await bills_in(store, 300))
    async with store.open_unit() as uow:
        await uow.payment_links.ensure(link)
    async with store.open_unit() as uow:
        again = PaymentLink("again", link.bill_row_ids, NOW)
        assert await uow.payment_links.ensure(again) == link


async def test_of_many_who_make_a_link_of_the_same_bills_all_get_the_same(
    store: SqlStore, other_store: SqlStore
) -> None:
    bills = await bills_in(store, 2)

    async def ensure(number: int) -> PaymentLink:
        async with (store if number % 2 else other_store).open_unit() as uow:
            return await uow.payment_links.ensure(a_link(f"link{number}", *bills))

    made = await asyncio.gather(*map(ensure, range(8)))
    assert len({link.token for link in made}) == 1
    assert {link.bill_row_ids for link in made} == {tuple(bill.id for bill in bills)}
