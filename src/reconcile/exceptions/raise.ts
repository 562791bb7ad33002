/**
 * Raising many exceptions at once: what is there is read in one statement, what is only seen again is refreshed in one,
 * and only what opens, opens again or changes writes a line of history. A quiet night costs no history.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import type { RaisedException } from '../../domain/exception.ts'
import { raisingOf, type Raising, type Said } from '../../domain/exceptions/transition.ts'
import type { Evidence } from '../../domain/transaction.ts'
import { writeEvents, type NewEvent } from './events.ts'

const KEYS_PER_QUERY = 500

interface Known extends Said {
  readonly source: string
  readonly code: string
  readonly object: string
  readonly number: bigint
  readonly events: bigint
  readonly owner: string | null
  readonly status: 'open' | 'closed'
  readonly resolvedFacts: string | null
}

/** With the place of the bytes it is about, where they are older than the batch that judges them. */
export interface PlacedException extends RaisedException {
  readonly place?: Evidence | null
}

interface Judged {
  readonly raised: PlacedException
  readonly known: Known | undefined
  readonly raising: Raising
}

/** Of several about the same code and object the last one counts. `evidence` is what judges them: it makes their history. */
export async function raiseExceptions(
  db: Kysely<Tables>,
  book: bigint,
  raised: readonly PlacedException[],
  evidence: Evidence,
  atMs: number,
): Promise<void> {
  const latest = new Map(raised.map((each) => [keyOf(each), each]))
  const all = [...latest.values()]
  for (let from = 0; from < all.length; from += KEYS_PER_QUERY) {
    await raiseSome(db, book, all.slice(from, from + KEYS_PER_QUERY), evidence, atMs)
  }
}

async function raiseSome(
  db: Kysely<Tables>,
  book: bigint,
  raised: readonly PlacedException[],
  evidence: Evidence,
  atMs: number,
): Promise<void> {
  const known = await knownOf(db, book, raised)
  const judged = raised.map((each): Judged => {
    const before = known.get(keyOf(each))
    return { raised: each, known: before, raising: raisingOf(each, before ?? null, each) }
  })
  const at = { evidence, ms: atMs }
  const opened = await insertNew(db, book, judged, at)
  await refreshSame(db, book, judged, at)
  const changed: NewEvent[] = []
  for (const each of judged) {
    const event = await updateOther(db, book, each, at)
    if (event !== null) changed.push(event)
  }
  await writeEvents(db, book, [...opened, ...changed], at)
}

interface At {
  readonly evidence: Evidence
  readonly ms: number
}

function seen({ ms }: At, evidence: Evidence) {
  return {
    last_seen_ms: BigInt(ms),
    evidence_batch: BigInt(evidence.batch),
    evidence_item: BigInt(evidence.item),
  }
}

async function knownOf(
  db: Kysely<Tables>,
  book: bigint,
  raised: readonly RaisedException[],
): Promise<ReadonlyMap<string, Known>> {
  const groups = Map.groupBy(raised, ({ source, code }) => JSON.stringify([source, code]))
  const known = new Map<string, Known>()
  for (const group of groups.values()) {
    const [first] = group
    if (first === undefined) continue
    const { source, code } = first
    const rows = await db
      .selectFrom('exception')
      .select(['number', 'events', 'owner', 'object', 'status', 'amount', 'currency', 'detail', 'resolved_facts'])
      .where('book', '=', book)
      .where('source', '=', source)
      .where('code', '=', code)
      .where(
        'object',
        'in',
        group.map(({ object }) => object),
      )
      .execute()
    for (const { resolved_facts: resolvedFacts, ...row } of rows) {
      const found = { ...row, source, code, resolvedFacts }
      known.set(keyOf(found), found)
    }
  }
  return known
}

async function insertNew(
  db: Kysely<Tables>,
  book: bigint,
  judged: readonly Judged[],
  at: At,
): Promise<readonly NewEvent[]> {
  const fresh = judged.filter(({ raising }) => raising === 'opened')
  if (fresh.length === 0) return []
  const last = await lastNumber(db, book)
  const numbered = fresh.map(({ raised: { place, ...said } }, index) => {
    return { said: { ...said, number: last + BigInt(index) + 1n }, place: place ?? at.evidence }
  })
  const rows = numbered.map(({ said, place }) => ({
    ...said,
    ...seen(at, place),
    book,
    status: 'open' as const,
    first_seen_ms: BigInt(at.ms),
    closed_at_ms: null,
    events: 1n,
    owner: null,
    resolution: null,
    resolved_facts: null,
  }))
  await db.insertInto('exception').values(rows).execute()
  return numbered.map(({ said: { number, ...said } }) => eventOf(said, { number, events: 0n, owner: null }, 'opened'))
}

/** 0 when the book has none. */
async function lastNumber(db: Kysely<Tables>, book: bigint): Promise<bigint> {
  const row = await db
    .selectFrom('exception')
    .select('number')
    .where('book', '=', book)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.number ?? 0n
}

/** Those that say word for word what they said before: one statement for all; those with a place of their own keep it. */
async function refreshSame(db: Kysely<Tables>, book: bigint, judged: readonly Judged[], at: At): Promise<void> {
  const same = judged.filter(isWordForWord)
  const placed = same.flatMap(({ known, raised }) => (raised.place && known ? [known.number] : []))
  const others = same.flatMap(({ known, raised }) => (!raised.place && known ? [known.number] : []))
  const refresh = db.updateTable('exception').where('book', '=', book)
  if (placed.length > 0) {
    await refresh
      .set({ last_seen_ms: BigInt(at.ms) })
      .where('number', 'in', placed)
      .execute()
  }
  if (others.length > 0) await refresh.set(seen(at, at.evidence)).where('number', 'in', others).execute()
}

/** Null when no line of history is due. */
async function updateOther(db: Kysely<Tables>, book: bigint, judged: Judged, at: At): Promise<NewEvent | null> {
  const { known, raised, raising } = judged
  if (known === undefined || isWordForWord(judged)) return null
  const { amount, currency, detail } = raised
  const event = raising === 'refreshed' ? null : raising
  const reopened = { status: 'open' as const, closed_at_ms: null, resolution: null, resolved_facts: null }
  await db
    .updateTable('exception')
    .set({
      ...seen(at, raised.place ?? at.evidence),
      amount,
      currency,
      detail,
      ...(event === 'reopened' ? reopened : {}),
      events: known.events + (event === null ? 0n : 1n),
    })
    .where('book', '=', book)
    .where('number', '=', known.number)
    .execute()
  if (event === null) return null
  return eventOf(raised, known, event)
}

function eventOf(
  { amount, currency, detail }: Said,
  { number, events, owner }: Pick<Known, 'number' | 'events' | 'owner'>,
  event: Exclude<Raising, 'refreshed'>,
): NewEvent {
  return { exception: number, n: events + 1n, event, status: 'open', owner, amount, currency, detail }
}

function isWordForWord({ known, raised, raising }: Judged): boolean {
  if (raising !== 'refreshed' || known === undefined) return false
  return known.amount === raised.amount && known.currency === raised.currency && known.detail === raised.detail
}

function keyOf({ source, code, object }: Pick<Known, 'source' | 'code' | 'object'>): string {
  return JSON.stringify([source, code, object])
}
