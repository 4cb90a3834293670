"""Settlement files are read by their layouts: every form, every fault named, broken files refused as a whole."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from io import BytesIO

import pytest

from domain.settlement.layouts import LayoutError, SettlementLayout, load_shipped_layouts, parse_layouts
from domain.settlement.lines import LineFault, LineFaultCode, SettlementLine
from domain.settlement.reading import SettlementFileReader, compute_digest
from domain.values.bill_ids import BillIds, bill_barcode, make_ids
from domain.values.errors import InvalidField
from tests.support.tables import each_row

LAYOUTS = load_shipped_layouts()
IDS = make_ids(12345, "123", 5, 1_500_000, 1405, 1)
HEADINGS = "شناسه قبض,شناسه پرداخت,مبلغ,شماره پیگیری,تاریخ,ساعت,درگاه"
EVENING = datetime(2026, 3, 20, 17, 5, tzinfo=UTC)
"""20:35 in Tehran on 1404/12/29."""


def read(layout: SettlementLayout, content: str | bytes) -> list[SettlementLine | LineFault]:
    """Read a whole file."""
    encoding = layout.encoding
    return list(
        SettlementFileReader(
            layout, BytesIO(content if isinstance(content, bytes) else content.encode(encoding))
        ).read_lines()
    )


def csv_line(*cells: object) -> str:
    """Write a line."""
    return ",".join(map(str, cells)) + "\n"


def paid(amount: object = 1_500_000, reference: object = 778899, day: str = "1404/12/29", hour: str = "20:35") -> str:
    """Write a line of the bank's CSV."""
    return csv_line(IDS.bill_id, IDS.payment_id, amount, reference, day, hour, "ATM")


def fixed_line(ids: BillIds, amount: int, reference: int, moment: str = "14041229203500") -> str:
    """Write a line of the bank's fixed width."""
    return f"D{bill_barcode(ids)}{amount:012}{reference:012}{moment}ATM "


def fixed_file(lines: Sequence[str], count: int | None = None, total: int | None = None) -> str:
    """Write a file of fixed width with its totals."""
    number = len(lines) if count is None else count
    amount = sum(int(line[27:39]) for line in lines) if total is None else total
    return "\n".join(["H1405010" + "1" + f"{number:08}{amount:015}", *lines, f"T{number:08}{amount:015}"]) + "\n"


def refusal(layout: SettlementLayout, content: str | bytes) -> str | None:
    """Return why a file is refused."""
    with pytest.raises(InvalidField) as refused:
        read(layout, content)
    return refused.value.reason


def test_a_line_of_csv_says_what_was_paid_when_and_how() -> None:
    (line,) = read(LAYOUTS["bills_csv"], f"{HEADINGS}\n{paid()}")
    assert line == SettlementLine(
        line_number=2,
        amount=1_500_000,
        reference="778899",
        paid_at=EVENING,
        bill_id=IDS.bill_id,
        payment_id=IDS.payment_id,
        channel="ATM",
    )


@pytest.mark.parametrize(
    ("day", "hour"),
    [("14041229", "203500"), ("۱۴۰۴/۱۲/۲۹", "۲۰:۳۵"), ("04-12-29", "2035"), ("1404/12/29", "20:35:00")],
)
def test_days_and_hours_in_their_forms(day: str, hour: str) -> None:
    (line,) = read(LAYOUTS["bills_csv"], f"{HEADINGS}\n{paid(day=day, hour=hour)}")
    assert isinstance(line, SettlementLine)
    assert line.paid_at == EVENING


def test_a_morning_whose_zero_was_dropped_and_a_day_without_an_hour() -> None:
    morning, noon = read(
        LAYOUTS["bills_csv"], HEADINGS + "\n" + paid(hour="80500") + paid(reference="2", day="1404/1/2", hour="")
    )
    assert isinstance(morning, SettlementLine)
    assert isinstance(noon, SettlementLine)
    assert (morning.paid_at.hour, morning.paid_at.minute) == (4, 35)
    assert noon.paid_at == datetime(2025, 3, 22, 8, 30, tzinfo=UTC)


def test_fixed_width_in_the_windows_code_page_with_barcode_and_totals() -> None:
    (line,) = read(LAYOUTS["bills_fixed"], fixed_file([fixed_line(IDS, 1_500_000, 778899)]))
    assert isinstance(line, SettlementLine)
    assert (line.bill_id, line.payment_id, line.reference) == (IDS.bill_id, IDS.payment_id, "778899")
    assert (line.amount, line.paid_at, line.channel) == (1_500_000, EVENING, "ATM")


