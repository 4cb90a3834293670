"""No statement of the store changes or deletes an entry of the ledger, but the one that empties a whole database."""

import re
from pathlib import Path

STORE = Path(__file__).parents[4] / "store"
CHANGING = re.compile(r"\b(update|delete)\(\s*ledger_entries|(UPDATE|DELETE FROM)\s+ledger_entries", re.IGNORECASE)


def test_entries_are_never_changed() -> None:
    modules = sorted(STORE.rglob("*.py"))
    assert any("insert(ledger_entries)" in module.read_text() for module in modules)
    assert [str(module) for module in modules if CHANGING.search(module.read_text())] == []


def test_rows_that_are_posted_are_written_in_one_place() -> None:
    writing = re.compile(r"\binsert(?:_into)?\((bills|payments|payment_reversals|refunds|suspense_receipts)\)")
    found = {
        module.relative_to(STORE).as_posix() for module in STORE.rglob("*.py") if writing.search(module.read_text())
    }
    assert found == {"bills/bills.py", "ledger/suspense.py"}
