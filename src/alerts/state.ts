/**
 * What is open in the database and what is still to be said. A look at a book keeps its alerts, writes the messages and
 * one delivery per channel in a single transaction; sending comes afterwards and is never needed for the next look.
 */
import type { Kysely, Transaction } from 'kysely'
import { dialectOf } from '../db/dialect.ts'
import type { Tables } from '../db/tables.ts'
import type { Alert, AlertEvent, AlertSeverity } from '../domain/alerts/alert.ts'
import {
  changesOf,
  isWorthKeeping,
  type AlertChange,
  type KnownAlert,
  type Looking,
} from '../domain/alerts/alert-change.ts'

export interface Listener {
  readonly name: string
  /** The least severity it wants to hear about. */
  readonly severity: AlertSeverity
}

export interface Look extends Looking {
  readonly found: readonly Alert[]
  readonly listeners: readonly Listener[]
}

export interface Said {
  readonly event: AlertEvent
  readonly rule: string
  readonly object: string
  readonly severity: AlertSeverity
  readonly title: string
  readonly detail: string
  readonly channels: readonly string[]
}

/** False when a look finds what the last one found and has nothing to say: it need not be kept. Only reads. */
export async function isNews(db: Kysely<Tables>, book: bigint, look: Look): Promise<boolean> {
  const open = await openAlerts(db, book)
  return isWorthKeeping(changesOf(look.found, open, look), open, look.nowMs)
}

/** Keeps what was found and writes what has to be said; returns it. Two looks at one book come one after the other. */
export async function recordLook(trx: Transaction<Tables>, book: bigint, look: Look): Promise<readonly Said[]> {
  // SQLite's write transactions wait for each other by themselves.
  if (dialectOf(trx) === 'postgres') {
    await trx.selectFrom('book').select('id').where('id', '=', book).forNoKeyUpdate().execute()
  }
  const changes = changesOf(look.found, await openAlerts(trx, book), look)
  const said: Said[] = []
  let message = await lastMessage(trx, book)
  for (const change of changes) {
    await keepAlert(trx, book, change.next, look.nowMs)
    if (change.event === null) continue
    message += 1n
    said.push(await writeMessage(trx, book, message, { ...change, event: change.event }, look))
  }
  return said
}

export async function openAlerts(db: Kysely<Tables>, book: bigint): Promise<readonly KnownAlert[]> {
  return listAlerts(db, book, 'open')
}

export interface ListedAlert extends KnownAlert {
  readonly resolvedAtMs: number | null
}

/** Open ones first, then by rule and object. */
export async function listAlerts(
  db: Kysely<Tables>,
  book: bigint,
  status?: 'open' | 'resolved',
): Promise<readonly ListedAlert[]> {
  const all = db.selectFrom('alert').selectAll().where('book', '=', book)
  const some = status === undefined ? all : all.where('status', '=', status)
  const rows = await some.orderBy('status').orderBy('rule').orderBy('object').execute()
  return rows.map((row) => ({
    rule: row.rule,
    object: row.object,
    status: row.status,
    severity: row.severity,
    title: row.title,
    detail: row.detail,
    firstSeenMs: Number(row.first_seen_ms),
    lastSaidMs: Number(row.last_said_ms),
    timesSeen: Number(row.times_seen),
    lastSeenMs: Number(row.last_seen_ms),
    evidenceBatch: row.evidence_batch === null ? null : Number(row.evidence_batch),
    resolvedAtMs: row.resolved_at_ms === null ? null : Number(row.resolved_at_ms),
  }))
}

async function keepAlert(trx: Transaction<Tables>, book: bigint, alert: KnownAlert, nowMs: number): Promise<void> {
  const isOver = alert.status === 'resolved'
  const changing = {
    status: alert.status,
    severity: alert.severity,
    title: alert.title,
    detail: alert.detail,
    first_seen_ms: BigInt(alert.firstSeenMs),
    times_seen: BigInt(alert.timesSeen),
    last_said_ms: BigInt(alert.lastSaidMs),
    last_seen_ms: BigInt(alert.lastSeenMs),
    resolved_at_ms: isOver ? BigInt(nowMs) : null,
    evidence_batch: alert.evidenceBatch === null ? null : BigInt(alert.evidenceBatch),
  }
  await trx
    .insertInto('alert')
    .values({ book, rule: alert.rule, object: alert.object, ...changing })
    .onConflict((conflict) => conflict.columns(['book', 'rule', 'object']).doUpdateSet(changing))
    .execute()
}

async function lastMessage(trx: Transaction<Tables>, book: bigint): Promise<bigint> {
  const row = await trx
    .selectFrom('alert_message')
    .select('id')
    .where('book', '=', book)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.id ?? 0n
}

async function writeMessage(
  trx: Transaction<Tables>,
  book: bigint,
  id: bigint,
  { next, event }: AlertChange & { readonly event: AlertEvent },
  { listeners, nowMs }: Look,
): Promise<Said> {
  const { rule, object, severity, title, detail } = next
  await trx
    .insertInto('alert_message')
    .values({
      book,
      id,
      rule,
      object,
      event,
      severity,
      title,
      detail,
      first_seen_ms: BigInt(next.firstSeenMs),
      written_at_ms: BigInt(nowMs),
    })
    .execute()
  await supersede(trx, book, { rule, object, before: id }, nowMs)
  const channels = listeners.filter((each) => each.severity === 'warning' || severity === 'critical')
  for (const { name } of channels) {
    await trx
      .insertInto('alert_delivery')
      .values({
        book,
        message: id,
        channel: name,
        status: 'pending',
        attempts: 0n,
        claimed_until_ms: 0n,
        settled_at_ms: null,
        error: null,
      })
      .execute()
  }
  return { event, rule, object, severity, title, detail, channels: channels.map(({ name }) => name) }
}

/** "Still there" that never got through says nothing once there is something newer to say. */
async function supersede(
  trx: Transaction<Tables>,
  book: bigint,
  about: { readonly rule: string; readonly object: string; readonly before: bigint },
  nowMs: number,
): Promise<void> {
  await trx
    .updateTable('alert_delivery')
    .set({ status: 'superseded', settled_at_ms: BigInt(nowMs) })
    .where('book', '=', book)
    .where('status', '=', 'pending')
    .where('claimed_until_ms', '<=', BigInt(nowMs))
    .where('message', 'in', (query) =>
      query
        .selectFrom('alert_message')
        .select('id')
        .where('book', '=', book)
        .where('rule', '=', about.rule)
        .where('object', '=', about.object)
        .where('event', 'in', ['repeated', 'raised'])
        .where('id', '<', about.before),
    )
    .execute()
}
