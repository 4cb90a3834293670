"""What browsers call themselves, in two words: the whole of it is long, and every other name stands in it too."""

import re

_BROWSERS = (
    ("Edge", r"\bEdg(?:e|A|iOS)?/"), ("Opera", r"\bOPR/"), ("Samsung Internet", r"\bSamsungBrowser/"),
    ("Firefox", r"\b(?:Firefox|FxiOS)/"), ("Chrome", r"\b(?:Headless)?(?:Chrome|CriOS)/"), ("Safari", r"\bSafari/"),
)  # fmt: skip
_SYSTEMS = (
    ("Android", r"\bAndroid\b"), ("iOS", r"\b(?:iPhone|iPad)\b"), ("Windows", r"\bWindows\b"),
    ("macOS", r"\bMac OS X\b"), ("Linux", r"\bLinux\b"),
)  # fmt: skip
"""What is looked for, in this order: Edge calls itself Chrome too, Chrome calls itself Safari, Android is a Linux."""


def browser_shown(agent: str) -> str:
    """Return a browser and its system («Chrome، Linux»); what is known by neither is shown as it is."""
    known = (next((name for name, sign in table if re.search(sign, agent)), "") for table in (_BROWSERS, _SYSTEMS))
    return "، ".join(name for name in known if name) or agent
