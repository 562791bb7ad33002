/**
 * What a person may do about a statement line, an expected item or a match that an exception is about: the commands, each
 * with the entries it would post. Planned by the very code that carries a decision out.
 */
import type { ItemKind } from '../../domain/settlement/settlement.ts'
import { formatMoney } from '../../domain/money/money.ts'
import { isoDateInZone } from '../../domain/time/dates.ts'
import { findItem, type OpenItem } from '../../evidence/open-items.ts'
import { activeLegs, matchesById, proposalsOf } from '../../evidence/read-matches.ts'
import type { StoredException } from '../../reconcile/exceptions.ts'
import { planDecision } from '../process/match-plan.ts'
import type { MatchDecision } from '../process/match-request.ts'
import { itemsById, linesById, readPool, type PoolLine } from '../process/match-pool.ts'
import type { PlanContext } from '../process/resolutions/effect.ts'
import { matchesAbout, numberIn, type Without } from './answers.ts'
import { candidatesOf } from './candidates.ts'
import { plannedEntries, type PlannedEntry } from './planned-entries.ts'

export interface Choice {
  /** Without --by and --why. */
  readonly command: string
  /** What it means, where the command does not say it. */
  readonly words: string
  /** Why it does not fit; null when it does. */
  readonly refused: string | null
  readonly entries: readonly PlannedEntry[]
}

/** Partners that are shown, of each kind. */
const SHOWN = 3

const OF_LINES: ReadonlySet<string> = new Set(['LINE_UNMATCHED', 'CURRENCY'])
const OF_ITEMS: ReadonlySet<string> = new Set(['PAYOUT_DIFFERS', 'PAYOUT_OVERDUE', 'TOP_UP_MISSING'])

/** Empty for exceptions about anything else. */
export async function choicesOf(
  context: PlanContext,
  exception: Pick<StoredException, 'number' | 'code' | 'source' | 'object'>,
  nowMs: number,
): Promise<readonly Choice[]> {
  const { db, book } = context
  const { number, code, source, object } = exception
  const asked: Asked[] = []
  if (OF_LINES.has(code)) {
    if (code === 'LINE_UNMATCHED') asked.push(...(await ofLine(context, numberIn('line', object))))
    asked.push(...(await ofMatch(context, exception)))
  }
  if (OF_ITEMS.has(code)) asked.push(...(await ofItem(context, await findItem(db, book, source, object), nowMs)))
  const choices: Choice[] = []
  for (const each of asked) choices.push(await planned(context, number, each))
  return choices
}

interface Asked {
  /** What follows `tieout decide E-12`. */
  readonly as: string
  readonly words: string
  readonly decision: Without<MatchDecision>
}

async function ofLine(context: PlanContext, id: bigint | null): Promise<readonly Asked[]> {
  const [line] = id === null ? [] : await linesById(context, [id])
  if (line === undefined || line.open.amount === 0n) return []
  const number = Number(line.id)
  const proposals = await proposalsOf(context.db, context.book, 'line', [line.id])
  const { items } = await readPool(context, () => false)
  const found = await candidatesOf(context, { lines: new Map([[line.settled.id, line]]), items })
  const meanings = line.open.amount > 0n ? (['income'] as const) : (['bank-charge', 'processor-fee'] as const)
  return [
    ...proposals.flatMap((match): Asked[] => [
      { as: 'confirm', words: 'the proposal', decision: { decide: 'confirm', match: Number(match) } },
      { as: 'reject', words: 'never again', decision: { decide: 'reject', match: Number(match) } },
    ]),
    ...found.slice(0, SHOWN).map(({ item: { id: item, object, open } }): Asked => ({
      as: `match --item ${item}`,
      words: `${open.kind} ${object} of ${open.source}, ${formatMoney(open.amount)} ${open.currency} open`,
      decision: { decide: 'match', lines: [number], items: [Number(item)], residual: 'open' },
    })),
    ...(line.open.amount > 0n ? payouts(context, line) : topUps(context, line)),
    ...[...meanings, 'suspense' as const].map((meaning): Asked => ({
      as: meaning,
      words: '',
      decision: { decide: 'settle', line: number, meaning },
    })),
    { as: 'ignore', words: 'it is not of these books', decision: { decide: 'ignore', line: number } },
    {
      as: 'write-off',
      words: '',
      decision: { decide: 'settle', line: number, meaning: 'written-off' },
    },
  ]
}

/** Of the publishers, whatever their currency: the line of one in another is refused with the option that it needs. */
function payouts({ settings }: PlanContext, line: PoolLine): readonly Asked[] {
  const networks = settings.sources.filter(({ kind }) => kind === 'publisher')
  return namedFirst(line, networks).map(({ name }) => ({
    as: `payout --of ${name}`,
    words: `${name} paid it, and no payout of it is known`,
    decision: { decide: 'payout', line: Number(line.id), of: name, gross: null },
  }))
}

