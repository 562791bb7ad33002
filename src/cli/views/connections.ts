/** Connections for people and for programs. Tokens are in neither. */
import { companyText } from '../../connections/choose-company.ts'
import type { TargetConnection } from '../../connections/health.ts'
import type { KeyTrouble } from '../../connections/key-check.ts'
import { counted, type Column } from '../output.ts'
import type { Session } from '../session.ts'

export interface BookConnection extends TargetConnection {
  readonly book: string
  /** Why its tokens cannot be used with the key of now; null when they can, or when there are none. */
  readonly keyTrouble: KeyTrouble | null
}

export function connectionView({ book, config, connection, health, keyTrouble }: BookConnection) {
  return {
    book,
    target: config.name,
    type: config.type,
    state: keyTrouble?.kind ?? health?.state ?? 'never',
    company:
      connection === null
        ? null
        : { id: connection.company_id, name: connection.company_name, currency: connection.company_currency },
    scopes: connection === null ? [] : connection.scopes.split(/[\s,]+/).filter((scope) => scope !== ''),
    connectedBy: connection?.connected_by ?? null,
    connectedAt: iso(connection?.connected_at_ms),
    accessExpiresAt: connection?.status === 'connected' ? iso(connection.access_expires_at_ms) : null,
    refreshExpiresAt: iso(connection?.refresh_expires_at_ms),
    hardExpiresAt: iso(connection?.hard_expires_at_ms),
    renewedAt: iso(connection?.renewed_at_ms),
    trouble: keyTrouble?.message ?? connection?.trouble ?? null,
    troubleAt: iso(connection?.trouble_at_ms),
    notBefore: iso(connection?.blocked_until_ms),
  }
}

const COLUMNS: readonly Column[] = ['Book', 'Target', 'Type', 'State', 'Company', 'Renewed', 'Consent until'].map(
  (title) => ({ title }),
)

export function connectionLines(session: Pick<Session, 'table'>, found: readonly BookConnection[]): readonly string[] {
  if (found.length === 0) return ['No targets are configured; docs/connections.md shows how to add one.']
  const rows = found.map(({ book, config, connection, health, keyTrouble }) => [
    book,
    config.name,
    config.type,
    keyTrouble === null ? stateText(health) : KEY_TEXTS[keyTrouble.kind],
    connection === null ? '' : companyText({ id: connection.company_id, name: connection.company_name }),
    connection === null ? '' : (iso(connection.renewed_at_ms) ?? iso(connection.connected_at_ms) ?? ''),
    consentUntil(connection),
  ])
  return [...session.table(COLUMNS, rows), '', ...found.flatMap(nextSteps), counted(found.length, 'target')]
}

const KEY_TEXTS: Readonly<Record<KeyTrouble['kind'], string>> = {
  'no-key': 'no key',
  'other-key': 'another key',
  damaged: 'tokens damaged',
}

/** "connected", "needs reconnecting": shared with `tieout status`. */
export function stateText(health: TargetConnection['health']): string {
  switch (health?.state) {
    case undefined:
      return 'not connected'
    case 'good':
      return 'connected'
    case 'ends-soon':
      return 'connected (ends soon)'
    case 'lost':
      return 'needs reconnecting'
    case 'failing':
      return 'gives no access'
    case 'off':
      return 'disconnected'
  }
}

/** The earlier of both ends; a custom connection has none. */
function consentUntil(connection: TargetConnection['connection']): string {
  if (connection === null || connection.status === 'disconnected') return ''
  const { refresh_expires_at_ms: rolling, hard_expires_at_ms: hard } = connection
  if (rolling === null) return hard === null ? 'no end' : (iso(hard) ?? '')
  return iso(hard !== null && hard < rolling ? hard : rolling) ?? ''
}

function nextSteps({ book, config, connection, health, keyTrouble }: BookConnection): readonly string[] {
  if (keyTrouble !== null) return [`${config.name}: ${keyTrouble.message} ${keyTrouble.hint}`]
  const connect = `tieout connect ${config.name} --book ${book}`
  const trouble = connection?.trouble ?? null
  switch (health?.state) {
    case undefined:
    case 'off':
      return [`${config.name}: run ${connect}.`]
    case 'lost':
      return [`${config.name}: ${health.why} Run ${connect}.`]
    case 'failing':
      return [`${config.name}: no token has come since ${iso(BigInt(health.sinceMs)) ?? ''}. ${health.why}`]
    case 'ends-soon':
      return [
        health.isHard
          ? `${config.name}: consent ends on ${iso(BigInt(health.endsAtMs)) ?? ''} whatever is done; run ${connect} before.`
          : `${config.name}: consent ends unless it is used before; a delivery renews it, and so does ${connect}.`,
      ]
    case 'good':
      return trouble === null
        ? []
        : [`${config.name}: the last renewal failed at ${iso(connection?.trouble_at_ms) ?? ''}. ${trouble}`]
  }
}

function iso(ms: bigint | null | undefined): string | null {
  return ms === null || ms === undefined ? null : new Date(Number(ms)).toISOString().replace('.000Z', 'Z')
}
