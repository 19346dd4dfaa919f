-- :columns  what is told of a paper on a list; the names below are those of digest/store/paper_row.py
p.paper, p.title, p.abstract, p.authors, p.url, p.summary, p.organization, p.categories,
p.keywords, p.pdf, p.code, p.project, p.thumbnail, p.published, p.extra,
l.day, l.listed, l.announced, l.source

-- :known  the works behind names, with what stands for each
SELECT a.alias, p.id, p.paper FROM aliases AS a JOIN papers AS p ON p.id = a.paper
WHERE a.alias IN (SELECT value FROM json_each(:names))

-- :names  all names of works
SELECT paper, alias FROM aliases WHERE paper IN (SELECT CAST(value AS BIGINT) FROM json_each(:works))

-- :make  adds a work
INSERT INTO papers (paper, title, abstract, authors, url, summary, organization, categories,
                    keywords, pdf, code, project, thumbnail, published)
VALUES (:paper, '', '', '[]', '', '', '', '[]', '[]', '', '', '', '', NULL)
ON CONFLICT (paper) DO NOTHING

-- :name_made  a new work has its id as its first name
INSERT INTO aliases (alias, paper) SELECT :alias, id FROM papers WHERE paper = :paper
ON CONFLICT (alias) DO NOTHING

-- :rename  gives a work a better id
UPDATE papers SET paper = :paper WHERE id = :work

-- :name  gives a work another name; one that is taken stays where it is
INSERT INTO aliases (alias, paper) VALUES (:alias, :work) ON CONFLICT (alias) DO NOTHING

-- :put  what is known of a work, all told
UPDATE papers SET
  title = :title, abstract = :abstract, authors = :authors, url = :url, summary = :summary,
  organization = :organization, categories = :categories, keywords = :keywords, pdf = :pdf,
  code = :code, project = :project, thumbnail = :thumbnail, published = :published, extra = :extra
WHERE id = :work

-- :tellings  what each source told of works
SELECT paper, source, told FROM tellings
WHERE paper IN (SELECT CAST(value AS BIGINT) FROM json_each(:works))

-- :tell  what a source tells of a work
INSERT INTO tellings (paper, source, told) VALUES (:work, :source, :told)
ON CONFLICT (paper, source) DO UPDATE SET told = excluded.told

-- :join_listings  two works are one: what lists the second lists the first
INSERT INTO listings (day, source, paper, listed, announced, seen)
SELECT day, source, :work, listed, announced, seen FROM listings WHERE paper = :other
ON CONFLICT (day, source, paper) DO NOTHING

-- :join_observations  and what was observed of the second was observed of the first
INSERT INTO observations (paper, observed, source, upvotes, comments, stars)
SELECT :work, observed, source, upvotes, comments, stars FROM observations WHERE paper = :other
ON CONFLICT (paper, observed, source) DO NOTHING

-- :leave_listings  nothing lists the second any more
DELETE FROM listings WHERE paper = :other

-- :leave_observations  nothing is observed of it
DELETE FROM observations WHERE paper = :other

-- :leave_tellings  nobody tells of it
DELETE FROM tellings WHERE paper = :other

-- :join_revisions  what was a revision of the second is one of the first
INSERT INTO revisions (paper, version, day, at, changed)
SELECT :work, version, day, at, changed FROM revisions WHERE paper = :other
ON CONFLICT (paper, version) DO NOTHING

-- :leave_revisions  nothing is a revision of it
DELETE FROM revisions WHERE paper = :other

-- :join_names  its names are the first one's
UPDATE aliases SET paper = :work WHERE paper = :other

-- :join_works  and so is whatever was joined to it before
UPDATE papers SET work = :work WHERE id = :other OR work = :other

-- :list  puts a work on a day's list
INSERT INTO listings (day, source, paper, listed, announced, seen)
VALUES (:day, :source, :work, :listed, :announced, :seen)
ON CONFLICT (day, source, paper) DO UPDATE SET
  listed = COALESCE(excluded.listed, listings.listed), announced = excluded.announced

-- :observe  what was counted at an instant; never overwritten
INSERT INTO observations (paper, observed, source, upvotes, comments, stars)
VALUES (:work, :observed, :source, :upvotes, :comments, :stars)
ON CONFLICT (paper, observed, source) DO NOTHING

