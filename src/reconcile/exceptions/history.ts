/**
 * What the queue has said: the lines of one exception, and all that was open at an instant, with the amounts it had then.
 * A report of the past reads this, and not the exceptions as they stand today.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import type { Units } from '../../domain/money/money.ts'
import type { Evidence } from '../../domain/transaction.ts'
import type { StoredException } from '../exceptions.ts'
import type { ExceptionEventKind } from './events.ts'

export interface ExceptionEvent {
  readonly n: number
  readonly atMs: number
  readonly event: ExceptionEventKind
  readonly amount: Units | null
  readonly currency: string | null
  readonly detail: string
  readonly owner: string | null
  readonly evidence: Evidence | null
  /** Who assigned or resolved it. */
  readonly by: string | null
  readonly why: string | null
  readonly resolution: string | null
  /** The decision about a match that made the change; null for any other change. */
  readonly decision: ChangingDecision | null
}

interface ChangingDecision {
  /** "ignore", "match", "unmatch". */
  readonly decide: string
  readonly match: number | null
  readonly by: string
  readonly why: string
}

/** From the first line to the last. */
export async function historyOf(db: Kysely<Tables>, book: bigint, number: number): Promise<readonly ExceptionEvent[]> {
  const rows = await db
    .selectFrom('exception_event as event')
    .leftJoin('match_decision as made', (join) =>
      join
        .onRef('made.book', '=', 'event.book')
        .onRef('made.batch', '=', 'event.evidence_batch')
        .onRef('made.item', '=', 'event.evidence_item'),
    )
    .selectAll('event')
    .select(['made.decide', 'made.match', 'made.decided_by', 'made.decided_why'])
    .where('event.book', '=', book)
    .where('event.exception', '=', BigInt(number))
    .orderBy('event.n')
    .execute()
  return rows.map((row) => ({
    n: Number(row.n),
    atMs: Number(row.at_ms),
    event: row.event,
    amount: row.amount,
    currency: row.currency,
    detail: row.detail,
    owner: row.owner,
    evidence: placeOf(row),
    by: row.by_person,
    why: row.why,
    resolution: row.resolution,
    decision: decisionOf(row),
  }))
}

interface MadeRow {
  readonly decide: string | null
  readonly match: bigint | null
  readonly decided_by: string | null
  readonly decided_why: string | null
}

function decisionOf({ decide, match, decided_by: by, decided_why: why }: MadeRow): ChangingDecision | null {
  if (decide === null || by === null || why === null) return null
  return { decide, match: match === null ? null : Number(match), by, why }
}

/** "by the decision of Ann on match 4 (ignore): seen on paper". */
export function decisionText({ decide, match, by, why }: ChangingDecision): string {
  return `by the decision of ${by}${match === null ? '' : ` on match ${match}`} (${decide}): ${why}`
}

/**
 * What was open as far as was known at an instant, by number. Amounts, details and owners are those of then; `evidence`
 * is what had raised or changed it last, and `lastSeenMs` when that was.
 */
export async function exceptionsAt(
  db: Kysely<Tables>,
  book: bigint,
  knownAtMs: number,
): Promise<readonly StoredException[]> {
  const rows = await db
    .selectFrom('exception_event as event')
    .innerJoin(
      (query) =>
        query
          .selectFrom('exception_event')
          .select((each) => ['exception as number', each.fn.max('n').as('last')])
          .where('book', '=', book)
          .where('at_ms', '<=', BigInt(knownAtMs))
          .groupBy('exception')
          .as('known'),
      (join) => join.onRef('known.number', '=', 'event.exception').onRef('known.last', '=', 'event.n'),
    )
    .innerJoin('exception', (join) =>
      join.onRef('exception.book', '=', 'event.book').onRef('exception.number', '=', 'event.exception'),
    )
    .selectAll('event')
    .select(['exception.source', 'exception.code', 'exception.object', 'exception.first_seen_ms'])
    .select((row) =>
      row
        .selectFrom('exception_event as opening')
        .select(({ fn }) => fn.max('opening.at_ms').as('at'))
        .whereRef('opening.book', '=', 'event.book')
        .whereRef('opening.exception', '=', 'event.exception')
        .whereRef('opening.n', '<=', 'event.n')
        .where('opening.event', 'in', ['opened', 'reopened'])
        .as('opened_ms'),
    )
    .where('event.book', '=', book)
    .where('event.status', '=', 'open')
    .orderBy('event.exception')
    .execute()
  return rows.map((row) => ({
    number: Number(row.exception),
    source: row.source,
    code: row.code,
    object: row.object,
    status: 'open',
    amount: row.amount,
    currency: row.currency,
    detail: row.detail,
    firstSeenMs: Number(row.first_seen_ms),
    openedMs: Number(row.opened_ms ?? row.first_seen_ms),
    lastSeenMs: Number(row.at_ms),
    closedAtMs: null,
    evidence: placeOf(row) ?? { batch: 0, item: 0 },
    owner: row.owner,
    resolution: null,
  }))
}

interface PlaceRow {
  readonly evidence_batch: bigint | null
  readonly evidence_item: bigint | null
}

function placeOf({ evidence_batch: batch, evidence_item: item }: PlaceRow): Evidence | null {
  return batch === null || item === null ? null : { batch: Number(batch), item: Number(item) }
}
