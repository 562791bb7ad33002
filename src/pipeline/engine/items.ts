/**
 * Opens and closes the items of the inbox, and nothing else does. A handler judges: it says of which codes and objects it
 * speaks, and which of these stand. What else was open of them is over.
 */
import { endAbout } from '../../evidence/quarantine.ts'
import type { ExceptionCode } from '../../domain/exception.ts'
import { excerptOf } from '../../domain/plain-text.ts'
import type { Evidence } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import { closeExceptions, exceptionsWithin, openObjects, type ExceptionScope } from '../../reconcile/exceptions.ts'
import { raiseExceptions, type PlacedException } from '../../reconcile/exceptions/raise.ts'
import type { BatchContext } from '../process/context.ts'

export type StandingItem = Omit<PlacedException, 'source'>

export interface Judgement extends ExceptionScope {
  /** Those of its codes and objects that stand; none by default. */
  readonly standing?: readonly StandingItem[]
  /** It only looks again: what stands word for word keeps the evidence it has. */
  readonly looksAgain?: true
}

/** Words of others stand in it, and not without end. */
const MOST_OF_A_DETAIL = 4000

/** After it exactly `standing` is open of what it speaks of, in the inbox of `source`. */
export async function judge(
  context: BatchContext,
  item: Landed,
  source: string,
  { standing = [], looksAgain, ...scope }: Judgement,
): Promise<void> {
  const { db, book } = context
  const now = new Set(standing.map(keyOf))
  const known = await exceptionsWithin(db, book, source, scope)
  const over = known.filter((each) => !now.has(keyOf(each)))
  const at = { evidence: evidenceOf(item), ms: item.fetchedAtMs }
  await closeExceptions(db, book, over, at)
  await forgetAside(context, item, source, over)
  const raised = standing.map((each) => ({ ...each, source, detail: excerptOf(each.detail, MOST_OF_A_DETAIL) }))
  const same = new Set(looksAgain === true ? known.filter(({ status }) => status === 'open').map(wordsOf) : [])
  const changed = raised.filter((each) => !same.has(wordsOf(each)))
  await raiseExceptions(db, book, changed, at.evidence, at.ms)
}

/** The same in the inboxes of several sources at once. */
export async function judgeAll(
  context: BatchContext,
  item: Landed,
  sources: Iterable<string>,
  scope: ExceptionScope,
  standing: readonly PlacedException[],
): Promise<void> {
  const bySource = Map.groupBy(standing, ({ source }) => source)
  for (const source of new Set([...sources, ...bySource.keys()])) {
    await judge(context, item, source, { ...scope, standing: bySource.get(source) ?? [] })
  }
}

/** What stands and says nothing of anything else. */
export async function stands(context: BatchContext, item: Landed, { source, ...one }: PlacedException): Promise<void> {
  await judge(context, item, source, { codes: [one.code], about: [one.object], standing: [one] })
}

/** Nothing of these codes stands about the object any more. */
export async function isOver(
  context: BatchContext,
  item: Landed,
  { source, object }: Pick<PlacedException, 'source' | 'object'>,
  codes?: readonly ExceptionCode[],
): Promise<void> {
  await judge(context, item, source, codes === undefined ? { about: [object] } : { codes, about: [object] })
}

/** What tells of rows and answers that are set aside. */
const TELLING: readonly ExceptionCode[] = ['ANSWER_UNREAD', 'SOURCE_FAILED', 'FILE_UNREAD']

export function isTelling(code: string): boolean {
  return TELLING.some((each) => each === code)
}

/** Whether an open item tells of what was set aside about the object. */
export async function isToldOf({ db, book }: BatchContext, source: string, object: string): Promise<boolean> {
  return (await openObjects(db, book, source, TELLING, [object])).size > 0
}

/** Where the last item that tells of them is over, rows that are set aside wait for nothing any more. */
async function forgetAside(
  context: BatchContext,
  item: Landed,
  source: string,
  over: readonly { readonly code: string; readonly object: string; readonly status: string }[],
): Promise<void> {
  const told = over.filter(({ code, status }) => status === 'open' && isTelling(code))
  for (const object of new Set(told.map((each) => each.object))) {
    if (await isToldOf(context, source, object)) continue
    const ending = { as: 'superseded', evidence: evidenceOf(item), atMs: item.fetchedAtMs } as const
    await endAbout(context.db, context.book, { source, about: object }, ending)
  }
}

function evidenceOf({ batch, item }: Landed): Evidence {
  return { batch, item }
}

function keyOf({ code, object }: { readonly code: string; readonly object: string }): string {
  return JSON.stringify([code, object])
}

function wordsOf({
  code,
  object,
  amount,
  detail,
}: Pick<PlacedException, 'object' | 'amount' | 'detail'> & { readonly code: string }): string {
  return JSON.stringify([code, object, amount === null ? null : String(amount), detail])
}
