/**
 * Why the newest attempt to read a source brought no figure, from the bytes it landed. Only what came after the newest
 * reading is looked at, so that a source that was read costs one look-up.
 */
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { FailureReason, SourceFailure } from '../domain/alerts/alert.ts'
import { readBatch, type Landed, type LandingKind } from '../log/landing.ts'
import type { BadBodyCode } from '../sources/answer.ts'
import { observeBalance } from '../sources/panel/observe-account.ts'
import { observeStats } from '../sources/payelancer/observe.ts'

/** What an unusable answer means for whoever is told; anything else that has no figure was set aside as a whole. */
const REASONS: Readonly<Record<BadBodyCode, FailureReason>> = {
  unauthorized: 'refused key',
  forbidden: 'unreachable',
  'rate-limited': 'unreachable',
  upstream: 'unreachable',
  unavailable: 'unreachable',
  'bad-request': 'no readable answer',
  'insufficient-balance': 'no readable answer',
  'not-found': 'no readable answer',
  'http-status': 'no readable answer',
  html: 'no readable answer',
  'not-json': 'no readable answer',
  'vendor-error': 'no readable answer',
  'unexpected-shape': 'no readable answer',
}

const READINGS: readonly LandingKind[] = ['panel-balance', 'payelancer-stats', 'fetch-failure']

/** `afterBatch` is where the newest reading was landed, 0 before the first. */
export async function newestFailure(
  db: Kysely<Tables>,
  book: bigint,
  source: string,
  afterBatch: number,
): Promise<SourceFailure | null> {
  const row = await db
    .selectFrom('log_record')
    .select(['batch', 'item'])
    .where('book', '=', book)
    .where('batch', '>', BigInt(afterBatch))
    .where('source', '=', source)
    .where('kind', 'in', [...READINGS])
    // A request about orders that nobody answered is no reading of the source's figure.
    .where(sql<boolean>`request not like '%"orders":%'`)
    .orderBy('batch', 'desc')
    .orderBy('item', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (row === undefined) return null
  const landed = (await readBatch(db, book, Number(row.batch))).find(({ item }) => item === Number(row.item))
  return landed === undefined ? null : failureOf(landed)
}

function failureOf({ kind, source, fetchedAtMs: atMs, httpStatus, contentType, body }: Landed): SourceFailure {
  if (kind === 'fetch-failure') return { reason: 'unreachable', atMs, detail: sentence(body.toString('utf8')) }
  const answer = { httpStatus: httpStatus ?? 0, contentType, body }
  const observed = kind === 'panel-balance' ? observeBalance(answer) : observeStats(answer)
  switch (observed.kind) {
    case 'bad-body':
      return { reason: REASONS[observed.code], atMs, detail: sentence(observed.reason) }
    case 'bad':
      return { reason: 'quarantined', atMs, detail: sentence(observed.reason) }
    case 'balance':
    case 'counter':
      return { reason: 'quarantined', atMs, detail: `See tieout todo --source ${source}.` }
  }
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}
