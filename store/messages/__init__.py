"""Repositories of inbox, outbox, lines, dialogues and chats."""
