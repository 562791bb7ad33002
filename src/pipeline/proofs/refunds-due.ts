/** The clearing accounts of refunds due from panels: what the ledger holds on each against the orders it is due of. */
import { findPostingRule, SOURCE_PLACEHOLDER } from '../../domain/posting-rules.ts'
import { sumsDue } from '../../evidence/refund-rules.ts'
import { balances } from '../../ledger/balances.ts'
import type { ClearingProof } from './clearing.ts'
import type { ProofScope } from './scope.ts'

export async function proveRefundsDue({ db, book, rules, sources }: ProofScope): Promise<readonly ClearingProof[]> {
  const template = findPostingRule(rules, { sourceKind: 'panel', kind: 'refund-due' })?.debit
  if (template === undefined) return []
  const ledger = await balances(db, { id: book, name: '' })
  const due = new Map((await sumsDue(db, book)).map((each) => [each.source, each]))
  return sources.flatMap(({ id, name, currency }) => {
    const account = template.replaceAll(SOURCE_PLACEHOLDER, name)
    const held = ledger.filter((row) => row.account === account)
    const sum = due.get(id)
    if (held.length === 0 && sum === undefined) return []
    const balance = held.find((row) => row.currency === currency)?.balance ?? 0n
    const open = sum?.amount ?? 0n
    const none = { before: 0n, waiting: 0n, since: 0n }
    const openItems = sum?.orders ?? 0
    return [{ account, source: name, currency, ledger: balance, openItems, open, ...none, difference: balance - open }]
  })
}
