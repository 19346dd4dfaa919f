-- :intern  gives an address its place among the readers
INSERT INTO readers (address) VALUES (:address) ON CONFLICT (address) DO NOTHING

-- :put  adds a reader or changes what they asked for; who left or is suppressed stays so
INSERT INTO subscribers (reader, name, topics, mute, authors, liked, papers, timezone, send_at,
                         rhythm, locale, state, consent, created, updated)
SELECT id, :name, :topics, :mute, :authors, :liked, :papers, :timezone, :send_at,
       :rhythm, :locale, :state, :consent, :now, :now
FROM readers WHERE address = :address
ON CONFLICT (reader) DO UPDATE SET
  name = excluded.name, topics = excluded.topics, mute = excluded.mute,
  authors = excluded.authors, liked = excluded.liked, papers = excluded.papers,
  timezone = excluded.timezone, send_at = excluded.send_at, rhythm = excluded.rhythm,
  locale = excluded.locale, updated = excluded.updated,
  state = CASE WHEN subscribers.state IN ('left', 'suppressed') THEN subscribers.state
               ELSE excluded.state END

-- :states  in which state addresses are
SELECT r.address, s.state FROM subscribers AS s JOIN readers AS r ON r.id = s.reader
WHERE r.address IN (SELECT value FROM json_each(:addresses))

-- :get  readers by address
SELECT r.address, s.name, s.topics, s.mute, s.authors, s.liked, s.papers, s.timezone, s.send_at,
       s.rhythm, s.locale, s.state, s.created, s.reader
FROM subscribers AS s JOIN readers AS r ON r.id = s.reader
WHERE r.address IN (SELECT value FROM json_each(:addresses))
ORDER BY r.address

-- :page  readers after an address, in a state or in any; a reader's number tells the part
SELECT r.address, s.name, s.topics, s.mute, s.authors, s.liked, s.papers, s.timezone, s.send_at,
       s.rhythm, s.locale, s.state, s.created, s.reader
FROM readers AS r JOIN subscribers AS s ON s.reader = r.id
WHERE r.address > :after AND (:state = '' OR s.state = :state) AND r.id % :parts = :part
ORDER BY r.address LIMIT :limit

-- :remove  forgets what a reader asked for; the ledger keeps what they got
DELETE FROM subscribers WHERE reader = (SELECT id FROM readers WHERE address = :address)

-- :count  how many readers are in each state
SELECT state, count(*) FROM subscribers GROUP BY state ORDER BY state

-- :schedules  every way to be mailed that somebody has chosen
SELECT DISTINCT timezone, send_at, rhythm FROM subscribers WHERE state = 'active'
