-- How a reader wishes to be chosen for, where otherwise than the installation has it: a JSON object
-- of quiet, fill, serendipity, again; most readers wish nothing.
ALTER TABLE subscribers ADD COLUMN manner TEXT NOT NULL DEFAULT '';
