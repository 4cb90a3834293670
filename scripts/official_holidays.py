"""Writes the public holidays of Iran as the `holidays` package reckons them, a line a year.

    python -m scripts.official_holidays

A process reads the file: the package would load the calendars of three hundred countries into each. Whoever takes a
newer package (`make lock`) runs this again; a test compares.
"""

from pathlib import Path

from holidays import country_holidays

FILE = Path(__file__).parent.parent / "domain" / "values" / "official_holidays.txt"
YEARS = range(2020, 2061)


def list_official_holidays() -> str:
    """Return the text of the file."""
    lines = [
        " ".join((str(year), *(f"{day:%m-%d}" for day in sorted(country_holidays("IR", years=year, expand=False)))))
        for year in YEARS
    ]
    return "\n".join((*lines, ""))


if __name__ == "__main__":
    FILE.write_text(list_official_holidays(), "utf-8")
