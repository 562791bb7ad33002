/** The connections of a book's targets as they are configured: what is kept of each, or nothing yet. */
import type { Kysely } from 'kysely'
import type { TargetConfig } from '../config/target-model.ts'
import type { Tables } from '../db/tables.ts'
import { connectionHealth, type ConnectionFacts, type ConnectionHealth } from '../domain/alerts/connection-health.ts'
import { listConnections, type Connection } from './store.ts'

export interface TargetConnection {
  readonly config: TargetConfig
  /** Null before the first consent, and when the target was another vendor's then. */
  readonly connection: Connection | null
  readonly health: ConnectionHealth | null
}

export async function targetConnections(
  db: Kysely<Tables>,
  book: bigint,
  targets: readonly TargetConfig[],
  nowMs: number,
): Promise<readonly TargetConnection[]> {
  const stored = await listConnections(db, book)
  return targets.map((config) => {
    const connection = stored.find(({ target, type }) => target === config.name && type === config.type) ?? null
    return { config, connection, health: connection && connectionHealth(connectionFacts(connection), nowMs) }
  })
}

function connectionFacts(connection: Connection): ConnectionFacts {
  const { target, type, status, trouble, company_name, company_id } = connection
  return {
    target,
    type,
    status,
    trouble,
    troubleAtMs: numberOrNull(connection.trouble_at_ms),
    lastGoodMs: Number(connection.renewed_at_ms ?? connection.connected_at_ms),
    company: company_name === '' ? company_id : company_name,
    refreshExpiresAtMs: numberOrNull(connection.refresh_expires_at_ms),
    hardExpiresAtMs: numberOrNull(connection.hard_expires_at_ms),
  }
}

function numberOrNull(value: bigint | null): number | null {
  return value === null ? null : Number(value)
}
