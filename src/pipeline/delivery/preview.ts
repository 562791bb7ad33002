/**
 * The exact bytes a target is, or is to be, sent for a journal: those of its outbox where they are, else built in the very
 * way they will be. So what somebody looks at before approval is what goes out after it, byte for byte.
 */
import { hash } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import type { ExceptionCode } from '../../domain/exception.ts'
import type { OutboxState } from '../../domain/journals/outbox.ts'
import type { TargetEntry } from '../../targets/entry.ts'
import { readRows } from '../../targets/outbox/row.ts'
import { outboxOf, type Filling, type SealedDocument } from '../../targets/outbox/work.ts'

export interface PreviewedBody {
  readonly document: string
  /** Null while it is in no outbox. */
  readonly state: OutboxState | null
  readonly body: string
  readonly sha256: string
  /** What the bytes say. */
  readonly entry: TargetEntry
}

export type Preview =
  | { readonly ok: true; readonly bodies: readonly PreviewedBody[] }
  | { readonly ok: false; readonly code: ExceptionCode; readonly reason: string }

export async function previewBodies(db: Kysely<Tables>, filling: Filling, sealed: SealedDocument): Promise<Preview> {
  const rows = await readRows(db, outboxOf(filling), { journal: sealed.journal.id })
  if (rows.length > 0) {
    const bodies = rows.map(({ document, state, body, bodySha256, entry }) => ({
      document,
      state,
      body,
      sha256: bodySha256,
      entry,
    }))
    return { ok: true, bodies }
  }
  const built = await filling.build(db, sealed, null)
  if (!built.ok) return built
  const bodies = built.entries.map((entry) => {
    const body = filling.body(entry)
    return { document: entry.document, state: null, body, sha256: hash('sha256', body, 'hex'), entry }
  })
  return { ok: true, bodies }
}
