-- Providers that have asked for rest: since when, for how many seconds, in what words; and how many
-- connections they may be given afterwards (0: any number).
CREATE TABLE standings (
  provider TEXT PRIMARY KEY,
  since INTEGER NOT NULL,
  pause INTEGER NOT NULL,
  connections INTEGER NOT NULL,
  reply TEXT NOT NULL,
  alert INTEGER NOT NULL
) WITHOUT ROWID;

-- What a new sender has sent, for its ramp. way: the domain it is from, and the relay.
CREATE TABLE sendings (
  way TEXT NOT NULL,
  day INTEGER NOT NULL,
  mails INTEGER NOT NULL,
  PRIMARY KEY (way, day)
) WITHOUT ROWID;
