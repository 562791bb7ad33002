/** One exception in full: its history, its evidence, what is booked, and what each resolution would book. */
import { ruleOf } from '../../domain/exceptions/codes.ts'
import { RESOLUTIONS } from '../../domain/exceptions/resolutions.ts'
import { formatExact, formatMoney, type Units } from '../../domain/money/money.ts'
import { ruleSentence } from '../../domain/rule-book.ts'
import type { Posting, TransactionDraft } from '../../domain/transaction.ts'
import type { Landed } from '../../log/landing.ts'
import { nameOf } from '../../pipeline/exception-decisions.ts'
import type { ExceptionDossier, PostedEntry, ResolutionOffer } from '../../pipeline/exception-dossier.ts'
import type { Choice } from '../../pipeline/reconcile/choices.ts'
import { decisionText, type ExceptionEvent } from '../../reconcile/exceptions/history.ts'
import { counted } from '../output.ts'
import { amountText, queueView, type QueueRow } from './exception-queue.ts'

export function dossierLines(dossier: ExceptionDossier, row: QueueRow, raw: boolean): readonly string[] {
  const { exception, history, evidence, posted } = dossier
  const { number, code, source, object, status, currency, detail } = exception
  const due = row.dueOn === null ? '' : `, due ${row.dueOn}${row.isOverdue ? ' (late)' : ''}`
  const standing = row.severity === null ? '' : ` ${row.severity},`
  return [
    `${nameOf(number)} ${code} ${source} ${object} ${amountText(exception)} ${currency ?? ''}`.trimEnd(),
    `${status},${standing} ${row.owner}${row.severity === null ? '' : due}, ${counted(row.days, 'day')} old`,
    detail,
    `${code}: ${ruleOf(code, object).says}`,
    '',
    'History:',
    ...history.map((event) => `  ${historyLine(event)}`),
    '',
    ...evidenceLines(evidence, raw, number),
    '',
    ...(posted.length === 0
      ? ['Booked so far: nothing.']
      : ['Booked so far:', ...posted.flatMap(entryLines), ...ruleLines(posted)]),
    ...(status === 'open' ? ['', ...offerLines(dossier)] : []),
  ]
}

function historyLine(event: ExceptionEvent): string {
  const { atMs, event: what, by, why, resolution, owner, detail, evidence, decision } = event
  const when = new Date(atMs).toISOString()
  const amount = amountText(event)
  const place = evidence === null ? '' : ` [${evidence.batch}.${evidence.item}]`
  const money = amount === '' ? '' : ` ${amount} ${event.currency ?? ''}`
  if (by !== null) {
    const words = resolution === null ? `to ${owner ?? ''}` : `as ${resolution}`
    return `${when} ${what} ${words} by ${by}: ${why ?? ''}${place}`
  }
  const decided = decision === null ? '' : ` ${decisionText(decision)};`
  return `${when} ${what}${money}${place}${decided === '' ? ':' : decided} ${detail}`
}

function evidenceLines(evidence: Landed | null, raw: boolean, number: number): readonly string[] {
  if (evidence === null) return ['Evidence: the landing does not hold it; run tieout ledger verify.']
  const { batch, item, kind, source, fetchedAtMs, sha256, body } = evidence
  const when = new Date(fetchedAtMs).toISOString()
  const place = `Evidence ${batch}.${item}: ${kind}${source === '' ? '' : ` of ${source}`}, ${when}, ${counted(body.length, 'byte')}, SHA-256 ${sha256.toString('hex')}`
  if (!raw) return [place, `  Its bytes: tieout explain ${nameOf(number)} --raw`]
  return [place, `  asked: ${JSON.stringify(evidence.request)}`, ...body.toString('utf8').split('\n')]
}

function entryLines({ sequence, journal, date, kind, rule, memo, postings }: PostedEntry): readonly string[] {
  const sealed = journal === null ? 'in no journal yet' : `in journal ${journal}`
  const why = memo === '' ? rule : `${rule}; ${memo}`
  return [
    `  ${sequence} on ${date}, ${kind}, ${sealed} (${why})`,
    ...postings.map((each) => `    ${postingLine(each)}`),
  ]
}

/** What the numbers of the entries mean, each once, in the order they come. */
function ruleLines(posted: readonly PostedEntry[]): readonly string[] {
  return [...new Set(posted.map(({ rule }) => rule))].map((rule) => `  ${ruleSentence(rule)}`)
}

