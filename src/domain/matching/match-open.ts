/**
 * All open lines of a book against all its open items. Lines that settle by themselves leave first. Those a rule says
 * something of meet only items of that class; then the others meet what is left. The engine decides each of the two.
 */
import { refusalKey, type Ambiguity, type Match, type Matchable, type Matching, type Unsearched } from './match.ts'
import { matchAll } from './match-all.ts'
import { classifyLine, itemClassOf, type LineClass } from './descriptor.ts'
import { nameInText } from './named-in-text.ts'
import { feesOf, policyOf, type MatchSettings } from './policy.ts'
import { departures, isSpokenFor, mayMeet, toItem, toLine, type OpenItem, type OpenLine } from './open-sides.ts'
import { pairConversions } from './conversions.ts'
import { withoutExactPartners } from './rivals.ts'
import { weigh } from './weigh.ts'

export interface AloneLine {
  /** One, or the sides of a conversion. */
  readonly lines: readonly string[]
  readonly means: Exclude<LineClass, { kind: 'of' | 'unknown' }>
}

/** In a refusal: the rule that settles a line by itself. */
const NO_ITEM = '0'

export interface OpenMatching {
  readonly matches: readonly Match[]
  readonly ambiguities: readonly Ambiguity[]
  readonly unmatchedLines: readonly string[]
  readonly unmatchedItems: readonly string[]
  /** Of the unmatched: those for which no sum was searched, and why. */
  readonly unsearched: readonly Unsearched[]
}

/** Every line with what it is; the rule's word counts no more where a person took it back, or a part is matched already. */
export function classifyAll(
  lines: readonly OpenLine[],
  settings: MatchSettings,
  refused: ReadonlySet<string>,
): ReadonlyMap<string, LineClass> {
  const accounts = new Map(settings.accounts.map((account) => [account.name, account]))
  return new Map(
    lines.map((line) => {
      const account = accounts.get(line.account)
      const found: LineClass = account === undefined ? { kind: 'unknown' } : classifyLine(line, account)
      const needsItem = found.kind === 'of' || found.kind === 'unknown'
      const isRefused = !needsItem && (line.isPartly || refused.has(refusalKey(line.id, NO_ITEM)))
      return [line.id, isRefused ? { kind: 'unknown' } : found]
    }),
  )
}

/** Lines that settle by themselves. */
export function standAlone(lines: readonly OpenLine[], classes: ReadonlyMap<string, LineClass>): readonly AloneLine[] {
  const alone = lines.flatMap(({ id }): readonly AloneLine[] => {
    const means = classes.get(id)
    return means?.kind === 'alone' || means?.kind === 'not-ours' ? [{ lines: [id], means }] : []
  })
  const { pairs } = pairConversions(lines.filter(({ id }) => classes.get(id)?.kind === 'conversion'))
  return [...alone, ...pairs.map((pair) => ({ lines: pair, means: { kind: 'conversion' as const } }))]
}

/** `open` are the lines that do not settle by themselves. */
export function matchOpen(
  open: readonly OpenLine[],
  items: readonly OpenItem[],
  settings: MatchSettings,
  { classes, refused }: { readonly classes: ReadonlyMap<string, LineClass>; readonly refused: ReadonlySet<string> },
): OpenMatching {
  const lines = nameInText(open, items)
  const classOf = ({ id }: OpenLine): LineClass => classes.get(id) ?? { kind: 'unknown' }
  const ruled = lines.filter((line) => classOf(line).kind === 'of')
  const others = lines.filter((line) => classOf(line).kind !== 'of')
  const first = playRuled(ruled, items, settings, { refused, classOf, others })
  const held = new Set(first.ambiguities.flatMap((each) => each.lines))
  const taken = new Set([
    ...first.matches.flatMap(({ legs }) => legs.filter(({ side }) => side === 'item').map(({ id }) => id)),
    ...first.ambiguities.flatMap((each) => each.items),
  ])
  const second = playOthers(
    others.filter(({ id }) => !held.has(id)),
    items.filter(({ id }) => !taken.has(id)),
    settings,
    refused,
  )
  return {
    matches: [...first.matches, ...second.matches],
    ambiguities: [...first.ambiguities, ...second.ambiguities],
    unmatchedLines: [...first.unmatchedLines, ...second.unmatchedLines],
    unmatchedItems: second.unmatchedItems,
    unsearched: [...first.unsearched, ...second.unsearched],
  }
}

type Played = Pick<Matching, 'matches' | 'ambiguities' | 'unmatchedLines' | 'unmatchedItems' | 'unsearched'>

interface Ruled {
  readonly refused: ReadonlySet<string>
  readonly classOf: (line: OpenLine) => LineClass
  /** Lines no rule speaks of, which may be exact partners all the same. */
  readonly others: readonly OpenLine[]
}

function playRuled(
  lines: readonly OpenLine[],
  items: readonly OpenItem[],
  settings: MatchSettings,
  { refused, classOf, others }: Ruled,
): Played {
  const classesUsed = new Set(lines.map((line) => partitionOfLine(classOf(line))))
  const mine = items.filter((item) => classesUsed.has(itemClassOf(item)))
  const partition = partitions(mine, (item) => itemClassOf(item))
  const played = play(lines, mine, settings, refused, {
    ofLine: (line) => partition.name(partitionOfLine(classOf(line)), line.account),
    ofItem: (item) => partition.name(itemClassOf(item), item.account),
    needsMore: false,
  })
  return withoutExactPartners(played, mine, others)
}

