"""The words for the staff of what banks answered: `gateways.codes` of the texts, by gateway and code."""

from domain.messages.catalogue import Catalogue


def describe_code(catalogue: Catalogue, gateway: str, code: str | None) -> str:
    """Return the text of a result code, or of what is stored instead of one; empty for a code that has none.

    A code may have two parts (`-1/51`: the bank's, and the card network's); each has words of its own.
    """
    if not code:
        return ""
    tables = (f"gateways.codes.{gateway}", "gateways.codes.any")
    keys = [f"{table}.{part}" for part in code.split("/") for table in tables]
    return " ".join(catalogue.text(key) for key in keys if key in catalogue)
