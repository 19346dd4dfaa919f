-- The twin of sqlite/0006a_late.sql, which says what everything is for.
ALTER TABLE listings ADD COLUMN seen BIGINT;

CREATE TABLE editions (
  day INTEGER PRIMARY KEY,
  at BIGINT NOT NULL
);
