/**
 * A print that was taken for a known line, made a line of its own because a person says so. It stands where the print
 * stands, and the known line stays what it was.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import type { Units } from '../../domain/money/money.ts'
import type { Evidence, IsoDate } from '../../domain/transaction.ts'

export interface DoubtfulPrint {
  readonly line: number
  readonly batch: number
  readonly item: number
  readonly section: number
  readonly position: number
  /** It seemed proven when its file was imported. */
  readonly certain: boolean
}

export interface PrintsOf {
  readonly account: bigint
  readonly currency: string
  readonly date: IsoDate
}

const PLACE = ['batch', 'item', 'section', 'position'] as const

/**
 * Prints of a day that nothing proves to be the line they were taken for, those already kept left out; oldest first. `known`
 * are also those that seemed proven, until a later file of the day put them in doubt.
 */
export async function doubtfulPrints(
  db: Kysely<Tables>,
  book: bigint,
  day: PrintsOf,
  which: 'uncertain' | 'known',
): Promise<readonly DoubtfulPrint[]> {
  let query = db
    .selectFrom('statement_sighting as seen')
    .innerJoin('statement_line as line', (join) =>
      join.onRef('line.book', '=', 'seen.book').onRef('line.id', '=', 'seen.line'),
    )
    .leftJoin('statement_line as kept', (join) =>
      join
        .onRef('kept.book', '=', 'line.book')
        .onRef('kept.account', '=', 'line.account')
        .onRef('kept.identity', '=', 'line.identity')
        .onRef('kept.batch', '=', 'seen.batch')
        .onRef('kept.item', '=', 'seen.item')
        .onRef('kept.section', '=', 'seen.section')
        .onRef('kept.position', '=', 'seen.position')
        .on('kept.kept_batch', 'is not', null),
    )
    .select(['seen.line', 'seen.batch', 'seen.item', 'seen.section', 'seen.position', 'seen.certain'])
    .where('line.book', '=', book)
    .where('line.account', '=', day.account)
    .where('line.currency', '=', day.currency)
    .where('line.date', '=', day.date)
    .where('kept.id', 'is', null)
    // Worded by it since its first file was taken back: the print is the line.
    .where((eb) => eb.or(PLACE.map((column) => eb(`seen.${column}`, '!=', eb.ref(`line.${column}`)))))
  if (which === 'uncertain') query = query.where('seen.certain', '=', 0n)
  else
    query = query.where((eb) =>
      eb.or([
        eb('seen.certain', '=', 0n),
        eb('seen.batch', '!=', eb.ref('line.batch')),
        eb('seen.item', '!=', eb.ref('line.item')),
      ]),
    )
  const rows = await query
    .orderBy('seen.certain')
    .orderBy('seen.batch')
    .orderBy('seen.item')
    .orderBy('seen.section')
    .orderBy('seen.position')
    .execute()
  return rows.map(({ line, batch, item, section, position, certain }) => ({
    line: Number(line),
    batch: Number(batch),
    item: Number(item),
    section: Number(section),
    position: Number(position),
    certain: certain === 1n,
  }))
}

export interface Kept {
  readonly id: number
  readonly amount: Units
}

/** `evidence` is the place of the decision. */
export async function keepPrint(
  db: Kysely<Tables>,
  book: bigint,
  print: DoubtfulPrint,
  decision: { readonly evidence: Evidence; readonly by: string; readonly why: string },
): Promise<Kept> {
  const known = await db
    .selectFrom('statement_line')
    .selectAll()
    .where('book', '=', book)
    .where('id', '=', BigInt(print.line))
    .executeTakeFirstOrThrow()
  const { id: last } = await db
    .selectFrom('statement_line')
    .select(({ fn }) => fn.max('id').as('id'))
    .where('book', '=', book)
    .executeTakeFirstOrThrow()
  const { occurrence } = await db
    .selectFrom('statement_line')
    .select(({ fn }) => fn.max('occurrence').as('occurrence'))
    .where('book', '=', book)
    .where('account', '=', known.account)
    .where('currency', '=', known.currency)
    .where('identity', '=', known.identity)
    .executeTakeFirstOrThrow()
  const id = last + 1n
  const place = {
    batch: BigInt(print.batch),
    item: BigInt(print.item),
    section: BigInt(print.section),
    position: BigInt(print.position),
  }
  await db
    .insertInto('statement_line')
    .values({
      ...known,
      ...place,
      id,
      occurrence: occurrence + 1n,
      kept_batch: BigInt(decision.evidence.batch),
      kept_item: BigInt(decision.evidence.item),
      kept_by: decision.by,
      kept_why: decision.why,
      matched: 0n,
      disposition: 'open',
    })
    .execute()
  await db
    .insertInto('statement_sighting')
    .values({ book, line: id, ...place, certain: 1n })
    .execute()
  return { id: Number(id), amount: known.amount }
}
