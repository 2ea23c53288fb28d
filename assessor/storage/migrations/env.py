"""Run the steps on the connection that is handed over; `Store.upgrade` calls it."""

from alembic import context

from assessor.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
