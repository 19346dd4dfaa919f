-- :add  a line of a reader's dossier
INSERT INTO consents (reader, at, act, way, origin, words)
SELECT id, :at, :act, :way, :origin, :words FROM readers WHERE address = :address

-- :of  a reader's dossier, oldest first
SELECT at, act, way, origin, words FROM consents
WHERE reader = (SELECT id FROM readers WHERE address = :address) ORDER BY at, id

-- :since  how many acts of each kind there were from an instant on, by day since 1970
SELECT at / 86400, act, count(*) FROM consents WHERE at >= :since GROUP BY at / 86400, act
