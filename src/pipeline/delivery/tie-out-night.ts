/**
 * The tie-out at the end of a night that delivered something, or that a changed entry was known of: a difference that no
 * changed entry explains is an item of its own, until a tie-out shows none.
 */
import { abs, formatMoney } from '../../domain/money/money.ts'
import { listExceptions } from '../../reconcile/exceptions.ts'
import { tieOut, type TieOut } from '../../targets/outbox/tie-out.ts'
import type { Work } from '../../targets/outbox/work.ts'
import type { TargetReport } from './deliver-target.ts'
import { documentOf, TIE_OUT, type Difference } from './exceptions.ts'

const SHOWN = 3

export async function tieOutAtNight(work: Work, report: TargetReport): Promise<TargetReport> {
  const { created, adopted, stopped, learnt } = report
  if (stopped !== null) return report
  const open = await listExceptions(work.kysely, work.book.id, { status: 'open', source: work.name })
  const changed = open.filter(({ code }) => code === 'TARGET_CHANGED')
  if (created.length + adopted.length === 0 && changed.length === 0) return report
  const answer = await tieOut(work)
  // A target that cannot be read now is told by the next delivery.
  if (!answer.ok) return report
  // What is changed there is an item already, and says which entry; what was looked at and found right is none any more.
  const isNamed =
    learnt.findings.length > 0 ||
    changed.some(({ object }) => object !== TIE_OUT && !learnt.checked.includes(documentOf(object)))
  const { isTied, misfits } = answer.tieOut
  // Of books that were written anew no other item tells.
  const difference = isTied || (isNamed && misfits.length === 0) ? null : differenceOf(work.name, answer.tieOut)
  return { ...report, learnt: { ...learnt, tieOut: { isTied, difference } } }
}

function differenceOf(target: string, { accounts, strange, misfits }: TieOut): Difference {
  const unexplained = accounts
    .filter((each) => each.unexplained !== 0n)
    .toSorted((a, b) => (abs(b.unexplained) > abs(a.unexplained) ? 1 : -1))
  const sums = unexplained.map(
    ({ account, currency, unexplained: amount }) => `${formatMoney(amount)} ${currency} on account ${account}`,
  )
  const all = [...misfits, ...sums, ...strange].map((each) => each.replace(/\.$/, ''))
  const more = all.length > SHOWN ? `; and ${all.length - SHOWN} more` : ''
  const [largest] = unexplained
  return {
    amount: largest === undefined ? null : abs(largest.unexplained),
    currency: largest?.currency ?? null,
    detail: `${target} and the books differ, and no changed entry explains it: ${all.slice(0, SHOWN).join('; ')}${more}. Run: tieout targets tie-out --target ${target}.`,
  }
}
