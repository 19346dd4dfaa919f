-- Every name that a work is known by: `arxiv:…`, `doi:…`, and the fingerprint of title and author.
CREATE TABLE aliases (
  alias TEXT PRIMARY KEY,
  paper INTEGER NOT NULL REFERENCES papers (id) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE INDEX aliases_by_paper ON aliases (paper);

INSERT INTO aliases (alias, paper) SELECT paper, id FROM papers;

-- What each source told of a work, each field with the hour it was first told so (digest/model/identity.py).
CREATE TABLE tellings (
  paper INTEGER NOT NULL REFERENCES papers (id) ON DELETE CASCADE,
  source TEXT NOT NULL,
  told TEXT NOT NULL,
  PRIMARY KEY (paper, source)
) WITHOUT ROWID;

-- work: the row that stands for the work, where two rows turned out to be one; selections know numbers.
ALTER TABLE papers ADD COLUMN work INTEGER;

-- extra: what few papers have, as a JSON object.
ALTER TABLE papers ADD COLUMN extra TEXT NOT NULL DEFAULT '{}';

-- announced: how arXiv announced it on that day.
ALTER TABLE listings ADD COLUMN announced TEXT NOT NULL DEFAULT '';
