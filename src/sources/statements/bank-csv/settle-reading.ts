/**
 * Which of the ways to read a bank's CSV is meant. Its own balances, held against its dates, come first; then what earlier
 * files of the account proved, and what the last one closed with. Ways that all fit and make different things of the file
 * are asked about, never guessed.
 */
import { closingsBefore, type AmountSign, type BankReading } from '../../../domain/statements/bank-reading.ts'
import type { ReadingEvidence } from '../options.ts'
import { firstReading, UNPROVEN_SIGN } from './first-reading.ts'
import { contradicts, feeOpen, partsOf, severalWays, signOpen } from './reading-questions.ts'
import {
  hasBalances,
  outcomeOf,
  tryAll,
  type ProvenSection,
  type SectionDraft,
  type Tried,
  type Ways,
} from './readings.ts'

export interface Settled {
  readonly sections: readonly ProvenSection[]
  readonly remarks: readonly string[]
  readonly proved: BankReading | null
  /** Null: of files landed before all ways were tried. */
  readonly how: string | null
  /** Null where something tells the sign. */
  readonly assumedSign: AmountSign | null
}

export interface Questions {
  /** Nothing in the columns tells the sign. */
  readonly isSignOpen: boolean
  /** The amount is one column, whose sign may be turned. */
  readonly isOneColumn: boolean
  /** What a person said of this file. */
  readonly sign: AmountSign | null
  /** A person has named the fee's column, so it is on top. */
  readonly isFeeChosen: boolean
}

interface Case {
  readonly fileName: string
  readonly drafts: readonly SectionDraft[]
  readonly questions: Questions
  readonly evidence: ReadingEvidence
  readonly ways: Ways
  readonly isSignKnown: boolean
  readonly isFeeKnown: boolean
}

/** `evidence` null: as it was read when files were landed without it. */
export function settleReading(
  fileName: string,
  drafts: readonly SectionDraft[],
  questions: Questions,
  evidence: ReadingEvidence | null,
): Settled {
  if (evidence === null) return firstReading(fileName, drafts, questions)
  const of = caseOf(fileName, drafts, questions, evidence)
  const tried = tryAll(drafts, of.ways)
  const fitting = tried.filter(({ kind }) => kind === 'foots')
  if (fitting.length > 0) return settleFitting(of, [...fitting, ...swappedRivals(of, fitting)])
  const unusual = tryUnusual(of).filter(({ kind }) => kind === 'foots')
  if (unusual.length > 0) return settleFitting(of, unusual)
  return tried.every(({ kind }) => kind === 'unproven') ? settleUnproven(of, tried) : settleDiffering(of, tried)
}

function caseOf(
  fileName: string,
  drafts: readonly SectionDraft[],
  questions: Questions,
  evidence: ReadingEvidence,
): Case {
  const { sign, isOneColumn, isFeeChosen } = questions
  const { earlier, balance, order } = evidence
  const hasFees = hasFeeColumn(drafts)
  const isTurnable = isOneColumn || earlier?.sign === 'out-positive'
  const places = hasBalances(drafts) ? (['after', 'before'] as const) : (['after'] as const)
  return {
    fileName,
    drafts,
    questions,
    evidence,
    ways: {
      signs: sign !== null ? [sign] : isTurnable ? ['in-positive', 'out-positive'] : ['in-positive'],
      fees: !hasFees ? [false] : isFeeChosen ? [true] : [false, true],
      // What is owed, with the usual sign, reads the same as money held with the other: only a person's word tells.
      owed: mayBeOwed(sign, earlier) ? [false, true] : [false],
      places: balance === null || places.length === 1 ? places : [balance],
      orders: order === null ? ['oldest-first', 'newest-first'] : [order],
    },
    isSignKnown: sign !== null || !isOneColumn || (earlier !== null && earlier.sign !== null),
    isFeeKnown: !hasFees || isFeeChosen || (earlier !== null && earlier.isFeeOnTop !== null),
  }
}

function mayBeOwed(sign: AmountSign | null, earlier: BankReading | null): boolean {
  if (earlier?.isOwed === true) return true
  return (sign ?? earlier?.sign) === 'out-positive' && (earlier?.isOwed !== false || sign !== null)
}

