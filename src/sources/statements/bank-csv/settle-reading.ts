/**
 * Which of the ways to read a bank's CSV is meant. Its own balances, held against its dates, come first; then what earlier
 * files of the account proved, and what the last one closed with. Ways that all fit and make different things of the file
 * are asked about, never guessed.
 */
import { closingsBefore, type AmountSign, type BankReading } from '../../../domain/statements/bank-reading.ts'
import type { AccountKind } from '../../../domain/statements/statement.ts'
import type { ReadingEvidence } from '../options.ts'
import { againstAccount, isBelowZero, mirroredWays, owedWays, typeHint } from './account-kind.ts'
import { firstReading } from './first-reading.ts'
import { contradicts, creditOpen, feeOpen, partsOf, severalWays, signOpen } from './reading-questions.ts'
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
  /** Its credits are negative, and nobody has said what that means. */
  readonly isCreditOpen: boolean
  /** The amount is one column, whose sign may be turned. */
  readonly isOneColumn: boolean
  /** What the account's type says its balances are. Null: landed before accounts told it. */
  readonly kind: AccountKind | null
  /** Its columns name a card, whose balances may be what is owed. */
  readonly isCard: boolean
  /** Where no balance tells: words as the kind of account uses them. */
  readonly signByWords: AmountSign | null
  /** By those alone that mean the same on every account. */
  readonly signByPlainWords: AmountSign | null
  /** Some of its words say that positive amounts came in, others that they went out. */
  readonly isWordedBothWays: boolean
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
  if (fitting.length > 0)
    return settleFitting(of, [...fitting, ...swappedRivals(of, fitting), ...mirroredRivals(of, fitting)])
  const unusual = tryUnusual(of).filter(({ kind }) => kind === 'foots')
  if (unusual.length > 0) return settleFitting(of, unusual)
  if (questions.isCreditOpen) throw creditOpen(fileName)
  return tried.every(({ kind }) => kind === 'unproven') ? settleUnproven(of, tried) : settleDiffering(of, tried)
}

function caseOf(
  fileName: string,
  drafts: readonly SectionDraft[],
  questions: Questions,
  evidence: ReadingEvidence,
): Case {
  const { sign, isOneColumn, isFeeChosen, kind } = questions
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
      owed: owedWays({ kind, sign, earlier, isBelowZero: isBelowZero(drafts) }),
      places: balance === null || places.length === 1 ? places : [balance],
      orders: order === null ? ['oldest-first', 'newest-first'] : [order],
    },
    isSignKnown: sign !== null || !isOneColumn || (earlier !== null && earlier.sign !== null),
    isFeeKnown: !hasFees || isFeeChosen || (earlier !== null && earlier.isFeeOnTop !== null),
  }
}

