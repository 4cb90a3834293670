"""Lines as people paste them out of a bank's page or a sheet: told by their numbers, or faulty with a reason."""

from io import BytesIO

from domain.settlement.lines import LineFault, LineFaultCode, SettlementLine
from domain.settlement.pasted_lists import PastedListReader
from domain.values.bill_ids import bill_barcode, make_ids
from domain.values.calendar import jalali_text, to_tehran
from tests.support.tables import each_row

IDS = make_ids(4021, "131", 6, 1_500_000, 1405, 9)
B, P = IDS.bill_id, IDS.payment_id
BARCODE = bill_barcode(IDS)
FAULTS = LineFaultCode


def read(text: str) -> list[SettlementLine | LineFault]:
    return list(PastedListReader(BytesIO(text.encode())).read_lines())


@each_row(
    "line",
    [
        f"{B}\t{P}\t1500000\t98765432\t1405/09/05",
        f"{B},{P},1500000,98765432,1405/9/5",
        f"{B};{P};1,500,000;98765432;1405-09-05 10:30",
        f"1405/09/05 08:05:10,1,500,000,{B},{P},98765432",
        f"۱) {P} ؛ {B} ؛ ۱٬۵۰۰٬۰۰۰ ریال ؛ ۱۴۰۵/۰۹/۰۵ ؛ پیگیری ۹۸۷۶۵۴۳۲",
        f"98765432 | 2026-11-26 | 1500000 | {B.zfill(13)} | {P.zfill(13)}",
        f"{BARCODE} 14050905 1500000 98765432",
        f"واریز قبض {B} شناسه پرداخت {P} مبلغ 1500000 در تاریخ 1405.09.05 شماره 98765432 شعبه 12",
    ],
)
def test_numbers_are_told_in_any_order(line: str) -> None:
    (read_line,) = read(f"شناسه قبض، شناسه پرداخت، مبلغ\n{line}\n")
    assert isinstance(read_line, SettlementLine), read_line
    assert (read_line.bill_id, read_line.payment_id, read_line.amount) == (B, P, 1_500_000)
    assert (read_line.reference, read_line.line_number) == ("98765432", 2)
    assert jalali_text(to_tehran(read_line.paid_at).date()) == "۱۴۰۵/۰۹/۰۵"


def test_another_amount_is_the_lines_own() -> None:
    (line,) = read(f"{B} {P} 1400000 98765432 1405/09/05")
    assert isinstance(line, SettlementLine)
    assert line.amount == 1_400_000


@each_row(
    ("line", "fault"),
    [
        (f"{B},{int(P) + 1},1500000,98765432,1405/09/05", FAULTS.IDS),
        ("جمع: 3000000", FAULTS.IDS),
        (f"{B},{P},98765432,1405/09/05", FAULTS.AMOUNT),
        (f"{B},{P},1500000,1405/09/05", FAULTS.REFERENCE),
        (f"{B},{P},1500000,98765432,55554444,1405/09/05", FAULTS.REFERENCE),
        (f"{B},{P},1500000,98765432", FAULTS.DAY),
        (f"{B},{P},1500000,98765432,1405/13/05", FAULTS.DAY),
        (f"{B},{P},1500000,98765432,1405/09/05 25:10", FAULTS.HOUR),
    ],
)
def test_nothing_is_guessed(line: str, fault: LineFaultCode) -> None:
    assert read(f"{line}\n\n{B} {P} 1500000 98765432 1405/09/05")[0] == LineFault(1, fault)
    assert len(read(f"{line}\n\n{B} {P} 1500000 98765432 1405/09/05")) == 2, "the others are read"
