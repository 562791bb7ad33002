/**
 * A reversal takes back what was sent. Where somebody has changed, deleted or copied the entry since, that is not what
 * stands there, and the difference would stay in the target's books for good. So that comes first.
 */
import type { Kysely } from 'kysely'
import type { TargetConfig } from '../../config/target-model.ts'
import type { Tables } from '../../db/tables.ts'
import { InputError } from '../../domain/errors.ts'
import type { SealedJournal } from '../../domain/journals/journal.ts'
import type { Book } from '../../ledger/books.ts'
import { listExceptions } from '../../reconcile/exceptions.ts'
import { DRIFTS, type Drift } from '../../targets/outbox/check.ts'
import { readEntries } from '../../targets/outbox/row.ts'
import { driftObject } from './exceptions.ts'

const REMEDIES: Readonly<Record<Drift, (document: string, target: string) => string>> = {
  edited: (document, target) =>
    `Change it back there, or decide its item as keep-theirs, or delete it there and send it again: tieout deliver --retry ${document} --target ${target}.`,
  deleted: (document, target) =>
    `Restore it there, or send it again: tieout deliver --retry ${document} --target ${target}.`,
  copied: (document, target) =>
    `Delete the copy there; if it only looks like one: tieout targets not-a-copy ${document} ID --target ${target} --why WHY.`,
}

/** Throws InputError while an entry of the journal is known to be otherwise in one of these targets than it was sent. */
export async function refuseChangedThere(
  db: Kysely<Tables>,
  book: Book,
  targets: readonly Pick<TargetConfig, 'name'>[],
  { id, document }: Pick<SealedJournal, 'id' | 'document'>,
): Promise<void> {
  for (const { name } of targets) {
    const open = await listExceptions(db, book.id, { status: 'open', source: name })
    const rows = await readEntries(db, { book: book.id, target: name }, { journal: id })
    for (const drift of DRIFTS) {
      const row = rows.find((each) =>
        open.some(({ code, object }) => code === 'TARGET_CHANGED' && object === driftObject(each.document, drift)),
      )
      if (row === undefined) continue
      const message = `${document} cannot be reversed while its entry is ${drift} in ${name}: a reversal takes back what was sent, not what stands there now.`
      const hint = `${REMEDIES[drift](row.document, name)} Reverse it when tieout targets drift finds nothing any more.`
      throw new InputError('JOURNAL_CHANGED_THERE', message, hint)
    }
  }
}
