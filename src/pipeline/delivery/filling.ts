/** What each target of a book is given: the way journals become its entries, by the mapping and company the database knows. */
import type { Kysely, Transaction } from 'kysely'
import type { Mappings } from '../../config/mappings.ts'
import type { BookConfig } from '../../config/model.ts'
import type { TargetConfig } from '../../config/target-model.ts'
import type { Tables } from '../../db/tables.ts'
import { ConfigError } from '../../domain/errors.ts'
import { lastingIdOf } from '../../ledger/book-identity.ts'
import type { Book } from '../../ledger/books.ts'
import { entryBuilder } from '../../targets/mapping/entry-builder.ts'
import { handedOutTo } from '../../targets/files/handed-out.ts'
import { knownCompany } from '../../targets/mapping/company-store.ts'
import { acceptedMapping } from '../../targets/mapping/versions.ts'
import { bodyOf } from '../../targets/open-target.ts'
import { enqueueSealed, type Enqueued } from '../../targets/outbox/enqueue.ts'
import type { Filling } from '../../targets/outbox/work.ts'

export async function fillingFor(
  db: Kysely<Tables>,
  book: Book,
  config: BookConfig,
  mappings: Mappings,
  target: TargetConfig,
): Promise<Filling> {
  const build = await entryBuilder(db, { book: book.id, config, target, mappings })
  const accepted = await acceptedMapping(db, { book: book.id, target: target.name })
  const mappingSinceMs = accepted?.acceptedAtMs ?? 0
  const accounts = (await knownCompany(db, { book: book.id, target: target.name }))?.company.accounts ?? []
  return {
    book,
    lastingId: await lastingIdOf(db, book.id),
    name: target.name,
    from: target.from,
    build,
    body: bodyOf(target),
    handedOut: handedOutTo(book, target.type),
    again: false,
    accountNames: new Map(accounts.map(({ id, name }) => [id, name])),
    mappingSinceMs,
  }
}

export interface Filled extends Enqueued {
  readonly target: string
  /** Why nothing could be built for the target at all, with what to do; null when it could. */
  readonly trouble: string | null
}

/**
 * Puts what has just been sealed into the outbox of every target, inside the transaction that sealed it. A rates file with
 * a mistake must not stop an approval: it is said, and the next delivery tries again.
 */
export async function fillOutboxes(
  trx: Transaction<Tables>,
  book: Book,
  config: BookConfig,
  mappings: Mappings,
  nowMs: number,
): Promise<readonly Filled[]> {
  const filled: Filled[] = []
  for (const target of config.targets) {
    const filling = await fillingOrTrouble(trx, book, config, mappings, target)
    const { name } = target
    if (typeof filling === 'string') filled.push({ target: name, documents: [], unbuilt: [], trouble: filling })
    else filled.push({ target: name, ...(await enqueueSealed(trx, filling, nowMs)), trouble: null })
  }
  return filled
}

/** Whether a person has to do something before everything sealed can go out. */
export function isStuck({ unbuilt, trouble }: Filled): boolean {
  return unbuilt.length > 0 || trouble !== null
}

async function fillingOrTrouble(...request: Parameters<typeof fillingFor>): Promise<Filling | string> {
  try {
    return await fillingFor(...request)
  } catch (error) {
    if (error instanceof ConfigError) return `${error.message} ${error.hint}`.trim()
    throw error
  }
}
