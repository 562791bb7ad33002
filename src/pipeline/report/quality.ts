/**
 * Section F, quality: how much of what statements show was explained by then, by which rule, and how often
 * a person had to take a match back. Only what was landed by the night counts, so an old page stays as it was.
 */
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import type { Units } from '../../domain/money/money.ts'
import type { ReconcileSummary } from '../process/match-summary.ts'
import type { Window } from './window.ts'

export interface QualityLine {
  readonly currency: string
  /** Lines of money accounts that moved money. */
  readonly lines: number
  /** Settled in full, by step: "exact", "reference", "rule", "decision". */
  readonly steps: readonly { readonly step: string; readonly count: number }[]
  readonly unmatched: { readonly count: number; readonly in: Units; readonly out: Units }
  /** Settled lines in tenths of a per cent, rounded down; null without lines. */
  readonly rateTenths: number | null
}

export interface Quality {
  readonly currencies: readonly QualityLine[]
  /** Of the last reconciliation by then: they wait for a person. */
  readonly proposed: number
  /** Automatic matches that a person undid in the 30 days before. */
  readonly reversals: number
}

const DAYS_30_MS = 30 * 86_400_000

export async function qualityOf(db: Kysely<Tables>, book: bigint, window: Window): Promise<Quality> {
  const batch = BigInt(window.known.batch)
  const rows = await settledLines(db, book, batch)
  const byCurrency = Map.groupBy(rows, ({ currency }) => currency)
  const run = await lastRun(db, book, batch)
  const proposed = (run?.currencies ?? []).reduce((sum, { endings }) => sum + endings.proposed.count, 0)
  return {
    currencies: [...byCurrency].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([currency, of]) => lineOf(currency, of)),
    proposed,
    reversals: await countReversals(db, book, window),
  }
}

interface Settled {
  readonly currency: string
  /** Null for lines that are not settled in full. */
  readonly step: string | null
  readonly count: bigint
  readonly in: Units
  readonly out: Units
}

function lineOf(currency: string, rows: readonly Settled[]): QualityLine {
  const lines = rows.reduce((sum, { count }) => sum + Number(count), 0)
  const open = rows.find(({ step }) => step === null)
  const unmatched = { count: Number(open?.count ?? 0n), in: open?.in ?? 0n, out: open?.out ?? 0n }
  const steps = rows.flatMap(({ step, count }) => (step === null ? [] : [{ step, count: Number(count) }]))
  const rateTenths = lines === 0 ? null : Math.floor(((lines - unmatched.count) * 1000) / lines)
  return { currency, lines, steps, unmatched, rateTenths }
}

/** Every counted line of a money account once: by currency and by the first step that settles it, or null. The sums are of what is open. */
async function settledLines(db: Kysely<Tables>, book: bigint, batch: bigint): Promise<readonly Settled[]> {
  const { rows } = await sql<Settled>`
    select line.currency,
      case when held.settled = line.amount then held.step end as step,
      count(*) as count,
      cast(sum(case when line.amount > 0 then line.amount - coalesce(held.settled, 0) else 0 end) as bigint) as "in",
      cast(sum(case when line.amount < 0 then line.amount - coalesce(held.settled, 0) else 0 end) as bigint) as out
    from statement_line as line
    left join (
      select leg.ref, min(match.step) as step, cast(sum(leg.amount) as bigint) as settled
      from match_leg as leg join match_group as match on match.book = leg.book and match.id = leg.match
      where leg.book = ${book} and leg.side = 'line' and match.status <> 'proposed' and match.batch <= ${batch}
        and (match.undone_batch is null or match.undone_batch > ${batch})
      group by leg.ref
    ) as held on held.ref = line.id
    where line.book = ${book} and line.uncounted is null and line.batch <= ${batch}
      and line.account in (select id from source where book = ${book} and kind = 'money')
    group by 1, 2
    order by 1, 2`.execute(db)
  return rows
}

async function lastRun(db: Kysely<Tables>, book: bigint, batch: bigint): Promise<ReconcileSummary | null> {
  const row = await db
    .selectFrom('match_run')
    .select('summary')
    .where('book', '=', book)
    .where('batch', '<=', batch)
    .orderBy('batch', 'desc')
    .orderBy('item', 'desc')
    .limit(1)
    .executeTakeFirst()
  // Written by saveSummary alone.
  return row === undefined ? null : (JSON.parse(row.summary) as ReconcileSummary)
}

async function countReversals(db: Kysely<Tables>, book: bigint, { known, knownAtMs }: Window): Promise<number> {
  const row = await db
    .selectFrom('match_group')
    .select(({ fn }) => fn.countAll<bigint>().as('count'))
    .where('book', '=', book)
    .where('origin', '=', 'automatic')
    .where('undone_by', 'is not', null)
    .where('undone_batch', '<=', BigInt(known.batch))
    .where('undone_at_ms', '>', BigInt(knownAtMs - DAYS_30_MS))
    .executeTakeFirstOrThrow()
  return Number(row.count)
}
