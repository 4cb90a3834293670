"""Papers: printed, sent as files, verified."""
