-- A claim is explained by the journal that its marks are made in (digest/store/journal.py).
ALTER TABLE deliveries ADD COLUMN journal BIGINT;

-- How often the final dot was written and no answer came.
ALTER TABLE deliveries ADD COLUMN doubts INTEGER NOT NULL DEFAULT 0;

-- What the older program left: it marked the final dot in the row itself.
UPDATE deliveries SET state = 6, doubts = 1, due = NULL, began = NULL WHERE state = 2;

UPDATE deliveries SET state = 4, due = updated WHERE state = 1;

-- Nothing looks for all editions of a reader; what is settled is in no index but the key.
DROP INDEX deliveries_by_reader;

CREATE INDEX deliveries_claimed ON deliveries (journal) WHERE journal IS NOT NULL;

CREATE INDEX deliveries_due ON deliveries (due) WHERE due IS NOT NULL;

-- One row. generation: how often something was sent from this store; a copy of yesterday's knows of
-- fewer. forgotten: the last day whose deliveries are no longer known, so that it is never sent.
CREATE TABLE memory (
  id BIGINT PRIMARY KEY CHECK (id = 1),
  generation BIGINT NOT NULL,
  forgotten BIGINT NOT NULL
);

INSERT INTO memory (id, generation, forgotten) VALUES (1, 0, 0);
