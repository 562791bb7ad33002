/**
 * Open exceptions in a summary: counted, with what is at stake. A figure nobody knows is said to be unknown and is null
 * for programs, since a zero would say that nothing is at stake.
 */
import { formatExact, formatMoney } from '../../domain/money/money.ts'
import type { ExceptionGroup } from '../../reconcile/exceptions.ts'

export function exceptionGroupView({ amount, ...group }: ExceptionGroup) {
  return { ...group, amount: amount === null ? null : formatExact(amount) }
}

export function exceptionLines({ exceptions }: { readonly exceptions: readonly ExceptionGroup[] }): readonly string[] {
  if (exceptions.length === 0) return ['No open exceptions.']
  return ['Open exceptions (tieout todo):', ...exceptions.map(groupLine)]
}

/** What is not about money, as a source that could not be read, has a count alone. */
function groupLine({ source, code, count, currency, amount, unknown }: ExceptionGroup): string {
  const line = `  ${source} ${code}: ${count}`
  if (currency === null) return line
  if (amount === null) return `${line}, amount unknown`
  return `${line}, ${formatMoney(amount)} ${currency}${unknown === 0 ? '' : ` + ${unknown} unknown`}`
}
