-- :put  a request; the first of a day stands while it is open, and a letter goes out once a day
INSERT INTO requests (reader, day, at, wishes, way, origin, words, letter)
SELECT id, :day, :at, :wishes, :way, :origin, :words, :letter FROM readers WHERE address = :address
ON CONFLICT (reader, day) DO UPDATE SET
  at = excluded.at, wishes = excluded.wishes, way = excluded.way, origin = excluded.origin,
  words = excluded.words, letter = excluded.letter, answered = NULL, welcomed = NULL,
  mailed = CASE WHEN requests.letter = 'confirm' THEN requests.mailed ELSE NULL END
WHERE excluded.letter = 'confirm'
  AND (requests.letter <> 'confirm' OR requests.answered IS NOT NULL)

-- :open  a request that waits for an answer
SELECT r.address, q.reader, q.day, q.at, q.wishes, q.way, q.origin, q.words, q.letter
FROM requests AS q JOIN readers AS r ON r.id = q.reader
WHERE q.reader = :reader AND q.day = :day AND q.letter = 'confirm' AND q.answered IS NULL

-- :answered  whether a request was there and has been answered
SELECT answered FROM requests WHERE reader = :reader AND day = :day

-- :close  requests of a reader are not to be answered any more
UPDATE requests SET answered = :now, welcomed = :now
WHERE reader = (SELECT id FROM readers WHERE address = :address) AND answered IS NULL

-- :confirm  a request was answered: a first digest is due
UPDATE requests SET answered = :now, welcomed = NULL WHERE reader = :reader AND day = :day

-- :unwelcomed  who waits for a first digest
SELECT DISTINCT r.address FROM requests AS q JOIN readers AS r ON r.id = q.reader
WHERE q.answered IS NOT NULL AND q.welcomed IS NULL AND q.answered >= :since ORDER BY r.address

-- :welcomed  the first digest has been seen to
UPDATE requests SET welcomed = :now
WHERE reader = (SELECT id FROM readers WHERE address = :address) AND answered IS NOT NULL

-- :unmailed  letters that are due, oldest first
SELECT r.address, q.reader, q.day, q.at, q.wishes, q.way, q.origin, q.words, q.letter
FROM requests AS q JOIN readers AS r ON r.id = q.reader
WHERE q.mailed IS NULL AND q.letter <> 'none' AND q.answered IS NULL AND q.day >= :oldest
ORDER BY q.at, q.reader LIMIT :limit

-- :mailed  a letter is handed over, or was not (NULL)
UPDATE requests SET mailed = :mailed WHERE reader = :reader AND day = :day

-- :take  counts one use of a limit, unless it is used up; no row: it is
INSERT INTO limits (bucket, span, used) VALUES (:bucket, :span, 1)
ON CONFLICT (bucket, span) DO UPDATE SET used = limits.used + 1 WHERE limits.used < :most
RETURNING used

-- :forget_limits  limits of spans that are over
DELETE FROM limits WHERE span < :span

-- :forget_requests  requests that no link can answer any more
DELETE FROM requests WHERE day < :oldest
