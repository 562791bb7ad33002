-- Two questions about few of very many orders, asked at every reading of a wallet.
CREATE INDEX order_state_tied ON order_state (book, source, order_id) WHERE gross_basis = 'tied';
CREATE INDEX order_state_full_charge ON order_state (book, source, order_id) WHERE status = 'partial' AND refunded > 0;