/** Of the wallets in the currency of a line that leaves. */
function topUps({ settings }: PlanContext, line: PoolLine): readonly Asked[] {
  const { currency } = line.open
  const wallets = settings.sources.filter((each) => each.kind !== 'publisher' && each.currency === currency)
  return namedFirst(line, wallets).map(({ name }) => ({
    as: `top-up --of ${name}`,
    words: `money into the wallet of ${name}`,
    decision: { decide: 'top-up', line: Number(line.id), of: name, gross: null },
  }))
}

function namedFirst<T extends { readonly name: string }>({ open }: PoolLine, all: readonly T[]): readonly T[] {
  const isNamed = ({ name }: T): boolean => name.split('-').some((word) => open.words.includes(word))
  return [...all.filter(isNamed), ...all.filter((each) => !isNamed(each))].slice(0, SHOWN)
}

async function ofItem(context: PlanContext, item: OpenItem | null, nowMs: number): Promise<readonly Asked[]> {
  if (item === null || item.status !== 'open') return []
  const id = Number(item.id)
  const [expected] = await itemsById(context, [item.id])
  if (expected === undefined) return []
  const { lines } = await readPool(context)
  const found = await candidatesOf(context, { lines, items: new Map([[expected.settled.id, expected]]) })
  const day = isoDateInZone(nowMs, context.settings.book.timeZone)
  return [
    ...found.slice(0, SHOWN).map(({ line }): Asked => ({
      as: `match --line ${line.id}`,
      words: `line of ${line.settled.date}, ${formatMoney(line.open.amount)} ${line.open.currency}, "${line.memo}"`,
      decision: { decide: 'match', lines: [Number(line.id)], items: [id], residual: 'open' },
    })),
    // A part of it came, so what is missing may have been taken on the way.
    ...(item.kind === 'payout' && item.matched !== 0n
      ? [{ as: 'fee', words: await feeWords(context, item), decision: { decide: 'fee', item: id } } as const]
      : []),
    {
      as: 'write-off',
      words: givenUp(item.kind),
      decision: { decide: 'write-off', item: id, day },
    },
  ]
}

/** Where no setting states such a fee, how to state it, as a person would be asked about each payout otherwise. */
async function feeWords(context: PlanContext, { id, source, amount, matched }: OpenItem): Promise<string> {
  const taken = 'taken on the way'
  const payer = context.settings.sources.find(({ name }) => name === source)
  const matches = new Set((await activeLegs(context.db, context.book, 'item', [id])).map(({ match }) => match))
  const legs = (await matchesById(context.db, context.book, [...matches])).flatMap((match) => match.legs)
  const lines = await linesById(
    context,
    legs.flatMap(({ side, ref }) => (side === 'line' ? [ref] : [])),
  )
  const [account, ...others] = new Set(lines.map((line) => line.account))
  const missing = amount - matched
  // What the payer withholds, too, would make the fee look larger than it is.
  const isWithheld = (payer?.payouts?.withholdingBasisPoints ?? 0) !== 0
  if (account === undefined || others.length > 0 || isWithheld) return taken
  if (account.fees.some(({ flat }) => flat === missing)) return taken
  const fee = `{ name: wire, flat: '${formatMoney(missing)}' }`
  const [where, line] = account.fees.length === 0 ? ['of', `fees: [${fee}]`] : ['under fees: of', `- ${fee}`]
  return `${taken}; if it is the same each time, state it once ${where} account ${account.name} in tieout.yaml, and the next payouts are not asked about: ${line}`
}

/** What it means that no line ever showed it: for money that should have gone out, a gain. */
export function givenUp(kind: ItemKind): string {
  switch (kind) {
    case 'top-up':
      return 'a gain: the wallet has money that no account of these books paid; right only if nobody is owed it'
    case 'payout-return':
      return 'a gain: the payout stays although it is owed again; right only if nobody takes it back'
    case 'payout':
    case 'wallet-refund':
      return 'a loss: the vendor pays it no more'
    case 'transfer':
    case 'settlement':
      return 'a loss: what left one account arrived nowhere'
  }
}

async function ofMatch({ db, book }: PlanContext, exception: Pick<StoredException, 'source' | 'object'>) {
  const matches = await matchesAbout(db, book, exception)
  return matches.map((match): Asked => ({
    as: matches.length === 1 ? 'unmatch' : `unmatch --match ${match}`,
    words: `takes back what match ${match} has booked`,
    decision: { decide: 'unmatch', match: Number(match) },
  }))
}

async function planned(context: PlanContext, number: number, { as, words, decision }: Asked): Promise<Choice> {
  const full = { command: `tieout decide E-${number} ${as}`, words }
  const plan = await planDecision(context, { ...decision, by: 'nobody', why: 'a preview' })
  if (plan.kind === 'refused') return { ...full, refused: plan.reason, entries: [] }
  const entries = await plannedEntries(context, plan)
  return typeof entries === 'string' ? { ...full, refused: entries, entries: [] } : { ...full, refused: null, entries }
}
