/** At the end of a night: the day's conversions beside the day's counters, where a network has told of any. */
import type { BookConfig } from '../../config/model.ts'
import { formatExact, type Units } from '../../domain/money/money.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { conversionDay, type ConversionDay } from '../../evidence/conversions.ts'
import { movementOfDay } from '../../ledger/day-movement.ts'
import { COUNTER_NAMES } from '../process/counter.ts'
import { landAndProcess, type RunContext } from '../run-context.ts'
import { loadStep } from '../runs.ts'

export interface ConversionComparison extends ConversionDay {
  readonly source: string
  readonly currency: string
  readonly day: IsoDate
  /** What the counter moved by on that day, as booked. */
  readonly moved: Units
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
    compared.push({ ...told, source: source.name, currency: source.currency, day, moved })
    const step = `conversions:${source.name}`
    if ((await loadStep(kysely, run.run, step))?.status === 'finished') continue
    const tolerance = source.conversionTolerance === null ? null : formatExact(source.conversionTolerance)
    const landing = {
      kind: 'conversion-day' as const,
      source: source.name,
      request: { day, tolerance },
      fetchedAtMs: run.clock.nowMs(),
      httpStatus: null,
      contentType: 'text/plain',
      body: Buffer.alloc(0),
    }
    await landAndProcess(run, step, [landing])
    await run.finishStep(step)
  }
  return compared
}
