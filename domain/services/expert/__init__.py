"""Expert opinions."""
