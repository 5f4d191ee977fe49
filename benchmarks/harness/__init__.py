"""Measuring bastide beside its peers: processes, environments, and the page of results."""
