/** A trace for people: journals above, transactions in the middle, evidence below; and for programs. */
import { formatExact } from '../../domain/money/money.ts'
import type { TracedEvidence } from '../../pipeline/trace/evidence.ts'
import type { TracedJournal } from '../../pipeline/trace/journals.ts'
import type { Trace } from '../../pipeline/trace/trace.ts'
import type { TracedTransaction } from '../../pipeline/trace/transactions.ts'
import { ruleSentence } from '../../domain/rule-book.ts'
import { counted } from '../output.ts'

export function traceView({ transactions, count, evidence, journals, subject, about }: Trace, raw: boolean) {
  return {
    subject,
    about,
    count,
    journals: journals.map(({ approvedAtMs, files, ...journal }) => ({
      ...journal,
      approvedAt: iso(approvedAtMs),
      files: files.map(({ atMs, ...file }) => ({ ...file, at: iso(atMs) })),
    })),
    transactions: transactions.map(({ amount, cumulative, recordedAtMs, postings, ...each }) => ({
      ...each,
      amount: formatExact(amount),
      cumulative: formatExact(cumulative),
      recordedAt: iso(recordedAtMs),
      postings: postings.map((posting) => ({ account: posting.account, amount: formatExact(posting.amount) })),
    })),
    evidence: evidence.map(({ body, fetchedAtMs, ...each }) => ({
      ...each,
      fetchedAt: iso(fetchedAtMs),
      bytes: body.length,
      ...(raw ? { body: body.toString('utf8') } : {}),
    })),
  }
}

export function traceLines({ transactions, count, evidence, journals, about }: Trace, raw: boolean): readonly string[] {
  const more = count > transactions.length ? `, the first ${transactions.length} shown (--limit)` : ''
  return [
    ...(about.length === 0 ? [] : [...about, '']),
    journals.length === 0 ? 'JOURNALS  none has sealed it yet' : 'JOURNALS',
    ...journals.flatMap(journalLines),
    '',
    `TRANSACTIONS  ${count}${more}`,
    ...transactions.flatMap(transactionLines),
    '',
    `EVIDENCE  ${counted(evidence.length, 'landed item')}`,
    ...evidence.flatMap((each) => evidenceLines(each, raw)),
  ]
}

function journalLines({ document, day, currency, from, through, approvedBy, delivered, files }: TracedJournal) {
  return [
    `  ${document}  day ${day}  ${currency}  sequences ${from}-${through}  approved by ${approvedBy}`,
    ...delivered.map(
      ({ target, state, remoteId }) =>
        `    ${target}: ${state}${remoteId === null ? '' : `, its id there ${remoteId}`}`,
    ),
    ...files.map(({ format, path, sha256 }) => `    ${format} file ${path}, SHA-256 ${sha256}`),
  ]
}

function transactionLines(each: TracedTransaction): readonly string[] {
  const { sequence, effectiveDate, source, object, kind, version, currency, amount, cumulative, rule, memo } = each
  return [
    `  ${sequence}  ${effectiveDate}  ${source} ${object}  ${kind} v${version}  ${formatExact(amount)} ${currency}, in total ${formatExact(cumulative)}`,
    ...each.postings.map(
      (posting) =>
        `    ${posting.amount > 0n ? 'Dr' : 'Cr'} ${posting.account}  ${formatExact(posting.amount > 0n ? posting.amount : -posting.amount)}`,
    ),
    `    ${ruleSentence(rule)}`,
    `    ${memo === '' ? '' : `${memo}; `}recorded ${iso(each.recordedAtMs)}; from landing:${each.evidence.batch}.${each.evidence.item}`,
    `    hash ${each.hash}`,
  ]
}

function evidenceLines(each: TracedEvidence, raw: boolean): readonly string[] {
  const { place, kind, source, request, fetchedAtMs, httpStatus, sha256, isIntact, body } = each
  const from = source === '' ? '' : ` from ${source}`
  const answer = httpStatus === null ? '' : `, HTTP ${httpStatus}`
  return [
    `  landing:${place.batch}.${place.item}  ${kind}${from}${answer}, ${counted(body.length, 'byte')}, fetched ${iso(fetchedAtMs)}`,
    `    asked ${short(JSON.stringify(request))}`,
    `    SHA-256 ${sha256}${isIntact ? '' : '  THE BYTES NO LONGER HAVE IT: run tieout ledger verify'}`,
    ...(raw
      ? body
          .toString('utf8')
          .split('\n')
          .map((line) => `    | ${line}`)
      : []),
  ]
}

const ASKED = 300

function short(text: string): string {
  return text.length > ASKED ? `${text.slice(0, ASKED)}… (--json shows all)` : text
}

function iso(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z')
}
