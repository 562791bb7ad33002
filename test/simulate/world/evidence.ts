/** A file in which a person states what moved: openings, top-ups. */
import { amountText } from './amounts.ts'
import { dayOf } from './day.ts'
import type { Act } from './part.ts'

interface Stated {
  readonly atMs: number
  readonly kind: string
  /** Count of 10⁻⁸. */
  readonly amount: number
  readonly reference: string
}

/** `source`: a source or an account. Nothing where there is nothing to state. */
export function evidenceAct(source: string, atMs: number, stated: readonly Stated[]): readonly Act[] {
  if (stated.length === 0) return []
  const rows = stated.map((each) =>
    [dayOf(each.atMs), source, each.kind, amountText(BigInt(each.amount), 8), 'USD', each.reference, ''].join(','),
  )
  const name = `${source}-evidence-${atMs}.csv`
  const content = `date,source,kind,amount,currency,reference,note\n${rows.join('\n')}\n`
  return [{ atMs, file: { name, content }, argv: ['evidence', 'import', `files/${name}`] }]
}
