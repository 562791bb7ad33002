/**
 * What makes a night red, amber or green: one table. Red is wrong or not known, amber is open and waits for a person, green
 * is what no row speaks of. A new reason is one line here and its line in docs/report.md; a test holds the two together.
 */
import { formatMoney, type Units } from '../money/money.ts'
import type { IsoDate } from '../transaction.ts'

export type Colour = 'green' | 'amber' | 'red'

export interface Reason {
  readonly colour: Exclude<Colour, 'green'>
  /** The row of the table that says so. */
  readonly row: string
  /** The end of a sentence: "1310:netpanel differs from the vendor by 3.20 USD". */
  readonly what: string
}

/** The sentence beside the colour. */
export const COLOUR_WORDS: Readonly<Record<Colour, string>> = {
  green: 'Fully reconciled; nothing waits for a person.',
  amber: 'Open items need review.',
  red: 'One or more balances do not reconcile or could not be read.',
}

/** What the rows look at: a page of a night has all of it. */
export interface NightFacts {
  readonly steps: readonly { readonly step: string; readonly finished: boolean; readonly foots: boolean }[]
  /** Runs that had begun by the end of the night and had not finished when the page was known. */
  readonly interrupted: readonly { readonly run: number; readonly kind: string }[]
  /** A night after this one that failed, in its own words; null when none did. */
  readonly failedSince: string | null
  readonly sources: readonly { readonly name: string; readonly fresh: boolean }[]
  readonly accounts: readonly AccountFacts[]
  readonly open: readonly { readonly severity: 'info' | 'review' | 'escalate' }[]
  readonly overdue: number
  readonly toConfirm: number
  /** Journals of days that are over. */
  readonly waiting: number
  readonly quarantined: number
}

interface AccountFacts {
  readonly account: string
  readonly currency: string
  readonly closing: Units
  readonly vendor: Units | null
  readonly difference: Units | null
  /** How much of the difference is statement lines that are not posted. */
  readonly unbooked: Units | null
  readonly proof: 'balance' | 'counter' | 'statement' | 'none'
  readonly isNew: boolean
  /** Readings of its counter that wait for a person, from a vendor day on; null where none does. */
  readonly held: { readonly since: IsoDate; readonly readings: number } | null
}

export interface StatusRow {
  readonly name: string
  readonly colour: Reason['colour']
  /** As docs/report.md has it. */
  readonly when: string
  /** Each the end of a sentence; none when the row does not apply. */
  readonly says: (night: NightFacts) => readonly string[]
}

/** Worst first, and in this order on the page. */
export const STATUS_ROWS: readonly StatusRow[] = [
  red('step-not-tied', 'rows or sums into a step are not what came out of it', ({ steps }) =>
    steps.filter(({ foots }) => !foots).map(({ step }) => `step ${step}: in is not what came out`),
  ),
  red(
    'step-unfinished',
    'a step did not finish; for a source this means that it could not be read to the end',
    (night) => night.steps.filter(({ finished }) => !finished).map(({ step }) => `step ${step} did not finish`),
  ),
  red('run-interrupted', 'a command or run was interrupted before the night ended and was not run again', (night) =>
    night.interrupted.map(({ run, kind }) => `run ${run} (${kind}) was interrupted; ${afterInterruption(run, kind)}`),
  ),
  red('night-failed', 'a night after it failed, and none has come to its end since', ({ failedSince }) =>
    failedSince === null ? [] : [failedSince],
  ),
  red('source-unread', 'a source has no reading of this night', ({ sources }) =>
    sources.filter(({ fresh }) => !fresh).map(({ name }) => `${name} has no reading of this night`),
  ),
  red('account-differs', "an account differs from the vendor's figure or from its statements", ({ accounts }) =>
    standing(accounts, 'differs').map((line) => `${line.account} differs from ${whose(line)} by ${difference(line)}`),
  ),
  red('exceptions-escalated', 'an open exception is escalated, by its amount or its age', ({ open }) =>
    counted(
      open.filter(({ severity }) => severity === 'escalate').length,
      'exception is',
      'exceptions are',
      'escalated',
    ),
  ),
  amber('readings-wait', 'readings of a counter wait for a person', ({ accounts }) =>
    standing(accounts, 'held').map(({ account, held }) => `readings behind ${account} wait since ${held?.since ?? ''}`),
  ),
  amber('suspense-new', 'a suspense account that was empty the night before is not', ({ accounts }) =>
    standing(accounts, 'new').map(
      ({ account, closing, currency }) => `${account} is new in suspense: ${money(closing, currency)}`,
    ),
  ),
  amber('account-unsaid', 'no vendor or statement says what an account should hold', ({ accounts }) =>
    standing(accounts, 'unsaid').map(
      ({ account, currency }) => `no vendor or statement says what ${account} in ${currency} should hold`,
    ),
  ),
  amber('lines-unposted', 'an account differs by exactly the statement lines that are not posted', ({ accounts }) =>
    standing(accounts, 'unposted').map(
      (line) =>
        `${line.account} differs from its statements by ${difference(line)}, all of it lines that are not posted`,
    ),
  ),
  amber('exceptions-open', 'an exception is open', ({ open }) =>
    counted(open.filter(({ severity }) => severity !== 'escalate').length, 'exception is', 'exceptions are', 'open'),
  ),
  amber('payments-overdue', 'an expected payment is overdue', ({ overdue }) =>
    counted(overdue, 'payment is', 'payments are', 'overdue'),
  ),
  amber('matches-to-confirm', 'a match is proposed for a statement line', ({ toConfirm }) =>
    counted(toConfirm, 'line has', 'lines have', 'a match to confirm'),
  ),
  amber(
    'journals-waiting',
    "a day that is over has no approved journal, and no counter's next reading is awaited",
    ({ waiting }) => counted(waiting, 'journal waits', 'journals wait', 'for approval'),
  ),
  amber('rows-quarantined', 'rows of evidence could not be read', ({ quarantined }) =>
    counted(quarantined, 'row is', 'rows are', 'in quarantine'),
  ),
]

