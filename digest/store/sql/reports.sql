-- :editions  how many deliveries of the editions from a day on are in each state
SELECT day, state, count(*) FROM deliveries WHERE day >= :first GROUP BY day, state ORDER BY day

-- :domains  how many deliveries of an edition are in each state, by domain
SELECT substr(r.address, instr(r.address, '@') + 1) AS domain, d.state, count(*)
FROM deliveries AS d JOIN readers AS r ON r.id = d.reader
WHERE d.day = :day GROUP BY domain, d.state

-- :troubles  the newest deliveries that were not accepted
SELECT r.address, d.day, d.state, d.attempts, coalesce(p.reply, ''), d.updated
FROM deliveries AS d JOIN readers AS r ON r.id = d.reader
LEFT JOIN replies AS p ON p.day = d.day AND p.reader = d.reader
WHERE d.state NOT IN (:accepted, :skipped, :claimed) AND d.day >= :first
ORDER BY d.updated DESC, r.address LIMIT :limit

-- :of_reader  what became of a reader's editions, newest first
SELECT r.address, d.day, d.state, d.attempts, coalesce(p.reply, ''), d.updated
FROM deliveries AS d JOIN readers AS r ON r.id = d.reader
LEFT JOIN replies AS p ON p.day = d.day AND p.reader = d.reader
WHERE d.reader = (SELECT id FROM readers WHERE address = :address)
ORDER BY d.day DESC LIMIT :limit

-- :health  how the newest fetch of each source ended, day by day
SELECT c.source, c.day, c.verdict FROM collections AS c
WHERE c.day >= :first AND c.at = (SELECT max(m.at) FROM collections AS m
                                  WHERE m.day = c.day AND m.source = c.source)
ORDER BY c.source, c.day
