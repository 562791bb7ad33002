/** Open items as their evidence has them now. */
import { formatMoney } from '../../domain/money/money.ts'
import type { Landed } from '../../log/landing.ts'
import { saveItems, type ExpectedItem, type OpenItem } from '../../evidence/open-items.ts'
import type { PlacedException } from '../../reconcile/exceptions/raise.ts'
import { judgeAll } from '../engine/items.ts'
import type { BatchContext } from './context.ts'

export async function expect(context: BatchContext, item: Landed, expected: ExpectedItem): Promise<OpenItem> {
  const [saved] = await expectAll(context, item, [expected])
  if (saved === undefined) throw new RangeError('one item was given, and none came back')
  return saved
}

/** Saves items, each object once; one whose evidence falls below what lines have settled stays, and a person sees it. */
export async function expectAll(
  context: BatchContext,
  item: Landed,
  expected: readonly ExpectedItem[],
): Promise<readonly OpenItem[]> {
  const { db, book } = context
  const saved = await saveItems(db, book, expected)
  const below = saved.filter(({ kind }) => kind === 'below-matched').map((each) => each.item)
  const wanted = new Map(expected.map((each) => [JSON.stringify([each.source, each.object]), each]))
  const standing = below.flatMap((each) => {
    const now = wanted.get(JSON.stringify([each.source, each.object]))
    return now === undefined ? [] : [belowMatched(now, each)]
  })
  const about = saved.map((each) => overMatched(each.item.object))
  const sources = new Set(saved.map((each) => each.item.source))
  await judgeAll(context, item, sources, { codes: ['LINE_UNMATCHED'], about }, standing)
  return saved.map((each) => each.item)
}

const OVER_MATCHED = 'over-matched:'

/** What exceptions call an item of which lines have settled more than there is. */
export function overMatched(object: string): string {
  return `${OVER_MATCHED}${object}`
}

/** The item's own object; null when the exception is about something else. */
export function overMatchedItem(object: string): string | null {
  return object.startsWith(OVER_MATCHED) ? object.slice(OVER_MATCHED.length) : null
}

function belowMatched({ source, object, currency, amount }: ExpectedItem, { id, matched }: OpenItem): PlacedException {
  const detail =
    `${object} now comes to ${formatMoney(amount)} ${currency}, but lines have settled ${formatMoney(matched)} of it: ` +
    `unmatch the match of item ${id} (tieout reconcile list --matches has its number), or mend the evidence`
  return { source, code: 'LINE_UNMATCHED', object: overMatched(object), amount: matched - amount, currency, detail }
}
