"""Bank gateways; the port is in domain, the gateways come later."""
