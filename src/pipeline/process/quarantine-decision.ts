/**
 * A person has rows in quarantine read again, landed like any evidence, so that a replay does the same: their landed bytes
 * go to the reader of this program, within the limits in force now. What it still cannot read waits anew, under the place
 * of the decision.
 */
import type { Kysely } from 'kysely'
import * as z from 'zod'
import type { Tables } from '../../db/tables.ts'
import { InvariantError } from '../../domain/errors.ts'
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import {
  endRow,
  isWaitedFor,
  landedAt,
  listQuarantined,
  rowNameOf,
  type Quarantined,
  type RowName,
} from '../../evidence/quarantine.ts'
import { evidenceOf, quarantine, requireSource, type BatchContext } from './context.ts'
import { processEvidenceFile } from './evidence-file.ts'
import { processOrderHistory } from './order-history.ts'
import { processStats } from './payelancer-stats.ts'
import { attempt, setAside, settleAside } from './set-aside.ts'
import { isOver } from '../engine/items.ts'
import { processStatement } from './statement.ts'
import { processWebhooks } from './webhooks.ts'

const row = z.strictObject({ batch: z.int().min(1), item: z.int().min(1), line: z.int().min(0).nullable() })
const person = { by: z.string().min(1), why: z.string().min(1) }

export const quarantineDecisionSchema = z.strictObject({ rows: z.array(row).min(1), ...person })
export type QuarantineDecision = z.infer<typeof quarantineDecisionSchema>

type Drafts = Promise<readonly TransactionDraft[]>
type Reader = (context: BatchContext, item: Landed, lines: ReadonlySet<number>) => Drafts

/** What is not here is asked anew by the next run, or was decided by a person; neither is read from old bytes again. */
const READERS: Readonly<Record<string, Reader>> = {
  'evidence-file': processEvidenceFile,
  'order-history': (context, item, lines) => processOrderHistory(context, requireSource(context, item), item, lines),
  webhook: (context, item, lines) => processWebhooks(context, requireSource(context, item), item, lines),
  'payelancer-stats': (context, item) => processStats(context, requireSource(context, item), item),
  statement: readStatementAgain,
}

export function canBeReadAgain(kind: string): boolean {
  return READERS[kind] !== undefined
}

export async function processQuarantineDecision(context: BatchContext, item: Landed): Drafts {
  const decision = quarantineDecisionSchema.parse(JSON.parse(item.body.toString('utf8')))
  const drafts: TransactionDraft[] = []
  for (const name of decision.rows) {
    const rows = await listQuarantined(context.db, context.book, { row: name, show: 'waiting' })
    if (rows.length === 0) await refuse(context, item, name)
    else drafts.push(...(await decide(context, item, decision, rows)))
  }
  return drafts
}

async function decide(
  context: BatchContext,
  item: Landed,
  { by, why }: QuarantineDecision,
  rows: readonly Quarantined[],
): Drafts {
  const ending = { as: 'read-again', evidence: evidenceOf(item), atMs: item.fetchedAtMs } as const
  for (const each of rows) await endRow(context.db, context.book, each, { ...ending, by, why })
  await settleTelling(context, item, rows)
  const [first] = rows
  return first === undefined ? [] : readAgain(context, item, first, new Set(rows.map(({ line }) => line)))
}

/** What tells of rows that are all decided is over. */
async function settleTelling(context: BatchContext, item: Landed, rows: readonly Quarantined[]): Promise<void> {
  const told = new Map(rows.map(({ source, about }) => [JSON.stringify([source, about]), { source, about }]))
  for (const { source, about } of told.values()) {
    if (about === '' || (await isWaitedFor(context.db, context.book, { source, about }))) continue
    await isOver(context, item, { source, object: about }, ['ANSWER_UNREAD', 'FILE_UNREAD'])
  }
}

async function readAgain(context: BatchContext, item: Landed, row: Quarantined, lines: ReadonlySet<number>): Drafts {
  const landed = await bytesOf(context.db, context.book, row)
  const reader = READERS[landed.kind]
  if (reader === undefined) {
    await refuse(context, item, { ...row, line: null })
    return []
  }
  // A reading counts when it was taken, and everything else is as new as the decision.
  const fetchedAtMs = landed.kind === 'payelancer-stats' ? landed.fetchedAtMs : item.fetchedAtMs
  return reader(context, { ...landed, ...evidenceOf(item), fetchedAtMs }, lines)
}

async function readStatementAgain(context: BatchContext, item: Landed): Drafts {
  const done = await attempt(context.db, async () => {
    await settleAside(context, item)
    return processStatement(context, item)
  })
  if (done.ok) return done.value
  await setAside(context, item, done.reason)
  return []
}

/** A row set aside when it was read again leads through the decision to the bytes that came. */
const MOST_DECISIONS = 1000

/** The landed item whose bytes a row is of. */
export async function bytesOf(
  db: Kysely<Tables>,
  book: bigint,
  { batch, item }: Omit<RowName, 'line'>,
): Promise<Landed> {
  let place = { batch, item }
  for (let step = 0; step < MOST_DECISIONS; step += 1) {
    const landed = await landedAt(db, book, place)
    if (landed === null) break
    if (landed.kind !== 'quarantine-decision') return landed
    const { rows } = quarantineDecisionSchema.parse(JSON.parse(landed.body.toString('utf8')))
    const [first] = rows
    if (first === undefined) break
    place = { batch: first.batch, item: first.item }
  }
  throw new InvariantError(
    'EVIDENCE_MISSING',
    `The landed bytes of row ${rowNameOf({ batch, item, line: null })} in quarantine are not there.`,
    'Run tieout ledger verify.',
  )
}

/** It was checked before it was landed; evidence processed in between may have settled the matter. */
async function refuse(context: BatchContext, item: Landed, name: RowName): Promise<void> {
  const reason = `nothing waits as ${rowNameOf(name)} any more`
  context.tally.add('quarantined', context.settings.book.currency, null)
  context.warn(item.source, reason)
  await quarantine(context, item, 0, `row ${rowNameOf(name)}`, reason, '')
}
