"""Reports, charts, exports."""
