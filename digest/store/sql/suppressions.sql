-- :suppress  never write to an address again; what is known of it already stays
INSERT INTO suppressions (address, reason, since) VALUES (:address, :reason, :since)
ON CONFLICT (address) DO NOTHING

-- :release  forgets a suppression
DELETE FROM suppressions WHERE address = :address

-- :among  of these addresses, who is suppressed, why and since when
SELECT address, reason, since FROM suppressions
WHERE address IN (SELECT value FROM json_each(:addresses))

-- :page  suppressions after an address
SELECT address, reason, since FROM suppressions WHERE address > :after
ORDER BY address LIMIT :limit

-- :health  how an address fares
SELECT score, at, struck, probing FROM health WHERE reader = :reader

-- :fare  how it fares from now on; the first bounce of a day counts
INSERT INTO health (reader, score, at, struck, probing)
VALUES (:reader, :score, :at, :struck, :probing)
ON CONFLICT (reader) DO UPDATE SET score = excluded.score, at = excluded.at,
  struck = excluded.struck, probing = excluded.probing
WHERE health.struck < excluded.struck

-- :heal  forgets how an address fared
DELETE FROM health WHERE reader = (SELECT id FROM readers WHERE address = :address)
