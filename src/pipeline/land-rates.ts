/**
 * A book's exchange rates into the landing, file and configuration alike, whenever they say something new. The bytes are
 * kept as they came, so that every conversion can be traced to who said its rate.
 */
import { hash } from 'node:crypto'
import { sql } from 'kysely'
import { fixedRatesText, parseRates, readRatesFile } from '../config/rates-file.ts'
import type { BookConfig } from '../config/model.ts'
import { landAndProcess, type RunContext } from './run-context.ts'

interface RatesText {
  /** For people: the file's name, or where in the configuration. */
  readonly origin: string
  readonly text: string
}

/** Throws ConfigError, before anything is landed, for a file with mistakes. */
export async function landRates(context: RunContext, book: BookConfig): Promise<void> {
  for (const { origin, text } of ratesOf(book)) {
    parseRates(origin, text)
    const body = Buffer.from(text)
    if (await isLanded(context, origin, hash('sha256', body, 'buffer'))) continue
    const landing = {
      kind: 'rates' as const,
      source: '',
      request: { origin },
      fetchedAtMs: context.clock.nowMs(),
      httpStatus: null,
      contentType: 'text/csv',
      body,
    }
    await landAndProcess(context, 'rates', [landing])
  }
}

function ratesOf({ rates, fixedRates }: BookConfig): readonly RatesText[] {
  return [
    ...(fixedRates.length === 0 ? [] : [{ origin: 'fixedRates', text: fixedRatesText(fixedRates) }]),
    ...(rates === undefined ? [] : [{ origin: rates, text: readRatesFile(rates) }]),
  ]
}

/** Only the newest list of an origin counts: rates that went back to what they were are news. */
async function isLanded({ database, book }: RunContext, origin: string, sha256: Buffer): Promise<boolean> {
  const row = await database.kysely
    .selectFrom('log_record')
    .select('body_sha256')
    .where('book', '=', book.id)
    // Written out, so that the index over such rows alone is used.
    .where(sql<boolean>`kind = 'rates'`)
    .where('request', '=', JSON.stringify({ origin }))
    .orderBy('batch', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.body_sha256.equals(sha256) ?? false
}
