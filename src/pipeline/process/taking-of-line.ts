/** What the settings know to be taken of a payout before a line of a statement shows it. */
import { isOfBank } from '../../domain/matching/descriptor.ts'
import { takenRules, type TakenRule } from '../../domain/settlement/taken.ts'
import type { ContextSource } from './context.ts'
import type { PoolLine } from './match-pool.ts'

/** Before its gross: a fee that the line states itself is none of it. Rules that take nothing are left out. */
export function takingOf(
  { open, account }: Pick<PoolLine, 'open' | 'account'>,
  { payouts }: Pick<ContextSource, 'payouts'>,
): readonly TakenRule[] {
  const fees = open.gross === open.amount ? account.fees : []
  const withholdingBasisPoints = payouts?.withholdingBasisPoints ?? 0
  return takenRules({ isBank: isOfBank(account.type), fees, withholdingBasisPoints }).filter(
    ({ share, flat }) => share !== 0n || flat !== 0n,
  )
}
