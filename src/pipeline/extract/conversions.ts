/** At the end of a night: the day's conversions beside the day's counters, where a network has told of any. */
import type { BookConfig } from '../../config/model.ts'
import { abs, type Units } from '../../domain/money/money.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { conversionDay, type ConversionDay } from '../../evidence/conversions.ts'
import { movementOfDay } from '../../ledger/day-movement.ts'
import { COUNTER_NAMES } from '../process/counter.ts'
import type { RunContext } from '../run-context.ts'

export interface ConversionComparison extends ConversionDay {
  readonly source: string
  readonly currency: string
  readonly day: IsoDate
  /** What the counter moved by on that day, as booked. */
  readonly moved: Units
  /** C7: more than a cent and more than 5 % of what the counter moved by. Told, and nothing is posted. */
  readonly differs: boolean
}

/** One line for every network that has told of conversions of the day. */
export async function compareConversions(
  run: RunContext,
  book: BookConfig,
  day: IsoDate,
): Promise<readonly ConversionComparison[]> {
  const { kysely } = run.database
  const compared: ConversionComparison[] = []
  for (const source of book.sources) {
    const sourceId = run.processor.inForce?.sourceIds.get(source.name)
    if (source.type !== 'payelancer' || sourceId === undefined) continue
    const told = await conversionDay(kysely, run.book.id, sourceId, day)
    if (told.count === 0) continue
    const moved = await movementOfDay(kysely, run.book.id, sourceId, day, COUNTER_NAMES[source.role])
    compared.push({
      ...told,
      source: source.name,
      currency: source.currency,
      day,
      moved,
      differs: isApart(told.payout, moved),
    })
  }
  return compared
}

const CENT: Units = 1_000_000n

function isApart(told: Units, moved: Units): boolean {
  const apart = abs(told - moved)
  return apart > CENT && apart * 20n > abs(moved)
}
