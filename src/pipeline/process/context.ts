/**
 * What a batch handler gets and what it gives back. A handler reads landed items, decides with the pure rules, writes
 * its own tables, and returns drafts; the ledger alone posts them, in the same database transaction.
 */
import type { Transaction } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import type { Landed } from '../../log/landing.ts'
import { endAbout } from '../../evidence/quarantine.ts'
import type { Tally } from '../../domain/wallets/control-totals.ts'
import { InvariantError } from '../../domain/errors.ts'
import type { PostingRules } from '../../domain/posting-rules.ts'
import type { Evidence, TransactionDraft } from '../../domain/transaction.ts'
import { excerptOf } from '../../domain/plain-text.ts'
import type { ReadLimits } from '../../domain/read-limits.ts'
import type { LandedAnswer } from '../../sources/answer.ts'
import type { Settings, SourceSettings } from '../settings.ts'

export interface BatchContext {
  readonly db: Transaction<Tables>
  readonly book: bigint
  readonly batch: number
  readonly settings: Settings
  readonly rules: PostingRules
  readonly sourceIds: ReadonlyMap<string, bigint>
  readonly tally: Tally
  /** Posts at once what is too much to be held until the batch ends. */
  readonly post: (drafts: readonly TransactionDraft[]) => Promise<void>
  /** Something a person should read, though nothing is wrong. */
  readonly warn: (source: string, sentence: string) => void
  /** What the extract step should ask next; a replay asks nothing and finds the answers landed. */
  readonly followUp: FollowUp
}

export interface FollowUp {
  /** Orders of each answer that could not be read as a whole. */
  readonly unread: (readonly string[])[]
  /** Orders registered while reading, such as a parent's children. */
  readonly registered: string[]
}

export interface ContextSource extends SourceSettings {
  readonly id: bigint
}

/** A source by name, or null when the settings in force do not name it. */
export function sourceOf(context: Pick<BatchContext, 'settings' | 'sourceIds'>, name: string): ContextSource | null {
  const settings = context.settings.sources.find((each) => each.name === name)
  const id = context.sourceIds.get(name)
  return settings === undefined || id === undefined ? null : { ...settings, id }
}

export function requireSource(context: BatchContext, item: Landed): ContextSource {
  return requireSourceNamed(context, item, item.source)
}

/** A source a landed item speaks of; throws InvariantError when the settings in force do not have it. */
export function requireSourceNamed(context: BatchContext, item: Landed, name: string): ContextSource {
  const source = sourceOf(context, name)
  if (source !== null) return source
  throw unknownLanding(item, `source "${name}"`)
}

export function unknownLanding({ batch, item }: Landed, what: string): InvariantError {
  return new InvariantError(
    'LANDING_UNKNOWN',
    `Landing batch ${batch}, item ${item} has the ${what}, which this program or its settings do not know.`,
    'Use the version of tieout that landed it, or put the source back into tieout.yaml.',
  )
}

/** What a vendor answered, with the limits it is read within. */
export function answerOf({ settings }: Pick<BatchContext, 'settings'>, item: Landed): LandedAnswer {
  const { httpStatus, contentType, body } = item
  return { httpStatus: httpStatus ?? 0, contentType, body, limits: limitsOf(settings) }
}

/** Null for settings landed before there were any limits. */
export function limitsOf({ reading }: Pick<Settings, 'reading'>): ReadLimits | null {
  return reading ?? null
}

export function evidenceOf(item: Landed): Evidence {
  return { batch: item.batch, item: item.item }
}

/** The words of others stand in reasons: nothing but what a column and a terminal can take, and not without end. */
const MOST_OF_A_REASON = 1000
const MOST_OF_AN_OBJECT = 300

/**
 * Sets a row or an answer aside until it is superseded or decided. `about` is the object of the exception that tells of
 * it; of the same thing only the newest waits. '' when none does: it is told of at once and waits for nothing.
 */
export async function quarantine(
  context: BatchContext,
  item: Landed,
  line: number,
  object: string,
  reason: string,
  about = object,
): Promise<void> {
  if (about !== '') await supersede(context, item, about)
  await context.db
    .insertInto('quarantine')
    .values({
      book: context.book,
      batch: BigInt(context.batch),
      item: BigInt(item.item),
      line: BigInt(line),
      source: item.source,
      object: excerptOf(object, MOST_OF_AN_OBJECT),
      reason: excerptOf(reason, MOST_OF_A_REASON),
      about,
      ...(about === '' ? { ended: 'told', ...endedAt(item) } : { ended: null, ...NOT_ENDED }),
      ended_by: null,
      ended_why: null,
    })
    .execute()
}

const NOT_ENDED = { ended_batch: null, ended_item: null, ended_at_ms: null }

function endedAt({ batch, item, fetchedAtMs }: Landed) {
  return { ended_batch: BigInt(batch), ended_item: BigInt(item), ended_at_ms: BigInt(fetchedAtMs) }
}

/** What was set aside about an object earlier is answered by this item. */
export async function supersede(context: BatchContext, item: Landed, about: string): Promise<void> {
  const ending = { as: 'superseded', evidence: evidenceOf(item), atMs: item.fetchedAtMs } as const
  await endAbout(context.db, context.book, { source: item.source, about }, ending)
}
