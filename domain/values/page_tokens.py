"""Tokens in addresses of pages: who has one sees what its page shows, so none can be guessed."""

import re

LINK_LENGTH = 12
"""Characters of the token of a link in a text message: 60 bits, short enough for one."""

LONGEST_SITE_ADDRESS = 40
"""Characters of the address of a municipality's portal («https://pishkhan.shahrdari.example») with which texts that
carry a link are proved to fit their budget; under a longer one a text that has no room goes without its link.
"""

LINK_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
"""32 characters that are distinct on paper and by phone: no l, o, 0, 1."""

LINK_TOKEN_PATTERN = re.compile(rf"[{LINK_ALPHABET}]{{{LINK_LENGTH}}}")
"""Pattern of the token of `/pay/…` and `/c/…`."""


def build_link_token(random_digits: str) -> str:
    """Return the token of a link that is made of 32 hexadecimal digits of randomness."""
    number, letters = int(random_digits, 16), []
    for _ in range(LINK_LENGTH):
        number, place = divmod(number, len(LINK_ALPHABET))
        letters.append(LINK_ALPHABET[place])
    return "".join(letters)


PAPER_TOKEN_PATTERN = re.compile(r"[0-9a-f]{32}")
"""Pattern of the token of `/verify/…`: 128 bits."""
