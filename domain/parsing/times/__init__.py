"""Days, ranges of days and hours in sentences."""
