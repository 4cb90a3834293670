"""Files of offices, read row by row: encodings, separators, spreadsheets, and what is no sheet; and files written."""

import csv
import re
import warnings
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook, load_workbook

from app.spreadsheets import sheets, xlsx_stream
from app.spreadsheets.sheet_writing import open_file_writer, open_sheet_writer
from app.spreadsheets.sheets import open_sheet
from app.spreadsheets.spools import open_temporary_spool
from domain.registries.imports import UnreadRow
from domain.values.errors import Conflict, InvalidField, TooLarge

TEXT = 'پلاک{0}نام{0}عدد\r\nالف{0}كيان{0}۱۲\r\n\r\n"ب{0}پ"{0}"دو\nخط"{0}\r\n'


def read(path: Path) -> tuple[list[str], list[tuple[int, list[object]]]]:
    """Headings and rows of a file."""
    with open_sheet(path) as sheet:
        return list(sheet.headings), [(number, list(cells)) for number, cells in sheet.rows]


def a_file(folder: Path, content: bytes, name: str = "sheet.csv") -> Path:
    """A file with this content."""
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_in_every_encoding_and_separator(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = a_file(tmp_path, TEXT.format(delimiter).encode(encoding))
    assert read(path) == (
        ["پلاک", "نام", "عدد"],
        [(2, ["الف", "كيان", "۱۲"]), (3, []), (4, [f"ب{delimiter}پ", "دو\nخط", ""])],
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_windows_1256_of_persian_offices(tmp_path: Path, delimiter: str) -> None:
    text = TEXT.format(delimiter).replace("۱۲", "12").replace("ی", "ي")
    headings, rows = read(a_file(tmp_path, text.encode("windows-1256")))
    assert (headings, rows[0]) == (["پلاک", "نام", "عدد"], (2, ["الف", "كيان", "12"]))


def test_a_file_that_is_utf_8_beyond_one_block_is_read_as_such(tmp_path: Path) -> None:
    rows = "".join(f"الف{number},ب\n" for number in range(120_000))
    assert len(rows.encode()) > sheets._BLOCK_BYTES
    headings, found = read(a_file(tmp_path, ("کد,نام\n" + rows).encode()))
    assert (headings, len(found), found[-1]) == (["کد", "نام"], 120_000, (120_001, ["الف119999", "ب"]))


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"", "empty_file"),
        (b"\xef\xbb\xbf\r\n", "empty_file"),
        (b"a,b\n\x00\x01,2\n", "unreadable_file"),
        (b"\xff\xfe\x00", "unreadable_file"),
        (b'"a,b\n1,2\n', "broken_row"),
        (b"PK\x03\x04 not a zip at all", "unreadable_file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "unreadable_file"),
        (b"plate," + b"x" * 200_000 + b"\n1,2\n", "unreadable_file"),
    ],
)
def test_what_is_no_sheet_is_refused(tmp_path: Path, content: bytes, detail: str) -> None:
    with pytest.raises(InvalidField, match=f"file:{detail}"):
        read(a_file(tmp_path, content))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('1,2\n3,"4\n5,6\n', [(2, ["1", "2"]), (3, ['3,"4']), (4, ["5", "6"])]),
        ('"3"x,4\r\n5,6\r\n', [(2, ['"3"x,4']), (3, ["5", "6"])]),
        ('"1,2\n3,4\n"5",6\n7,8\n', [(2, ['"1,2']), (3, ["3", "4"]), (4, ["5", "6"]), (5, ["7", "8"])]),
        ('1,"2', [(2, ['1,"2'])]),
    ],
)
def test_a_row_with_a_forgotten_quote_spoils_no_other(
    tmp_path: Path, text: str, found: list[tuple[int, list[object]]]
) -> None:
    path = a_file(tmp_path, f"a,b\n{text}".encode())
    assert read(path)[1] == found
    with open_sheet(path) as sheet:
        unread = [number for number, cells in sheet.rows if isinstance(cells, UnreadRow)]
    assert len(unread) == 1


def test_no_quote_is_open_for_ever(tmp_path: Path) -> None:
    rows = "".join(f"{number},x\n" for number in range(sheets.MOST_LINES * 3))
    found = read(a_file(tmp_path, f'a,b\n"1,x\n{rows}'.encode()))[1]
    assert found[:2] == [(2, ['"1,x']), (3, ["0", "x"])]
    assert len(found) == sheets.MOST_LINES * 3 + 1


