"""Being called back."""
