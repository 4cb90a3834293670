"""Programs that are run beside the project."""
