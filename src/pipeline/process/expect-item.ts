/** One open item as its evidence has it now. */
import { formatMoney } from '../../domain/money/money.ts'
import type { Landed } from '../../evidence/landing.ts'
import { saveItem, type ExpectedItem, type OpenItem } from '../../evidence/open-items.ts'
import { raise, type BatchContext } from './context.ts'
import { settleCodes } from './settle-codes.ts'

/** Saves an item; one whose evidence falls below what lines have settled stays, and a person sees it. */
export async function expect(context: BatchContext, item: Landed, expected: ExpectedItem): Promise<OpenItem> {
  const saved = await saveItem(context.db, context.book, expected)
  const { source, object, currency, amount } = expected
  if (saved.kind === 'saved') {
    await settleCodes(context, item, source, object, ['AMOUNT_DIFF'])
    return saved.item
  }
  const detail =
    `${object} now comes to ${formatMoney(amount)} ${currency}, but lines have settled ${formatMoney(saved.item.matched)} of it: ` +
    `unmatch item ${saved.item.id} (tieout reconcile list --matches), or mend the evidence`
  await raise(context, item, {
    source,
    code: 'AMOUNT_DIFF',
    object,
    amount: saved.item.matched - amount,
    currency,
    detail,
  })
  return saved.item
}
