-- :selections  what readers got in editions that are too old to matter
DELETE FROM selections WHERE (reader, day) IN
  (SELECT reader, day FROM deliveries WHERE day < :before)

-- :deliveries  who got them
DELETE FROM deliveries WHERE day < :before

-- :replies  what servers said
DELETE FROM replies WHERE day < :before

-- :collections  how fetches ended
DELETE FROM collections WHERE day < :before

-- :listings  what was listed
DELETE FROM listings WHERE day < :before

-- :observations  how votes grew of papers that no list has any more
DELETE FROM observations WHERE paper NOT IN (SELECT paper FROM listings)

-- :papers  papers that no list has any more
DELETE FROM papers WHERE id NOT IN (SELECT paper FROM listings)