function partitionOfLine(found: LineClass): string {
  return found.kind === 'of' ? found.itemClass : ''
}

function playOthers(
  lines: readonly OpenLine[],
  items: readonly OpenItem[],
  settings: MatchSettings,
  refused: ReadonlySet<string>,
): Played {
  const partition = partitions(items, () => 'any')
  return play(lines, items, settings, refused, {
    ofLine: (line) => partition.name('any', line.account),
    ofItem: (item) => partition.name('any', item.account),
    needsMore: true,
  })
}

interface Board {
  readonly ofLine: (line: OpenLine) => string
  readonly ofItem: (item: OpenItem) => string
  /** True when something beside the amount must speak for a match, as no rule does. */
  readonly needsMore: boolean
}

function play(
  lines: readonly OpenLine[],
  items: readonly OpenItem[],
  settings: MatchSettings,
  refused: ReadonlySet<string>,
  board: Board,
): Played {
  const amounts = weigh(lines, items)
  const left = departures(items)
  const lineSides: readonly Matchable[] = lines.map((line) =>
    toLine(line, amounts.get(line.id) ?? line.amount, board.ofLine(line), left),
  )
  const itemSides: readonly Matchable[] = items.map((item) => toItem(item, board.ofItem(item)))
  const policy = { ...policyOf(settings, feesByPartition(lines, items, settings, board)), refused }
  const found = matchAll(lineSides, itemSides, policy)
  const lineById = new Map(lines.map((line) => [line.id, line]))
  const itemById = new Map(items.map((item) => [item.id, item]))
  return { ...found, matches: found.matches.map((match) => judge(match, lineById, itemById, board.needsMore)) }
}

/** Confirmed only between accounts that may meet, and where something beside the amount speaks for it. */
function judge(
  match: Match,
  lines: ReadonlyMap<string, OpenLine>,
  items: ReadonlyMap<string, OpenItem>,
  needsMore: boolean,
): Match {
  const lineLegs = match.legs.filter(({ side }) => side === 'line')
  const matchLines = lineLegs.flatMap(({ id }) => lines.get(id) ?? [])
  const matchItems = match.legs.filter(({ side }) => side === 'item').flatMap(({ id }) => items.get(id) ?? [])
  const legs = netLegs(match, lines)
  const reason = doubtOf(match, matchLines, matchItems, needsMore)
  return reason === null || match.status === 'proposed'
    ? { ...match, legs }
    : { ...match, legs, status: 'proposed', reason: `${match.reason} ${reason}` }
}

/**
 * The engine may have compared the gross; what a match takes of a line is what moved the account. A part of the gross may
 * be more than that: then both sides take what moved.
 */
function netLegs({ legs }: Match, lines: ReadonlyMap<string, OpenLine>): Match['legs'] {
  let atMost: bigint | null = null
  const net = legs.map((leg) => {
    const line = leg.side === 'line' ? lines.get(leg.id) : undefined
    if (line === undefined) return leg
    const isMore = line.amount > 0n ? leg.amount > line.amount : leg.amount < line.amount
    if (leg.amount !== line.gross && isMore) atMost = line.amount
    return leg.amount === line.gross || isMore ? { ...leg, amount: line.amount } : leg
  })
  const amount: bigint | null = atMost
  return amount === null || legs.length > 2 ? net : net.map((leg) => ({ ...leg, amount }))
}

function doubtOf(
  { step, feeRule }: Match,
  lines: readonly OpenLine[],
  items: readonly OpenItem[],
  needsMore: boolean,
): string | null {
  if (!lines.every((line) => items.every((item) => mayMeet(line, item)))) {
    return 'But the books expect it on another account.'
  }
  if (feeRule !== null && !lines.every(({ account }) => feeRule.startsWith(`${account}/`))) {
    return 'But the fee is another account’s.'
  }
  if (!needsMore || step === 'reference' || step === 'group') return null
  const spoken = lines.every((line) => items.every((item) => isSpokenFor(line, item)))
  return spoken ? null : 'But nothing beside the amount and the day speaks for it; a rule of the account would.'
}

function feesByPartition(
  lines: readonly OpenLine[],
  items: readonly OpenItem[],
  settings: MatchSettings,
  board: Board,
) {
  const accounts = new Map<string, Set<string>>()
  const sources = new Map<string, Set<string>>()
  for (const line of lines) add(accounts, board.ofLine(line), line.account)
  for (const item of items) add(sources, board.ofItem(item), item.source)
  return new Map(
    [...accounts].map(([name, held]) => [name, feesOf(settings, [...held], [...(sources.get(name) ?? [])])]),
  )
}

/** An item that may arrive anywhere joins the accounts of its class; else each account is a partition of its own. */
function partitions(items: readonly OpenItem[], classOf: (item: OpenItem) => string) {
  const joined = new Set(items.filter(({ account }) => account === '').map(classOf))
  return {
    name: (ofClass: string, account: string): string => (joined.has(ofClass) ? ofClass : `${ofClass}@${account}`),
  }
}

function add(map: Map<string, Set<string>>, key: string, value: string): void {
  map.set(key, (map.get(key) ?? new Set()).add(value))
}
