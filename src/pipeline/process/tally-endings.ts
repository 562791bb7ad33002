/** The control totals of a reconciliation: every line it looked at, by what became of it. */
import type { RowOutcome } from '../../domain/wallets/control-totals.ts'
import type { BatchContext } from './context.ts'
import { windowEnd } from './match-exceptions.ts'
import type { Pool } from './match-pool.ts'
import { ENDINGS, type Ending, type ReconcileSummary } from './match-summary.ts'

/** Lines that nothing explains are excepted only after their window: those are counted one by one. */
const BECAME: Readonly<Record<Ending, RowOutcome>> = {
  matched: 'posted',
  'by-rule': 'posted',
  ignored: 'unchanged',
  proposed: 'excepted',
  unmatched: 'unchanged',
}

export function tallyEndings(
  context: BatchContext,
  { day, currencies }: ReconcileSummary,
  unmatched: readonly string[],
  { lines }: Pool,
): void {
  const late = unmatched.flatMap((id) => lines.get(id) ?? []).filter((line) => windowEnd(context, line) < day)
  for (const { currency, endings } of currencies) {
    const raised = late.filter(({ open }) => open.currency === currency)
    for (const { open } of raised) context.tally.add('excepted', currency, open.amount)
    const sums = { in: total(raised, 1n), out: total(raised, -1n) }
    for (const ending of ENDINGS) {
      const held = endings[ending]
      const less = ending === 'unmatched' ? { count: raised.length, ...sums } : { count: 0, in: 0n, out: 0n }
      context.tally.add(BECAME[ending], currency, BigInt(held.in) - less.in, held.count - less.count)
      context.tally.add(BECAME[ending], currency, BigInt(held.out) - less.out, 0)
    }
  }
}

function total(lines: readonly { readonly open: { readonly amount: bigint } }[], sign: bigint): bigint {
  return lines.reduce((sum, { open }) => (open.amount * sign > 0n ? sum + open.amount : sum), 0n)
}
