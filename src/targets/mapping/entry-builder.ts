/**
 * Builds a target's entries from what the database knows: the company as it was pulled, the accepted mapping, the orders
 * behind the lines. A reversal is made from the entries of the journal it takes back where those were put into the outbox.
 */
import type { Kysely } from 'kysely'
import { targetMapping, type Mappings } from '../../config/mappings.ts'
import type { BookConfig } from '../../config/model.ts'
import { bookRates } from '../../config/rates-file.ts'
import type { TargetConfig } from '../../config/target-model.ts'
import type { Tables } from '../../db/tables.ts'
import { lastingIdOf } from '../../ledger/book-identity.ts'
import { buildEntries, type BuiltEntries, type DeliverableJournal } from '../build/build-entries.ts'
import { reverseEntries } from '../build/reverse-entries.ts'
import { readEntries } from '../outbox/row.ts'
import type { BuildJournal, SealedDocument } from '../outbox/work.ts'
import { linesWithout, negated, NO_OPENINGS, sharesWithout } from '../build/openings.ts'
import { dimensionSums } from './dimension-sums.ts'
import { openingsWithin } from './opening-sums.ts'
import { mappingState } from './readiness.ts'

export interface BuilderRequest {
  readonly book: bigint
  readonly config: Pick<BookConfig, 'sources' | 'journals' | 'rates' | 'ratesMaxAgeDays' | 'fixedRates'>
  readonly target: TargetConfig
  readonly mappings: Pick<Mappings, 'chart' | 'rules' | 'delivery'>
}

/**
 * Reads the company and the rates once: a builder is for one pass. Where the mapping may not be delivered by, every
 * journal is refused with the sentence that says why. Throws ConfigError for a rates file with mistakes.
 */
export async function entryBuilder(db: Kysely<Tables>, request: BuilderRequest): Promise<BuildJournal> {
  const { book, config, target, mappings } = request
  const { known, hindrance } = await mappingState(db, request)
  if (known === null) return () => Promise.resolve(refuse(hindrance ?? ''))
  const { company } = known
  const outbox = { book, target: target.name }
  const policy = config.journals
  const mapping = targetMapping(mappings, target)
  const { chart } = mappings
  const lastingId = await lastingIdOf(db, book)
  const fixed = { target, mapping, company, chart, rates: bookRates(config), policy }
  return async (trx, sealed, closedThrough) => {
    const { link, heads } = sealed.journal
    const subject = link?.kind === 'reversal' ? link : null
    const reverses = subject?.subjectDocument ?? null
    const replaces = link?.kind === 'replacement' ? link.subjectDocument : null
    const range = rangeOf(sealed)
    const openings = target.deliverOpenings ? NO_OPENINGS : await openingsWithin(trx, book, range)
    const lines = linesWithout(sealed.document.lines, subject === null ? openings : negated(openings))
    const journal: DeliverableJournal = { ...sealed.document, lines, lastingId, heads, reverses, replaces }
    const sent = subject === null ? [] : await readEntries(trx, outbox, { journal: subject.subject })
    const originals = sent.map(({ entry }) => entry)
    // Taking back needs no mapping, so a wrong one that nobody accepts any more is no hindrance.
    if (originals.length > 0) return reverseEntries(journal, originals, { company, policy, closedThrough })
    if (hindrance !== null) return refuse(hindrance)
    const sums = sharesWithout(await dimensionSums(trx, book, range, { mapping, chart }), openings)
    const built = buildEntries(journal, { ...fixed, closedThrough, dimensionSums: sums })
    if (subject === null || !built.ok || built.entries.length === 0) return built
    return refuse(
      `${journal.document} takes back ${subject.subjectDocument}, which is not in the outbox of ${target.name}.`,
    )
  }
}

function refuse(reason: string): BuiltEntries {
  return { ok: false, code: 'UNMAPPED', reason }
}

function rangeOf({ journal, document }: SealedDocument) {
  const { day, currency, fromSequence, toSequence } = journal
  return { day, currency, fromSequence, toSequence, accounts: document.lines.map(({ account }) => account) }
}