/** Where named debits and credits do not follow: turned round, or beside what is owed. Each fits where the other does. */
function tryUnusual({ drafts, questions, ways }: Case): readonly Tried[] {
  const held: Ways = { ...ways, signs: ['out-positive'], owed: [false] }
  const owed: Ways = { ...ways, signs: ['in-positive'], owed: [true] }
  if (questions.sign === 'in-positive') return tryAll(drafts, owed)
  return questions.sign === null && !questions.isOneColumn && ways.signs.length === 1
    ? [...tryAll(drafts, held), ...tryAll(drafts, owed)]
    : []
}

/**
 * Debits and credits are taken by their names. Where they only fit with the balance before each line, which few banks print,
 * they may as well be swapped and have it after, as usual.
 */
function swappedRivals({ drafts, questions, evidence, ways }: Case, fitting: readonly Tried[]): readonly Tried[] {
  const isKnown = questions.isOneColumn || questions.sign !== null || evidence.earlier !== null
  if (isKnown || fitting.some(({ reading }) => reading.balance === 'after') || !ways.places.includes('after')) return []
  const swapped = tryAll(drafts, { ...ways, signs: ['out-positive'], places: ['after'] })
  return swapped.filter(({ kind }) => kind === 'foots')
}

function settleFitting(of: Case, fitting: readonly Tried[]): Settled {
  const { fileName, evidence } = of
  const agreeing = fitting.filter((way) => isAsEarlier(of, way))
  const [first] = fitting
  if (agreeing.length === 0 && first !== undefined && evidence.earlier !== null) {
    if (outcomesOf(fitting).size > 1) throw severalWays(fileName, fitting)
    throw contradicts(fileName, first, evidence.earlier)
  }
  const following = fitting.filter((way) => isFollowing(of, way))
  const both = agreeing.filter((way) => following.includes(way))
  if (following.length > 0 && both.length === 0) throw severalWays(fileName, [...agreeing, ...following])
  const ways = inUsualOrder(of, both.length > 0 ? both : agreeing)
  const left = withUsualFee(ways)
  if (outcomesOf(left).size > 1) throw severalWays(fileName, left)
  const [taken] = left
  if (taken === undefined) throw new RangeError('a reading that ties is left')
  const { isFeeOnTop } = provedBy(of, ways)
  return settled(of, taken, { ...provedBy(of, left), isFeeOnTop }, remarksOf(of, taken))
}

/** Nothing to compare: what is known of the account decides, and what is usual where no line can be turned round by it. */
function settleUnproven(of: Case, tried: readonly Tried[]): Settled {
  const { fileName, questions } = of
  const known = tried.filter((way) => isAsEarlier(of, way))
  const ways = inUsualOrder(of, known.length > 0 ? known : tried)
  const following = outcomesOf(ways).size > 1 ? ways.filter((way) => isFollowing(of, way)) : []
  const [follower] = following
  if (follower !== undefined && outcomesOf(following).size === 1) {
    const isTurned = !of.isSignKnown && !questions.isSignOpen && follower.reading.sign === 'out-positive'
    if (isTurned) throw severalWays(fileName, [...ways.slice(0, 1), follower])
    return settled(of, follower, null, remarksOf(of, follower))
  }
  const [usual] = ways
  if (usual === undefined) throw new RangeError('a file has at least one reading')
  if (outcomesOf(ways).size > 1) {
    if (!of.isSignKnown && questions.isSignOpen) throw signOpen(fileName)
    if (!of.isFeeKnown) throw feeOpen(fileName)
  }
  return assumed(of, usual)
}

/** Flagged as not adding up; its signs are not taken from balances that do not follow. */
function settleDiffering(of: Case, tried: readonly Tried[]): Settled {
  const { fileName, questions } = of
  const known = tried.filter((way) => isAsEarlier(of, way))
  const ways = inUsualOrder(of, known.length > 0 ? known : tried)
  if (!of.isSignKnown && questions.isSignOpen) throw signOpen(fileName)
  if (!of.isFeeKnown) throw feeOpen(fileName)
  const best = (sign: AmountSign): Tried | undefined =>
    ways.filter(({ reading }) => reading.sign === sign).reduce<Tried | undefined>(betterOf, undefined)
  const [usual, turned] = [best('in-positive'), best('out-positive')]
  if (!of.isSignKnown && usual !== undefined && turned !== undefined && turned.agreed > usual.agreed)
    throw severalWays(fileName, [usual, turned])
  const taken = usual ?? turned
  if (taken === undefined) throw new RangeError('a file has at least one reading')
  return assumed(of, taken)
}

