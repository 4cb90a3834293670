"""Commands about messages, SMS and SOAP."""
