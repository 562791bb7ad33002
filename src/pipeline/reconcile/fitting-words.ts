/**
 * Of the words that answer an exception about a statement line, an expected item or a match, those that fit it as the book
 * stands: `tieout explain` lists them, and so does `decide` where it does not know a word.
 */
import { ruleOf } from '../../domain/exceptions/codes.ts'
import { findItem } from '../../evidence/open-items.ts'
import { proposalsOf } from '../../evidence/read-matches.ts'
import type { StoredException } from '../../reconcile/exceptions.ts'
import { linesById, readPool, type PoolLine } from '../process/match-pool.ts'
import type { PlanContext } from '../process/resolutions/effect.ts'
import { matchesAbout, numberIn } from './answers.ts'

type About = Pick<StoredException, 'code' | 'source' | 'object'>

export async function fittingWords(context: PlanContext, exception: About): Promise<readonly string[]> {
  const { words } = ruleOf(exception.code, exception.object)
  const asked = new Set(words)
  const idle = new Set<string>()
  if (asked.has('unmatch') && (await matchesAbout(context.db, context.book, exception)).length === 0)
    idle.add('unmatch')
  if (exception.code === 'DELIVERY_FAILED' && asked.has('retry') && !(await wasRefused(context, exception)))
    idle.add('retry')
  const id = numberIn('line', exception.object)
  const [line] = id === null ? [] : await linesById(context, [id])
  if (line !== undefined) for (const word of await idleOfLine(context, line, words)) idle.add(word)
  // Of the words about items, no other subject has this one without a line or a match.
  if (id === null && asked.has('match')) for (const word of await idleOfItem(context, exception, words)) idle.add(word)
  return words.filter((word) => !idle.has(word))
}

/** What could not be built, or was handed out as a file, is not sent again by a word. */
async function wasRefused({ db, book }: PlanContext, { source, object }: About): Promise<boolean> {
  const row = await db
    .selectFrom('outbox')
    .select('document')
    .where('book', '=', book)
    .where('target', '=', source)
    .where('document', '=', object.slice(object.indexOf(':') + 1))
    .where('state', '=', 'refused')
    .executeTakeFirst()
  return row !== undefined
}

async function idleOfLine(context: PlanContext, line: PoolLine, words: readonly string[]): Promise<readonly string[]> {
  const { amount } = line.open
  if (amount === 0n) return words.filter((word) => word !== 'unmatch')
  const { sources } = context.settings
  const isPaid = amount > 0n && sources.some(({ kind }) => kind === 'publisher')
  const isWallet = amount < 0n && sources.some(({ kind }) => kind !== 'publisher')
  const proposals = await proposalsOf(context.db, context.book, 'line', [line.id])
  const { items } = await readPool(context, () => false)
  return [
    ...(proposals.length === 0 ? ['confirm', 'reject'] : []),
    ...([...items.values()].some(({ open }) => open.amount > 0n === amount > 0n) ? [] : ['match']),
    ...(isPaid ? [] : ['payout']),
    ...(isWallet ? [] : ['top-up']),
    amount > 0n ? 'transfer-out' : 'income',
  ]
}

async function idleOfItem(
  context: PlanContext,
  { source, object }: About,
  words: readonly string[],
): Promise<readonly string[]> {
  const item = await findItem(context.db, context.book, source, object)
  if (item?.status !== 'open') return words
  const { lines } = await readPool(context, ({ open }) => open.amount > 0n === item.amount > 0n)
  return [...(lines.size === 0 ? ['match'] : []), ...(item.kind === 'payout' && item.matched !== 0n ? [] : ['fee'])]
}
