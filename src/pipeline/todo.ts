/**
 * What `tieout todo` says beside the things that wait: the choices that fit each as they stand now, as commands ready to
 * type, and what else waits for a person: journals to approve, decisions that a second person has to repeat. Only reads.
 */
import type { Kysely } from 'kysely'
import { approvalMapping } from '../config/approval-mapping.ts'
import type { Mappings } from '../config/mappings.ts'
import type { BookConfig } from '../config/model.ts'
import type { Tables } from '../db/tables.ts'
import { ruleOf } from '../domain/exceptions/codes.ts'
import { RESOLUTIONS } from '../domain/exceptions/resolutions.ts'
import { daysBetween, isoDateInZone } from '../domain/time/dates.ts'
import type { IsoDate } from '../domain/transaction.ts'
import { draftJournals, EVERY_DAY } from '../journals/drafts.ts'
import { listPreparations } from '../journals/preparations.ts'
import type { Book } from '../ledger/books.ts'
import type { StoredException } from '../reconcile/exceptions.ts'
import { nameOf } from './exception-decisions.ts'
import { offersOf } from './exception-dossier.ts'
import type { PlanContext } from './process/resolutions/effect.ts'
import { choicesOf } from './reconcile/choices.ts'
import { fittingWords } from './reconcile/fitting-words.ts'

export interface FittingChoice {
  /** Without --by and --why. */
  readonly command: string
  /** What it means; '' where the command says it. */
  readonly words: string
}

/** What a word has to be said with. */
const SAID_WITH: Readonly<Record<string, string>> = {
  payout: '--of SOURCE',
  'top-up': '--of SOURCE',
  placed: '--reference ID',
}

/** What gives money or an item up is named after what explains it. */
const LAST: readonly string[] = ['ignore', 'dismiss', 'write-off']

/** Those that fit an open exception now, what explains it first; where it is decided elsewhere, that command alone. */
export async function fittingChoices(
  context: PlanContext,
  exception: StoredException,
  nowMs: number,
): Promise<readonly FittingChoice[]> {
  const decide = `tieout decide ${nameOf(exception.number)}`
  const offers = (await offersOf(context, exception, nowMs)).filter(({ plan }) => plan.kind === 'planned')
  const choices = await choicesOf(context, exception, nowMs)
  const planned = new Set(choices.map(({ command }) => wordOf(command)))
  const others = (await fittingWords(context, exception)).filter((word) => !planned.has(word))
  const all = [
    ...choices.filter(({ refused }) => refused === null).map(({ command, words }) => ({ command, words })),
    ...offers.map(({ as }) => ({
      command: `${decide} ${as}${as === 'top-up' || as === 'bonus' ? ' --reference REFERENCE' : ''}`,
      words: RESOLUTIONS[as].words as string,
    })),
    ...others.map((word) => ({ command: `${decide} ${word}${saidWith(exception, word)}`, words: '' })),
  ]
  const isLast = ({ command }: FittingChoice): boolean => LAST.includes(wordOf(command))
  const here = [...all.filter((each) => !isLast(each)), ...all.filter(isLast)]
  const { command } = ruleOf(exception.code, exception.object)
  return here.length > 0 || command === null ? here : [{ command, words: '' }]
}

function saidWith({ object }: StoredException, word: string): string {
  if (word === 'match') return object.startsWith('line:') ? ' --item ITEM' : ' --line LINE'
  return SAID_WITH[word] === undefined ? '' : ` ${SAID_WITH[word]}`
}

/** "match" of "tieout decide E-12 match --item 8". */
function wordOf(command: string): string {
  return command.split(' ')[3] ?? ''
}

export interface WaitingJournals {
  readonly count: number
  readonly oldest: IsoDate
  /** Since the oldest was over. */
  readonly days: number
  readonly command: string
}

/** Drafts of days that are over and that a person may approve; null when there are none. */
export async function waitingJournals(
  db: Kysely<Tables>,
  book: Book,
  config: BookConfig,
  mappings: Mappings,
  nowMs: number,
): Promise<WaitingJournals | null> {
  const today = isoDateInZone(nowMs, config.timeZone)
  const drafts = await draftJournals(db, book, EVERY_DAY, approvalMapping(config, mappings))
  const ready = drafts.ready.filter(({ day }) => day < today)
  const days = ready.map(({ day }) => day).toSorted()
  const [oldest] = days
  if (oldest === undefined) return null
  const prepared = config.journals.differentApprover ? await listPreparations(db, book) : null
  const isPrepared = ready.every(
    ({ day, currency }) => prepared === null || prepared.some((each) => each.day === day && each.currency === currency),
  )
  const command = `tieout journals ${isPrepared ? 'approve' : 'prepare'} --through ${days.at(-1) ?? oldest}`
  return { count: ready.length, oldest, days: daysBetween(oldest, today), command }
}
