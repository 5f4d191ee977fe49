"""Pages that `scripts/reference.py` writes: of the `program` and of its `library`, in `markdown`."""
