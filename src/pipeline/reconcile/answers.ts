/**
 * The words by which a person answers an exception about a statement line, an expected item or a match (M5), as the
 * decision they are. `tieout explain` prints each with the entries it would make.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import { InputError } from '../../domain/errors.ts'
import { ALONE_MEANINGS, type AloneMeaning } from '../../domain/settlement/settlement.ts'
import type { IsoDate } from '../../domain/transaction.ts'
import { findItem } from '../../evidence/open-items.ts'
import { activeLegs, proposalsOf } from '../../evidence/read-matches.ts'
import type { StoredException } from '../../reconcile/exceptions.ts'
import { overMatchedItem } from '../process/expect-item.ts'
import type { MatchDecision, Residual } from '../process/match-request.ts'

export type Without<T> = T extends unknown ? Omit<T, 'by' | 'why'> : never

/** What the word is said with. */
export interface Answer {
  readonly as: string
  readonly items: readonly number[]
  readonly line: number | null
  readonly match: number | null
  /** Of a payout or a top-up: whose it is, and what was paid out or came into the wallet, without what was taken on the way. */
  readonly of: string | null
  readonly gross: string | null
  /** What a difference between lines and items is. */
  readonly difference: Residual
  /** The night that an item is given up on. */
  readonly day: IsoDate
}

type Subject = Pick<StoredException, 'source' | 'object'>
type Decision = Without<MatchDecision>

/** Throws InputError when the word needs something that was not said, or does not fit the subject. */
export async function decisionOf(
  db: Kysely<Tables>,
  book: bigint,
  subject: Subject,
  answer: Answer,
): Promise<Decision> {
  const line = numberIn('line', subject.object)
  if (answer.as === 'unmatch') return { decide: 'unmatch', match: await matchToUndo(db, book, subject, answer) }
  if (line !== null) return ofLine(db, book, Number(line), answer)
  const item = await findItem(db, book, subject.source, subject.object)
  if (item === null) throw unfit(answer.as, 'it is about a match', 'unmatch')
  return ofItem(Number(item.id), answer)
}

async function ofLine(db: Kysely<Tables>, book: bigint, line: number, answer: Answer): Promise<Decision> {
  const { as, items, of, gross, difference } = answer
  switch (as) {
    case 'confirm':
    case 'reject': {
      const [proposal] = await proposalsOf(db, book, 'line', [BigInt(line)])
      if (proposal === undefined) throw unfit(as, `no match is proposed for line ${line}`, 'match with --item NUMBER')
      return { decide: as, match: Number(proposal) }
    }
    case 'match':
      if (items.length === 0) throw needs('Which items does the line settle?', '--item NUMBER')
      return { decide: 'match', lines: [line], items: [...items], residual: difference }
    case 'payout':
      if (of === null) throw needs('Whose payout is it?', '--of SOURCE')
      return { decide: 'payout', line, of, gross }
    case 'top-up':
      if (of === null) throw needs('Whose wallet was topped up?', '--of SOURCE')
      return { decide: 'top-up', line, of, gross }
    case 'ignore':
      return { decide: 'ignore', line }
    case 'write-off':
      return { decide: 'settle', line, meaning: 'written-off' }
    default:
      return { decide: 'settle', line, meaning: meaningOf(as) }
  }
}

function ofItem(item: number, { as, line, difference, day }: Answer): Decision {
  if (as === 'fee') return { decide: 'fee', item }
  if (as === 'write-off') return { decide: 'write-off', item, day }
  if (as !== 'match')
    throw unfit(as, 'it is about something that was expected', 'match with --line NUMBER, or write-off')
  if (line === null) throw needs('Which line settles it?', '--line NUMBER')
  return { decide: 'match', lines: [line], items: [item], residual: difference }
}

/** A word, or the code of a ledger account. */
export function meaningOf(text: string): AloneMeaning {
  if (/^\d{4}$/.test(text)) return `account:${text}`
  const found = ALONE_MEANINGS.find((each) => each === text)
  if (found !== undefined) return found
  throw unfit(
    text,
    'it is no word about a line',
    `match, ${ALONE_MEANINGS.join(', ')}, or a ledger account, such as 6110`,
  )
}

async function matchToUndo(db: Kysely<Tables>, book: bigint, subject: Subject, { match }: Answer): Promise<number> {
  if (match !== null) return match
  const [only, ...others] = await matchesAbout(db, book, subject)
  if (only === undefined) throw unfit('unmatch', 'nothing is matched', 'match')
  if (others.length > 0) throw needs(`Which of the matches ${[only, ...others].join(', ')}?`, '--match NUMBER')
  return Number(only)
}

/** Active matches that an exception is about. */
export async function matchesAbout(
  db: Kysely<Tables>,
  book: bigint,
  { source, object }: Subject,
): Promise<readonly bigint[]> {
  const named = numberIn('match', object)
  if (named !== null) return [named]
  const over = overMatchedItem(object)
  const item = over === null ? null : await findItem(db, book, source, over)
  const line = numberIn('line', object)
  const legs =
    item !== null
      ? await activeLegs(db, book, 'item', [item.id])
      : line !== null
        ? await activeLegs(db, book, 'line', [line])
        : []
  return [...new Set(legs.map(({ match }) => match))]
}

/** The number in "line:12" or "match:12"; null in anything else. */
export function numberIn(what: 'line' | 'match', object: string): bigint | null {
  const found = object.startsWith(`${what}:`) ? /^\d{1,15}$/.exec(object.slice(what.length + 1)) : null
  return found === null ? null : BigInt(found[0])
}

function needs(question: string, flag: string): InputError {
  return new InputError('ANSWER_NEEDS', question, `Say it with ${flag}.`)
}

function unfit(as: string, because: string, instead: string): InputError {
  return new InputError('ANSWER_UNFIT', `"${as}" does not fit here: ${because}.`, `Say ${instead}.`)
}
