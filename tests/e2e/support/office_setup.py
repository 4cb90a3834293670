"""Setup of an office before it opens: a migrated database, staff, prices, machines and operators, all by commands."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.e2e.support.office import Office

LOADERS = 40
OPERATORS = 20
MACHINES = {"loader": "LD", "grader": "GR", "roller": "RL", "crane": "CR"}
"""Machine types with their codes. There are many loaders, so that stories do not meet, and one of each other type."""

STAFF = {"civil": "09125559001", "revenue": "09125559002", "manager": "09125559003"}
"""User name, which is the role's too, and mobile."""

RIALS_AN_HOUR = 1_000_000
VAT_PERCENT = 10


def operator_mobile(number: int) -> str:
    """The mobile of operator `OP-<number>`."""
    return f"0912555{8000 + number}"


async def furnish(office: Office) -> None:
    """Do all of it; the files to import are written into its home."""
    migrated = await office.run("migrate")
    assert migrated.code == 0, migrated
    for username, mobile in STAFF.items():
        made = await office.cli("staff", "add", username, "--role", username, "--mobile", mobile)
        assert (made["username"], bool(made["password"])) == (username, True)
    for machine in MACHINES:
        await add_tariff(office, machine)
    for table, rows in (("machines", machines()), ("operators", operators())):
        finished = await office.run("import", table, str(written(office.home / f"{table}.csv", rows)))
        assert finished.code == 0, finished


async def add_tariff(office: Office, machine: str, rate: int = RIALS_AN_HOUR) -> None:
    """Set an hour's price from today on, as revenue."""
    terms = {"rate": rate, "vat": VAT_PERCENT, "dimensions": {"machine": machine}}
    await office.deed("add_tariff", by="revenue", service="machinery", **terms)


def machines() -> Iterable[Sequence[str]]:
    """Rows of the machines' file."""
    yield "code", "type", "title", "status", "capacity"
    for kind, letters in MACHINES.items():
        for number in range(1, (LOADERS if kind == "loader" else 1) + 1):
            yield f"{letters}-{number:02}", kind, f"{letters} {number}", "active", ""


def operators() -> Iterable[Sequence[str]]:
    """Rows of the operators' file; each of them drives everything."""
    yield "code", "title", "mobile", "skills"
    for number in range(1, OPERATORS + 1):
        yield f"OP-{number:02}", f"راننده {number}", operator_mobile(number), " ".join(MACHINES)


def written(path: Path, rows: Iterable[Sequence[str]]) -> Path:
    """The file, with these rows."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path
