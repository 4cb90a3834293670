"""Relay of messages out of the outbox, whatever the channel: SMS providers and messengers' bots are given to
it."""
