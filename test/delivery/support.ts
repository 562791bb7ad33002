/** A book with sealed journals, a target to deliver them to, and the clock both live by. */
import { onTestFinished } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { newHolder } from '../../src/db/holder.ts'
import { documentDate } from '../../src/domain/journals/journal.ts'
import type { Book } from '../../src/ledger/books.ts'
import { markedMemo } from '../../src/targets/book-mark.ts'
import { entryText } from '../../src/targets/outbox/entry-text.ts'
import { deliverPass, type PassOptions, type PassReport } from '../../src/targets/outbox/pass.ts'
import { createPatience } from '../../src/targets/outbox/pause.ts'
import { readRows, type OutboxRow } from '../../src/targets/outbox/row.ts'
import { verifyDelivered, type Checked } from '../../src/targets/outbox/verify.ts'
import { outboxOf, type BuildJournal, type Work } from '../../src/targets/outbox/work.ts'
import { approve, newBook, post } from '../journals/support.ts'
import { startJournalService, type JournalService } from './journal-service.ts'
import { serviceTarget } from './service-target.ts'

export const START_MS = Date.UTC(2026, 10, 20, 12)

/** What the bench's entries carry. */
export const LASTING_ID = '3F9A01BC'

export interface Clock {
  ms: number
}

export interface Bench {
  readonly database: Database
  readonly book: Book
  readonly service: JournalService
  readonly clock: Clock
  readonly said: string[]
  readonly work: Work
}

/** Journals of so many days from 2026-11-01, one a day, sealed. */
export async function bench(database: Database, days: number): Promise<Bench> {
  const book = await newBook(database)
  await sealDays(database, book, days)
  const clock: Clock = { ms: START_MS }
  const service = await startJournalService(() => clock.ms)
  onTestFinished(() => service.close())
  const said: string[] = []
  return { database, book, service, clock, said, work: workOf({ database, book, service, clock, said }) }
}

export async function sealDays(database: Database, book: Book, days: number): Promise<void> {
  for (let day = 1; day <= days; day += 1) {
    const date = `2026-11-${String(day).padStart(2, '0')}`
    await post(database, book, [['panel', 'charge', 'netpanel', `${day}.25`, date]])
  }
  await approve(database, book)
}

export function workOf({ database, book, service, clock, said }: Omit<Bench, 'work'>, name = 'books'): Work {
  return {
    kysely: database.kysely,
    book,
    lastingId: LASTING_ID,
    name,
    from: '2026-01-01',
    build: plainBuild,
    body: entryText,
    target: serviceTarget(service.url),
    closedPeriod: 'hold',
    holder: newHolder(),
    nowMs: () => clock.ms,
    wallMs: () => clock.ms,
    sleep: (ms) => {
      clock.ms += ms
      return Promise.resolve()
    },
    signal: new AbortController().signal,
    say: (sentence) => said.push(sentence),
    handedOut: () => Promise.resolve(new Map()),
    again: false,
    accountNames: new Map(),
    mappingSinceMs: 0,
  }
}

/** One entry per journal, accounts by their keys. */
export const plainBuild: BuildJournal = (_db, { document: journal }, closedThrough) => {
  const date = documentDate(journal.documentDate, closedThrough ?? undefined)
  const entry = {
    document: journal.document,
    date,
    currency: journal.currency,
    exchangeRate: null,
    memo: markedMemo(
      `${journal.document} journal of ${journal.day}${date === journal.documentDate ? '' : `, for ${journal.day}`}`,
      LASTING_ID,
    ),
    lines: journal.lines
      .filter(({ rounded }) => rounded !== 0n)
      .map(({ account, rounded }) => ({ account, amount: rounded, description: '', dimensions: [], entity: null })),
  }
  return Promise.resolve({ ok: true, entries: [entry] })
}

export const EVERYTHING: PassOptions = { limit: null, onHold: () => Promise.resolve(new Map()) }

export function pass(work: Work, options: Partial<PassOptions> = {}): Promise<PassReport> {
  return deliverPass(work, { ...EVERYTHING, ...options })
}

export function verify(work: Work, documents: readonly string[] = []): Promise<Checked> {
  return verifyDelivered(work, createPatience(work), { documents, listed: [] })
}

export function rows(work: Work): Promise<readonly OutboxRow[]> {
  return readRows(work.kysely, outboxOf(work))
}

/** "queued queued delivered": the states in the order of sealing. */
export async function states(work: Work): Promise<string> {
  return (await rows(work)).map(({ state }) => state).join(' ')
}

/** Documents in the service, each as often as it is there. */
export function documentsIn({ entries }: JournalService): readonly string[] {
  return entries
    .filter(({ status }) => status === 'posted')
    .map(({ text }) => (JSON.parse(text) as { readonly document: string }).document)
    .toSorted()
}
