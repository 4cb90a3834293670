"""The SMS channel: webhooks in, relay out, and one file per provider."""
