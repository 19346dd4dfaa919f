-- :standings  who has asked for rest since an instant, or is not in full favour again
SELECT provider, since, pause, connections, reply, alert FROM standings
WHERE since > :after AND connections > 0 ORDER BY provider

-- :stand  how we stand with a provider; an older complaint never replaces a newer one
INSERT INTO standings (provider, since, pause, connections, reply, alert)
VALUES (:provider, :since, :pause, :connections, :reply, :alert)
ON CONFLICT (provider) DO UPDATE SET since = excluded.since, pause = excluded.pause,
  connections = excluded.connections, reply = excluded.reply, alert = excluded.alert
WHERE excluded.since >= standings.since

-- :forget  what is too old to matter
DELETE FROM standings WHERE since <= :after OR connections = 0

-- :sent  so many more mails on a day
INSERT INTO sendings (way, day, mails) VALUES (:way, :day, :mails)
ON CONFLICT (way, day) DO UPDATE SET mails = sendings.mails + excluded.mails

-- :sendings  on which days how many mails were sent
SELECT day, mails FROM sendings WHERE way = :way ORDER BY day
