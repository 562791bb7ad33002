/**
 * What to tell a person about the lines of a PayPal file that moved no money, so that nothing is left out in silence.
 */
import type { StatementSection, Uncounted } from '../../../domain/statements/statement.ts'

const WORDS: Readonly<Record<Uncounted, string>> = {
  memo: 'memo',
  pending: 'pending',
  denied: 'denied or canceled',
  hold: 'held',
  information: 'for information',
  undone: 'taken back',
}

export function uncountedRemark(sections: readonly StatementSection[]): readonly string[] {
  const counts = new Map<Uncounted, number>()
  for (const { lines } of sections)
    for (const { uncounted } of lines) if (uncounted !== null) counts.set(uncounted, (counts.get(uncounted) ?? 0) + 1)
  if (counts.size === 0) return []
  const parts = [...counts].map(([reason, count]) => `${count} ${WORDS[reason]}`)
  return [`Lines that moved no money: ${parts.join(', ')}.`]
}
