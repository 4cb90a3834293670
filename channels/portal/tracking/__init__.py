"""Following requests on the portal."""
