/** What people decided about matches: pairs they separated, which no rule joins again, and every decision as it was taken. */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import { refusalKey } from '../domain/matching/match.ts'
import type { Evidence } from '../domain/transaction.ts'
import type { HumanWord } from './matches.ts'

/** Pairs no rule may match again, as the engine asks for them; item 0 is the rule that settles a line by itself. */
export async function readRefusals(db: Kysely<Tables>, book: bigint): Promise<ReadonlySet<string>> {
  const rows = await db.selectFrom('match_refusal').select(['line', 'open_item']).where('book', '=', book).execute()
  return new Set(rows.map(({ line, open_item }) => refusalKey(String(line), String(open_item))))
}

export async function saveRefusals(
  db: Kysely<Tables>,
  book: bigint,
  pairs: readonly { readonly line: bigint; readonly item: bigint }[],
  place: Evidence,
  { by, why, atMs }: HumanWord,
): Promise<void> {
  for (const { line, item } of pairs) {
    await db
      .insertInto('match_refusal')
      .values({
        book,
        line,
        open_item: item,
        batch: BigInt(place.batch),
        item: BigInt(place.item),
        decided_by: by,
        decided_why: why,
        decided_at_ms: BigInt(atMs),
      })
      .onConflict((conflict) => conflict.columns(['book', 'line', 'open_item']).doNothing())
      .execute()
  }
}

/** A person who matches a refused pair takes the refusal back. */
export async function dropRefusals(
  db: Kysely<Tables>,
  book: bigint,
  lines: readonly bigint[],
  items: readonly bigint[],
): Promise<void> {
  if (lines.length === 0 || items.length === 0) return
  await db
    .deleteFrom('match_refusal')
    .where('book', '=', book)
    .where('line', 'in', [...lines])
    .where('open_item', 'in', [...items])
    .execute()
}

export interface DecisionTaken {
  readonly place: Evidence
  readonly decision: string
  readonly word: HumanWord
  /** As it was landed. */
  readonly request: unknown
  /** The match it made, confirmed or ended; null of what waits for a second person. */
  readonly match: bigint | null
}

export async function saveDecision(db: Kysely<Tables>, book: bigint, taken: DecisionTaken): Promise<void> {
  const { place, decision, word, request, match } = taken
  await db
    .insertInto('match_decision')
    .values({
      book,
      batch: BigInt(place.batch),
      item: BigInt(place.item),
      decide: decision,
      decided_by: word.by,
      decided_why: word.why,
      decided_at_ms: BigInt(word.atMs),
      request: JSON.stringify(request),
      match,
    })
    .execute()
}

/** All that people decided, in the order of the landing. */
export async function allDecisions(
  db: Kysely<Tables>,
  book: bigint,
): Promise<readonly { readonly request: string; readonly match: bigint | null; readonly atMs: number }[]> {
  const rows = await db
    .selectFrom('match_decision')
    .select(['request', 'match', 'decided_at_ms'])
    .where('book', '=', book)
    .orderBy('batch')
    .orderBy('item')
    .execute()
  return rows.map(({ request, match, decided_at_ms: atMs }) => ({ request, match, atMs: Number(atMs) }))
}

/** Decisions of one kind, the newest first. */
export async function decisionsOf(
  db: Kysely<Tables>,
  book: bigint,
  decide: string,
): Promise<readonly { readonly by: string; readonly request: string; readonly match: bigint | null }[]> {
  return db
    .selectFrom('match_decision')
    .select(['decided_by as by', 'request', 'match'])
    .where('book', '=', book)
    .where('decide', '=', decide)
    .orderBy('batch', 'desc')
    .orderBy('item', 'desc')
    .execute()
}
