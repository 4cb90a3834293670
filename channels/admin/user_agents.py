"""Browsers and their systems, in two words: the whole of it is long, and contains every other name too."""

import re

_BROWSER_PATTERNS = (
    ("Edge", r"\bEdg(?:e|A|iOS)?/"),
    ("Opera", r"\bOPR/"),
    ("Samsung Internet", r"\bSamsungBrowser/"),
    ("Firefox", r"\b(?:Firefox|FxiOS)/"),
    ("Chrome", r"\b(?:Headless)?(?:Chrome|CriOS)/"),
    ("Safari", r"\bSafari/"),
)
_SYSTEM_PATTERNS = (
    ("Android", r"\bAndroid\b"),
    ("iOS", r"\b(?:iPhone|iPad)\b"),
    ("Windows", r"\bWindows\b"),
    ("macOS", r"\bMac OS X\b"),
    ("Linux", r"\bLinux\b"),
)
"""Patterns of systems, in order of search: Edge calls itself Chrome too, Chrome calls itself Safari, Android is a
Linux."""


def describe_browser(user_agent: str) -> str:
    """Return a browser and its system («Chrome، Linux»); what is known by neither is shown as it is."""
    recognised_names = (
        next((product_name for product_name, pattern in pattern_table if re.search(pattern, user_agent)), "")
        for pattern_table in (_BROWSER_PATTERNS, _SYSTEM_PATTERNS)
    )
    return "، ".join(product_name for product_name in recognised_names if product_name) or user_agent
