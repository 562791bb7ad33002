/** At the end of a night: the day's conversions beside the day's counters, where a network has told of any. */
import type { BookConfig } from '../../config/model.ts'
import { formatExact } from '../../domain/money.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { conversionDay } from '../../evidence/conversions.ts'
import { landAndProcess, type RunContext } from '../run-context.ts'
import { loadStep } from '../runs.ts'

export async function compareConversions(run: RunContext, book: BookConfig, day: IsoDate): Promise<void> {
  const { kysely } = run.database
  for (const source of book.sources) {
    const sourceId = run.processor.inForce?.sourceIds.get(source.name)
    if (source.type !== 'payelancer' || sourceId === undefined) continue
    if ((await conversionDay(kysely, run.book.id, sourceId, day)).count === 0) continue
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
}