/** Every reason why the night is not green, red ones first. */
export function reasonsOf(night: NightFacts): readonly Reason[] {
  const found = STATUS_ROWS.flatMap(({ name, colour, says }) =>
    says(night).map((what): Reason => ({ colour, row: name, what })),
  )
  return [...found.filter(({ colour }) => colour === 'red'), ...found.filter(({ colour }) => colour === 'amber')]
}

export function colourOf(reasons: readonly Reason[]): Colour {
  if (reasons.some(({ colour }) => colour === 'red')) return 'red'
  return reasons.length === 0 ? 'green' : 'amber'
}

function red(name: string, when: string, says: StatusRow['says']): StatusRow {
  return { name, colour: 'red', when, says }
}

function amber(name: string, when: string, says: StatusRow['says']): StatusRow {
  return { name, colour: 'amber', when, says }
}

/** Runs that send something that must not be sent twice: what came of it is looked up, and never by running them again. */
export const SENT_ONCE: ReadonlySet<string> = new Set(['panel-add', 'panel-request', 'campaign', 'delivery'])

function afterInterruption(run: number, kind: string): string {
  const see = `tieout runs show ${run}`
  return SENT_ONCE.has(kind)
    ? `do not repeat it before you know what came of it: ${see}`
    : `run the same command again, or see ${see}`
}

type Standing = 'ties' | 'new' | 'held' | 'unsaid' | 'unposted' | 'differs'

/** A difference that is exactly the lines that are not posted is open work, not a mistake. */
function standingOf({ vendor, difference: amount, unbooked, proof, isNew, held }: AccountFacts): Standing {
  if (isNew) return 'new'
  if (proof === 'none') return 'ties'
  if (held !== null) return 'held'
  if (vendor === null || amount === null) return 'unsaid'
  if (amount === 0n) return 'ties'
  return amount === unbooked ? 'unposted' : 'differs'
}

function standing(accounts: readonly AccountFacts[], wanted: Standing): readonly AccountFacts[] {
  return accounts.filter((line) => standingOf(line) === wanted)
}

function whose({ proof }: AccountFacts): string {
  return proof === 'statement' ? 'its statements' : 'the vendor'
}

function difference({ difference: amount, currency }: AccountFacts): string {
  return money(amount ?? 0n, currency)
}

function counted(count: number, one: string, many: string, what: string): readonly string[] {
  return count === 0 ? [] : [`${count} ${count === 1 ? one : many} ${what}`]
}

function money(amount: Units, currency: string): string {
  return `${formatMoney(amount)} ${currency}`
}
