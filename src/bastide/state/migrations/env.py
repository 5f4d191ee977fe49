"""How Alembic runs the migrations: on the connection that it is given, in one transaction."""

from __future__ import annotations

from alembic import context

from bastide.state.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
context.run_migrations()
