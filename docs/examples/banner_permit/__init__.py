"""Street banners: so many of one size hang in a street for some days, for a price by area, days and class of street."""