/** Where named debits and credits do not follow: turned round, or beside what the account's type does not say. Each fits where the other does. */
function tryUnusual({ drafts, questions, ways }: Case): readonly Tried[] {
  const isOwed = questions.kind === 'card'
  const turned: Ways = { ...ways, signs: ['out-positive'], owed: [isOwed] }
  const mirrored: Ways = { ...ways, signs: ['in-positive'], owed: [!isOwed] }
  if (questions.sign === 'in-positive') return tryAll(drafts, mirrored)
  return questions.sign === null && !questions.isOneColumn && ways.signs.length === 1
    ? [...tryAll(drafts, turned), ...tryAll(drafts, mirrored)]
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

/** Every balance that is held fits as well as one that is owed, with the amounts the other way round. */
function mirroredRivals(
  { fileName, drafts, questions, ways, isSignKnown }: Case,
  fitting: readonly Tried[],
): readonly Tried[] {
  if (isSignKnown || !hasBalances(drafts)) return []
  const { kind, isCard, signByWords, signByPlainWords } = questions
  const words = signByWords ?? signByPlainWords
  const of = { kind, isBelowZero: isBelowZero(drafts) }
  const isRight = words === null || fitting.some(({ reading }) => reading.sign === words)
  if (kind !== null && !isRight && !(kind === 'card' && of.isBelowZero)) throw againstAccount(fileName, words, kind)
  const mirrored = tryAll(drafts, { ...ways, ...mirroredWays(of, { isCard, words }, fitting) })
  return mirrored.filter((way) => way.kind === 'foots')
}

function settleFitting(of: Case, fitting: readonly Tried[]): Settled {
  const { fileName, evidence, questions } = of
  const agreeing = fitting.filter((way) => isAsEarlier(of, way))
  const [first] = fitting
  if (agreeing.length === 0 && first !== undefined && evidence.earlier !== null) {
    if (outcomesOf(fitting).size > 1) throw severalWays(fileName, fitting, questions.kind)
    throw contradicts(fileName, first, evidence.earlier, questions.kind)
  }
  const following = fitting.filter((way) => isFollowing(of, way))
  const both = agreeing.filter((way) => following.includes(way))
  if (following.length > 0 && both.length === 0)
    throw severalWays(fileName, [...agreeing, ...following], questions.kind)
  const ways = inUsualOrder(of, both.length > 0 ? both : agreeing)
  const worded = byWords(of, withUsualFee(ways))
  const left = asBanksPrint(of, worded)
  if (outcomesOf(left).size > 1) throw severalWays(fileName, left, questions.kind)
  const [taken] = left
  if (taken === undefined) throw new RangeError('a reading that ties is left')
  const { isFeeOnTop } = provedBy(of, ways)
  // What is taken because banks print it so is not proven, and a later file may prove the other.
  const isAssumed = left.length < worded.length
  const read = settled(
    of,
    taken,
    { ...provedBy(of, worded), isFeeOnTop },
    remarksOf(of, taken),
    isAssumed ? AS_BANKS_PRINT : PROVEN,
  )
  return isAssumed ? { ...read, assumedSign: 'in-positive' } : read
}

/** Nothing to compare: what is known of the account decides, then the previous closing, then words of the file. */
function settleUnproven(of: Case, tried: readonly Tried[]): Settled {
  const { fileName, questions } = of
  const known = tried.filter((way) => isAsEarlier(of, way))
  const ways = inUsualOrder(of, known.length > 0 ? known : tried)
  const following = outcomesOf(ways).size > 1 ? ways.filter((way) => isFollowing(of, way)) : []
  const [follower] = following
  if (follower !== undefined && outcomesOf(following).size === 1) {
    // A card prints what was spent as positive as often as not.
    const isUnusual = questions.kind !== 'card' && follower.reading.sign === 'out-positive'
    const isTurned = !of.isSignKnown && !questions.isSignOpen && isUnusual
    if (isTurned) throw severalWays(fileName, [...ways.slice(0, 1), follower], questions.kind)
    return settled(of, follower, null, remarksOf(of, follower))
  }
  const worded = ways.filter(({ reading }) => isByWords(of, reading.sign))
  const left = isAsking(of) ? worded : asBanksPrint(of, worded)
  const [usual] = left
  if (usual === undefined) throw new RangeError('a file has at least one reading')
  if (turnedOf(left) !== undefined && !of.isSignKnown) throw signOpen(fileName, left)
  if (outcomesOf(left).size > 1 && !of.isFeeKnown) throw feeOpen(fileName)
  if (of.isSignKnown) return settled(of, usual, null, [])
  if (questions.signByWords === null) {
    if (!isBankAmount(of)) return settled(of, usual, null, [])
    return { ...settled(of, usual, null, [], AS_BANKS_PRINT), assumedSign: 'in-positive' }
  }
  const isTurned = usual.reading.sign === 'out-positive'
  return settled(of, usual, null, isTurned ? [TURNED_BY_WORDS] : [], BY_WORDS)
}

/** In a bank account minus is money out; only a card's bank prints what was spent as positive as often as not. */
function isBankAmount({ questions: { kind, isOneColumn }, isSignKnown }: Case): boolean {
  return kind === 'bank' && isOneColumn && !isSignKnown
}

/** Money that is owed stays among them: then it is the type of the account that is asked about. */
function asBanksPrint(of: Case, ways: readonly Tried[]): readonly Tried[] {
  if (!isBankAmount(of)) return ways
  const usual = ways.some(({ reading }) => reading.sign === 'in-positive')
  return usual ? ways.filter(({ reading }) => reading.sign === 'in-positive' || reading.isOwed) : ways
}

/** Without a minus anywhere, beside words for both directions, the amounts have no sign at all. */
function isAsking({ questions: { isSignOpen, isWordedBothWays } }: Case): boolean {
  return isSignOpen && isWordedBothWays
}

function byWords(of: Case, ways: readonly Tried[]): readonly Tried[] {
  const worded = ways.filter(({ reading }) => isByWords(of, reading.sign))
  return worded.length > 0 ? worded : ways
}

function isByWords({ isSignKnown, questions: { signByWords } }: Case, sign: AmountSign): boolean {
  return isSignKnown || signByWords === null || signByWords === sign
}

/** The first way that takes an amount for in where another takes it for out. */
function turnedOf(ways: readonly Tried[]): Tried | undefined {
  const [usual] = ways
  const isMoving = usual?.sections().some(({ lines }) => lines.some(({ amount }) => amount !== 0n)) === true
  return isMoving ? ways.find(({ reading }) => reading.sign !== usual.reading.sign) : undefined
}

/** Flagged as not adding up. Its sign is known, or told by words, or by more of its balances than the other. */
function settleDiffering(of: Case, tried: readonly Tried[]): Settled {
  const { fileName } = of
  const known = tried.filter((way) => isAsEarlier(of, way))
  const ways = inUsualOrder(of, known.length > 0 ? known : tried)
  const best = (sign: AmountSign): Tried | undefined =>
    ways.filter(({ reading }) => reading.sign === sign).reduce<Tried | undefined>(betterOf, undefined)
  const [usual, turned] = [best('in-positive'), best('out-positive')]
  if (of.isSignKnown || usual === undefined || turned === undefined) return differing(of, usual ?? turned, null)
  const more = usual.agreed > turned.agreed ? usual : turned
  if (usual.agreed === turned.agreed) {
    const byWords = [usual, turned].filter(({ reading }) => reading.sign === of.questions.signByWords)
    if (byWords.length > 0) return differing(of, byWords[0], null)
    if (isBankAmount(of) && !isAsking(of)) return { ...differing(of, usual, null), assumedSign: 'in-positive' }
    throw signOpen(fileName, [usual, turned])
  }
  // Most balances against what is usual, and some against them: neither is believed.
  if (more === turned || !isByWords(of, more.reading.sign)) throw severalWays(fileName, [usual, turned])
  return differing(of, more, more.reading.sign)
}

function differing(of: Case, way: Tried | undefined, assumedSign: AmountSign | null): Settled {
  if (way === undefined) throw new RangeError('a file has at least one reading')
  if (!of.isFeeKnown) throw feeOpen(of.fileName)
  return { ...settled(of, way, null, assumedSign === null ? [] : [MOSTLY_PROVEN]), assumedSign }
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

const PROVEN = 'as its balances prove'
const UNPROVEN = 'no balance proves it'
const AS_BANKS_PRINT = 'as bank accounts print it, and no balance proves it'
const BY_WORDS = 'as its words say, and no balance proves it'
const TURNED_BY_BALANCES = 'Its balances prove that positive amounts went out; they are turned round.'
const TURNED_BY_WORDS = 'Its words say that positive amounts went out; they are turned round.'
const MOSTLY_PROVEN = 'Not all of its balances follow; most of them say that positive amounts came in.'

function settled(
  { drafts }: Case,
  way: Tried,
  proved: BankReading | null,
  remarks: readonly string[],
  why = proved === null ? UNPROVEN : PROVEN,
): Settled {
  const { reading } = way
  const hasFees = hasFeeColumn(drafts)
  const told = hasBalances(drafts) ? partsOf(reading) : partsOf(reading, hasFees ? ['sign', 'isFeeOnTop'] : ['sign'])
  return { sections: way.sections(), remarks, proved, how: `${told.join(', ')}; ${why}`, assumedSign: null }
}

function remarksOf({ questions, evidence }: Case, { reading }: Tried): readonly string[] {
  const { sign, isFeeOnTop, isOwed, balance } = reading
  const remarks: string[] = []
  if (sign === 'out-positive' && questions.sign === null)
    remarks.push(isOwed && questions.kind !== 'card' ? TURNED_BY_WORDS : TURNED_BY_BALANCES)
  if (isOwed) remarks.push('Its balances are what is owed; they are turned round.')
  if (isOwed && questions.kind === 'bank') remarks.push(typeHint('bank'))
  if (isFeeOnTop && !questions.isFeeChosen)
    remarks.push('Its balances prove that fees were taken on top of the amounts.')
  if (balance === 'before' && evidence.balance === null) remarks.push('Its balances are those before each line.')
  return remarks
}