def a_book(path: Path, *rows: list[object]) -> Path:
    """An XLSX file of one sheet."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_xlsx_gives_values_of_its_first_sheet(tmp_path: Path) -> None:
    path = a_book(tmp_path / "x.xlsx", ["پلاک", None, 3], ["الف", 4, 4.5], [], [date(2027, 3, 20), "=1+1", True])
    headings, rows = read(path)
    assert headings == ["پلاک", "", "3"]
    assert rows[0] == (2, ["الف", 4, 4.5])
    assert rows[-1] == (4, [datetime(2027, 3, 20), None, True])  # noqa: DTZ001 - spreadsheets know no zones


def rewritten(path: Path, member: str, old: bytes, new: bytes) -> Path:
    """The same packed file with a piece of a member replaced."""
    made = BytesIO()
    with ZipFile(path) as packed, ZipFile(made, "w", ZIP_DEFLATED) as out:
        for name in packed.namelist():
            content = packed.read(name)
            assert name != member or old in content
            out.writestr(name, content.replace(old, new) if name == member else content)
    path.write_bytes(made.getvalue())
    return path


def test_wrong_dimensions_cut_no_row_off(tmp_path: Path) -> None:
    path = a_book(tmp_path / "x.xlsx", ["a", "b"], [1, 2], [3, 4])
    rewritten(path, "xl/worksheets/sheet1.xml", b'<dimension ref="A1:B3"', b'<dimension ref="A1:A1"')
    assert read(path)[1] == [(2, [1, 2]), (3, [3, 4])]


def test_a_broken_book_is_refused(tmp_path: Path) -> None:
    path = a_book(tmp_path / "x.xlsx", ["a"], [1])
    with pytest.raises(InvalidField, match="unreadable_file"):
        read(rewritten(path, "xl/worksheets/sheet1.xml", b"</row>", b"<row>"))
    with pytest.raises(InvalidField, match="unreadable_file"):
        read(rewritten(a_book(tmp_path / "x.xlsx", ["a"], [1]), "[Content_Types].xml", b"PartName=", b"Part="))
    with pytest.raises(InvalidField, match="empty_file"):
        read(a_book(tmp_path / "empty.xlsx"))


@pytest.mark.parametrize(("central", "local", "value"), [(8, 6, 1), (10, 8, 99)])
def test_a_locked_or_oddly_packed_book_is_refused(tmp_path: Path, central: int, local: int, value: int) -> None:
    path = a_book(tmp_path / "x.xlsx", ["a"], [1])
    content = path.read_bytes()
    for mark, place in ((b"PK\x01\x02", central), (b"PK\x03\x04", local)):
        at = [found.start() + place for found in re.finditer(re.escape(mark), content)]
        content = bytes(value if number in at else one for number, one in enumerate(content))
    path.write_bytes(content)
    with pytest.raises(InvalidField, match="unreadable_file"):
        read(path)


def test_a_damaged_book_is_refused(tmp_path: Path) -> None:
    path = a_book(tmp_path / "x.xlsx", *[[f"a{number}", number] for number in range(500)])
    with ZipFile(path) as book:
        part = book.getinfo("xl/worksheets/sheet1.xml")
    at = part.header_offset + 30 + len(part.filename) + 40
    content = bytearray(path.read_bytes())
    content[at : at + 60] = b"\xff" * 60
    path.write_bytes(content)
    with pytest.raises(InvalidField, match="unreadable_file"):
        read(path)


@pytest.mark.parametrize("parts", [[b"0" * (1 << 20)] * 1025, [b""] * 2001], ids=["large", "many"])
def test_a_book_that_would_not_end_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parts: list[bytes]
) -> None:
    path = a_book(tmp_path / "x.xlsx", ["a"], [1])
    with ZipFile(path, "a", ZIP_DEFLATED) as book:
        for number, content in enumerate(parts):
            book.writestr(f"xl/more/{number}.xml", content)
    assert path.stat().st_size < 5 << 20
    monkeypatch.setattr(ZipFile, "open", pytest.fail)
    with pytest.raises(TooLarge):
        read(path)


def test_csv_is_written_for_spreadsheets(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    with open_file_writer(path) as write:
        write(["نام", "مبلغ", "شرح"])
        write(["الف", 12, "=HYPERLINK(1)"])
        write([None, -5, "a,b"])
        assert not path.exists()
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(content.decode("utf-8-sig").splitlines()))
    assert rows == [["نام", "مبلغ", "شرح"], ["الف", "12", "'=HYPERLINK(1)"], ["", "-5", "a,b"]]
    assert list(tmp_path.iterdir()) == [path]


def test_xlsx_is_written_without_formulas(tmp_path: Path) -> None:
    path = tmp_path / "x.XLSX"
    with open_file_writer(path) as write:
        write(["نام", "مبلغ"])
        write(["=1+1", 12])
    with warnings.catch_warnings():
        sheet = load_workbook(path).active
    assert [[cell.value for cell in row] for row in sheet.rows] == [["نام", "مبلغ"], ["'=1+1", 12]]
    assert {cell.data_type for row in sheet.rows for cell in row} == {"s", "n"}
    assert sheet.sheet_view.rightToLeft


@pytest.mark.parametrize("name", ["x.csv", "x.xlsx"])
def test_a_file_that_fails_leaves_what_was_there(tmp_path: Path, name: str) -> None:
    path = a_file(tmp_path, b"old", name)
    with pytest.raises(Conflict, match="file_exists"), open_file_writer(path):
        pass
    with pytest.raises(ZeroDivisionError), open_file_writer(path, force=True) as write:
        write([str(1 / 0)])
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(InvalidField, match="file_kind"), open_file_writer(tmp_path / "x.pdf"):
        pass


def test_a_pile_keeps_rows_and_knows_what_came_before() -> None:
    with open_temporary_spool() as pile:
        assert pile.claim_unique("key", "a", 2) is None
        assert pile.claim_unique("taxi_code", "a", 3) is None
        assert pile.claim_unique("key", "a", 9) == 2
        rows: list[dict[str, Any]] = [{"name": "الف", "vehicles": ["x"], "year": None}, {"name": "ب"}]
        for row in rows:
            pile.add_row(row)
        assert list(pile.read_rows()) == rows
        assert list(pile.read_rows()) == rows


def test_a_workbook_is_streamed_into_what_cannot_be_wound_back(tmp_path: Path) -> None:
    class Pipe(BytesIO):
        """Takes bytes, and tells nothing of where it stands."""

        def seekable(self) -> bool:
            return False

        def seek(self, *_: object) -> int:
            raise OSError("a pipe")

        def tell(self) -> int:
            raise OSError("a pipe")

    pipe = Pipe()
    with open_sheet_writer(pipe, "xlsx") as write:
        write(["نام", "عدد"])
        write(["الف & <ب>\n«پ»", 12])
        write(["کنترل\x00\x0b\ud800", 0.5])
        begun = len(pipe.getvalue())
        for number in range(20_000):
            write([None, "", -number])
        assert len(pipe.getvalue()) > begun, "rows go out as they come"
    [sheet] = load_workbook(BytesIO(pipe.getvalue())).worksheets
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[:3] == [("نام", "عدد", None), ("الف & <ب>\n«پ»", 12, None), ("کنترل", 0.5, None)]
    assert (len(rows), rows[-1], sheet.freeze_panes) == (20_003, (None, None, -19_999), "A2")


def test_a_sheet_that_is_full_is_followed_by_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_stream, "ROWS_A_SHEET", 3)
    path = tmp_path / "many.xlsx"
    with open_file_writer(path) as write:
        write(["عدد"])
        for number in range(7):
            write([number])
    sheets = [[row[0] for row in sheet.iter_rows(values_only=True)] for sheet in load_workbook(path).worksheets]
    assert sheets == [["عدد", 0, 1, 2], ["عدد", 3, 4, 5], ["عدد", 6]]
    monkeypatch.setattr(xlsx_stream, "BYTES_A_SHEET", 100)
    with open_file_writer(path, force=True) as write:
        for number in range(4):
            write(["x" * 60 + str(number)])
    assert len(load_workbook(path).worksheets) > 1


def test_a_workbook_without_rows_is_one_all_the_same(tmp_path: Path) -> None:
    with open_file_writer(tmp_path / "none.xlsx"):
        pass
    [sheet] = load_workbook(tmp_path / "none.xlsx").worksheets
    assert list(sheet.iter_rows(values_only=True)) in ([], [()])


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_sheet_whose_making_fails_is_not_left_behind(tmp_path: Path, kind: str) -> None:
    def fail() -> None:
        with open_file_writer(tmp_path / f"half.{kind}") as write:
            write(["نام"])
            raise ValueError("the lights went out")

    with pytest.raises(ValueError, match="lights"):
        fail()
    assert list(tmp_path.iterdir()) == []
