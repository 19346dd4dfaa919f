-- :intern  gives addresses their places among the readers; who has one costs no number
INSERT INTO readers (address)
SELECT a.value FROM json_each(:addresses) AS a
WHERE NOT EXISTS (SELECT 1 FROM readers AS r WHERE r.address = a.value)
ORDER BY a.value
ON CONFLICT (address) DO NOTHING

-- :put  records a choice; one that is already there stays
INSERT INTO selections (reader, day, chosen)
SELECT id, :day, :chosen FROM readers WHERE address = :address
ON CONFLICT (reader, day) DO NOTHING

-- :began  choices for an edition have begun
INSERT INTO editions (day, at) VALUES (:day, :at) ON CONFLICT (day) DO NOTHING

-- :get  the recorded choices of readers for a day
SELECT r.address, s.day, s.chosen FROM selections AS s JOIN readers AS r ON r.id = s.reader
WHERE s.day = :day AND r.address IN (SELECT value FROM json_each(:addresses))

-- :recorded  who has a recorded choice for a day
SELECT r.address
FROM json_each(:addresses) AS a JOIN readers AS r ON r.address = a.value
JOIN selections AS s ON s.reader = r.id AND s.day = :day

-- :seen  what readers got in other editions, or still get in a newer one
SELECT r.address, s.day, s.chosen
FROM json_each(:addresses) AS a JOIN readers AS r ON r.address = a.value
JOIN selections AS s ON s.reader = r.id
JOIN deliveries AS d ON d.reader = s.reader AND d.day = s.day
WHERE s.day <> :day AND (d.state IN (SELECT CAST(value AS BIGINT) FROM json_each(:seen))
                         OR (d.state = :deferred AND d.day > :day))

-- :prove  keeps the checksum of a rendered message
UPDATE selections SET proof = :proof
WHERE day = :day AND reader = (SELECT id FROM readers WHERE address = :address)

-- :proofs  the checksums of rendered messages
SELECT r.address, s.proof FROM selections AS s JOIN readers AS r ON r.id = s.reader
WHERE s.day = :day AND r.address IN (SELECT value FROM json_each(:addresses)) AND s.proof IS NOT NULL

-- :unprove  forgets checksums: these mails are to be rendered again
UPDATE selections SET proof = NULL WHERE day = :day
  AND reader IN (SELECT id FROM readers WHERE address IN (SELECT value FROM json_each(:addresses)))

-- :paper_numbers  what stands for papers in rows
SELECT paper, id FROM papers WHERE paper IN (SELECT value FROM json_each(:papers))

-- :papers  papers by their numbers
SELECT p.id, COALESCE(w.paper, p.paper) FROM papers AS p LEFT JOIN papers AS w ON w.id = p.work
WHERE p.id IN (SELECT CAST(value AS BIGINT) FROM json_each(:numbers))

-- :name_reason  gives a reason its number
INSERT INTO reasons (kind, label) VALUES (:kind, :label) ON CONFLICT (kind, label) DO NOTHING

-- :reason_numbers  what stands for reasons in rows
SELECT kind, label, id FROM reasons WHERE label IN (SELECT value FROM json_each(:labels))

-- :reasons  reasons by their numbers
SELECT id, kind, label FROM reasons WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each(:numbers))

-- :last_days  per reader, the newest edition before a day that they got; who was only tried: the day before the first
SELECT r.address, COALESCE(max(CASE WHEN d.state IN (SELECT CAST(value AS BIGINT) FROM json_each(:seen)) THEN s.day END),
                           min(s.day) - 1)
FROM json_each(:addresses) AS a JOIN readers AS r ON r.address = a.value
JOIN selections AS s ON s.reader = r.id
JOIN deliveries AS d ON d.reader = s.reader AND d.day = s.day
WHERE s.day < :day AND d.state <> :skipped
GROUP BY r.address

-- :fold  earlier editions that wait for another attempt are given up: a newer one holds their papers
UPDATE deliveries SET state = CASE WHEN doubts > 0 THEN :in_doubt ELSE :expired END,
  doubts = CASE WHEN doubts > 0 THEN doubts + 1 ELSE 0 END, updated = :now, due = NULL, began = NULL
WHERE due IS NOT NULL AND state = :deferred AND day >= :first AND day < :day
  AND reader IN (SELECT id FROM readers WHERE address IN (SELECT value FROM json_each(:addresses)))
