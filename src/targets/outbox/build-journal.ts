/**
 * How a sealed journal becomes entries of one target: by the mapping and the company as pulled, or, for one that takes
 * another back, as the opposite of what was sent for that one.
 */
import { buildEntries, type BuildContext, type DeliverableJournal } from '../build/build-entries.ts'
import type { DimensionSums } from '../build/dimensions.ts'
import { reverseEntries } from '../build/reverse-entries.ts'
import { readRows } from './row.ts'
import { outboxOf, type BuildJournal, type Filling, type SealedDocument } from './work.ts'
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'

export type DimensionReader = (db: Kysely<Tables>, sealed: SealedDocument) => Promise<DimensionSums>

export interface Building {
  readonly context: Omit<BuildContext, 'closedThrough' | 'dimensionSums'>
  readonly dimensions: DimensionReader
}

export function journalBuilder(place: Pick<Filling, 'book' | 'name'>, { context, dimensions }: Building): BuildJournal {
  return async (db, sealed, closedThrough) => {
    const { link } = sealed.journal
    const reverses = link?.kind === 'reversal' ? link.subjectDocument : null
    const journal: DeliverableJournal = { ...sealed.document, reverses }
    if (link?.kind !== 'reversal') {
      return buildEntries(journal, { ...context, closedThrough, dimensionSums: await dimensions(db, sealed) })
    }
    const originals = await readRows(db, outboxOf(place), { journal: link.subject })
    if (originals.length > 0) {
      return reverseEntries(
        journal,
        originals.map(({ entry }) => entry),
        { ...context, closedThrough },
      )
    }
    const reason = `${journal.document} takes back ${link.subjectDocument}, which could not be built for the target itself.`
    return { ok: false, code: 'UNMAPPED', reason }
  }
}