def test_gateways_bring_our_number_and_their_sale() -> None:
    content = 'شماره سفارش,شماره مرجع تراکنش,مبلغ,زمان تراکنش\n5,00AF,"1,500,000",1404/12/29 20:35:00\n'
    (line,) = read(LAYOUTS["behpardakht_csv"], content)
    assert isinstance(line, SettlementLine)
    assert (line.order_number, line.sale_number, line.reference, line.amount) == (5, "00AF", "00AF", 1_500_000)
    fixed = f"D{5:019}{778899:012}{1_500_000:012}20260320203500\nT{1:08}{1_500_000:015}\n"
    (other,) = read(LAYOUTS["sadad_fixed"], fixed)
    assert isinstance(other, SettlementLine)
    assert (other.order_number, other.sale_number, other.paid_at) == (5, "778899", EVENING)


def test_wrong_ids_are_no_fault_of_the_line_for_the_money_came() -> None:
    line, barcode_line = (
        *read(LAYOUTS["bills_csv"], f"{HEADINGS}\n" + csv_line("12", "x", 5000, 9, "1404/12/29", "", "")),
        *read(LAYOUTS["bills_fixed"], fixed_file(["D" + "9" * 26 + fixed_line(IDS, 5000, 9)[27:]])),
    )
    assert isinstance(line, SettlementLine)
    assert isinstance(barcode_line, SettlementLine)
    assert (line.bill_id, line.payment_id) == ("12", "x")
    assert barcode_line.bill_id == "9" * 13


@each_row(
    ("bad_line", "code"),
    [
        (paid(amount="x"), LineFaultCode.AMOUNT),
        (paid(amount=0), LineFaultCode.AMOUNT),
        (paid(amount=10**16), LineFaultCode.AMOUNT),
        (paid(amount="-5"), LineFaultCode.AMOUNT),
        (paid(reference=""), LineFaultCode.REFERENCE),
        (paid(day="1404/13/01"), LineFaultCode.DAY),
        (paid(day="1403/12/31"), LineFaultCode.DAY),
        (paid(hour="25:00"), LineFaultCode.HOUR),
        ("1,2,3\n", LineFaultCode.TOO_FEW_COLUMNS),
        ('"1,2\n', LineFaultCode.NOT_SEPARABLE),
        ("9" * 5000 + "\n", LineFaultCode.TOO_LONG),
    ],
)
def test_every_faulty_line_is_named_with_its_reason(bad_line: str, code: LineFaultCode) -> None:
    good, bad, last = read(LAYOUTS["bills_csv"], HEADINGS + "\n" + paid() + bad_line + paid(reference=3))
    assert isinstance(good, SettlementLine)
    assert isinstance(last, SettlementLine)
    assert bad == LineFault(3, code)
    assert last.line_number == 4


def test_bytes_that_are_no_text_are_a_fault_of_their_line() -> None:
    content = f"{HEADINGS}\n{paid()}".encode() + b"\xff\xfe\n"
    assert read(LAYOUTS["bills_csv"], content)[1] == LineFault(3, LineFaultCode.NOT_DECODABLE)


def test_a_broken_width_is_a_fault_of_its_line() -> None:
    layout, lines = LAYOUTS["bills_fixed"], [fixed_line(IDS, 1000, 1), fixed_line(IDS, 1000, 2)[:-3]]
    assert read(layout, fixed_file(lines))[1] == LineFault(3, LineFaultCode.WRONG_WIDTH)


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (fixed_file([fixed_line(IDS, 1000, 1)], count=2, total=1000), "settlement_count"),
        (fixed_file([fixed_line(IDS, 1000, 1)], count=1, total=2000), "settlement_sum"),
        (fixed_file([fixed_line(IDS, 1000, 1)]).rpartition("T")[0], "settlement_no_end"),
        (fixed_file([fixed_line(IDS, 1000, 1)]).partition("\n")[2], "settlement_no_beginning"),
        (fixed_file([fixed_line(IDS, 1000, 1)])[:-9], "settlement_sum"),
        (fixed_file([fixed_line(IDS, 1000, 1)]) + fixed_line(IDS, 1000, 2) + "\n", "settlement_after_end"),
    ],
)
def test_a_file_whose_totals_differ_or_are_missing_is_refused_as_a_whole(content: str, detail: str) -> None:
    assert refusal(LAYOUTS["bills_fixed"], content) == detail


def test_a_file_without_totals_that_was_cut_is_refused() -> None:
    whole = f"{HEADINGS}\n{paid()}{paid(reference=2)}"
    assert refusal(LAYOUTS["bills_csv"], whole[:-1]) == "settlement_cut"
    assert refusal(LAYOUTS["bills_csv"], whole[:-20]) == "settlement_cut"


def test_every_cut_of_a_file_with_totals_is_refused() -> None:
    content = fixed_file([fixed_line(IDS, 1000, number) for number in range(1, 4)])
    for end in range(1, len(content) - 2):
        assert refusal(LAYOUTS["bills_fixed"], content[:end])


