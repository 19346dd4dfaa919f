-- The twin of sqlite/0006_works.sql, which says what everything is for.
CREATE TABLE aliases (
  alias TEXT COLLATE "C" PRIMARY KEY,
  paper INTEGER NOT NULL REFERENCES papers (id) ON DELETE CASCADE
);

CREATE INDEX aliases_by_paper ON aliases (paper);

INSERT INTO aliases (alias, paper) SELECT paper, id FROM papers;

CREATE TABLE tellings (
  paper INTEGER NOT NULL REFERENCES papers (id) ON DELETE CASCADE,
  source TEXT COLLATE "C" NOT NULL,
  told TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (paper, source)
);

ALTER TABLE papers ADD COLUMN work INTEGER;

ALTER TABLE papers ADD COLUMN extra TEXT COLLATE "C" NOT NULL DEFAULT '{}';

ALTER TABLE listings ADD COLUMN announced TEXT COLLATE "C" NOT NULL DEFAULT '';
