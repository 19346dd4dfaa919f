-- :claim  takes what is free, deferred and due, or left by a lease that ended; returns what was won
INSERT INTO deliveries (day, reader, state, attempts, updated, due, began)
SELECT :day, r.id, :claimed, 1, :now, :lease, :now
FROM json_each(:addresses) AS a JOIN readers AS r ON r.address = a.value WHERE true
ON CONFLICT (day, reader) DO UPDATE SET
  state = :claimed, attempts = deliveries.attempts + 1, updated = :now, due = :lease,
  began = COALESCE(deliveries.began, :now)
WHERE (deliveries.state = :deferred
       AND CASE WHEN :retry_after < 0 THEN deliveries.due ELSE deliveries.updated + :retry_after END <= :now)
   OR (deliveries.state = :claimed AND deliveries.due <= :now)
RETURNING (SELECT address FROM readers WHERE id = reader)

-- :open  of these addresses, who could be claimed
SELECT a.value FROM json_each(:addresses) AS a
LEFT JOIN readers AS r ON r.address = a.value
LEFT JOIN deliveries AS d ON d.reader = r.id AND d.day = :day
WHERE d.reader IS NULL
   OR (d.state = :deferred
       AND CASE WHEN :retry_after < 0 THEN d.due ELSE d.updated + :retry_after END <= :now)
   OR (d.state = :claimed AND d.due <= :now)

-- :sending  the final dot is about to be written
UPDATE deliveries SET state = :sending, updated = :now
WHERE day = :day AND reader = (SELECT id FROM readers WHERE address = :address) AND state = :claimed

-- :record  how an attempt ended
UPDATE deliveries SET state = :state, updated = :now, due = :due,
  began = CASE WHEN :due IS NULL THEN NULL ELSE began END
WHERE day = :day AND reader = (SELECT id FROM readers WHERE address = :address)
  AND state IN (:claimed, :sending)

-- :skip  settles what was never claimed
INSERT INTO deliveries (day, reader, state, attempts, updated)
SELECT :day, id, :skipped, 0, :now FROM readers WHERE address = :address
ON CONFLICT (day, reader) DO UPDATE SET state = :skipped, updated = :now, due = NULL, began = NULL
WHERE deliveries.state = :deferred

-- :keep_reply  the server's own words
INSERT INTO replies (day, reader, reply)
SELECT :day, id, :reply FROM readers WHERE address = :address
ON CONFLICT (day, reader) DO UPDATE SET reply = excluded.reply

-- :drop_reply  an accepted delivery needs no words
DELETE FROM replies
WHERE day = :day AND reader = (SELECT id FROM readers WHERE address = :address)

-- :free  what a dead process had claimed can be claimed again at once
UPDATE deliveries SET due = :now WHERE state = :claimed AND due > :now

-- :doubt  a dead process may have written the final dot of these
UPDATE deliveries SET state = :in_doubt, updated = :now, due = NULL, began = NULL
WHERE state = :sending

-- :expire  deferred for longer than an edition is worth
UPDATE deliveries SET state = :expired, updated = :now, due = NULL, began = NULL
WHERE state = :deferred AND day = :day AND began <= :oldest

-- :deliveries  the rows after a key, of a day or of all, in a state or in any
SELECT r.address, d.day, d.state, d.attempts, COALESCE(w.reply, ''), d.updated
FROM deliveries AS d JOIN readers AS r ON r.id = d.reader
LEFT JOIN replies AS w ON w.day = d.day AND w.reader = d.reader
WHERE (:day = 0 OR d.day = :day) AND (:state = 0 OR d.state = :state)
  AND (d.day > :after_day OR (d.day = :after_day AND r.address > :after_address))
ORDER BY d.day, r.address LIMIT :limit

-- :count  how many deliveries of a day are in each state
SELECT state, count(*) FROM deliveries WHERE day = :day GROUP BY state ORDER BY state

-- :next_due  when the first deferred delivery of a day is due again
SELECT min(CASE WHEN :retry_after < 0 THEN due ELSE updated + :retry_after END) FROM deliveries
WHERE day = :day AND state = :deferred

-- :held  of these addresses, who has a row
SELECT r.address FROM deliveries AS d JOIN readers AS r ON r.id = d.reader
WHERE d.day = :day AND r.address IN (SELECT value FROM json_each(:addresses))

-- :deferred_days  editions that somebody still waits for
SELECT DISTINCT day FROM deliveries WHERE state IN (:deferred, :claimed) ORDER BY day
