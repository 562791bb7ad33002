/** What the log says of connections: to which company a person gave access, and that it was ended. Tokens are in no record. */
import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Tables } from '../db/tables.ts'
import { carryOut, type Act } from '../log/acts.ts'

const connectionSchema = z.object({
  target: z.string(),
  type: z.enum(['quickbooks', 'xero']),
  to: z.enum(['connected', 'disconnected']),
  companyId: z.string(),
  companyName: z.string(),
  by: z.string(),
})

type ConnectionSaid = z.infer<typeof connectionSchema>

/** A replay connects nothing. */
export const connectionAct: Act<ConnectionSaid> = {
  kind: 'connection',
  schema: connectionSchema,
  apply: () => Promise.resolve(),
}

/** Inside the transaction that writes the connection. */
export async function landConnection(
  trx: Kysely<Tables>,
  book: bigint,
  said: ConnectionSaid,
  atMs: number,
): Promise<void> {
  await carryOut(trx, book, connectionAct, said, atMs)
}
