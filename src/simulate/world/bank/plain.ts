/** The money account of a plain world: nothing on it has to be asked about (domain.md 4). */
import { DAY_MS, range } from '../payelancer/plan.ts'
import type { BankPlan, ExportPlan } from './plan.ts'

const EVENING_MS = (23 * DAY_MS) / 24

/** Statements of each day, with lines that the account's rules know. */
export function plainBank(bank: BankPlan, startMs: number, nights: number): BankPlan {
  const accounts = bank.accounts.slice(0, 1).map((account) => ({
    ...account,
    isOpeningStated: true,
    hasRules: true,
    lines: account.lines.filter(({ kind }) => kind !== 'card'),
  }))
  const exports = range(nights + 2).map((day): ExportPlan => {
    const downloadedMs = startMs + day * DAY_MS + EVENING_MS
    return {
      id: `checking-${day}`,
      accounts: ['checking'],
      fromDay: 0,
      throughDay: day,
      downloadedMs,
      newest: null,
      lacksOne: false,
      importedMs: [downloadedMs],
      isExplained: true,
    }
  })
  return { accounts, transfers: [], exports }
}
