"""Bots in Telegram and in Bale, which speaks Telegram's Bot API: updates in by polling or webhook, messages out.

Of python-telegram-bot only `Bot` and its types are used (docs/decisions/0028-bots-without-an-application.md). A bot's
token is part of the address of every call: no address and no words of the library's errors are logged.
"""
