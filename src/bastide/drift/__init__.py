"""What the code says and the cloud does not, and the other way round: resource by resource, property by property."""
