/** Landed items as somebody checking a figure wants them: what was asked, when, what came, its hash, and whether the bytes still have it. */
import { hash } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import type { Evidence } from '../../domain/transaction.ts'
import { readBatch } from '../../log/landing.ts'
import type { Book } from '../../ledger/books.ts'

export interface TracedEvidence {
  readonly place: Evidence
  readonly kind: string
  readonly source: string
  /** As it was landed: without secrets. */
  readonly request: unknown
  readonly fetchedAtMs: number
  readonly httpStatus: number | null
  readonly contentType: string
  readonly sha256: string
  /** True when the bytes still have the hash they were landed with. */
  readonly isIntact: boolean
  readonly body: Buffer
}

/** In the order of the places; a place that is not there is left out. */
export async function evidenceAt(
  db: Kysely<Tables>,
  book: Book,
  places: readonly Evidence[],
): Promise<readonly TracedEvidence[]> {
  const found: TracedEvidence[] = []
  for (const batch of [...new Set(places.map((place) => place.batch))].toSorted((a, b) => a - b)) {
    const items = new Set(places.filter((place) => place.batch === batch).map(({ item }) => item))
    for (const landed of await readBatch(db, book.id, batch)) {
      if (!items.has(landed.item)) continue
      const { item, kind, source, request, fetchedAtMs, httpStatus, contentType, body, sha256 } = landed
      const isIntact = hash('sha256', body, 'buffer').equals(sha256)
      const place = { batch, item }
      const about = { place, kind, source, request, fetchedAtMs, httpStatus, contentType }
      found.push({ ...about, sha256: sha256.toString('hex'), isIntact, body })
    }
  }
  return found
}
