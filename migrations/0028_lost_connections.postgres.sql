-- Each transaction of a process leaves its own mark and takes the one before it away. When the answer to a COMMIT is lost,
-- the mark tells whether it was kept; when a mark that was kept is gone, the database has lost what it had confirmed.
CREATE TABLE commit_mark (
  id text PRIMARY KEY,
  made_at_ms bigint NOT NULL
);

-- How the last attempt ended, in the words of the program; '' for nights of older programs and those that run.
ALTER TABLE schedule_tick ADD COLUMN outcome text NOT NULL DEFAULT '';
