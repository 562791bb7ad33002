/**
 * The only way a row of the outbox changes: by compare-and-set on its history, with a line of history written first, in
 * one transaction. Who lost the race to another process gets null and leaves the row alone.
 */
import { hash } from 'node:crypto'
import type { Transaction } from 'kysely'
import { dialectOf } from '../../db/dialect.ts'
import type { Tables } from '../../db/tables.ts'
import type { KeyChoice, OutboxState } from '../../domain/journals/outbox.ts'
import type { RemoteEntry, TargetEntry } from '../entry.ts'
import { landDelivery, type DeliverySaid } from './delivery-records.ts'
import { entryText, requestKey } from './entry-text.ts'
import type { EntryRow, OutboxRow, RowHead } from './row.ts'
import type { Work } from './work.ts'

/** Longer than any request with its renewals of tokens may take. */
export const CLAIM_MS = 600_000

export interface NewPayload {
  readonly entry: TargetEntry
  readonly body: string
  readonly reason: string
}

export interface Move {
  readonly to: OutboxState
  /** A sentence for a person. */
  readonly message: string
  readonly evidence?: string
  readonly byPerson?: string
  /** With `delivered`: which entry it became. */
  readonly remote?: Pick<RemoteEntry, 'remoteId' | 'version'>
  /** It was there already. */
  readonly adopted?: boolean
  /** Another payload from now on. */
  readonly payload?: NewPayload
  /** The next request gets a key nobody has seen: the target would answer the present one with what it answered before. */
  readonly freshKey?: boolean
}

export type Mover = Pick<Work, 'kysely' | 'book' | 'holder' | 'nowMs' | 'wallMs'>

export async function moveRow<R extends EntryRow>(mover: Mover, row: R, move: Move): Promise<R | null> {
  return mover.kysely.transaction().execute((trx) => moveWithin(trx, mover, row, move))
}

/** The same inside the caller's transaction. */
export async function moveWithin<R extends EntryRow>(
  trx: Transaction<Tables>,
  { book, holder, nowMs, wallMs }: Omit<Mover, 'kysely'>,
  row: R,
  move: Move,
): Promise<R | null> {
  if (!(await isStill(trx, row))) return null
  const payload = move.payload
  const revision = payload === undefined ? row.revision : row.revision + 1
  if (payload !== undefined) await insertPayload(trx, { ...row, revision }, payload, nowMs())
  const said = recordOf(book.name, row, move)
  const record = said === null ? row.record : await landDelivery(trx, book.id, said, nowMs())
  const history = row.history + 1
  await trx
    .insertInto('outbox_attempt')
    .values(historyLine({ book, holder, nowMs }, row, move))
    .execute()
  const next = nextRow(row, move, { history, revision, record, holder, untilMs: wallMs() + CLAIM_MS })
  await writeRow(trx, next)
  return next
}

/** The line of history of a move, which is written before the row changes. */
export function historyLine(
  { book, holder, nowMs }: Pick<Mover, 'book' | 'holder' | 'nowMs'>,
  row: EntryRow,
  move: Move,
) {
  return {
    ...rowKey(row),
    n: BigInt(row.history + 1),
    at_ms: BigInt(nowMs()),
    from_state: row.state,
    to_state: move.to,
    request_key: keyOf(book.name, row),
    message: move.message,
    evidence: move.evidence ?? null,
    remote_id: move.remote?.remoteId ?? row.remoteId,
    holder,
    by_person: move.byPerson ?? null,
  }
}

/** What the log is told of a move: what the target answered, and what a person decided. */
function recordOf(bookName: string, row: EntryRow, move: Move): DeliverySaid | null {
  const { target, document } = row
  if (move.byPerson !== undefined)
    return { what: 'decided', target, document, to: move.to, by: move.byPerson, message: move.message }
  if (move.to !== 'delivered' && move.to !== 'refused') return null
  const sha256 = move.payload === undefined ? row.bodySha256 : hash('sha256', move.payload.body, 'hex')
  return {
    what: 'answered',
    target,
    document,
    key: keyOf(bookName, row),
    to: move.to,
    remoteId: move.remote?.remoteId ?? null,
    bodySha256: sha256,
    message: move.message,
    evidence: move.evidence ?? null,
  }
}

interface Changed {
  readonly history: number
  readonly revision: number
  readonly record: number | null
  readonly holder: string
  readonly untilMs: number
}

