"""The steps from one form of the state to the next, for Alembic."""
