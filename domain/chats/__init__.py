"""Chats with messengers' bots: whose they are, how a mobile is proved in one, what can come from one.

Imports `values`.
"""
