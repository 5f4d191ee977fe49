"""Dockerfiles, and what else builds container images in their language."""
