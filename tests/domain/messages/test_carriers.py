"""Cost of a message by its carrier, in whole rials."""

from decimal import Decimal

from domain.messages.carriers import IN_RIALS, LARGEST_COST, CostUnit
from tests.support.tables import each_row


@each_row(
    ("cost_unit", "charge", "rials"),
    [
        (IN_RIALS, Decimal("120.5"), 121),
        (CostUnit(Decimal(10), is_per_part=True), Decimal("45.5"), 1365),
        (CostUnit(None), Decimal(1), None),
        (IN_RIALS, None, None),
        (IN_RIALS, Decimal("NaN"), None),
        (IN_RIALS, Decimal(-1), None),
        (CostUnit(Decimal(2200)), Decimal(LARGEST_COST - 1), None),
        (CostUnit(Decimal(2200)), Decimal("1e999999"), None),
        (CostUnit(Decimal(2200)), Decimal("1e-999999"), 0),
    ],
)
def test_what_three_parts_cost(cost_unit: CostUnit, charge: Decimal | None, rials: int | None) -> None:
    assert cost_unit.to_rials(charge, 3) == rials
