"""Parts shared by the portal, the staff site and the demonstration: layout, assets, error pages, security headers."""
