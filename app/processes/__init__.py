"""Work done in processes of its own, so that nobody waits for it: sheets read and written, the history verified."""
