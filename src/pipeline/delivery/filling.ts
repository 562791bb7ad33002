/** What each target of a book is given: the way journals become its entries, by the mapping and company the database knows. */
import type { Kysely, Transaction } from 'kysely'
import type { Mappings } from '../../config/mappings.ts'
import type { BookConfig } from '../../config/model.ts'
import type { TargetConfig } from '../../config/target-model.ts'
import type { Tables } from '../../db/tables.ts'
import { ConfigError } from '../../domain/errors.ts'
import type { Book } from '../../ledger/books.ts'
import { entryBuilder } from '../../targets/mapping/entry-builder.ts'
import { handedOutTo } from '../../targets/files/handed-out.ts'
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
  return {
    book,
    name: target.name,
    from: target.from,
    build,
    body: bodyOf(target),
    handedOut: handedOutTo(book, target.type),
    mappingSinceMs,
  }
}

/** Puts what has just been sealed into the outbox of every target, inside the transaction that sealed it. */
export async function fillOutboxes(
  trx: Transaction<Tables>,
  book: Book,
  config: BookConfig,
  mappings: Mappings,
  nowMs: number,
): Promise<readonly (Enqueued & { readonly target: string })[]> {
  const filled: (Enqueued & { readonly target: string })[] = []
  for (const target of config.targets) {
    const filling = await fillingOrNothing(trx, book, config, mappings, target)
    if (filling === null) continue
    filled.push({ target: target.name, ...(await enqueueSealed(trx, filling, nowMs)) })
  }
  return filled
}

/** A rates file with a mistake must not stop an approval: the next delivery tries again, and says what is wrong. */
async function fillingOrNothing(...request: Parameters<typeof fillingFor>): Promise<Filling | null> {
  try {
    return await fillingFor(...request)
  } catch (error) {
    if (error instanceof ConfigError) return null
    throw error
  }
}
