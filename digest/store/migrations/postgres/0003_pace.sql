-- Providers that have asked for rest: since when, for how many seconds, in what words; and how many
-- connections they may be given afterwards (0: any number).
CREATE TABLE standings (
  provider TEXT COLLATE "C" PRIMARY KEY,
  since BIGINT NOT NULL,
  pause BIGINT NOT NULL,
  connections BIGINT NOT NULL,
  reply TEXT COLLATE "C" NOT NULL,
  alert BIGINT NOT NULL
);

-- What a new sender has sent, for its ramp. way: the domain it is from, and the relay.
CREATE TABLE sendings (
  way TEXT COLLATE "C" NOT NULL,
  day INTEGER NOT NULL,
  mails BIGINT NOT NULL,
  PRIMARY KEY (way, day)
);