export function postingLine({ account, amount }: Posting): string {
  return amount > 0n ? `Dr ${account} ${figure(amount)}` : `Cr ${account} ${figure(-amount)}`
}

/** As many decimals as it has, two at least: the exact ledger, not the journal's cents. */
function figure(amount: Units): string {
  return formatMoney(amount, 8).replace(/0{1,6}$/, '')
}

function offerLines(dossier: ExceptionDossier): readonly string[] {
  const { offers, choices, words, command } = dossier
  const { number } = dossier.exception
  const here = offers.length === 0 ? [] : [`Decide with tieout decide ${nameOf(number)} WORD --by --why:`]
  const chosen =
    choices.length === 0 ? [] : ['Decide with one of these, and --by and --why; --dry-run shows all of it:']
  const answers = words.length === 0 ? [] : [`It is answered by tieout decide ${nameOf(number)} ${words.join(', ')}.`]
  const isHere = choices.length + words.length > 0
  const elsewhere = command === null ? [] : [`${isHere ? 'More' : 'Decided with'}: ${command}`]
  const isAny = offers.length > 0 || isHere || command !== null
  const bySelf = !isAny ? ['Nobody decides it: it closes when its cause is gone.'] : []
  return [
    ...here,
    ...offers.flatMap(offer),
    ...chosen,
    ...choices.flatMap(choiceLines),
    ...answers,
    ...elsewhere,
    ...bySelf,
  ]
}

function choiceLines({ command, words, refused, entries }: Choice): readonly string[] {
  const what = `  ${command}${words === '' ? '' : `: ${words}`}`
  if (refused !== null) return [`${what}: not now, ${refused}`]
  if (entries.length === 0) return [what, '    posts nothing']
  return [what, ...linesOf(entries).map((line) => `    ${line}`)]
}

function offer({ as, plan }: ResolutionOffer): readonly string[] {
  if (plan.kind === 'refused') return [`  ${as}: not now, ${plan.reason}`]
  const because = plan.because === undefined ? '' : ` (${plan.because}; --amount states another)`
  return [`  ${as}: ${RESOLUTIONS[as].words}${because}`, ...linesOf(plan.drafts).map((line) => `    ${line}`)]
}

/** The journal lines, with the day each transaction counts on. */
export function linesOf(drafts: readonly Pick<TransactionDraft, 'postings' | 'effectiveDate'>[]): readonly string[] {
  return drafts.flatMap(({ postings, effectiveDate }) =>
    postings.map((posting) => `${effectiveDate} ${postingLine(posting)}`),
  )
}

export function dossierView(dossier: ExceptionDossier, row: QueueRow, raw: boolean) {
  const { history, evidence, posted, offers, choices, words, command } = dossier
  return {
    ...queueView(row),
    history: history.map(({ atMs, amount, ...event }) => ({ ...event, amount: exact(amount), at: isoOf(atMs) })),
    landed: evidence === null ? null : landedView(evidence, raw),
    posted: posted.map(({ amount, postings, ...entry }) => ({
      ...entry,
      amount: formatExact(amount),
      postings: postings.map(postingView),
    })),
    resolutions: offers.map(({ as, plan }) => ({
      as,
      words: RESOLUTIONS[as].words,
      refused: plan.kind === 'refused' ? plan.reason : null,
      postings: plan.kind === 'refused' ? [] : plan.drafts.flatMap((draft) => draft.postings).map(postingView),
    })),
    choices: choices.map(({ entries, ...choice }) => ({
      ...choice,
      entries: entries.map(({ postings, ...entry }) => ({ ...entry, postings: postings.map(postingView) })),
    })),
    words,
    command,
  }
}

function landedView({ batch, item, kind, source, fetchedAtMs, sha256, body, request }: Landed, raw: boolean) {
  const about = { batch, item, kind, source, fetchedAt: isoOf(fetchedAtMs), bytes: body.length, request }
  return { ...about, sha256: sha256.toString('hex'), ...(raw ? { base64: body.toString('base64') } : {}) }
}

export function postingView({ account, amount }: Posting) {
  return { account, amount: formatExact(amount) }
}

function exact(amount: Units | null): string | null {
  return amount === null ? null : formatExact(amount)
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString()
}
