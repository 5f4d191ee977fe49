"""Data only: controls, macros, mappings, schemas and frameworks, read through `importlib.resources`."""
