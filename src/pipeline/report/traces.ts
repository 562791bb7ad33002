/**
 * The command that leads from each figure of a page to what is behind it: postings, observations, statement lines, landed
 * bytes. A page of the past is traced as it was known then.
 */
import { splitAccountKey } from '../../domain/accounts.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import type { SourceLine, StepLine } from './completeness.ts'
import type { ControlLine } from './controls.ts'
import type { ExpectedLine } from './expected.ts'
import type { NightPage } from './page.ts'

type Of = Pick<NightPage, 'book' | 'night' | 'finishedAtMs' | 'knownAtMs'>

/** What `tieout trace` is given: "E-12", "AGENCY-20260318-1", "item:6", "landing:4.1". */
export function traceThing(thing: string, { book }: Pick<NightPage, 'book'>): string {
  return `tieout trace ${thing} --book ${book}`
}

/** What made an account's figures this night. */
export function traceAccount({ account }: Pick<ControlLine, 'account'>, page: Of): string {
  const { night, finishedAtMs, knownAtMs } = page
  const known = knownAtMs === finishedAtMs ? '' : ` --known-at ${new Date(knownAtMs).toISOString()}`
  return `${traceThing(`account:${account}`, page)} --night ${night}${known}`
}

/** Where the independent figure of an account comes from; null when there is none. */
export function traceVendor({ account, proof }: ControlLine, page: NightPage): string | null {
  switch (proof) {
    case 'none':
      return null
    case 'statement':
      return `tieout statements list --account ${splitAccountKey(account).wallet ?? account} --book ${page.book}`
    case 'balance':
    case 'counter': {
      const source = page.completeness.sources.find((each) => each.account === account)
      return source === undefined ? null : traceReading(source, page)
    }
  }
}

/** What a wallet or receivable comes to, and so how long it lasts: everything that was ever posted to it. */
export function traceBalance(account: string, { book }: Pick<NightPage, 'book'>): string {
  return `tieout ledger register ${account} --book ${book}`
}

/** The transactions since the night before. */
export function traceTransactions({ completeness, chain, book }: NightPage): string | null {
  const first = chain.sequence - completeness.transactions + 1
  return completeness.transactions === 0 ? null : traceThing(`${first}-${chain.sequence}`, { book })
}

/** The run that did it, with its steps: the last one when there were several. */
export function traceStep({ runs }: StepLine, { book }: Pick<NightPage, 'book'>): string {
  return `tieout runs show ${runs.at(-1) ?? 0} --book ${book}`
}

/** The newest answer of a source, as it came. */
export function traceReading({ reading }: SourceLine, page: Pick<NightPage, 'book'>): string | null {
  return reading === null ? null : traceThing(`landing:${reading.batch}.${reading.item}`, page)
}

/** What a day comes to that no journal has sealed. */
export function traceDraft(day: IsoDate, { book }: Pick<NightPage, 'book'>): string {
  return `tieout journals show ${day} --book ${book}`
}

export function traceQuarantine({ book }: Pick<NightPage, 'book'>): string {
  return `tieout todo --set-aside --book ${book}`
}

export function traceExpected({ item }: ExpectedLine, page: Pick<NightPage, 'book'>): string {
  return traceThing(`item:${item}`, page)
}

/** The lines that statements show, with what settled each. */
export function traceLines({ book }: Pick<NightPage, 'book'>): string {
  return `tieout statements lines --book ${book}`
}

/** Matches with their steps, and those that wait. */
export function traceMatches({ book }: Pick<NightPage, 'book'>): string {
  return `tieout reconcile list --matches --proposals --book ${book}`
}

/** For a page without room for a command at each figure. */
export function traceGuide(page: NightPage): readonly string[] {
  const { book, run } = page
  const [account] = page.controls
  const guide = [
    ['an account', account === undefined ? null : traceAccount(account, page)],
    ['what was posted', traceTransactions(page)],
    ['E-12, item:6, a journal, landing:4.1', traceThing('E-12', { book })],
    ['a step', `tieout runs show ${run} --book ${book}`],
    ['statement lines', traceLines({ book })],
    ['matches', traceMatches({ book })],
  ] as const
  return [
    'What is behind a figure (trace with --raw prints the bytes):',
    ...guide.flatMap(([what, command]) => (command === null ? [] : [`  ${what.padEnd(WIDEST)}  ${command}`])),
  ]
}

const WIDEST = 36
