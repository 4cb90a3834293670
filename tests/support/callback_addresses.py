"""Parameters of a callback's address, as a bank brings it back beside what the bank itself says."""

from yarl import URL


def read_address_values(callback_url: str) -> dict[str, str]:
    """Return the parameters of an address that a bank was given."""
    return dict(URL(callback_url).query)
