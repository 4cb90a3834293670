"""Conversations by text: the grammar reads messages, the dialogue asks for what is missing."""
