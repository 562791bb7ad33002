/** Rows that a processor has paid out in a settlement the bank's line cannot be known by: no list shows it, and they name no UTR. */
import { formatMoney } from '../../domain/money/money.ts'
import type { Landed } from '../../log/landing.ts'
import { settlementsOfRows } from '../../evidence/statements/settlements.ts'
import { judge, type StandingItem } from '../engine/items.ts'
import type { BatchContext } from './context.ts'
import { SETTLEMENT_PREFIX } from './settlement-object.ts'

export async function checkSettlements(context: BatchContext, item: Landed, account: bigint): Promise<void> {
  const { db, book, settings } = context
  if (settings.money?.accounts.find(({ name }) => name === item.source)?.type !== 'razorpay') return
  const standing: StandingItem[] = []
  for (const { id, currency, rows, amount, utr } of await settlementsOfRows(db, book, account)) {
    if (utr !== null && amount > 0n) continue
    standing.push({
      code: 'STATEMENT_GAP',
      object: `${SETTLEMENT_PREFIX}${id}`,
      amount,
      currency,
      detail:
        `${rows} settled rows, ${formatMoney(amount)} ${currency} together, left in settlement ${id}, which no imported file shows, and name no UTR: ` +
        `import the list of settlements for ${item.source}, or the bank's line cannot be known by it.`,
    })
  }
  const about = (object: string): boolean => object.startsWith(SETTLEMENT_PREFIX)
  await judge(context, item, item.source, { codes: ['STATEMENT_GAP'], about, standing })
}
