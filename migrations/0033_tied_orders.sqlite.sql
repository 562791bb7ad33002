-- Three questions about few of very many orders, asked when a wallet was read.
CREATE INDEX order_state_tied ON order_state (book, source, order_id) WHERE gross_basis = 'tied';
CREATE INDEX order_state_full_charge ON order_state (book, source, order_id) WHERE status = 'partial' AND refunded > 0 AND charge = gross;
CREATE INDEX order_state_decimals ON order_state (book, source, charge_decimals) WHERE charge IS NOT NULL;
