"""Texts that ask somebody else for consent have room for the link to answer by."""

from domain.check import check_services
from domain.messages.catalogue import Catalogue
from domain.services.taxi_leave.declaration import TAXI_LEAVE
from domain.values.page_tokens import LINK_LENGTH, build_link_token

ASKING = "services.taxi_leave.notices.owner_asked"


def test_a_text_without_room_for_its_link_is_a_flaw() -> None:
    shipped = Catalogue.load()
    assert shipped.part_budget(ASKING) == 5
    longer = shipped.with_text(ASKING, shipped.text(ASKING) + " لطفاً پاسخ دهید." * 4)
    flaws = [str(flaw) for flaw in check_services((TAXI_LEAVE,), longer)]
    assert flaws == [f"taxi_leave: over_budget: {ASKING} with its link needs 6 parts, may have 5"]


def test_a_token_is_made_of_all_its_randomness() -> None:
    tokens = {build_link_token(f"{number:032x}") for number in range(2000)}
    assert len(tokens) == 2000
    assert {len(token) for token in tokens} == {LINK_LENGTH}
