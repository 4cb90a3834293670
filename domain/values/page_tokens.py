"""Tokens in addresses of pages: who has one sees what its page shows, so none can be guessed."""

import re

LINK_LENGTH = 12
"""Characters of a payment link's token: 60 bits, short enough for a text message."""

LINK_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
"""32 characters that are distinct on paper and by phone: no l, o, 0, 1."""

LINK_TOKEN_PATTERN = re.compile(rf"[{LINK_ALPHABET}]{{{LINK_LENGTH}}}")
"""What the token of `/pay/…` looks like."""

PAPER_TOKEN_PATTERN = re.compile(r"[0-9a-f]{32}")
"""What the token of `/verify/…` looks like: 128 bits."""
