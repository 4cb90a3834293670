"""Commands about prices, bills, payments and commission."""
