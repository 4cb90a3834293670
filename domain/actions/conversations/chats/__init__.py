"""Chats with messengers' bots: updates received once, done, and answered with words and buttons; places and files."""
