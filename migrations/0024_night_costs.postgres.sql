-- What a night and a small import look up must not grow with the history: indexes of days, and the proofs as they stood.

-- A payout is found by its reference or near its day, not among all there ever were.
CREATE INDEX counter_payout_reference ON counter_payout (book, source, reference);
CREATE INDEX counter_payout_day ON counter_payout (book, source, paid_on);

-- Which matches convert between currencies, without reading what all the others post.
CREATE INDEX match_leg_converting ON match_leg (book, match) WHERE side = 'line' AND strpos(posts, 'conversion-') > 0;
