-- For whom and through which relay mail was found fit to be sent, or was vouched for by a person.
CREATE TABLE preflights (
  domain TEXT COLLATE "C" NOT NULL,
  relay TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  word TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (domain, relay)
);

-- When the operator was told of a cause last; at: a day as an ordinal.
CREATE TABLE alerts (
  cause TEXT COLLATE "C" NOT NULL,
  subject TEXT COLLATE "C" NOT NULL,
  day INTEGER NOT NULL,
  detail TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (cause, subject)
);

-- One row: the last run that ended.
CREATE TABLE last_run (
  id BIGINT PRIMARY KEY CHECK (id = 1),
  day INTEGER NOT NULL,
  ended BIGINT NOT NULL,
  status BIGINT NOT NULL
);
