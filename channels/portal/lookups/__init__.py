"""What a service is asked on the portal without making a request: duties of a vehicle, say."""
