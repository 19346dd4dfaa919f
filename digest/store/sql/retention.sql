-- :old_days  editions that are too old to matter, and of which nothing has been heard since
SELECT day FROM deliveries WHERE day < :before GROUP BY day HAVING max(updated) < :instant

-- :selections  what readers got in an edition
DELETE FROM selections WHERE (reader, day) IN (SELECT reader, day FROM deliveries WHERE day = :day)

-- :deliveries  who got it
DELETE FROM deliveries WHERE day = :day

-- :replies  what servers said long ago
DELETE FROM replies WHERE day < :before AND NOT EXISTS
  (SELECT 1 FROM deliveries AS d
   WHERE d.day = replies.day AND d.reader = replies.reader AND d.updated >= :instant)

-- :collections  how fetches ended
DELETE FROM collections WHERE day < :before

-- :listings  what was listed
DELETE FROM listings WHERE day < :before

-- :observations  how votes grew of papers that no list has any more
DELETE FROM observations WHERE paper NOT IN (SELECT paper FROM listings)

-- :papers  papers that no list has any more
DELETE FROM papers WHERE id NOT IN (SELECT paper FROM listings)
  AND (work IS NULL OR work NOT IN (SELECT paper FROM listings))
