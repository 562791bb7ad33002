/**
 * Razorpay entries as sections, one per currency. Recon rows come in (credit less debit), a settlement goes out. MAPPING.md
 * says why.
 */
import { unequalLine } from '../../../domain/statements/line-footing.ts'
import type { StatementLine, StatementSection, Uncounted } from '../../../domain/statements/statement.ts'
import { typeOf, type RazorpayEntry, type ReconEntry, type SettlementEntry } from './entry.ts'

export interface RazorpaySections {
  readonly sections: readonly StatementSection[]
  readonly remarks: readonly string[]
}

/** `isFeeWithoutTax`: true when the file says so by its header; null is decided from the rows. */
export function razorpaySections(entries: readonly RazorpayEntry[], isFeeWithoutTax: true | null): RazorpaySections {
  const recon = entries.filter((entry) => entry.kind === 'recon')
  const excludesTax = isFeeWithoutTax ?? provesFeeWithoutTax(recon)
  const currencies = [...new Set(entries.map(({ currency }) => currency))]
  const sections = currencies.map((currency): StatementSection => {
    const lines = entries
      .filter((entry) => entry.currency === currency)
      .map((entry) => (entry.kind === 'recon' ? reconLine(entry, excludesTax) : settlementLine(entry)))
    const counted = lines.filter(({ uncounted }) => uncounted === null)
    const footing = unequalLine(counted, 'Line') ?? { kind: 'unproven' }
    return { accountNumber: null, currency, opening: null, closing: null, lines, footing }
  })
  return { sections, remarks: remarksOf(sections, excludesTax && isFeeWithoutTax === null) }
}

/** Razorpay's fee normally includes its tax; some reports print it without, and then credit = amount - fee - tax. */
function provesFeeWithoutTax(recon: readonly ReconEntry[]): boolean {
  let [including, excluding] = [0, 0]
  for (const { amount, fee, tax, credit, debit } of recon) {
    if (amount === null || fee === null || tax === null || tax === 0n) continue
    const taken = grossOf(amount, credit, debit) - (credit - debit)
    if (taken === fee) including += 1
    if (taken === fee + tax) excluding += 1
  }
  return including === 0 && excluding > 0
}

function grossOf(amount: bigint, credit: bigint, debit: bigint): bigint {
  return credit >= debit ? amount : -amount
}

function reconLine(entry: ReconEntry, excludesTax: boolean): StatementLine {
  const { line, id, when, debit, credit, amount, settlementId } = entry
  const tax = entry.tax ?? 0n
  const fee = entry.fee === null || excludesTax ? entry.fee : entry.fee - tax
  const reason = uncountedOf(entry)
  return {
    line,
    externalId: id === '' ? null : id,
    ...when,
    amount: credit - debit,
    gross: amount === null ? null : grossOf(amount, credit, debit),
    fee,
    tax: entry.tax,
    balance: null,
    type: typeOf(entry.type),
    rawType: entry.type,
    uncounted: reason ?? (credit === debit ? 'information' : null),
    references: [...new Set(entry.ids.filter((each) => each !== '' && each !== id))],
    group: settlementId === '' ? null : settlementId,
    counterparty: '',
    description: entry.description,
  }
}

function uncountedOf({ isOnHold, isSettled }: ReconEntry): Uncounted | null {
  if (isOnHold) return 'hold'
  return isSettled ? null : 'pending'
}

const STATUSES: Readonly<Record<string, Uncounted | null>> = {
  processed: null,
  settled: null,
  created: 'pending',
  initiated: 'pending',
  pending: 'pending',
  'partially processed': null,
  failed: 'denied',
  reversed: 'denied',
}

export function isSettlementStatus(status: string): boolean {
  return Object.hasOwn(STATUSES, plain(status))
}

function plain(status: string): string {
  return status.trim().toLowerCase().replaceAll('_', ' ')
}

function settlementLine({ line, id, amount, status, utr, when }: SettlementEntry): StatementLine {
  const reason = STATUSES[plain(status)] ?? null
  return {
    line,
    externalId: id,
    ...when,
    amount: -amount,
    gross: null,
    fee: null,
    tax: null,
    balance: null,
    type: 'settlement',
    rawType: `settlement ${status}`.trim(),
    uncounted: reason ?? (amount === 0n ? 'information' : null),
    references: utr === '' ? [] : [utr],
    group: id,
    counterparty: '',
    description: `settlement ${id}`,
  }
}

function remarksOf(sections: readonly StatementSection[], isFeeWithoutTax: boolean): readonly string[] {
  const lines = sections.flatMap((section) => section.lines)
  const held = lines.filter(({ uncounted }) => uncounted === 'hold').length
  const open = lines.filter(({ uncounted }) => uncounted === 'pending').length
  const failed = lines.filter(({ uncounted }) => uncounted === 'denied').length
  return [
    ...(isFeeWithoutTax ? ['The fees are without their tax: credit is amount less fee less tax.'] : []),
    ...(held + open + failed > 0
      ? [`Lines that moved no money: ${held} on hold, ${open} not settled yet, ${failed} failed.`]
      : []),
  ]
}
