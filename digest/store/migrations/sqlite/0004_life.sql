-- A reader's life (digest/model/life.py). before: where undo or release leads back to. since: when
-- the state was entered. pause_until: the first day of mail again; NULL: the operator paused them.
ALTER TABLE subscribers ADD COLUMN before TEXT NOT NULL DEFAULT '';

ALTER TABLE subscribers ADD COLUMN since INTEGER NOT NULL DEFAULT 0;

ALTER TABLE subscribers ADD COLUMN pause_until INTEGER;

UPDATE subscribers SET since = updated;

CREATE INDEX subscribers_paused ON subscribers (pause_until) WHERE pause_until IS NOT NULL;

-- The consent dossier: lines are only added, and go when the reader is erased.
CREATE TABLE consents (
  id INTEGER PRIMARY KEY,
  reader INTEGER NOT NULL REFERENCES readers (id),
  at INTEGER NOT NULL,
  act TEXT NOT NULL,
  way TEXT NOT NULL,
  origin TEXT NOT NULL,
  words TEXT NOT NULL
);

CREATE INDEX consents_by_reader ON consents (reader);

-- Wishes until the address has answered; the key keeps it to one letter a day. mailed: when the
-- letter was handed over. answered: when it was confirmed, or was not to be any more. welcomed: when
-- the first digest had been seen to.
CREATE TABLE requests (
  reader INTEGER NOT NULL REFERENCES readers (id),
  day INTEGER NOT NULL,
  at INTEGER NOT NULL,
  wishes TEXT NOT NULL,
  way TEXT NOT NULL,
  origin TEXT NOT NULL,
  words TEXT NOT NULL,
  letter TEXT NOT NULL,
  mailed INTEGER,
  answered INTEGER,
  welcomed INTEGER,
  PRIMARY KEY (reader, day)
);

CREATE INDEX requests_unmailed ON requests (day) WHERE mailed IS NULL;

CREATE INDEX requests_unwelcomed ON requests (answered) WHERE answered IS NOT NULL AND welcomed IS NULL;

-- What a network, or anything else that is counted, has used up of what it may. bucket: a keyed hash.
CREATE TABLE limits (
  bucket TEXT NOT NULL,
  span INTEGER NOT NULL,
  used INTEGER NOT NULL,
  PRIMARY KEY (bucket, span)
);

-- What readers say of papers. kind: more, less, save.
CREATE TABLE feedback (
  reader INTEGER NOT NULL REFERENCES readers (id),
  work TEXT NOT NULL,
  kind TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (reader, work, kind)
);

-- Who was erased: a keyed hash of the address. Their place among the readers is named "erased:MARK".
CREATE TABLE erased (
  mark TEXT PRIMARY KEY,
  at INTEGER NOT NULL
);
