-- :claim  takes what is free, what is deferred and due, and what is in doubt if that may be resent
INSERT INTO deliveries (day, reader, state, attempts, updated, began, journal, doubts)
SELECT :day, r.id, :claimed, 1, :now, :now, :journal, 0
FROM json_each(:addresses) AS a JOIN readers AS r ON r.address = a.value WHERE true
ORDER BY r.id
ON CONFLICT (day, reader) DO UPDATE SET
  state = :claimed, attempts = deliveries.attempts + 1, updated = :now, due = NULL,
  began = COALESCE(deliveries.began, :now), journal = :journal
WHERE CASE WHEN :retry_after < 0 THEN deliveries.due ELSE deliveries.updated + :retry_after END <= :now
  AND (deliveries.state = :deferred
       OR (deliveries.state = :in_doubt AND deliveries.doubts <= :resends))
RETURNING (SELECT address FROM readers WHERE id = reader), reader

-- :open  of these addresses, who could be claimed
SELECT a.value FROM json_each(:addresses) AS a
LEFT JOIN readers AS r ON r.address = a.value
LEFT JOIN deliveries AS d ON d.reader = r.id AND d.day = :day
WHERE d.reader IS NULL
   OR (CASE WHEN :retry_after < 0 THEN d.due ELSE d.updated + :retry_after END <= :now
       AND (d.state = :deferred OR (d.state = :in_doubt AND d.doubts <= :resends)))

-- :accept  the server took responsibility for all of these
UPDATE deliveries SET state = :accepted, updated = :now, due = NULL, began = NULL, journal = NULL
WHERE day = :day AND reader IN (SELECT CAST(value AS BIGINT) FROM json_each(:readers))
  AND journal = :journal

-- :drop_replies  an accepted delivery needs no words
DELETE FROM replies WHERE day = :day AND reader IN
  (SELECT reader FROM deliveries WHERE day = :day AND state = :accepted
   AND reader IN (SELECT CAST(value AS BIGINT) FROM json_each(:readers)))

-- :settle  how an attempt ended that was not accepted
UPDATE deliveries SET state = :state, updated = :now, due = :due, journal = NULL,
  began = CASE WHEN :state = :deferred THEN began END,
  doubts = doubts + CASE WHEN :state = :in_doubt THEN 1 ELSE 0 END
                  - CASE WHEN state = :in_doubt THEN 1 ELSE 0 END
WHERE day = :day AND reader = :reader AND journal = :journal

-- :keep_reply  the server's own words, beside the state that they led to
INSERT INTO replies (day, reader, reply)
SELECT day, reader, :reply FROM deliveries
WHERE day = :day AND reader = :reader AND state = :state AND updated = :now
ON CONFLICT (day, reader) DO UPDATE SET reply = excluded.reply

-- :recover  what a dead process's journal tells of a claim; one that a restored store lacks, too
INSERT INTO deliveries (day, reader, state, attempts, updated, due, began, doubts)
SELECT :day, id, :state, 1, :now, :due, CASE WHEN :state = :deferred THEN :now END,
       CASE WHEN :state = :in_doubt THEN 1 ELSE 0 END
FROM readers WHERE id = :reader
ON CONFLICT (day, reader) DO UPDATE SET
  state = :state, updated = :now, due = :due, journal = NULL,
  began = CASE WHEN :state = :deferred THEN deliveries.began END,
  doubts = deliveries.doubts + CASE WHEN :state = :in_doubt THEN 1 ELSE 0 END
                             - CASE WHEN deliveries.state = :in_doubt THEN 1 ELSE 0 END
WHERE deliveries.journal = :journal

-- :free  what a dead process had claimed and not sent: due at once, or in doubt again as it was
UPDATE deliveries SET
  state = CASE WHEN doubts > CASE WHEN state = :in_doubt THEN 1 ELSE 0 END THEN :in_doubt
               ELSE :deferred END,
  doubts = doubts - CASE WHEN state = :in_doubt THEN 1 ELSE 0 END,
  updated = :now, due = :now, journal = NULL
WHERE journal = :journal

-- :doubt  what nothing explains any more: after a power loss, or without its journal
UPDATE deliveries SET state = :in_doubt, updated = :now, due = :due, began = NULL, journal = NULL,
  doubts = doubts + CASE WHEN state = :claimed THEN 1 ELSE 0 END
WHERE journal IS NOT NULL AND (:journal = 0 OR journal = :journal)

-- :lose  what another machine had claimed that is gone: in doubt until its journals tell more
UPDATE deliveries SET state = :in_doubt, updated = :now, due = :due, doubts = doubts + 1
WHERE state = :claimed AND journal BETWEEN :first AND :last

-- :doubts  how many are in doubt and could be sent once more
SELECT count(*) FROM deliveries WHERE due IS NOT NULL AND state = :in_doubt

-- :expire  deferred for longer than an edition is worth; a doubt that a resending left stays one
UPDATE deliveries SET state = CASE WHEN doubts > 0 THEN :in_doubt ELSE :expired END,
  doubts = doubts + CASE WHEN doubts > 0 THEN 1 ELSE 0 END, updated = :now, due = NULL, began = NULL
WHERE due IS NOT NULL AND state = :deferred AND day = :day AND began <= :oldest

-- :decide  a person settles, or sends again, what nobody can know
UPDATE deliveries SET state = :state, updated = :now, due = :due, began = NULL, journal = NULL,
  doubts = CASE WHEN :state = :deferred THEN 0 ELSE doubts END
WHERE day = :day AND reader = (SELECT id FROM readers WHERE address = :address)
  AND state IN (SELECT CAST(value AS BIGINT) FROM json_each(:from))

-- :bounce  what had been accepted came back
UPDATE deliveries SET state = :bounced, updated = :now, due = NULL, began = NULL
WHERE day = :day AND reader = :reader AND state IN (:accepted, :in_doubt)

-- :deliveries  the rows after a key, of a day or of all, in a state or in any
SELECT r.address, d.day, d.state, d.attempts, COALESCE(w.reply, ''), d.updated, d.reader
FROM deliveries AS d JOIN readers AS r ON r.id = d.reader
LEFT JOIN replies AS w ON w.day = d.day AND w.reader = d.reader
WHERE (:day = 0 OR d.day = :day) AND (:state = 0 OR d.state = :state)
  AND (d.day > :after_day OR (d.day = :after_day AND r.address > :after_address))
ORDER BY d.day, r.address LIMIT :limit

-- :count  how many deliveries of a day are in each state
SELECT state, count(*) FROM deliveries WHERE day = :day GROUP BY state ORDER BY state

-- :next_due  when the first deferred delivery of a day is due again
SELECT min(CASE WHEN :retry_after < 0 THEN due ELSE updated + :retry_after END) FROM deliveries
WHERE due IS NOT NULL AND day = :day
  AND (state = :deferred OR (state = :in_doubt AND doubts <= :resends))

-- :held  of these addresses, who has a row
SELECT r.address FROM deliveries AS d JOIN readers AS r ON r.id = d.reader
WHERE d.day = :day AND r.address IN (SELECT value FROM json_each(:addresses))

-- :waiting_days  editions that somebody still waits for
SELECT DISTINCT day FROM deliveries
WHERE due IS NOT NULL AND (state = :deferred OR (state = :in_doubt AND doubts <= :resends))
ORDER BY day
