"""Everything that is remembered, in one database."""
