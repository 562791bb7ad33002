/**
 * What could make a difference, the likeliest first: what is not booked, what is expected, what an exception claims, what
 * is there twice, what only just happened. Each is signed as it would add to the difference.
 */
import { addDays } from '../../domain/time/dates.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { openItems } from '../../evidence/open-items.ts'
import { openLines } from '../../evidence/statements/lines.ts'
import { listExceptions } from '../../reconcile/exceptions.ts'
import { oneOfEachFact, showLines, type NamedSuspect } from './named-suspect.ts'
import type { ProofScope } from './scope.ts'
import type { ExplainedSubject } from './subject.ts'
import { repeatedLines, repeatedTransactions, transactionsAround, unknownOrders } from './suspect-rows.ts'

export interface SuspectWindow {
  /** The cut the difference was taken at. */
  readonly day: IsoDate
  /** Transactions so many days before and after it count as timing. */
  readonly days: number
}

/** No fact twice. */
export async function suspectsOf(
  scope: ProofScope,
  subject: ExplainedSubject,
  window: SuspectWindow,
): Promise<readonly NamedSuspect[]> {
  const found = [
    ...listedByProof(subject),
    ...(await lineSuspects(scope, subject)),
    ...(await itemSuspects(scope, subject)),
    ...(await claimed(scope, subject)),
    ...(subject.kind === 'vendor' ? await unknownOrders(scope, subject) : []),
    ...(subject.kind === 'money' ? await repeatedLines(scope, subject) : []),
    ...(await repeatedTransactions(scope, subject)),
    ...(await transactionsAround(scope, subject, {
      from: addDays(window.day, -window.days),
      to: addDays(window.day, window.days),
    })),
  ]
  return oneOfEachFact(found)
}

/** Lines and transactions by which the proof of cash already explains a part: only for an amount a person gives. */
function listedByProof({ kind, month, source }: ExplainedSubject): readonly NamedSuspect[] {
  if (kind !== 'money' || month === null) return []
  return month.items.map(({ object, kind: why, date, columns }) => ({
    id: object,
    amount: columns.closing,
    kind: why,
    about: `${source}:${object}`,
    what: `${object} of ${date}, ${why}`,
    show: object.startsWith('line:') ? showLines(source, date) : `tieout trace ${source}:${object}`,
  }))
}

/** Of other accounts: a payment to or from a vendor that nothing in the books explains yet. */
async function lineSuspects(scope: ProofScope, { kind, currency }: ExplainedSubject): Promise<readonly NamedSuspect[]> {
  if (kind !== 'vendor') return []
  const names = new Map(scope.accounts.map(({ id, name }) => [id, name]))
  const lines = await openLines(scope.db, scope.book, [...names.keys()])
  return lines
    .filter((line) => line.currency === currency)
    .map(({ id, account, amount, matched, date, counterparty, description }) => ({
      id: `line:${id}`,
      // What left the bank for a vendor is what its wallet has more.
      amount: matched - amount,
      kind: 'unmatched line',
      about: `${names.get(account) ?? ''}:line:${id}`,
      what: `line ${id} of ${date}, ${[counterparty, description].filter((text) => text !== '').join(': ')}`,
      show: showLines(names.get(account) ?? '', date),
    }))
}

async function itemSuspects(scope: ProofScope, subject: ExplainedSubject): Promise<readonly NamedSuspect[]> {
  if (subject.kind === 'vendor') return []
  const sign = subject.kind === 'money' ? 1n : -1n
  return (await openItems(scope.db, scope.book))
    .filter(({ currency, account, source }) => {
      if (currency !== subject.currency) return false
      return subject.kind === 'clearing'
        ? subject.source === '' || source === subject.source
        : account === '' || account === subject.source
    })
    .map(({ id, kind, source, object, date, amount, matched }) => ({
      id: `item:${id}`,
      amount: sign * (amount - matched),
      kind: 'open item',
      about: `${source}:${object}`,
      what: `item ${id}: ${kind} ${object} of ${source}, expected from ${date}`,
      show: `tieout trace ${source}:${object}`,
    }))
}

/** What open exceptions about the same source say is at stake: refunds not shown, readings held. */
async function claimed(scope: ProofScope, subject: ExplainedSubject): Promise<readonly NamedSuspect[]> {
  if (subject.kind !== 'vendor') return []
  const open = await listExceptions(scope.db, scope.book, { status: 'open', source: subject.source })
  return open.flatMap(({ number, code, object, amount, currency }) =>
    amount === null || currency !== subject.currency || SUMMARIES.has(code)
      ? []
      : [
          {
            id: `exception:${number}`,
            amount,
            kind: code,
            about: `${subject.source}:${object}`,
            what: `E-${number}: ${code} ${object}`,
            show: `tieout exceptions show E-${number}`,
          },
        ],
  )
}

/** They are the difference itself, and would explain it by itself. */
const SUMMARIES: ReadonlySet<string> = new Set(['MISSING_IN_BOOKS', 'ROUNDING', 'ORDERS_DIFFER', 'CLEARING_DIFFERS'])
