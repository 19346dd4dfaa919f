-- For whom and through which relay mail was found fit to be sent, or was vouched for by a person.
CREATE TABLE preflights (
  domain TEXT NOT NULL,
  relay TEXT NOT NULL,
  at INTEGER NOT NULL,
  word TEXT NOT NULL,
  PRIMARY KEY (domain, relay)
) WITHOUT ROWID;

-- When the operator was told of a cause last; at: a day as an ordinal.
CREATE TABLE alerts (
  cause TEXT NOT NULL,
  subject TEXT NOT NULL,
  day INTEGER NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (cause, subject)
) WITHOUT ROWID;

-- One row: the last run that ended.
CREATE TABLE last_run (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  day INTEGER NOT NULL,
  ended INTEGER NOT NULL,
  status INTEGER NOT NULL
);
