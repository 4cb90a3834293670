"""The demonstration municipality: data in `data/`, played by the real actions under a clock that starts in the past."""
