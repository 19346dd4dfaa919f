-- :proved  which relays were found fit for a domain, and when
SELECT relay, at, word FROM preflights WHERE domain = :domain ORDER BY relay

-- :prove  a relay is found fit, or vouched for; a finding counts for more than a word
INSERT INTO preflights (domain, relay, at, word) VALUES (:domain, :relay, :at, :word)
ON CONFLICT (domain, relay) DO UPDATE SET at = excluded.at,
  word = CASE WHEN preflights.word = 'doctor' THEN preflights.word ELSE excluded.word END

-- :told  of which causes the operator was told on a day or later
SELECT cause, subject FROM alerts WHERE day >= :day

-- :tell  the operator was told
INSERT INTO alerts (cause, subject, day, detail) VALUES (:cause, :subject, :day, :detail)
ON CONFLICT (cause, subject) DO UPDATE SET day = excluded.day, detail = excluded.detail

-- :alerts  of what the operator was told on a day or later, newest first
SELECT cause, subject, day, detail FROM alerts WHERE day >= :day ORDER BY day DESC, cause, subject

-- :forget_alerts  what was told long ago
DELETE FROM alerts WHERE day < :day

-- :ended  how a run ended
INSERT INTO last_run (id, day, ended, status) VALUES (1, :day, :ended, :status)
ON CONFLICT (id) DO UPDATE SET day = excluded.day, ended = excluded.ended, status = excluded.status

-- :last_run  how the last run ended
SELECT day, ended, status FROM last_run WHERE id = 1

-- :oldest  the first attempt of what waits for another, and how many wait
SELECT min(began), count(*) FROM deliveries WHERE due IS NOT NULL AND state = :deferred

-- :count_all  how many deliveries are in each state, of all editions that are remembered
SELECT state, count(*) FROM deliveries GROUP BY state ORDER BY state

-- :selected  how many readers have a choice for an edition
SELECT count(*) FROM selections WHERE day = :day

-- :delivery  one reader's delivery of an edition
SELECT d.state, d.attempts, COALESCE(w.reply, ''), d.updated, d.due
FROM deliveries AS d JOIN readers AS r ON r.id = d.reader
LEFT JOIN replies AS w ON w.day = d.day AND w.reader = d.reader
WHERE r.address = :address AND d.day = :day

-- :editions  one reader's newest deliveries
SELECT d.day FROM deliveries AS d JOIN readers AS r ON r.id = d.reader
WHERE r.address = :address AND d.state IN (SELECT CAST(value AS BIGINT) FROM json_each(:states))
ORDER BY d.day DESC LIMIT 1
