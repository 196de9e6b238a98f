"""The owner's pages of the catalogue: services, team and pictures."""