function betterOf(best: Tried | undefined, each: Tried): Tried {
  return best === undefined || each.agreed > best.agreed ? each : best
}

function hasFeeColumn(drafts: readonly SectionDraft[]): boolean {
  return drafts.some(({ lines }) => lines.some(({ fee }) => fee !== null))
}

function outcomesOf(ways: readonly Tried[]): ReadonlySet<string> {
  return new Set(ways.map(outcomeOf))
}

/** Of what a person says of this file, the earlier ones need not tell. */
function isAsEarlier({ evidence, questions, isFeeKnown }: Case, { reading }: Tried): boolean {
  const { earlier } = evidence
  if (earlier === null) return true
  const isSame = <Key extends 'sign' | 'balance' | 'isFeeOnTop' | 'isOwed'>(key: Key, isSaid: boolean): boolean =>
    isSaid || earlier[key] === null || earlier[key] === reading[key]
  return (
    isSame('sign', questions.sign !== null) &&
    isSame('isOwed', questions.sign !== null && questions.sign !== earlier.sign) &&
    isSame('balance', evidence.balance !== null) &&
    isSame('isFeeOnTop', questions.isFeeChosen || !isFeeKnown)
  )
}

/** A section opens with what the file before it closed with. */
function isFollowing({ drafts, evidence }: Case, way: Tried): boolean {
  return way.sections().some(({ proof, lines }, at) => {
    const { accountNumber = null, currency = '' } = drafts[at] ?? {}
    const first = lines.map(({ date }) => date).toSorted()[0] ?? null
    const before = closingsBefore(evidence.previous, { accountNumber, currency, first })
    return proof.opening !== null && before.some(({ amount }) => amount === proof.opening)
  })
}

/** Files of an account mostly run the same way; where several ways are left, that goes before. */
function inUsualOrder({ evidence }: Case, ways: readonly Tried[]): readonly Tried[] {
  const usual = ways.filter(({ reading }) => reading.order === evidence.earlier?.order)
  return usual.length > 0 ? usual : ways
}

/** Amounts are after fees unless the balances only fit otherwise, as a first line's fee is beside no earlier balance. */
function withUsualFee(ways: readonly Tried[]): readonly Tried[] {
  const usual = ways.filter(({ reading }) => !reading.isFeeOnTop)
  return usual.length > 0 ? usual : ways
}

/** What all ways that are left have in common. */
function provedBy({ drafts }: Case, ways: readonly Tried[]): BankReading {
  const common = <Key extends keyof BankReading>(key: Key): BankReading[Key] | null => {
    const values = new Set(ways.map(({ reading }) => reading[key]))
    const [only] = values
    return values.size === 1 && only !== undefined ? only : null
  }
  const hasFees = hasFeeColumn(drafts)
  return {
    sign: common('sign'),
    balance: hasBalances(drafts) ? common('balance') : null,
    order: common('order'),
    isFeeOnTop: hasFees ? common('isFeeOnTop') : null,
    isOwed: common('isOwed'),
  }
}

function settled({ drafts }: Case, way: Tried, proved: BankReading | null, remarks: readonly string[]): Settled {
  const { reading } = way
  const why = proved === null ? 'no balance proves it' : 'as its balances prove'
  const hasFees = hasFeeColumn(drafts)
  const told = hasBalances(drafts) ? partsOf(reading) : partsOf(reading, hasFees ? ['sign', 'isFeeOnTop'] : ['sign'])
  return { sections: way.sections(), remarks, proved, how: `${told.join(', ')}; ${why}`, assumedSign: null }
}

/** As usual, where no balance tells. */
function assumed(of: Case, way: Tried): Settled {
  if (of.isSignKnown) return settled(of, way, null, [])
  return { ...settled(of, way, null, [UNPROVEN_SIGN]), assumedSign: way.reading.sign }
}

function remarksOf({ questions, evidence }: Case, { reading }: Tried): readonly string[] {
  const { sign, isFeeOnTop, isOwed, balance } = reading
  const remarks: string[] = []
  if (sign === 'out-positive' && questions.sign === null)
    remarks.push('Its balances prove that positive amounts went out; they are turned round.')
  if (isOwed) remarks.push('Its balances are what is owed; they are turned round.')
  if (isFeeOnTop && !questions.isFeeChosen)
    remarks.push('Its balances prove that fees were taken on top of the amounts.')
  if (balance === 'before' && evidence.balance === null) remarks.push('Its balances are those before each line.')
  return remarks
}
