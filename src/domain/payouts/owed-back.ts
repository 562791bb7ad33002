/** What a network clawed back or paid beyond what was earned: a debt to it until as much is earned again, and no negative receivable. */
import type { Units } from '../money/money.ts'

/** `accrued` is what is unpaid without any such debt, `requested` what is on its way; zero while both together are owed to us. */
export function owedBack(accrued: Units, requested: Units): Units {
  const both = accrued + requested
  return both < 0n ? -both : 0n
}
