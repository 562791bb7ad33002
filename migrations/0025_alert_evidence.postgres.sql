-- By which reading an alert was last judged: one that is about a source's figure changes only with a newer reading.
ALTER TABLE alert ADD COLUMN evidence_batch bigint;
