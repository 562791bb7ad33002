/** How each target of a book is connected. A row of a target that is configured no more, or is another vendor's now, says nothing. */
import type { Kysely } from 'kysely'
import type { TargetConfig } from '../config/target-model.ts'
import type { Tables } from '../db/tables.ts'
import type { ConnectionFacts } from '../domain/alerts/connection-health.ts'

export async function readConnectionFacts(
  db: Kysely<Tables>,
  book: bigint,
  targets: readonly TargetConfig[],
): Promise<readonly ConnectionFacts[]> {
  if (targets.length === 0) return []
  const rows = await db
    .selectFrom('connection')
    .select(['target', 'type', 'status', 'trouble', 'company_id', 'company_name'])
    .select(['refresh_expires_at_ms', 'hard_expires_at_ms', 'trouble_at_ms', 'renewed_at_ms', 'connected_at_ms'])
    .where('book', '=', book)
    .orderBy('target')
    .execute()
  return rows
    .filter((row) => targets.some(({ name, type }) => name === row.target && type === row.type))
    .map(({ target, type, status, trouble, ...row }) => ({
      target,
      type,
      status,
      trouble,
      troubleAtMs: numberOrNull(row.trouble_at_ms),
      lastGoodMs: Number(row.renewed_at_ms ?? row.connected_at_ms),
      company: row.company_name === '' ? row.company_id : row.company_name,
      refreshExpiresAtMs: numberOrNull(row.refresh_expires_at_ms),
      hardExpiresAtMs: numberOrNull(row.hard_expires_at_ms),
    }))
}

function numberOrNull(value: bigint | null): number | null {
  return value === null ? null : Number(value)
}
