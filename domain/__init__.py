"""The domain: pure, without input or output and without any framework."""
