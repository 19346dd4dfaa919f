-- :enlist  a worker comes
INSERT INTO fleet_workers (name, templates, began) VALUES (:worker, :templates, :now) RETURNING id

-- :take_up  what a worker works on; nothing: 0
UPDATE fleet_workers SET job = NULLIF(:job, 0) WHERE id = :worker

-- :retire  a worker has gone in good order
DELETE FROM fleet_workers WHERE id = :worker

-- :absent  workers without their lock, what they worked on, and for how long they are missed
SELECT id, name, COALESCE(job, 0), CAST(extract(epoch FROM now()) AS BIGINT) - lost
FROM fleet_workers AS w
WHERE NOT EXISTS (
  SELECT 1 FROM pg_locks AS l WHERE l.locktype = 'advisory' AND l.granted
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND l.objsubid = 2 AND CAST(l.classid AS BIGINT) = :lock AND CAST(l.objid AS BIGINT) = w.id)

-- :miss  since when a worker is missed, by the one clock that all share
UPDATE fleet_workers SET lost = CAST(extract(epoch FROM now()) AS BIGINT), job = NULL
WHERE id = :worker AND lost IS NULL

-- :hold_plan  one plan at a time
SELECT pg_advisory_xact_lock(CAST(:lock AS INTEGER), 0)

-- :last_wave  the newest wave of an edition
SELECT wave, until, backfill, latest, sending FROM fleet_waves WHERE day = :day ORDER BY wave DESC LIMIT 1

-- :wave  what a wave is about
SELECT wave, until, backfill, latest, sending FROM fleet_waves WHERE day = :day AND wave = :wave

-- :counts  how many readers fell due, by domain where it is one of these; and who changed since
SELECT CASE WHEN d.value IS NULL THEN '' ELSE d.value END, count(*)
FROM subscribers AS s JOIN readers AS r ON r.id = s.reader
LEFT JOIN (SELECT value FROM json_each(:domains)) AS d ON d.value = fleet_domain(r.address)
WHERE s.state = 'active' AND (
  (s.timezone || '|' || COALESCE(s.send_at, '') || '|' || s.rhythm)
    IN (SELECT value FROM json_each(:falling))
  OR (s.updated >= :since AND
      (s.timezone || '|' || COALESCE(s.send_at, '') || '|' || s.rhythm)
        IN (SELECT value FROM json_each(:fallen))))
AND NOT EXISTS (SELECT 1 FROM deliveries AS l WHERE l.day = :day AND l.reader = s.reader)
GROUP BY 1

-- :plan_wave  a wave begins
INSERT INTO fleet_waves (day, wave, since, until, backfill, latest, sending)
VALUES (:day, :wave, :since, :until, :backfill, :latest, 0)

-- :plan_shard  what one job proves of it
INSERT INTO fleet_shards (day, wave, low, high, proved) VALUES (:day, :wave, :low, :high, 0)

-- :hold_wave  whoever proves its last shard sends it off
SELECT sending FROM fleet_waves WHERE day = :day AND wave = :wave FOR UPDATE

-- :proved  a shard is proved
UPDATE fleet_shards SET proved = 1 WHERE day = :day AND wave = :wave AND low = :low

-- :unproved  how many shards are not
SELECT count(*) FROM fleet_shards WHERE day = :day AND wave = :wave AND proved = 0

-- :send_off  its mails may go out
UPDATE fleet_waves SET sending = 1 WHERE day = :day AND wave = :wave

-- :anyone  readers by place, whoever operates their mailboxes, who have no row for an edition
SELECT r.address FROM readers AS r JOIN subscribers AS s ON s.reader = r.id
WHERE fleet_place(r.address) BETWEEN :low AND :high AND s.state = 'active'
  AND NOT EXISTS (SELECT 1 FROM deliveries AS l WHERE l.day = :day AND l.reader = r.id)
ORDER BY r.address

-- :of_domains  those of some domains
SELECT r.address FROM readers AS r JOIN subscribers AS s ON s.reader = r.id
WHERE fleet_domain(r.address) = ANY (ARRAY(SELECT value FROM json_each(:domains)))
  AND fleet_place(r.address) BETWEEN :low AND :high AND s.state = 'active'
  AND NOT EXISTS (SELECT 1 FROM deliveries AS l WHERE l.day = :day AND l.reader = r.id)
ORDER BY r.address

-- :of_others  those of all other domains
SELECT r.address FROM readers AS r JOIN subscribers AS s ON s.reader = r.id
WHERE fleet_place(r.address) BETWEEN :low AND :high AND s.state = 'active'
  AND fleet_domain(r.address) NOT IN (SELECT value FROM json_each(:domains))
  AND NOT EXISTS (SELECT 1 FROM deliveries AS l WHERE l.day = :day AND l.reader = r.id)
ORDER BY r.address

-- :waiting  whose mail of an edition is due again
SELECT r.address
FROM deliveries AS d JOIN readers AS r ON r.id = d.reader
WHERE d.day = :day AND d.due IS NOT NULL
  AND (d.state = :deferred OR (d.state = :in_doubt AND d.doubts <= :resends))
  AND CASE WHEN :retry_after < 0 THEN d.due ELSE d.updated + :retry_after END <= :now
  AND fleet_place(r.address) BETWEEN :low AND :high
ORDER BY r.address

-- :queued  how many jobs of a kind for an edition are to be done, or being done
SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')
  AND task_name = :task AND CAST(args ->> 'day' AS TEXT) = :iso

-- :adopt  jobs planned for mails that no worker makes any more, since an upgrade
UPDATE procrastinate_jobs AS j
SET args = jsonb_set(j.args, '{templates}', to_jsonb(CAST(:templates AS TEXT)))
WHERE j.status = 'todo' AND j.args ? 'templates' AND j.args ->> 'templates' <> :templates
  AND NOT EXISTS (SELECT 1 FROM fleet_workers AS w
                  WHERE w.lost IS NULL AND w.templates = j.args ->> 'templates')

-- :busy  how many jobs are to be done, or being done
SELECT count(*) FROM procrastinate_jobs
WHERE status IN ('todo', 'doing') AND task_name IN (SELECT value FROM json_each(:tasks))

-- :forget_waves  plans of old editions
DELETE FROM fleet_waves WHERE day < :before

-- :forget_shards  the same
DELETE FROM fleet_shards WHERE day < :before
