/**
 * What a card's OFX says at its end. LEDGERBAL is negative where something is owed, as amounts are signed from the customer's
 * side; but banks print what is owed as positive, too, and a card that was overpaid is positive as well. Then only what the
 * file before closed with tells.
 */
import { closingsBefore, type PreviousClosing } from '../../../domain/statements/previous-closing.ts'
import type { StatementSection } from '../../../domain/statements/statement.ts'

const UNTOLD =
  'Its balance is positive, which some banks print for what is owed on a card and others for what was paid beyond it, and no earlier statement tells: it is left out.'
const OWED = 'Its balance is what is owed; it is turned round.'

export function owedClosing(
  section: Pick<StatementSection, 'accountNumber' | 'currency' | 'closing' | 'lines'>,
  previous: readonly PreviousClosing[],
): { readonly closing: StatementSection['closing']; readonly remarks: readonly string[] } {
  const { accountNumber, currency, closing, lines } = section
  if (closing === null || closing.amount <= 0n) return { closing, remarks: [] }
  const first = lines.map(({ date }) => date).toSorted()[0] ?? null
  const moved = lines.reduce((sum, { amount, uncounted }) => (uncounted === null ? sum + amount : sum), 0n)
  const before = closingsBefore(previous, { accountNumber, currency, first })
  const isFollowing = (amount: bigint): boolean => before.some((each) => each.amount + moved === amount)
  if (isFollowing(closing.amount) === isFollowing(-closing.amount)) return { closing: null, remarks: [UNTOLD] }
  if (isFollowing(closing.amount)) return { closing, remarks: [] }
  return { closing: { ...closing, amount: -closing.amount }, remarks: [OWED] }
}
