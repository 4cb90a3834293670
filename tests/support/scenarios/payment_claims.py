"""Payments that citizens claim to have made, with the photo of a slip."""

from domain.actions.bills.payment_claims import open_claim
from domain.actions.context import ActorContext
from domain.bills.bill import Bill
from domain.bills.payment_claim import ClaimDetails, SlipPhoto
from domain.values.actors import Role
from domain.values.files import PreparedFile
from tests.support.municipality import actor
from tests.support.staff_site import StaffSite

PHOTO = b"\xff\xd8\xff" + b"x" * 100


async def claim_with_photo(site: StaffSite, bill: Bill, reference: str | None = "88123456") -> SlipPhoto:
    """Claim that a bill is paid; return the photo of the slip."""
    async with site.store.open_unit() as uow:
        context = ActorContext(site.demo.desk, uow, actor(Role.CITIZEN))
        files = [PreparedFile.build("فیش.jpg", PHOTO, PHOTO)]
        claim = await open_claim(context, bill, "دیروز <b>ریختم</b>", ClaimDetails(reference=reference), files)
        [photo] = await uow.payment_claims.list_photos([claim.id])
        return photo
