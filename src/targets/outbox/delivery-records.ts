/**
 * What the log says of deliveries: each create with its key and bytes, before it is sent; what the target made of it; and
 * what a person decided. The outbox is how far delivery is; these records are what it may be held against. A replay
 * passes over them, since it sends nothing and has no outbox.
 */
import type { Kysely, Transaction } from 'kysely'
import { z } from 'zod'
import type { Tables } from '../../db/tables.ts'
import { carryOut, type Act } from '../../log/acts.ts'
import { readBatch } from '../../log/landing.ts'
import type { RowHead } from './row.ts'

const about = { target: z.string(), document: z.string() }

const deliverySchema = z.discriminatedUnion('what', [
  z.object({ what: z.literal('announced'), ...about, key: z.string(), body: z.string() }),
  z.object({
    what: z.literal('answered'),
    ...about,
    key: z.string(),
    to: z.enum(['delivered', 'refused']),
    remoteId: z.string().nullable(),
    /** Of the version that is there. */
    bodySha256: z.string(),
    message: z.string(),
    /** The target's own words. */
    evidence: z.string().nullable(),
  }),
  z.object({ what: z.literal('decided'), ...about, to: z.string(), by: z.string(), message: z.string() }),
])

export type DeliverySaid = z.infer<typeof deliverySchema>

/** What is said of an entry whose journal was sealed again after a restore; a tie-out knows it by these very words. */
export function restoredText(remoteId: string): string {
  return `found in the target as ${remoteId}, from before a backup was restored, and equal: adopted`
}

export const deliveryAct: Act<DeliverySaid> = {
  kind: 'delivery',
  schema: deliverySchema,
  apply: () => Promise.resolve(),
}

/** Inside the transaction that writes the row. Returns the batch of the record. */
export function landDelivery(
  trx: Transaction<Tables>,
  book: bigint,
  said: DeliverySaid,
  atMs: number,
): Promise<number> {
  return carryOut(trx, book, deliveryAct, said, atMs)
}

/** Null for what is no record of a delivery. */
function parseDelivery(body: string): DeliverySaid | null {
  const said = deliverySchema.safeParse(JSON.parse(body))
  return said.success ? said.data : null
}

/** The last that was said of a row; null when nothing was, or when the record is not about it. */
export async function lastRecord(
  db: Kysely<Tables>,
  { book, target, document, record }: Pick<RowHead, 'book' | 'target' | 'document' | 'record'>,
): Promise<DeliverySaid | null> {
  if (record === null) return null
  const [landed] = await readBatch(db, book, record)
  const said = landed?.kind === deliveryAct.kind ? parseDelivery(landed.body.toString('utf8')) : null
  return said?.target === target && said.document === document ? said : null
}

/** The bytes under which its present key was announced. */
export async function announcedBody(db: Kysely<Tables>, row: RowHead): Promise<string | null> {
  const said = await lastRecord(db, row)
  return said?.what === 'announced' ? said.body : null
}
