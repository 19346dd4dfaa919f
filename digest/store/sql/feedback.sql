-- :say  an opinion
INSERT INTO feedback (reader, work, kind, at)
SELECT id, :work, :kind, :at FROM readers WHERE address = :address
ON CONFLICT (reader, work, kind) DO UPDATE SET at = excluded.at

-- :unsay  takes one back
DELETE FROM feedback WHERE work = :work AND kind = :kind
  AND reader = (SELECT id FROM readers WHERE address = :address)

-- :of  what readers said, newest first
SELECT r.address, f.work, f.kind, f.at FROM feedback AS f JOIN readers AS r ON r.id = f.reader
WHERE r.address IN (SELECT value FROM json_each(:addresses)) ORDER BY f.at DESC, f.work, f.kind
