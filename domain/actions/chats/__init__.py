"""Chats with messengers' bots besides conversations: places, files that wait, links, answered questions.

Beside `conversations`, whose turns call it.
"""