-- :collected  how a fetch ended
INSERT INTO collections (day, source, at, verdict, papers, new, updated, detail)
VALUES (:day, :source, :at, :verdict, :papers, :new, :updated, :detail)
ON CONFLICT (day, source, at) DO UPDATE SET
  verdict = excluded.verdict, papers = excluded.papers, new = excluded.new,
  updated = excluded.updated, detail = excluded.detail

-- :revise  a major revision; a version that is one already stays as it was first seen
INSERT INTO revisions (paper, version, day, at, changed)
VALUES (:work, :version, :day, :at, :changed)
ON CONFLICT (paper, version) DO NOTHING

-- :revisions  the major revisions of works that were listed up to a day, oldest first
SELECT p.paper, r.version, r.day, r.at, r.changed
FROM papers AS p JOIN revisions AS r ON r.paper = p.id
WHERE r.day <= :day AND p.paper IN (SELECT value FROM json_each(:papers))
ORDER BY p.paper, r.version

-- :collections  the newest fetch of each source for a day, up to an instant
SELECT source, day, verdict, papers, new, updated, at, detail FROM collections AS c
WHERE day = :day AND at = (SELECT max(at) FROM collections AS d
                           WHERE d.day = c.day AND d.source = c.source AND d.at <= :until)
ORDER BY source

-- :of_day  what a day lists, as it was last observed up to an instant, or first of all
SELECT {columns}, o.upvotes, o.comments, o.stars, o.observed
FROM listings AS l
JOIN papers AS p ON p.id = l.paper
LEFT JOIN observations AS o ON o.paper = l.paper AND o.source = l.source AND o.observed =
  (SELECT CASE WHEN :earliest = 1 THEN min(observed) ELSE max(observed) END FROM observations AS n
   WHERE n.paper = l.paper AND n.source = l.source AND n.observed <= :until)
WHERE l.day BETWEEN :first AND :last AND (:source = '' OR l.source = :source)
ORDER BY p.paper, l.day DESC, l.source

-- :late  works that were first seen after the first choice for an edition that would have held them
SELECT w.paper, w.day, w.seen FROM
  (SELECT p.paper AS paper, max(l.day) AS day, min(COALESCE(l.seen, 0)) AS seen
   FROM listings AS l JOIN papers AS p ON p.id = l.paper
   WHERE l.day BETWEEN :first AND :last GROUP BY p.paper) AS w
WHERE w.seen > (SELECT min(e.at) FROM editions AS e WHERE e.day >= w.day)

-- :get  papers by name, as they were last observed
SELECT {columns}, o.upvotes, o.comments, o.stars, o.observed, a.alias
FROM aliases AS a
JOIN papers AS p ON p.id = a.paper
JOIN listings AS l ON l.paper = p.id
LEFT JOIN observations AS o ON o.paper = l.paper AND o.source = l.source AND o.observed =
  (SELECT max(observed) FROM observations AS n
   WHERE n.paper = l.paper AND n.source = l.source AND n.observed <= :until)
WHERE a.alias IN (SELECT value FROM json_each(:papers))
ORDER BY a.alias, l.day DESC, l.source

-- :history  the newest papers before a day
SELECT {columns}, NULL, NULL, NULL, NULL
FROM listings AS l JOIN papers AS p ON p.id = l.paper
WHERE l.day < :before
ORDER BY l.day DESC, p.paper, l.source LIMIT :limit

-- :days  the days that hold papers, newest first
SELECT DISTINCT day FROM listings WHERE day <= :until ORDER BY day DESC LIMIT :limit

-- :previous  the newest list of a source before a day
SELECT p.paper FROM listings AS l JOIN papers AS p ON p.id = l.paper
WHERE l.source = :source AND l.day =
  (SELECT max(day) FROM listings WHERE source = :source AND day < :day)

-- :usual  how many papers a source had on earlier days of the same weekday, the newest first
SELECT count(*) FROM listings
WHERE source = :source AND day < :day AND day >= :since AND (:day - day) % 7 = 0
GROUP BY day ORDER BY day DESC LIMIT :limit

-- :series  how the counts of a day's papers grew, whoever counted
SELECT p.paper, o.observed, o.upvotes, o.comments, o.stars
FROM papers AS p JOIN observations AS o ON o.paper = p.id
WHERE p.id IN (SELECT paper FROM listings WHERE day = :day)
ORDER BY p.paper, o.observed, o.source
