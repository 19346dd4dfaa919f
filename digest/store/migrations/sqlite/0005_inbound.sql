-- Who must not be written to, by address: they need not be readers.
CREATE TABLE suppressions (
  address TEXT PRIMARY KEY,
  reason TEXT NOT NULL,
  since INTEGER NOT NULL
);

-- How addresses that bounce fare (digest/model/health.py). struck: the last day that counted.
-- probing: the edition with which probation began.
CREATE TABLE health (
  reader INTEGER PRIMARY KEY REFERENCES readers (id),
  score REAL NOT NULL,
  at INTEGER NOT NULL,
  struck INTEGER NOT NULL,
  probing INTEGER
);

-- Mails that were taken in: none is acted upon twice, by whichever door it comes again.
CREATE TABLE taken_in (
  mail TEXT PRIMARY KEY,
  at INTEGER NOT NULL
);

CREATE INDEX taken_in_by_age ON taken_in (at);

-- What was asked for by a mail that proved nothing, until its reader has said yes.
CREATE TABLE asked_by_mail (
  reader INTEGER NOT NULL REFERENCES readers (id),
  day INTEGER NOT NULL,
  item INTEGER NOT NULL,
  commands TEXT NOT NULL,
  done INTEGER,
  PRIMARY KEY (reader, day, item)
);

-- Answers that wait to be handed over.
CREATE TABLE answers (
  id INTEGER PRIMARY KEY,
  address TEXT NOT NULL,
  at INTEGER NOT NULL,
  answer TEXT NOT NULL,
  handed INTEGER
);

CREATE INDEX answers_waiting ON answers (at) WHERE handed IS NULL;