def test_a_file_of_another_layout_is_refused() -> None:
    layout = LAYOUTS["bills_csv"]
    assert refusal(layout, "a,b,c\n1,2,3\n") == "settlement_heading"
    assert refusal(layout, HEADINGS + "\n" + "x\n" * 150) == "settlement_layout"
    assert refusal(layout, HEADINGS + "\n" + "x\n" * 3) == "settlement_layout"
    assert refusal(layout, HEADINGS + "\n" + paid() + "x\n" * 10_001) == "settlement_layout"


STATED_DAYS = (
    'own = {kind="gateway", source="s", form="csv", fields={amount=1, sale_number=2, day=3},'
    ' last_line={starts_with="T", count=2, first_day=3, last_day=4}}'
)


@pytest.mark.parametrize(
    ("totals", "days"),
    [
        ("T,1,1405/09/01,1405/09/03", (date(2026, 11, 22), date(2026, 11, 24))),
        ("T,1,۱۴۰۵۰۹۰۱,۱۴۰۵۰۹۰۱", (date(2026, 11, 22), date(2026, 11, 22))),
        ("T,1,1405/09/03,1405/09/01", None),
        ("T,1,x,1405/09/01", None),
        ("T,1", None),
    ],
)
def test_a_file_may_say_which_days_it_covers(totals: str, days: tuple[date, date] | None) -> None:
    content = f"5000,77,1405/09/02\n{totals}\n".encode()
    file_reader = SettlementFileReader(parse_layouts(STATED_DAYS)["own"], BytesIO(content))
    assert len(list(file_reader.read_lines())) == 1
    assert file_reader.find_stated_days() == days


def test_a_file_that_states_no_days_covers_none() -> None:
    file_reader = SettlementFileReader(LAYOUTS["bills_fixed"], BytesIO(fixed_file([]).encode("cp1256")))
    assert list(file_reader.read_lines()) == []
    assert file_reader.find_stated_days() is None


def test_a_day_on_which_nobody_paid() -> None:
    assert read(LAYOUTS["bills_csv"], f"{HEADINGS}\n") == []
    assert read(LAYOUTS["bills_fixed"], fixed_file([])) == []


def test_tomans_become_rials() -> None:
    layout = parse_layouts(
        'own = {kind="bills", source="s", form="csv", delimiter=";", unit="toman", calendar="gregorian", '
        "fields={bill_id=1, payment_id=2, amount=3, reference=4, moment=5}}"
    )["own"]
    (line,) = read(layout, f"{IDS.bill_id};{IDS.payment_id};150000;7;2026-03-20T20:35:00\n")
    assert isinstance(line, SettlementLine)
    assert (line.amount, line.paid_at) == (1_500_000, EVENING)


@each_row(
    ("table", "complaint"),
    [
        ("own = 1", "not a table"),
        ("own = {", "no TOML"),
        ('own = {kind="bill"}', "form is one of|kind is one of"),
        ("own = {surprise=1}", "unknown surprise"),
        ('own = {kind="bills", source="s", form="csv", fields={amount=1, reference=2, day=3}}', "barcode"),
        ('own = {kind="bills", source="s", form="csv", fields={amount=[1,2]}}', "column's number"),
        ('own = {kind="bills", source="s", form="fixed", fields={amount=[2,1]}}', "first, last"),
        ('own = {kind="gateway", source="s", form="csv", fields={amount=1, day=3}}', "sale_number"),
        ('own = {kind="gateway", source="s", form="csv", fields={amount=1, sale_number=2}}', "moment"),
        ('own = {kind="gateway", source="s", form="csv", fields={amount="a", sale_number=2, day=3}}', "header_lines"),
        (
            'own = {kind="gateway", source="s", form="csv", encoding="latin", fields={amount=1, sale_number=2, day=3}}',
            "encoding",
        ),
        ('own = {kind="gateway", source="s", form="csv", unit="dollar", fields={}}', "unit"),
        (
            'own = {kind="gateway", source="s", form="csv", fields={amount=1, sale_number=2, day=3},'
            ' last_line={starts_with="T", first_day=1}}',
            "belong together",
        ),
    ],
)
def test_a_layout_that_cannot_be_is_refused_at_once(table: str, complaint: str) -> None:
    with pytest.raises(LayoutError, match=complaint):
        parse_layouts(table)


def test_the_digest_is_of_the_bytes() -> None:
    stream = BytesIO(b"abc")
    digest, size = compute_digest(stream)
    assert (digest[:8], size, stream.read()) == ("ba7816bf", 3, b"abc")
    with pytest.raises(InvalidField, match="empty_file"):
        compute_digest(BytesIO(b""))
