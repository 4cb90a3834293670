"""Reports about taxi drivers."""
