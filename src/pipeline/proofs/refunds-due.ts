/** The clearing accounts of refunds due from panels: what the ledger holds on each against what the wallet's nights leave owed. */
import { findPostingRule, SOURCE_PLACEHOLDER } from '../../domain/posting-rules.ts'
import { balances } from '../../ledger/balances.ts'
import { loadNights } from '../../panels/store/wallet-nights.ts'
import type { ClearingProof } from './clearing.ts'
import type { ProofScope } from './scope.ts'

export async function proveRefundsDue({ db, book, rules, sources }: ProofScope): Promise<readonly ClearingProof[]> {
  const template = findPostingRule(rules, { sourceKind: 'panel', kind: 'refund' })?.debit
  if (template === undefined) return []
  const ledger = await balances(db, { id: book, name: '' })
  const proofs: ClearingProof[] = []
  for (const { id, name, currency } of sources) {
    const account = template.replaceAll(SOURCE_PLACEHOLDER, name)
    const held = ledger.find((row) => row.account === account && row.currency === currency)
    const last = (await loadNights(db, { book, source: id })).findLast(({ look }) => look !== null)
    if (held === undefined && (last === undefined || last.worked.owed === 0n)) continue
    const [balance, open] = [held?.balance ?? 0n, last?.worked.owed ?? 0n]
    const none = { before: 0n, waiting: 0n, since: 0n }
    const openItems = open === 0n ? 0 : 1
    proofs.push({
      account,
      source: name,
      currency,
      ledger: balance,
      openItems,
      open,
      ...none,
      difference: balance - open,
    })
  }
  return proofs
}
