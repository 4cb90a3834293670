"""The data of the demonstration: registers as CSV with a head line, requests as TOML, all in UTF-8."""

import csv
from importlib.resources import files


def read(name: str) -> str:
    """Return the text of a file of this folder."""
    return (files(__name__) / name).read_text("utf-8")


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file, each by the names of its head line."""
    return list(csv.DictReader(read(name).splitlines()))
