-- :intern  gives addresses their places among the readers; who has one costs no number
INSERT INTO readers (address)
SELECT a.value FROM json_each(:addresses) AS a
WHERE NOT EXISTS (SELECT 1 FROM readers AS r WHERE r.address = a.value)
ORDER BY a.value
ON CONFLICT (address) DO NOTHING

-- :put  adds a reader or changes what they asked for; who left, is suppressed or rests stays so
INSERT INTO subscribers (reader, name, topics, mute, authors, liked, papers, timezone, send_at,
                         rhythm, locale, state, manner, consent, created, updated, since)
SELECT id, :name, :topics, :mute, :authors, :liked, :papers, :timezone, :send_at,
       :rhythm, :locale, :state, :manner, :consent, :now, :now, :now
FROM readers WHERE address = :address
ON CONFLICT (reader) DO UPDATE SET
  name = excluded.name, topics = excluded.topics, mute = excluded.mute,
  authors = excluded.authors, liked = excluded.liked, papers = excluded.papers,
  timezone = excluded.timezone, send_at = excluded.send_at, rhythm = excluded.rhythm,
  locale = excluded.locale, manner = excluded.manner, updated = excluded.updated,
  since = CASE WHEN subscribers.state IN ('left', 'suppressed')
                 OR subscribers.state = excluded.state THEN subscribers.since
               ELSE excluded.since END,
  state = CASE WHEN subscribers.state IN ('left', 'suppressed') THEN subscribers.state
               WHEN subscribers.state = 'paused' AND subscribers.pause_until IS NOT NULL
                 AND excluded.state = 'active' THEN subscribers.state
               ELSE excluded.state END

-- :change  what a reader asks for, and nothing else about them
UPDATE subscribers SET
  name = :name, topics = :topics, mute = :mute, authors = :authors, liked = :liked,
  papers = :papers, timezone = :timezone, send_at = :send_at, rhythm = :rhythm, locale = :locale,
  manner = :manner, updated = :now
WHERE reader = (SELECT id FROM readers WHERE address = :address)

-- :life  where readers stand
SELECT r.address, s.state, s.before, s.since, s.pause_until, s.created, s.consent
FROM subscribers AS s JOIN readers AS r ON r.id = s.reader
WHERE r.address IN (SELECT value FROM json_each(:addresses))

-- :live  where a reader stands from now on
UPDATE subscribers SET state = :state, before = :before, since = :since,
  pause_until = :pause_until, updated = :now
WHERE reader = (SELECT id FROM readers WHERE address = :address)

-- :agreed  by whose word a reader is here from now on
UPDATE subscribers SET consent = :consent
WHERE reader = (SELECT id FROM readers WHERE address = :address)

-- :rested  whose pause is over
SELECT r.address FROM subscribers AS s JOIN readers AS r ON r.id = s.reader
WHERE s.pause_until IS NOT NULL AND s.pause_until <= :today AND s.state = 'paused'

-- :unanswered  who has been pending for too long
SELECT r.address FROM subscribers AS s JOIN readers AS r ON r.id = s.reader
WHERE s.state = 'pending' AND s.since < :oldest

-- :number  the number that stands for an address
SELECT id FROM readers WHERE address = :address

-- :address  the address that a number stands for
SELECT address FROM readers WHERE id = :reader

-- :rename  gives a place among the readers another name
UPDATE readers SET address = :named WHERE address = :address

-- :has_got  whether the ledger knows a reader
SELECT 1 FROM deliveries WHERE reader = (SELECT id FROM readers WHERE address = :address) LIMIT 1

-- :erased  which of these hashes are of readers who were erased
SELECT mark FROM erased WHERE mark IN (SELECT value FROM json_each(:marks))

-- :any_erased  whether anybody was
SELECT 1 FROM erased LIMIT 1

-- :erase  keeps a hash
INSERT INTO erased (mark, at) VALUES (:mark, :at) ON CONFLICT (mark) DO NOTHING

-- :unerase  they have come back of their own accord
DELETE FROM erased WHERE mark IN (SELECT value FROM json_each(:marks))

-- :states  in which state addresses are
SELECT r.address, s.state FROM subscribers AS s JOIN readers AS r ON r.id = s.reader
WHERE r.address IN (SELECT value FROM json_each(:addresses))

-- :get  readers by address
SELECT r.address, s.name, s.topics, s.mute, s.authors, s.liked, s.papers, s.timezone, s.send_at,
       s.rhythm, s.locale, s.state, s.manner, s.since, s.reader
FROM subscribers AS s JOIN readers AS r ON r.id = s.reader
WHERE r.address IN (SELECT value FROM json_each(:addresses))
ORDER BY r.address

-- :page  readers after an address, in a state or in any; a reader's number tells the part; whoever
-- is suppressed is not active, whatever their state
SELECT r.address, s.name, s.topics, s.mute, s.authors, s.liked, s.papers, s.timezone, s.send_at,
       s.rhythm, s.locale, s.state, s.manner, s.since, s.reader
FROM readers AS r JOIN subscribers AS s ON s.reader = r.id
WHERE r.address > :after AND (:state = '' OR s.state = :state) AND r.id % :parts = :part
  AND (:state <> 'active' OR NOT EXISTS (SELECT 1 FROM suppressions AS x WHERE x.address = r.address))
ORDER BY r.address LIMIT :limit

-- :operators  who was added by the operator, after an address
SELECT r.address FROM readers AS r JOIN subscribers AS s ON s.reader = r.id
WHERE s.consent = 'operator' AND s.state IN ('pending', 'active', 'paused') AND r.address > :after
ORDER BY r.address LIMIT :limit

-- :forget_consents  a reader's dossier
DELETE FROM consents WHERE reader = (SELECT id FROM readers WHERE address = :address)

-- :forget_requests  what a reader asked for; that a letter went out stays, or a second one would
UPDATE requests SET wishes = '', origin = '', words = '', answered = :at, welcomed = :at
WHERE reader = (SELECT id FROM readers WHERE address = :address)

-- :forget_feedback  a reader's opinions
DELETE FROM feedback WHERE reader = (SELECT id FROM readers WHERE address = :address)

-- :forget_selections  what was chosen for a reader
DELETE FROM selections WHERE reader = (SELECT id FROM readers WHERE address = :address)

-- :forget_replies  what mail servers said of a reader
DELETE FROM replies WHERE reader = (SELECT id FROM readers WHERE address = :address)

-- :forget_health  how a reader's address fared
DELETE FROM health WHERE reader = (SELECT id FROM readers WHERE address = :address)

-- :forget_asked  what a reader asked for by mail
DELETE FROM asked_by_mail WHERE reader = (SELECT id FROM readers WHERE address = :address)

-- :forget_suppressions  that a reader must not be written to: their hash says so from now on
DELETE FROM suppressions WHERE address = :address

-- :forget_answers  what a reader was answered
DELETE FROM answers WHERE address = :address

-- :remove  forgets what a reader asked for; the ledger keeps what they got
DELETE FROM subscribers WHERE reader = (SELECT id FROM readers WHERE address = :address)

-- :count  how many readers are in each state
SELECT state, count(*) FROM subscribers GROUP BY state ORDER BY state

-- :schedules  every way to be mailed that somebody has chosen
SELECT DISTINCT timezone, send_at, rhythm FROM subscribers WHERE state = 'active'
