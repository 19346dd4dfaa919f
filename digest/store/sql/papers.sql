-- :known  the stored ids of papers
SELECT paper, id FROM papers WHERE paper IN (SELECT value FROM json_each(:papers))

-- :put  adds a paper, or corrects what a source tells of it; what it no longer tells stays
INSERT INTO papers (paper, title, abstract, authors, url, summary, organization, categories,
                    keywords, pdf, code, project, thumbnail, published)
VALUES (:paper, :title, :abstract, :authors, :url, :summary, :organization, :categories,
        :keywords, :pdf, :code, :project, :thumbnail, :published)
ON CONFLICT (paper) DO UPDATE SET
  title = excluded.title,
  abstract = CASE WHEN excluded.abstract = '' THEN papers.abstract ELSE excluded.abstract END,
  authors = CASE WHEN excluded.authors = '[]' THEN papers.authors ELSE excluded.authors END,
  url = CASE WHEN excluded.url = '' THEN papers.url ELSE excluded.url END,
  summary = CASE WHEN excluded.summary = '' THEN papers.summary ELSE excluded.summary END,
  organization =
    CASE WHEN excluded.organization = '' THEN papers.organization ELSE excluded.organization END,
  categories = CASE WHEN excluded.categories = '[]' THEN papers.categories ELSE excluded.categories END,
  keywords = CASE WHEN excluded.keywords = '[]' THEN papers.keywords ELSE excluded.keywords END,
  pdf = CASE WHEN excluded.pdf = '' THEN papers.pdf ELSE excluded.pdf END,
  code = CASE WHEN excluded.code = '' THEN papers.code ELSE excluded.code END,
  project = CASE WHEN excluded.project = '' THEN papers.project ELSE excluded.project END,
  thumbnail = CASE WHEN excluded.thumbnail = '' THEN papers.thumbnail ELSE excluded.thumbnail END,
  published = COALESCE(excluded.published, papers.published)

-- :list  puts a paper on a day's list
INSERT INTO listings (day, source, paper, listed)
SELECT :day, :source, id, :listed FROM papers WHERE paper = :paper
ON CONFLICT (day, source, paper) DO UPDATE SET listed = COALESCE(excluded.listed, listings.listed)

-- :observe  what the votes were at an instant
INSERT INTO observations (paper, observed, source, upvotes, comments, stars)
SELECT id, :observed, :source, :upvotes, :comments, :stars FROM papers WHERE paper = :paper
ON CONFLICT (paper, observed, source) DO NOTHING

-- :collected  how a fetch ended
INSERT INTO collections (day, source, at, verdict, papers, new, updated, detail)
VALUES (:day, :source, :at, :verdict, :papers, :new, :updated, :detail)
ON CONFLICT (day, source, at) DO UPDATE SET
  verdict = excluded.verdict, papers = excluded.papers, new = excluded.new,
  updated = excluded.updated, detail = excluded.detail

-- :collections  the newest fetch of each source for a day
SELECT source, day, verdict, papers, new, updated, at, detail FROM collections AS c
WHERE day = :day AND at = (SELECT max(at) FROM collections AS d WHERE d.day = c.day AND d.source = c.source)
ORDER BY source

-- :of_day  what a day lists, as it was last observed up to an instant, or first of all
SELECT p.paper, p.title, p.abstract, p.authors, p.url, p.summary, p.organization, p.categories,
       p.keywords, p.pdf, p.code, p.project, p.thumbnail, p.published,
       o.upvotes, o.comments, o.stars, l.day, l.listed, o.observed, l.source
FROM listings AS l
JOIN papers AS p ON p.id = l.paper
LEFT JOIN observations AS o ON o.paper = l.paper AND o.source = l.source AND o.observed =
  (SELECT CASE WHEN :earliest = 1 THEN min(observed) ELSE max(observed) END FROM observations AS n
   WHERE n.paper = l.paper AND n.source = l.source AND n.observed <= :until)
WHERE l.day BETWEEN :first AND :last AND (:source = '' OR l.source = :source)
ORDER BY o.upvotes DESC NULLS LAST, p.paper, l.day DESC, l.source

-- :get  papers by id, as they were last observed
SELECT p.paper, p.title, p.abstract, p.authors, p.url, p.summary, p.organization, p.categories,
       p.keywords, p.pdf, p.code, p.project, p.thumbnail, p.published,
       o.upvotes, o.comments, o.stars, l.day, l.listed, o.observed, l.source
FROM papers AS p
JOIN listings AS l ON l.paper = p.id
LEFT JOIN observations AS o ON o.paper = l.paper AND o.source = l.source AND o.observed =
  (SELECT max(observed) FROM observations AS n
   WHERE n.paper = l.paper AND n.source = l.source AND n.observed <= :until)
WHERE p.paper IN (SELECT value FROM json_each(:papers))
ORDER BY p.paper, l.day DESC, l.source

-- :history  the newest papers before a day
SELECT p.paper, p.title, p.abstract, p.authors, p.url, p.summary, p.organization, p.categories,
       p.keywords, p.pdf, p.code, p.project, p.thumbnail, p.published,
       NULL, NULL, NULL, l.day, l.listed, NULL, l.source
FROM listings AS l JOIN papers AS p ON p.id = l.paper
WHERE l.day < :before
ORDER BY l.day DESC, p.paper, l.source LIMIT :limit

-- :days  the days that hold papers, newest first
SELECT DISTINCT day FROM listings WHERE day <= :until ORDER BY day DESC LIMIT :limit
