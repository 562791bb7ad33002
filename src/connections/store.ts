/**
 * The rows of table `connection`. Whoever changes tokens says which version it has seen, so that of several who saw the
 * same just one succeeds, and a newer token is never overwritten by an older one.
 */
import { sql, type Kysely, type Selectable } from 'kysely'
import { z } from 'zod'
import type { ConnectionTable } from '../db/connection-tables.ts'
import { isAlive } from '../db/holder.ts'
import type { Tables } from '../db/tables.ts'
import { carryOut, type Act } from '../log/acts.ts'
import type { Grant } from './grant.ts'
import type { Vault } from './vault.ts'

export type Connection = Selectable<ConnectionTable>

export interface ConnectionKey {
  readonly book: bigint
  readonly target: string
}

export async function readConnection(
  db: Kysely<Tables>,
  { book, target }: ConnectionKey,
): Promise<Connection | undefined> {
  return db
    .selectFrom('connection')
    .selectAll()
    .where('book', '=', book)
    .where('target', '=', target)
    .executeTakeFirst()
}

/** By target. */
export async function listConnections(db: Kysely<Tables>, book: bigint): Promise<readonly Connection[]> {
  return db.selectFrom('connection').selectAll().where('book', '=', book).orderBy('target').execute()
}

/** What a person's consent led to. */
export interface NewConnection {
  readonly type: Connection['type']
  readonly companyId: string
  readonly companyName: string
  readonly currency: string | null
  readonly vendorConnection: string
  readonly by: string
  readonly nowMs: number
  readonly grant: Grant
}

/** Writes a connection over whatever was there: new consent is newer than every token before it. */
export async function saveConnection(
  db: Kysely<Tables>,
  vault: Vault,
  key: ConnectionKey,
  made: NewConnection,
): Promise<void> {
  const values = {
    type: made.type,
    status: 'connected' as const,
    company_id: made.companyId,
    company_name: made.companyName,
    company_currency: made.currency,
    vendor_connection: made.vendorConnection,
    scopes: made.grant.scopes,
    ...sealed(vault, key, made.grant, null),
    ...NO_TROUBLE,
    connected_by: made.by,
    connected_at_ms: BigInt(made.nowMs),
    renewed_at_ms: null,
  }
  await db
    .insertInto('connection')
    .values({ ...key, ...values, version: 1n })
    .onConflict((conflict) =>
      conflict.columns(['book', 'target']).doUpdateSet({ ...values, version: sql<bigint>`connection.version + 1` }),
    )
    .execute()
}

/** True when the claim to renew is this holder's now: nobody else had it, its time was over, or its process has died. */
export async function claimRenewal(
  db: Kysely<Tables>,
  seen: Connection,
  claim: { readonly holder: string; readonly nowMs: number; readonly untilMs: number },
): Promise<boolean> {
  if (isBeingRenewed(seen, claim.nowMs)) return false
  const update = db
    .updateTable('connection')
    .set({ refreshing_by: claim.holder, refreshing_until_ms: BigInt(claim.untilMs) })
    .where('book', '=', seen.book)
    .where('target', '=', seen.target)
    .where('version', '=', seen.version)
    .where('failures', '=', seen.failures)
    .where('refreshing_by', seen.refreshing_by === null ? 'is' : '=', seen.refreshing_by)
  return (await update.executeTakeFirst()).numUpdatedRows === 1n
}

export function isBeingRenewed({ refreshing_by, refreshing_until_ms }: Connection, nowMs: number): boolean {
  if (refreshing_by === null || refreshing_until_ms === null) return false
  return Number(refreshing_until_ms) > nowMs && isAlive(refreshing_by)
}

/** Keeps a renewed grant unless newer tokens are there already; false then. Also from a claim whose time was over. */
export async function storeRenewal(
  db: Kysely<Tables>,
  vault: Vault,
  seen: Connection,
  renewed: { readonly grant: Grant; readonly nowMs: number },
): Promise<boolean> {
  const { grant, nowMs } = renewed
  const update = db
    .updateTable('connection')
    .set({
      status: 'connected',
      ...sealed(vault, seen, grant, seen),
      ...(grant.scopes === '' ? {} : { scopes: grant.scopes }),
      ...NO_TROUBLE,
      renewed_at_ms: BigInt(nowMs),
      version: seen.version + 1n,
    })
    .where('book', '=', seen.book)
    .where('target', '=', seen.target)
    .where('version', '=', seen.version)
    .where('status', '!=', 'disconnected')
  return (await update.executeTakeFirst()).numUpdatedRows === 1n
}

export interface FailedRenewal {
  readonly status: 'connected' | 'broken'
  readonly message: string
  readonly nowMs: number
  readonly notBeforeMs: number | null
}

/** Gives the claim back and keeps why; does nothing when somebody else has got a token meanwhile. */
export async function failRenewal(
  db: Kysely<Tables>,
  seen: Connection,
  holder: string,
  failed: FailedRenewal,
): Promise<void> {
  await db
    .updateTable('connection')
    .set({
      status: failed.status,
      refreshing_by: null,
      refreshing_until_ms: null,
      failures: seen.failures + 1n,
      trouble: failed.message,
      trouble_at_ms: BigInt(failed.nowMs),
      blocked_until_ms: failed.notBeforeMs === null ? null : BigInt(failed.notBeforeMs),
    })
    .where('book', '=', seen.book)
    .where('target', '=', seen.target)
    .where('version', '=', seen.version)
    .where('refreshing_by', '=', holder)
    .execute()
}

/** The tokens are gone from the database; which company it was stays known. */
export async function forgetTokens(db: Kysely<Tables>, { book, target }: ConnectionKey): Promise<void> {
  await db
    .updateTable('connection')
    .set({
      status: 'disconnected',
      access_token: null,
      refresh_token: null,
      refresh_expires_at_ms: null,
      hard_expires_at_ms: null,
      ...NO_TROUBLE,
      version: sql<bigint>`version + 1`,
    })
    .where('book', '=', book)
    .where('target', '=', target)
    .execute()
}

const NO_TROUBLE = {
  refreshing_by: null,
  refreshing_until_ms: null,
  failures: 0n,
  trouble: null,
  trouble_at_ms: null,
  blocked_until_ms: null,
} as const

/** A renewal that brought no refresh token keeps the one before. */
function sealed(vault: Vault, { book, target }: ConnectionKey, grant: Grant, before: Connection | null) {
  const { accessToken, refreshToken, accessExpiresAtMs, refreshExpiresAtMs, hardExpiresAtMs } = grant
  const keeps = refreshToken === null && before !== null
  const hard = hardExpiresAtMs === null ? (before?.hard_expires_at_ms ?? null) : BigInt(hardExpiresAtMs)
  return {
    access_token: vault.seal({ book, target, field: 'access' }, accessToken),
    access_expires_at_ms: BigInt(accessExpiresAtMs),
    refresh_token: keeps
      ? before.refresh_token
      : refreshToken === null
        ? null
        : vault.seal({ book, target, field: 'refresh' }, refreshToken),
    refresh_expires_at_ms: keeps
      ? before.refresh_expires_at_ms
      : refreshExpiresAtMs === null
        ? null
        : BigInt(refreshExpiresAtMs),
    hard_expires_at_ms: hard,
  }
}

/** What the log says of connections: to which company a person gave access, and that it was ended. Tokens are in no record. */
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
