"""What the portal, the staff site and the demonstration share: layout, assets, error pages, security headers."""
