/**
 * Lines that two files show on a day that neither shows whole, counted once: a person says that one of them, or each, is a
 * second line of its own (S4).
 */
import { doubtfulPrints, type DoubtfulPrint } from '../../../evidence/statements/keep-line.ts'
import { lineById } from '../../../evidence/statements/lines.ts'
import { abs } from '../../../domain/money/money.ts'
import { overlapOf } from '../statement-overlaps.ts'
import { refused, type PlanContext, type PlanRequest, type ResolutionPlan } from './effect.ts'

export async function planLines(
  { db, book, sourceIds }: PlanContext,
  { exception, line }: PlanRequest,
): Promise<ResolutionPlan> {
  const account = sourceIds.get(exception.source)
  const day = overlapOf(exception.object)
  if (account === undefined || day === null) return refused('it is about no lines of a statement')
  const all = await doubtfulPrints(db, book, { account, ...day }, 'known')
  // What seemed proven is a second line only where a person names it.
  const kept =
    line === null ? all.filter(({ certain }) => !certain) : all.filter((each) => each.line === line).slice(0, 1)
  if (kept.length === 0) return refused(line === null ? NONE : `every print of line ${line} is known to be that line`)
  return { kind: 'planned', drafts: [], kept, left: await leftOf({ db, book }, all, kept), stands: false }
}

const NONE = 'every print of that day is known to be the line it was taken for'

/** Where even what seemed proven was in doubt, every print of the day is. */
async function leftOf(
  { db, book }: Pick<PlanContext, 'db' | 'book'>,
  all: readonly DoubtfulPrint[],
  kept: readonly DoubtfulPrint[],
): Promise<bigint> {
  const isWholeDay = kept.some(({ certain }) => certain)
  const left = all.filter((each) => !kept.includes(each) && (isWholeDay || !each.certain))
  const lines = await Promise.all(left.map((each) => lineById(db, book, each.line)))
  return lines.reduce((sum, line) => sum + abs(line?.amount ?? 0n), 0n)
}