export function nextRow<R extends EntryRow>(
  row: R,
  move: Move,
  { history, revision, record, holder, untilMs }: Changed,
): R {
  const claimed = move.to === 'sending'
  const isThere = move.to === 'delivered' || move.to === 'verified'
  const isSpent = move.freshKey === true
  return {
    ...row,
    ...(move.payload === undefined ? {} : payloadFields(move.payload)),
    state: move.to,
    history,
    revision,
    record,
    generation: isSpent ? row.generation + 1 : row.generation,
    sentAtMs: isSpent || move.payload !== undefined ? null : row.sentAtMs,
    holder: claimed ? holder : null,
    holderUntilMs: claimed ? untilMs : null,
    remoteId: isThere ? (move.remote?.remoteId ?? row.remoteId) : null,
    remoteVersion: isThere ? (move.remote?.version ?? row.remoteVersion) : null,
  }
}

function payloadFields({
  entry,
  body,
  reason,
}: NewPayload): Pick<OutboxRow, 'entry' | 'body' | 'bodySha256' | 'reason'> {
  return { entry, body, reason, bodySha256: hash('sha256', body, 'hex') }
}

/** Whether the row is as it was read, and whose it was; holds it for the transaction on PostgreSQL, where others could be in between. */
async function isStill(trx: Transaction<Tables>, row: RowHead): Promise<boolean> {
  const query = trx
    .selectFrom('outbox')
    .select(['history', 'state', 'holder'])
    .where((eb) => eb.and(rowKey(row)))
  const found = await (dialectOf(trx) === 'postgres' ? query.forUpdate() : query).executeTakeFirst()
  return (
    found !== undefined &&
    Number(found.history) === row.history &&
    found.state === row.state &&
    found.holder === row.holder
  )
}

async function writeRow(trx: Transaction<Tables>, row: RowHead): Promise<void> {
  await trx
    .updateTable('outbox')
    .set({
      state: row.state,
      history: BigInt(row.history),
      revision: BigInt(row.revision),
      generation: BigInt(row.generation),
      sent_at_ms: row.sentAtMs === null ? null : BigInt(row.sentAtMs),
      holder: row.holder,
      holder_until_ms: row.holderUntilMs === null ? null : BigInt(row.holderUntilMs),
      remote_id: row.remoteId,
      remote_version: row.remoteVersion,
      record: row.record === null ? null : BigInt(row.record),
    })
    .where((eb) => eb.and(rowKey(row)))
    .execute()
}

/**
 * To be called at the last moment before a create: the claim anew, the key the request carries, and the record of the log
 * that announces it with its bytes. `payload` where another than the row's is sent. Null: the row is no longer ours.
 */
export async function startSending<R extends OutboxRow>(
  { kysely, book, nowMs, wallMs, holder }: Mover,
  row: R,
  { key, payload }: { readonly key: Exclude<KeyChoice, 'wait'>; readonly payload: NewPayload },
): Promise<R | null> {
  const startedMs = wallMs()
  const keeps = key === 'same'
  const isNew = payload.body !== row.body
  const next: R = {
    ...row,
    ...(isNew ? payloadFields(payload) : {}),
    revision: isNew ? row.revision + 1 : row.revision,
    generation: keeps ? row.generation : row.generation + 1,
    sentAtMs: keeps && row.sentAtMs !== null ? row.sentAtMs : startedMs,
    holder,
    holderUntilMs: startedMs + CLAIM_MS,
  }
  return kysely.transaction().execute(async (trx) => {
    if (!(await isStill(trx, row))) return null
    if (isNew) await insertPayload(trx, next, payload, nowMs())
    const { target, document } = row
    const announced = { what: 'announced', target, document, key: keyOf(book.name, next), body: payload.body } as const
    const sending = { ...next, record: await landDelivery(trx, book.id, announced, nowMs()) }
    await writeRow(trx, sending)
    return sending
  })
}

export async function insertPayload(
  trx: Transaction<Tables>,
  row: Pick<RowHead, 'book' | 'target' | 'journal' | 'part' | 'revision'>,
  { entry, body, reason }: NewPayload,
  nowMs: number,
): Promise<void> {
  await trx
    .insertInto('outbox_payload')
    .values({
      ...rowKey(row),
      revision: BigInt(row.revision),
      body,
      body_sha256: hash('sha256', body, 'buffer'),
      entry: entryText(entry),
      reason,
      made_at_ms: BigInt(nowMs),
    })
    .execute()
}

export function keyOf(bookName: string, row: EntryRow): string {
  const { target, document, revision, generation, bodySha256 } = row
  return requestKey({ book: bookName, target, document, revision, generation, bodySha256 })
}

type Place = Pick<RowHead, 'book' | 'target' | 'journal' | 'part'>

export function rowKey({ book, target, journal, part }: Place) {
  return { book, target, journal, part: BigInt(part) }
}
