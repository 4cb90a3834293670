"""What chats with messengers' bots have beside conversations: places, files that wait, links, answered questions.

Beside `conversations`, whose turns call it.
"""
