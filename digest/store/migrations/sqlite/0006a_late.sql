-- seen: the instant at which we first saw it listed; none for what was back-filled, which is never late.
ALTER TABLE listings ADD COLUMN seen INTEGER;

-- When the first choice for an edition was made: what is first seen later comes in the next one.
CREATE TABLE editions (
  day INTEGER PRIMARY KEY,
  at INTEGER NOT NULL
);
