/**
 * What automatic approval goes by, read from the database alone: tonight's proofs, mappings, closed books and limits.
 * Anything but agreement everywhere leaves every draft to a person; a figure nobody knows is not agreement.
 */
import type { Kysely } from 'kysely'
import type { Mappings } from '../config/mappings.ts'
import type { BookConfig } from '../config/model.ts'
import type { Tables } from '../db/tables.ts'
import { automaticRule, policyHold, ripeningHold } from '../domain/journals/approval-policy.ts'
import type { DraftJournal, HoldRule } from '../domain/journals/journal.ts'
import { formatExact, type Units } from '../domain/money/money.ts'
import type { IsoDate } from '../domain/transaction.ts'
import { EVERY_DAY } from '../journals/drafts.ts'
import { linesOfJournals, listJournals } from '../journals/read.ts'
import type { Book } from '../ledger/books.ts'
import { listExceptions } from '../reconcile/exceptions.ts'
import { proveBook } from '../reconcile/prove-book.ts'
import type { RollForward } from '../reconcile/roll-forward.ts'
import { latestClosed } from '../targets/closed-through.ts'
import { mappingState } from '../targets/mapping/readiness.ts'
import { APPROVED_BY_NIGHT } from './hand-out.ts'
import { waitingCounters, waitingWords, waitsFor } from './held-days.ts'

export interface AutomaticApproval {
  /** Why nothing at all is approved now, as ends of sentences; empty when all is well. */
  readonly obstacles: readonly string[]
  /** What else keeps single journals. */
  readonly rule: HoldRule
}

export async function readAutomaticApproval(
  db: Kysely<Tables>,
  book: Book,
  config: BookConfig,
  mappings: Mappings,
): Promise<AutomaticApproval> {
  const { limits, differentApprover } = config.journals
  const limited = automaticRule({
    ...limits,
    currency: config.currency,
    approvedOfDay: await approvedOfDay(db, book, config.currency),
    closed: await latestClosed(db, book.id, config.targets),
    differentApprover,
  })
  const counters = await waitingCounters(db, book, config.sources)
  const rule: HoldRule = (draft) => {
    const waiting = waitsFor(draft, counters)
    if (waiting === null) return limited(draft)
    return waiting.held === null ? ripeningHold(draft, waiting.source) : policyHold(draft, waitingWords(waiting))
  }
  const stale = (await listExceptions(db, book.id, { status: 'open' })).filter(({ code }) => code === 'SOURCE_FAILED')
  return {
    obstacles: [
      ...[...new Set(stale.map(({ source }) => source))].map((source) => `${source} could not be read`),
      ...(await proofObstacles(db, book, config, mappings)),
      ...(await mappingObstacles(db, book, config, mappings)),
    ],
    rule,
  }
}

/** Why automatic approval would leave these drafts now, as sentences; none when it would approve them. */
export async function waitingReasons(
  db: Kysely<Tables>,
  book: Book,
  config: BookConfig,
  mappings: Mappings,
  drafts: readonly DraftJournal[],
): Promise<readonly string[]> {
  if (drafts.length === 0) return []
  const { obstacles, rule } = await readAutomaticApproval(db, book, config, mappings)
  if (obstacles.length > 0) return [`Nothing is approved automatically now: ${obstacles.join('; ')}.`]
  return drafts.flatMap((draft) => rule(draft)?.reason ?? [])
}

async function proofObstacles(
  db: Kysely<Tables>,
  book: Book,
  { sources }: BookConfig,
  { rules }: Mappings,
): Promise<readonly string[]> {
  const proven = sources.map((source) => {
    const { name, currency } = source
    return { name, currency, kind: source.type === 'panel' ? ('panel' as const) : source.role }
  })
  return (await proveBook(db, book.id, { rules, sources: proven })).flatMap(proofObstacle)
}

function proofObstacle({ source, difference, currency }: RollForward): readonly string[] {
  if (difference === 0n) return []
  if (difference === null) return [`${source} has not said what its own balance is`]
  return [`${source} and the books differ by ${formatExact(difference)} ${currency}`]
}

async function mappingObstacles(
  db: Kysely<Tables>,
  book: Book,
  config: BookConfig,
  mappings: Mappings,
): Promise<readonly string[]> {
  const found: string[] = []
  for (const target of config.targets) {
    const { hindrance } = await mappingState(db, { book: book.id, config, target, mappings })
    if (hindrance !== null) found.push(`${hindrance.slice(0, 1).toLowerCase()}${hindrance.slice(1).replace(/\.$/, '')}`)
  }
  return found
}

/** Σ debits of what nights have approved, per accounting day. */
async function approvedOfDay(db: Kysely<Tables>, book: Book, currency: string): Promise<ReadonlyMap<IsoDate, Units>> {
  const journals = (await listJournals(db, book, EVERY_DAY)).filter(
    (journal) => journal.approvedBy === APPROVED_BY_NIGHT && journal.currency === currency,
  )
  const ids = journals.map(({ id }) => id)
  const lines = await linesOfJournals(db, book, ids)
  const sums = new Map<IsoDate, Units>()
  for (const { id, day } of journals) {
    const debits = (lines.get(id) ?? []).reduce((sum, { rounded }) => (rounded > 0n ? sum + rounded : sum), 0n)
    sums.set(day, (sums.get(day) ?? 0n) + debits)
  }
  return sums
}
