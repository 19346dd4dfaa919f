-- Days are stored as proleptic Gregorian ordinals (date.toordinal), instants as seconds since 1970.

-- An address stands here once and for ever, so that the ledger's key outlives a subscription.
CREATE TABLE readers (
  id INTEGER PRIMARY KEY,
  address TEXT NOT NULL UNIQUE
);

CREATE TABLE subscribers (
  reader INTEGER PRIMARY KEY REFERENCES readers (id),
  name TEXT NOT NULL,
  topics TEXT NOT NULL,
  mute TEXT NOT NULL,
  authors TEXT NOT NULL,
  liked TEXT NOT NULL,
  papers INTEGER NOT NULL,
  timezone TEXT NOT NULL,
  send_at TEXT,
  rhythm TEXT NOT NULL,
  locale TEXT NOT NULL,
  state TEXT NOT NULL,
  consent TEXT NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL
);

CREATE TABLE papers (
  id INTEGER PRIMARY KEY,
  paper TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  abstract TEXT NOT NULL,
  authors TEXT NOT NULL,
  url TEXT NOT NULL,
  summary TEXT NOT NULL,
  organization TEXT NOT NULL,
  categories TEXT NOT NULL,
  keywords TEXT NOT NULL,
  pdf TEXT NOT NULL,
  code TEXT NOT NULL,
  project TEXT NOT NULL,
  thumbnail TEXT NOT NULL,
  published INTEGER
);

CREATE TABLE listings (
  day INTEGER NOT NULL,
  source TEXT NOT NULL,
  paper INTEGER NOT NULL REFERENCES papers (id),
  listed INTEGER,
  PRIMARY KEY (day, source, paper)
) WITHOUT ROWID;

CREATE INDEX listings_by_paper ON listings (paper);

-- How votes grow; a row is never overwritten.
CREATE TABLE observations (
  paper INTEGER NOT NULL REFERENCES papers (id),
  observed INTEGER NOT NULL,
  source TEXT NOT NULL,
  upvotes INTEGER,
  comments INTEGER,
  stars INTEGER,
  PRIMARY KEY (paper, observed, source)
) WITHOUT ROWID;

CREATE TABLE collections (
  day INTEGER NOT NULL,
  source TEXT NOT NULL,
  at INTEGER NOT NULL,
  verdict TEXT NOT NULL,
  papers INTEGER NOT NULL,
  new INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (day, source, at)
) WITHOUT ROWID;


-- A selection is one compact row (digest/store/selection_row.py); reasons are named once.
CREATE TABLE reasons (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  label TEXT NOT NULL,
  UNIQUE (kind, label)
);

CREATE TABLE selections (
  reader INTEGER NOT NULL REFERENCES readers (id),
  day INTEGER NOT NULL,
  chosen BLOB NOT NULL,
  proof BLOB,
  PRIMARY KEY (reader, day)
) WITHOUT ROWID;

-- The ledger. state: see digest/store/states.py. due: the next attempt of what is deferred, or in
-- doubt. began: the first attempt; expiry counts from it.
CREATE TABLE deliveries (
  day INTEGER NOT NULL,
  reader INTEGER NOT NULL REFERENCES readers (id),
  state INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  due INTEGER,
  began INTEGER,
  PRIMARY KEY (day, reader)
) WITHOUT ROWID;

CREATE INDEX deliveries_by_reader ON deliveries (reader);

-- The server's own words, for everything that was not accepted.
CREATE TABLE replies (
  day INTEGER NOT NULL,
  reader INTEGER NOT NULL,
  reply TEXT NOT NULL,
  PRIMARY KEY (day, reader)
) WITHOUT ROWID;
