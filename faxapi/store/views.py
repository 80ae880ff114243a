"""SQL views beside the tables: answers to what is asked most, in DuckDB and in PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faxapi.store.destinations import Form

if TYPE_CHECKING:
    import dlt
    from dlt.destinations.sql_client import SqlClientBase

# Days and months are UTC's; what has no time has none.
_DAY = """cast("at" at time zone 'UTC' as date)"""

VIEWS = {
    "daily_volume": """
        select {day} as day, provider, account, direction,
            count(*) as faxes,
            count(*) filter (where status = 'completed') as completed,
            count(*) filter (where status = 'failed') as failed,
            sum(pages) as pages
        from {faxes}
        group by 1, 2, 3, 4""",
    "success_by_destination": """
        select recipient_number,
            count(*) as faxes,
            count(*) filter (where status = 'completed') as completed,
            count(*) filter (where status = 'failed') as failed,
            cast(avg(case when status = 'completed' then 1.0 else 0.0 end) as decimal(5, 4))
                as success_rate,
            max(coalesce(completed_at, "at")) filter (where status = 'failed') as last_failure_at
        from {faxes}
        where direction = 'outbound' and recipient_number is not null
            and status in ('completed', 'failed')
        group by 1""",
    "cost_by_user_and_month": """
        select cast(date_trunc('month', {day}) as date) as month,
            provider, account, "user", direction,
            case when cost is not null then currency end as currency,
            count(*) as faxes,
            sum(pages) as pages,
            sum(cost) as cost
        from {faxes}
        group by 1, 2, 3, 4, 5, 6""",
    "open_faxes": """
        select provider, account, direction, id, status, "user", recipient_number, job_id, pages,
            attempts, "at"
        from {faxes}
        where status in ('queued', 'in_progress')""",
    "latest_outcomes": """
        select distinct on (provider, account, kind) *
        from {outcomes}
        order by provider, account, kind, collected_at desc""",
}


def create_views(pipeline: dlt.Pipeline, form: Form) -> None:
    """Create the views that are not there, where the store is a database that we know.

    A table is there once it has a row, and its views only then.
    """
    if form not in {Form.DUCKDB, Form.POSTGRES}:
        return
    with pipeline.sql_client() as client:
        there = _names(client)
        parts = {name: client.make_qualified_table_name(name) for name in ("faxes", "outcomes")}
        for name, query in VIEWS.items():
            table = "outcomes" if "{outcomes}" in query else "faxes"
            if table in there and name not in there:
                view = client.make_qualified_table_name(name)
                client.execute_sql(f"create view {view} as {query.format(day=_DAY, **parts)}")


def _names(client: SqlClientBase[object]) -> set[str]:
    """The tables and views that are there."""
    schema = client.dataset_name
    query = "select table_name from information_schema.tables where table_schema = %s"
    return {name for (name,) in client.execute_sql(query, schema) or ()}
