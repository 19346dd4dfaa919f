-- :generation  how often something was sent from this store
SELECT generation FROM memory

-- :advance  something is sent
UPDATE memory SET generation = generation + 1

-- :adopt  this store is the truth from now on
UPDATE memory SET generation = :generation,
  forgotten = CASE WHEN forgotten > :forgotten THEN forgotten ELSE :forgotten END

-- :forgotten  the last day whose deliveries are no longer known
SELECT forgotten FROM memory

-- :forget  deliveries up to a day are no longer known
UPDATE memory SET forgotten = :day WHERE forgotten < :day
