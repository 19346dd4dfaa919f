-- Versions of a work that say much else than the one before; day: an ordinal; at: when it was first
-- seen; changed: how much of its text, in percent.
CREATE TABLE revisions (
  paper INTEGER NOT NULL REFERENCES papers (id) ON DELETE CASCADE,
  version INTEGER NOT NULL,
  day INTEGER NOT NULL,
  at BIGINT NOT NULL,
  changed INTEGER NOT NULL,
  PRIMARY KEY (paper, version)
);
