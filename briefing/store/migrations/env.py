"""Run a chain of migrations on the connection it is handed (index.archive.engine.migrate)."""

from alembic import context

attributes = context.config.attributes
context.configure(connection=attributes["connection"], version_table=attributes["version_table"], render_as_batch=True)
context.run_migrations()
