-- :domains  how many deliveries of an edition are in each state, by domain
SELECT split_part(r.address, '@', 2) AS domain, d.state, count(*)
FROM deliveries AS d JOIN readers AS r ON r.id = d.reader
WHERE d.day = :day GROUP BY 1, d.state
