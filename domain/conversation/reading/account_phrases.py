"""What is typed in a chat for its number: to see it, to change it, to leave it."""

from domain.values.text import fold_text

_ACCOUNT_PHRASES = frozenset(
    map(fold_text, ("شماره من", "تغییر شماره", "عوض کردن شماره", "خروج از حساب", "خروج از حساب کاربری", "logout"))
)
"""These words alone, since «خروج» leaves a form."""


def asks_account(text: str) -> bool:
    """Return whether a text asks for the number of the chat, or to leave it."""
    return fold_text(text) in _ACCOUNT_PHRASES
