"""Citizens at the portal: the sessions of their browsers, and the mobiles that they prove there."""
