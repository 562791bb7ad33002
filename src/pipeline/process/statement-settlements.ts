/** Rows a processor has paid out in a settlement that no imported file shows: their money seems to be there still. */
import { formatMoney } from '../../domain/money/money.ts'
import type { Landed } from '../../evidence/landing.ts'
import { openObjects } from '../../reconcile/exceptions.ts'
import { raise, settle, type BatchContext } from './context.ts'

const PREFIX = 'settlement:'

export async function checkSettlements(context: BatchContext, item: Landed, account: bigint): Promise<void> {
  const { db, book, settings } = context
  if (settings.money?.accounts.find(({ name }) => name === item.source)?.type !== 'razorpay') return
  const rows = await db
    .selectFrom('statement_line')
    .select(['group_id', 'currency', 'amount', 'type', 'uncounted'])
    .where('book', '=', book)
    .where('account', '=', account)
    .where('group_id', '>', '')
    .orderBy('id')
    .execute()
  const shown = new Set(rows.filter(({ type }) => type === 'settlement').map(({ group_id: group }) => group))
  const missing = rows.filter(({ group_id: group, uncounted }) => uncounted === null && !shown.has(group))
  const standing = new Set<string>()
  for (const [group, some] of Map.groupBy(missing, (row) => `${row.group_id} ${row.currency}`)) {
    const [id = '', currency = ''] = group.split(' ')
    const amount = some.reduce((sum, row) => sum + row.amount, 0n)
    const object = `${PREFIX}${id}`
    standing.add(object)
    await raise(context, item, {
      source: item.source,
      code: 'STATEMENT_GAP',
      object,
      amount,
      currency,
      detail:
        `${some.length} settled rows, ${formatMoney(amount)} ${currency} together, left in settlement ${id}, which no imported file shows: ` +
        `import the list of settlements for ${item.source}, or what they paid out to the bank cannot be expected there.`,
    })
  }
  for (const object of await openObjects(db, book, item.source, ['STATEMENT_GAP'])) {
    if (object.startsWith(PREFIX) && !standing.has(object)) await settle(context, item, object)
  }
}
