"""Runs migrations on the connection it is given, inside that connection's transaction. Called by Alembic only."""

from alembic import context

from storage import edition_tables, enrichment_tables, merge_tables, saved_tables, source_tables  # noqa: F401 - completes the metadata
from storage.tables import Row

context.configure(connection=context.config.attributes["connection"], target_metadata=Row.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
