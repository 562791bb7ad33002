/** Why a night is not green: every reason as the end of a sentence, worst first. */
import { intervalWords } from '../../domain/counters/counter-undecided.ts'
import { formatMoney } from '../../domain/money/money.ts'
import { worstFirst, type Reason } from '../../domain/report/status.ts'
import type { Completeness } from './completeness.ts'
import type { ControlLine } from './controls.ts'
import type { Difference } from './differences.ts'
import type { ForecastSection } from './forecast.ts'
import type { JournalSection } from './journals.ts'
import type { Quality } from './quality.ts'

interface Facts {
  readonly controls: readonly ControlLine[]
  readonly completeness: Completeness
  readonly open: readonly Difference[]
  readonly journals: JournalSection
  readonly forecast: ForecastSection
  readonly quality: Quality
}

export function reasonsOf(facts: Facts): readonly Reason[] {
  const { completeness, open, journals, forecast, quality } = facts
  const escalated = open.filter(({ severity }) => severity === 'escalate').length
  // What only informs, as money on its way, has no day by which somebody must settle it; a small amount has one.
  const others = open.filter(
    ({ severity, dueOn }) => severity === 'review' || (severity === 'info' && dueOn !== null),
  ).length
  const waiting = journals.waiting.filter(({ isOver }) => isOver).length
  const { overdue } = forecast.expected
  return worstFirst([
    ...completeness.steps.flatMap(({ step, foots }) => (foots ? [] : [red(`the step ${step} does not foot`)])),
    ...completeness.steps.flatMap(({ step, finished }) =>
      finished ? [] : [red(`the step ${step} did not come to its end`)],
    ),
    ...completeness.sources.flatMap(({ name, fresh }) => (fresh ? [] : [red(`${name} has no reading of this night`)])),
    ...facts.controls.flatMap(ofAccount),
    ...some(red, escalated, 'exception is escalated', 'exceptions are escalated'),
    ...some(amber, others, 'exception is open', 'exceptions are open'),
    ...some(amber, overdue, 'payment is overdue', 'payments are overdue'),
    ...some(amber, quality.proposed, 'line has a match to confirm', 'lines have a match to confirm'),
    ...some(amber, waiting, 'journal waits for a person', 'journals wait for a person'),
    ...some(amber, completeness.quarantined, 'row is in quarantine', 'rows are in quarantine'),
  ])
}

/** A difference that is exactly the lines that are not booked is open work, not a mistake. */
function ofAccount(line: ControlLine): readonly Reason[] {
  const { account, currency, vendor, difference, unbooked, undecided, proof, isNew, closing } = line
  const money = (amount: bigint): string => `${formatMoney(amount)} ${currency}`
  if (isNew) return [amber(`${account} is new in suspense: ${money(closing)}`)]
  if (proof === 'none') return []
  if (undecided !== null) {
    const booked = `${money(undecided.booked)} of it booked provisionally`
    return [
      amber(`${account} is undecided since ${undecided.since}: ${intervalWords(undecided)} in ${currency}, ${booked}`),
    ]
  }
  const who = proof === 'statement' ? 'its statements' : 'the vendor'
  if (vendor === null || difference === null)
    return [amber(`nobody has said what ${account} in ${currency} should hold`)]
  if (difference === 0n) return []
  if (difference === unbooked) {
    return [
      amber(`${account} differs from its statements by ${money(difference)}, all of it lines that are not booked`),
    ]
  }
  return [red(`${account} differs from ${who} by ${money(difference)}`)]
}

function some(reason: (what: string) => Reason, count: number, one: string, many: string): readonly Reason[] {
  return count === 0 ? [] : [reason(`${count} ${count === 1 ? one : many}`)]
}

function red(what: string): Reason {
  return { colour: 'red', what }
}

function amber(what: string): Reason {
  return { colour: 'amber', what }
}
