"""The data of the demonstration: registers as CSV with a head line, requests as TOML, all in UTF-8."""

import csv
from importlib.resources import files


def read_text(file_name: str) -> str:
    """Return the text of a file of this folder."""
    return (files(__name__) / file_name).read_text("utf-8")


def read_rows(file_name: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file, each by the names of its head line."""
    return list(csv.DictReader(read_text(file_name).splitlines()))
