/**
 * Books as an older version of the program left them: its tables, with what it could have put into them. The program of
 * today fills them, since no other is at hand, so a book is taken back only as far as nothing in it is of a newer kind; what
 * the older version would have derived otherwise stays as it is.
 */
import type BetterSqlite3 from 'better-sqlite3'

interface StepBack {
  /** What the version before did not have. */
  readonly migration: string
  /** Finds rows in what that version could not have made. */
  readonly newer: string | null
  readonly back: string
}

/** The newest first; of SQLite. */
const STEPS_BACK: readonly StepBack[] = [
  {
    migration: '0033_tied_orders',
    newer: null,
    back: 'drop index order_state_tied; drop index order_state_full_charge; drop index order_state_decimals',
  },
  { migration: '0032_counter_standing', newer: null, back: 'drop table counter_standing' },
  {
    migration: '0031_refunds_due',
    newer: `select 1 from order_state where refund_due > 0 or refund_due_ms is not null
      union all select 1 from refund_rule where status <> 'learning'
      union all select 1 from landing where kind = 'refund-rule'`,
    back: `drop table refund_rule;
      drop index order_state_refund_due;
      alter table order_state drop column refund_due_ms;
      alter table order_state drop column refund_due`,
  },
  {
    migration: '0030_refund_proof',
    // One rounding of a source, for its partial refunds and completions alike, and none that was excluded.
    newer: `select 1 from refund_rounding_excluded
      union all select 1 from refund_rounding as one
        where refund_case = 'cancel' or not exists (
          select 1 from refund_rounding as other where other.book = one.book and other.source = one.source
            and other.refund_case not in (one.refund_case, 'cancel')
            and other.mode = one.mode and other.decimals = one.decimals)
      union all select 1 from wallet_change
      union all select 1 from order_state where pending is not null and claim_batch is not evidence_batch`,
    back: `drop table wallet_change;
      drop table refund_rounding_excluded;
      create table refund_rounding_of_source (
        book INTEGER NOT NULL REFERENCES book (id),
        source INTEGER NOT NULL,
        mode TEXT NOT NULL CHECK (mode IN ('half-up', 'half-even', 'floor', 'ceil')),
        decimals INTEGER NOT NULL CHECK (decimals BETWEEN 0 AND 8),
        PRIMARY KEY (book, source)
      ) STRICT, WITHOUT ROWID;
      insert into refund_rounding_of_source select book, source, mode, decimals from refund_rounding
        where refund_case = 'partial';
      drop table refund_rounding;
      alter table refund_rounding_of_source rename to refund_rounding;
      alter table wallet_reading drop column decimals;
      alter table order_state drop column claim_from_open;
      alter table order_state drop column claim_batch`,
  },
]

/** What a book can be made to lack, the newest first. */
export const NEWEST_MIGRATIONS: readonly string[] = STEPS_BACK.map(({ migration }) => migration)

/** Takes so many of the newest migrations back, or as many as the book allows; gives their names. */
export function makeOlder(raw: BetterSqlite3.Database, steps: number): readonly string[] {
  const taken: string[] = []
  for (const { migration, newer, back } of STEPS_BACK.slice(0, steps)) {
    if (newer !== null && raw.prepare(newer).get() !== undefined) break
    raw.exec(back)
    raw.prepare('delete from migration where name = ?').run(migration)
    taken.push(migration)
  }
  return taken
}
