-- :put  records choices, all at once; those that are already there stay
INSERT INTO selections (reader, day, chosen)
SELECT r.id, a.day, a.chosen
FROM unnest(CAST(:address AS TEXT[]), CAST(:day AS INTEGER[]), CAST(:chosen AS BYTEA[]))
  AS a (address, day, chosen) JOIN readers AS r ON r.address = a.address
ORDER BY r.id
ON CONFLICT (reader, day) DO NOTHING

-- :prove  keeps the checksums of rendered messages, all at once
UPDATE selections AS s SET proof = a.proof
FROM unnest(CAST(:address AS TEXT[]), CAST(:day AS INTEGER[]), CAST(:proof AS BYTEA[]))
  AS a (address, day, proof) JOIN readers AS r ON r.address = a.address
WHERE s.reader = r.id AND s.day = a.day
