/**
 * What lines and matches tell about undecided counters. Before lines are matched, those that decide a fall by themselves
 * become its payouts, so that matching finds their items; afterwards each exception proposes what is known by now.
 */
import type { TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../evidence/landing.ts'
import { sinceOldestFall } from '../../evidence/open-falls.ts'
import { sourceOf, type BatchContext, type ContextSource } from './context.ts'
import { bookLine } from './counter-lines.ts'
import { decidingLines, finishCounterWork, openState } from './counter-open.ts'
import { judgeAfterPayouts } from './counter-payouts.ts'
import { firstPerhapsReturned } from './counter-returns.ts'
import { startCounterWork } from './counter-work.ts'

export interface LinesTaken {
  readonly drafts: readonly TransactionDraft[]
  /** Sources that were judged again: their drafts are not in the ledger yet. */
  readonly judged: ReadonlySet<string>
}

export async function takeDecidingLines(context: BatchContext, item: Landed): Promise<LinesTaken> {
  const drafts: TransactionDraft[] = []
  const judged = new Set<string>()
  for (const source of await undecidedPublishers(context)) {
    const lines = await decidingLines({ context, source }, await openState({ context, source }))
    if (lines.length === 0) continue
    for (const line of lines)
      drafts.push(...(await bookLine(context, item, source, line, 'it comes to a fall of the counter')))
    drafts.push(...(await judgeAfterPayouts(context, source, item)))
    judged.add(source.name)
  }
  return { drafts, judged }
}

/** What is known to have come back is no earnings, also of rises that were booked before. `judged` as below. */
export async function takeReturned(
  context: BatchContext,
  item: Landed,
  judged: ReadonlySet<string>,
): Promise<LinesTaken> {
  const drafts: TransactionDraft[] = []
  const all = new Set(judged)
  for (const source of publishers(context)) {
    if (all.has(source.name) || (await firstPerhapsReturned(context, source)) === null) continue
    drafts.push(...(await judgeAfterPayouts(context, source, item)))
    all.add(source.name)
  }
  return { drafts, judged: all }
}

/** What was matched may have decided a fall, and what was left may be proposed. `judged`: their drafts are not in the ledger yet. */
export async function tellUndecided(
  context: BatchContext,
  item: Landed,
  judged: ReadonlySet<string>,
): Promise<readonly TransactionDraft[]> {
  const drafts: TransactionDraft[] = []
  for (const source of await undecidedPublishers(context)) {
    if (judged.has(source.name)) continue
    const work = await startCounterWork(context, source, item)
    await finishCounterWork(work)
    drafts.push(...work.drafts)
  }
  return drafts
}

async function undecidedPublishers(context: BatchContext): Promise<readonly ContextSource[]> {
  const found: ContextSource[] = []
  for (const source of publishers(context)) {
    if ((await sinceOldestFall(context.db, context.book, source.id)).length > 0) found.push(source)
  }
  return found
}

function publishers(context: BatchContext): readonly ContextSource[] {
  return context.settings.sources.flatMap(({ name, kind, counter }) => {
    const source = kind === 'publisher' && counter !== undefined ? sourceOf(context, name) : null
    return source === null ? [] : [source]
  })
}
