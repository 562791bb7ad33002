/** A book of one panel, one publisher and one advertiser, into which a test lands bytes as if the vendors had sent them. */
import type { Database } from '../../src/db/database.ts'
import { landBatch, type LandingKind, type NewLanding } from '../../src/log/landing.ts'
import {
  decideQuarantined,
  type QuarantineDecided,
  type QuarantineWord,
} from '../../src/pipeline/quarantine-decisions.ts'
import { replayBook } from '../../src/pipeline/replay.ts'
import { createProcessor, processBatch, type BatchResult } from '../../src/pipeline/engine/process-batch.ts'
import { newRig, nightMs, type Rig } from '../pipeline/harness.ts'

export interface PoisonedBook {
  readonly decide: (decision: Unsigned) => Promise<QuarantineDecided>
  /** Into an empty database; true when it comes to the same chain. */
  readonly replaysTo: (empty: Database) => Promise<boolean>
  readonly rig: Rig
  /** Lands the items as one batch and processes it as a run would. */
  readonly process: (...items: readonly Bytes[]) => Promise<BatchResult>
  /** A later instant with every call. */
  readonly laterMs: () => number
}

export interface Bytes {
  readonly kind: LandingKind
  readonly source: string
  readonly body: string | Buffer
  readonly request?: unknown
}

const NOWHERE = 'http://127.0.0.1:9'

type Unsigned = Omit<QuarantineWord, 'by' | 'why'>

export interface PoisonedOptions {
  /** More lines of the book, each indented by four spaces. */
  readonly bookMore?: string
  /** Panels beside the one. */
  readonly panels?: readonly string[]
  /** How often the clock of an earlier book on the same database was asked. */
  readonly after?: number
}

export async function poisonedBook(database: Database, options: PoisonedOptions = {}): Promise<PoisonedBook> {
  const sources = [
    { name: 'pub', kind: 'publisher' as const, url: NOWHERE },
    { name: 'ads', kind: 'advertiser' as const, url: NOWHERE },
    ...['panel', ...(options.panels ?? [])].map((name) => ({ name, kind: 'panel' as const, url: `${NOWHERE}/api/v2` })),
  ]
  const rig = newRig(database, sources, (name) => `key-of-${name}`, options.bookMore)
  let minutes = options.after ?? 0
  const laterMs = (): number => nightMs(1) + (minutes += 1) * 60_000
  await rig.addOrders(laterMs(), 'panel', ['1', '2'])
  const process = async (...items: readonly Bytes[]): Promise<BatchResult> => {
    const book = await rig.bookRow()
    const fetchedAtMs = laterMs()
    const landings = items.map(({ kind, source, body, request = {} }): NewLanding => {
      const bytes = typeof body === 'string' ? Buffer.from(body) : body
      return { kind, source, request, fetchedAtMs, httpStatus: 200, contentType: 'application/json', body: bytes }
    })
    const landed = await database.kysely.transaction().execute((trx) => landBatch(trx, book.id, landings))
    return processBatch(createProcessor(database, book), landed)
  }
  const decide: PoisonedBook['decide'] = (decision) => {
    const request = { config: rig.config, book: rig.book, env: rig.env }
    return decideQuarantined(rig.environment(laterMs()), request, { ...decision, by: 'Ann', why: 'seen' })
  }
  const replaysTo: PoisonedBook['replaysTo'] = async (empty) => {
    const from = { kysely: database.kysely, book: await rig.bookRow() }
    const options = { nowMs: laterMs(), signal: new AbortController().signal, onBatch: () => undefined }
    const report = await replayBook(from, empty, { name: 'agency', currency: 'USD', timeZone: 'UTC' }, options)
    return report.isSame
  }
  return { rig, process, laterMs, decide, replaysTo }
}

export function statsOf(amount: string, more = ''): string {
  // Views grow with the amount, so that a rise is as usual.
  const views = 1000 + Number(/\d{1,3}/.exec(amount)?.[0] ?? 0)
  return `{"success":true,"role":"publisher","stats":{"impressions":${views},"clicks":50,"earnings":${amount}}${more}}`
}

/** JSON of `depth` lists, one inside the other. */
export function nested(depth: number): string {
  return `${'['.repeat(depth)}${']'.repeat(depth)}`
}
