"""Reviews SQL migrations on pull requests. One comment per migration, posted by the bot."""
from pathlib import Path
from typing import Literal

import anthropic
from pydantic import BaseModel

client = anthropic.Anthropic()

RULES = """You review one migration for PostgreSQL 16 before it is merged. It will run against a database of 3 TB with
traffic of 4 000 statements a second. A lock of more than two seconds on a hot table is an outage.

Hot tables: orders, order_lines, stock_moves, sessions.

Block the migration when it
- rewrites a hot table (a type change other than varchar widening, a volatile default, SET TABLESPACE),
- creates an index on a hot table without CONCURRENTLY, or uses CONCURRENTLY inside a transaction,
- adds a constraint to a hot table without NOT VALID, or validates it in the same transaction,
- drops a column that the code of the current release still reads (the list of columns in use follows the migration),
- updates more than 10 000 rows of a hot table in one statement,
- has no lock_timeout while it takes ACCESS EXCLUSIVE on any table.

Warn, but do not block, when it
- creates an index that is a prefix of another one,
- adds a nullable column that the same pull request fills in a loop from the application,
- uses serial instead of identity,
- drops a table. Tables go through a rename and two weeks of quiet first; the author may have done that, you can not see
  it.

Say nothing about naming, case, indentation or comments: sqlfluff has been there.

What isn't dangerous although it looks so: ADD COLUMN with a constant default (no rewrite since version 11), SET NOT
NULL where a valid CHECK of the same condition exists (no scan), ALTER TYPE ... ADD VALUE outside a transaction,
DROP INDEX CONCURRENTLY, a change to a table that the same migration creates.

Each finding names the line and the statement's table, says what would happen in production, and gives the statement
that does it safely. 60 words at most for one finding. If you block, the first finding is the one that blocks. A
migration that is fine gets the verdict pass and an empty list.

Migrations whose name ends with _offline run in the maintenance window with traffic stopped. For those, none of the
rules about locks apply; what remains is the rule about columns in use.

Two details of our set-up. First, pgbouncer runs in transaction mode, so SET without LOCAL leaks to other sessions:
warn. Second, logical replication feeds the warehouse from orders and order_lines; a new table isn't replicated until
somebody adds it to the publication, which is not the business of a migration, so do not ask for it. A column that is
dropped from a replicated table does stop the feed, even when no code reads it any more; block unless the migration
comments on the publication in its first three lines.
"""


class Finding(BaseModel):
    line: int
    table: str
    text: str
    level: Literal["block", "warn"]


class Review(BaseModel):
    verdict: Literal["pass", "warn", "block"]
    findings: list[Finding]


def review(path: Path, columns_in_use: list[str]) -> Review:
    sql = path.read_text()
    if len(sql) > 60_000:
        raise ValueError("too long for a review by the bot")
    message = client.messages.parse(
        model="claude-sonnet-4-5",
        max_tokens=1500,
        system=[{"type": "text", "text": RULES, "cache_control": {"type": "ephemeral"}}],
        messages=[
            {
                "role": "user",
                "content": f'<migration name="{path.stem}">\n{sql}\n</migration>\n'
                f"<columns_in_use>\n{chr(10).join(sorted(columns_in_use))}\n</columns_in_use>",
            }
        ],
        output_format=Review,
    )
    return message.parsed_output
