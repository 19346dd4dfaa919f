-- :take_in  notes a mail; no row when it was taken in before
INSERT INTO taken_in (mail, at) VALUES (:mail, :at) ON CONFLICT (mail) DO NOTHING

-- :forget_mails  what came so long ago that it will not come again
DELETE FROM taken_in WHERE at < :before

-- :items  how much a reader has asked for by mail on a day
SELECT count(*) FROM asked_by_mail WHERE reader = :reader AND day = :day

-- :ask  keeps what was asked for, until its reader says yes
INSERT INTO asked_by_mail (reader, day, item, commands) VALUES (:reader, :day, :item, :commands)
ON CONFLICT (reader, day, item) DO NOTHING

-- :asked  what was asked for, and when it was done
SELECT commands, done FROM asked_by_mail WHERE reader = :reader AND day = :day AND item = :item

-- :do  it was done
UPDATE asked_by_mail SET done = :at
WHERE reader = :reader AND day = :day AND item = :item AND done IS NULL

-- :forget_asked  what can be confirmed no more
DELETE FROM asked_by_mail WHERE day < :before

-- :answer  keeps an answer until it is handed over
INSERT INTO answers (address, at, answer) VALUES (:address, :at, :answer)

-- :waiting  answers that are due, oldest first
SELECT id, answer FROM answers WHERE handed IS NULL AND at >= :after ORDER BY id LIMIT :limit

-- :handed  an answer is handed over, or is due again
UPDATE answers SET handed = :at WHERE id = :id

-- :forget_answers  what was handed over, or is too old to be wanted
DELETE FROM answers WHERE at < :before
