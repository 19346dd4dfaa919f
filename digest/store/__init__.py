"""Everything that is remembered, in one database: named queries, and repositories over them."""
