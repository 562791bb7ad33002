/**
 * Books as an older version of the program left them: its tables, with what it could have put into them. The program of
 * today fills them, since no other is at hand, so a book is taken back only as far as nothing in it is of a newer kind; what
 * the older version would have derived otherwise stays as it is.
 */
import type BetterSqlite3 from 'better-sqlite3'
import { migrationFiles } from '../../../src/db/migration-files.ts'

interface StepBack {
  /** What the version before did not have. */
  readonly migration: string
  /** Finds rows in what that version could not have made. */
  readonly newer: string | null
  readonly back: string
}

/** The table as the first version's script makes it, word for word: `ledger verify` compares definitions. */
function landingOfBefore(): string {
  const script = migrationFiles('sqlite').find(({ name }) => name === '0002_evidence')?.script ?? ''
  const [table = ''] = /CREATE TABLE landing \([^;]*\) STRICT/.exec(script) ?? []
  return table.replace('landing', 'landing_of_before')
}

/** The newest first; of SQLite. */
const STEPS_BACK: readonly StepBack[] = [
  {
    migration: '0034_log',
    newer: null,
    back: `${['in_order', 'no_late', 'no_update', 'no_delete'].map((name) => `drop trigger log_record_${name};`).join(' ')}
      ${['no_replace', 'no_update', 'no_delete'].map((name) => `drop trigger log_body_${name};`).join(' ')}
      alter table log_record rename to landing;
      ${landingOfBefore()};
      insert into landing_of_before select book, batch, item, kind, source, request, at_ms, http_status, content_type,
        encoding, body, body_bytes, body_sha256 from landing join log_body using (book, batch, item);
      drop table log_body;
      drop table landing;
      pragma legacy_alter_table = on;
      alter table landing_of_before rename to landing;
      pragma legacy_alter_table = off;
      CREATE INDEX landing_rates ON landing (book, request, batch) WHERE kind = 'rates';
      CREATE TRIGGER landing_no_update BEFORE UPDATE ON landing
      BEGIN SELECT RAISE(ABORT, 'landing rows are evidence and never change'); END;
      CREATE TRIGGER landing_no_delete BEFORE DELETE ON landing
      BEGIN SELECT RAISE(ABORT, 'landing rows are evidence and are never deleted'); END;
      CREATE TRIGGER landing_no_replace BEFORE INSERT ON landing
      WHEN EXISTS (SELECT 1 FROM landing WHERE book = NEW.book AND batch = NEW.batch AND item = NEW.item)
      BEGIN SELECT RAISE(ABORT, 'this landing row exists'); END;
      CREATE TRIGGER landing_no_late BEFORE INSERT ON landing
      WHEN NEW.batch <= (SELECT batch FROM processed WHERE book = NEW.book)
      BEGIN SELECT RAISE(ABORT, 'a processed batch takes no more items'); END`,
  },
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
