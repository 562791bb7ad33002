/**
 * What the customer's people do about a panel: downloads of its order list, ids typed and mistyped, scans, files that state
 * openings and top-ups, orders placed with the program and, where nobody knows what came of one, a look at the panel's own
 * list. They look at the panel's site and at the program's screens, and at nothing else.
 */
import type { Books } from '../../oracles/books.ts'
import { amountText } from '../amounts.ts'
import type { Act } from '../part.ts'
import { ordersFile } from './download.ts'
import { DAY_MS } from './draw-orders.ts'
import type { AddPlan, PanelPlan, WalletPlan } from './plan.ts'
import type { Entry, Vendor } from './vendor.ts'
import { SERVICE_IDS } from './wire.ts'

export interface People {
  readonly acts: (fromMs: number, throughMs: number, books: Books) => Iterable<Act>
  /** Order ids that the program has been told, by any way. */
  readonly told: ReadonlySet<string>
  /** References of payments, and openings, that a file has stated. */
  readonly stated: Set<string>
  readonly statedBonuses: Set<string>
}

/** Whatever the program says of an order or a resolution that is refused is no finding: it is typed once, and looked at. */
const ANY_END = [0, 1, 2, 65, 70, 75, 79]
/** Of an order of unknown outcome that nobody finds on the panel after so many evenings, people give up. */
const TRIES = 3

export function createPeople(plan: PanelPlan, vendor: Vendor): People {
  const told = new Set<string>()
  const stated = new Set<string>()
  const statedBonuses = new Set<string>()
  const tries = new Map<string, number>()

  const exports = (fromMs: number, throughMs: number): readonly Act[] =>
    plan.exports.filter(isDue(fromMs, throughMs)).flatMap((each, index) => {
      const rows = vendor.entries().filter((entry) => isListed(entry) && isDue(each.fromMs, each.throughMs)(entry))
      if (rows.length === 0) return []
      for (const { id } of rows) told.add(id)
      const file = { name: `${plan.name}-${each.throughMs}-${index}.csv`, content: ordersFile(plan, vendor, rows) }
      const argv = ['orders', 'import', `files/${file.name}`, '--source', plan.name, ...decimalMark(plan)]
      const act = { atMs: each.atMs, file, argv }
      return each.isTwice ? [act, act] : [act]
    })

  const typed = (fromMs: number, throughMs: number): readonly Act[] => {
    const orders = plan.orders.filter((each) => isDue(fromMs, throughMs)({ atMs: each.typedMs ?? -1 }))
    const mistyped = plan.mistyped.filter(isDue(fromMs, throughMs))
    const ids = [...orders, ...mistyped].map(({ id }) => id)
    for (const { id } of orders) told.add(id)
    return ids.length === 0 ? [] : [{ atMs: throughMs, argv: ['orders', 'add', ...ids, '--source', plan.name] }]
  }

  const scans = (fromMs: number, throughMs: number): readonly Act[] =>
    plan.scans.filter(isDue(fromMs, throughMs)).map(({ atMs, fromId, throughId }) => {
      for (const { id, forgottenMs } of vendor.entries()) {
        const isAnswered = (forgottenMs ?? Infinity) > throughMs + 2 * DAY_MS
        if (isAnswered && Number(id) >= fromId && Number(id) <= throughId) told.add(id)
      }
      const days = `${dayOf(plan.startMs)}..${dayOf(atMs)}`
      return {
        atMs,
        argv: ['sync', '--backfill', days, '--source', plan.name, '--scan-ids', `${fromId}..${throughId}`],
      }
    })

  const evidence = (fromMs: number, throughMs: number): readonly Act[] => {
    const rows = evidenceRows(plan, fromMs, throughMs, { stated, statedBonuses })
    if (rows.length === 0) return []
    const name = `${plan.name}-evidence-${throughMs}.csv`
    const content = `date,source,kind,amount,currency,reference,note\n${rows.join('\n')}\n`
    return [{ atMs: throughMs, file: { name, content }, argv: ['evidence', 'import', `files/${name}`] }]
  }

  return {
    told,
    stated,
    statedBonuses,
    acts: function* (fromMs, throughMs, books) {
      yield* exports(fromMs, throughMs)
      yield* typed(fromMs, throughMs)
      yield* evidence(fromMs, throughMs)
      yield* scans(fromMs, throughMs)
      yield* addActs(plan, vendor, { told, tries }, throughMs, books)
      yield* ruleActs(plan, throughMs, books)
      yield* suspenseActs(plan, throughMs, books)
    },
  }
}

/** Somebody who does not know what came of an order looks at the panel's list first, or types it once more. */
function* addActs(
  plan: PanelPlan,
  vendor: Vendor,
  { told, tries }: { readonly told: Set<string>; readonly tries: Map<string, number> },
  throughMs: number,
  books: Books,
): Iterable<Act> {
  const open = openAdds(plan, books)
  for (const { ref, parameters } of open) {
    const found = vendor.entries().find(({ link }) => parameters.includes(JSON.stringify(link)))
    if (found !== undefined) told.add(found.id)
    const word = found === undefined ? ['--not-placed'] : ['--order', found.id]
    const person = ['--by', 'Ana', '--why', "the panel's own list", '--source', plan.name]
    const argv = ['panel', 'unknown', 'resolve', ref, ...word, ...person]
    yield { atMs: throughMs, argv, allowed: ANY_END, isTypedOnce: true }
  }
  // Nothing is placed beside an order of unknown outcome.
  if (open.length > 0) return
  for (const add of plan.adds) {
    const isThere = vendor.entries().some(({ link }) => link === add.name)
    const tried = tries.get(add.name) ?? 0
    if (add.atMs > throughMs || isThere || tried >= TRIES) continue
    tries.set(add.name, tried + 1)
    const act = { atMs: throughMs, argv: addArguments(plan, add), allowed: ANY_END, isTypedOnce: true }
    yield act
    // The same order is not sent beside one of which nobody knows what came of it. (Of one that was killed the next run may
    // find that it was placed, and then one like it is a second one that somebody wants.)
    const isOpen = ({ state, parameters }: OpenAdd): boolean =>
      state === 'unknown' && parameters.includes(JSON.stringify(add.name))
    if (add.isImpatient && openAdds(plan, books).some(isOpen)) yield act
  }
}

interface OpenAdd {
  readonly ref: string
  readonly state: string
  readonly parameters: string
}

/** Orders that the program itself says it does not know the outcome of. */
function openAdds(plan: PanelPlan, books: Books): readonly OpenAdd[] {
  const rows = books.rows(
    `select panel_add.ref, panel_add.state, panel_add.parameters from panel_add join source
     on source.book = panel_add.book and source.id = panel_add.source
     where source.name = ? and state in ('sent', 'unknown') order by ref`,
    plan.name,
  )
  return rows.map(({ ref, state, parameters }) => ({
    ref: String(ref),
    state: String(state),
    parameters: String(parameters),
  }))
}

/** Whoever has the panel's new terms before them revokes what is in force by the list of rules. */
const IN_FORCE = `select refund_rule.refund_case as kind from refund_rule
  join source on source.book = refund_rule.book and source.id = refund_rule.source
  where source.name = ? and refund_rule.status = 'accepted' order by kind`

function ruleActs(plan: PanelPlan, throughMs: number, books: Books): readonly Act[] {
  const { isWanted, revokedMs } = plan.rules ?? { isWanted: true, revokedMs: null }
  if (!isWanted) return []
  if (revokedMs !== null && revokedMs <= throughMs)
    return books.rows(IN_FORCE, plan.name).map(({ kind }) => ({
      atMs: throughMs,
      argv: ['refunds', 'rules', 'revoke', '--source', plan.name, '--kind', String(kind), ...PERSON],
      allowed: [0, 1, 2, 65],
    }))
  return books
    .openExceptions()
    .filter(({ source, code }) => source === plan.name && code === 'REFUND_RULE_PROPOSED')
    .map(({ object }) => ({
      atMs: throughMs,
      argv: ['refunds', 'rules', 'accept', '--source', plan.name, '--kind', kindIn(object), ...PERSON],
      // It may have been decided before, by an answer that was lost.
      allowed: [0, 1, 2, 65],
    }))
}

/** What the evidence of later evenings has to take back. */
function suspenseActs(plan: PanelPlan, throughMs: number, books: Books): readonly Act[] {
  if (!plan.isSuspending) return []
  return books
    .openExceptions()
    .filter(({ source, code, object }) => source === plan.name && code === 'MISSING_IN_BOOKS' && object === 'wallet')
    .map(({ number }) => ({
      atMs: throughMs,
      argv: ['exceptions', 'resolve', `E-${number}`, '--as', 'suspense', ...PERSON],
      allowed: ANY_END,
      isTypedOnce: true,
    }))
}

const PERSON = ['--by', 'Ana', '--why', 'their terms say so']

function isDue(fromMs: number, throughMs: number): (each: { readonly atMs: number }) => boolean {
  return ({ atMs }) => atMs > fromMs && atMs <= throughMs
}

/** With three decimals nobody but the person can tell a decimal mark from one of thousands. */
function decimalMark({ script, csv }: PanelPlan): readonly string[] {
  return script.decimals === 3 ? ['--decimal', csv === 'orders-page' ? '.' : ','] : []
}

/** The panel's page of orders has those that were bought; what a parent stands for has pages of its own on most. */
function isListed(entry: Entry): boolean {
  return entry.isListed
}

function kindIn(object: string): string {
  return ['cancel', 'partial', 'completion'].find((kind) => object.includes(kind)) ?? 'cancel'
}

export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

function addArguments(plan: PanelPlan, add: AddPlan): readonly string[] {
  const what = {
    default: ['--link', add.name, '--quantity', String(add.quantity)],
    package: ['--link', add.name],
    'comments-package': ['--username', add.name, '--min', '1', '--max', String(add.quantity), '--delay', '0'],
  }[add.service]
  return ['panel', 'add', '--service', SERVICE_IDS[add.service], '--source', plan.name, ...what, '--yes']
}

function evidenceRows(
  plan: PanelPlan,
  fromMs: number,
  throughMs: number,
  { stated, statedBonuses }: { readonly stated: Set<string>; readonly statedBonuses: Set<string> },
): readonly string[] {
  const row = (ms: number, kind: string, amount: number, reference: string): string =>
    [dayOf(ms), plan.name, kind, amountText(BigInt(amount), 8), plan.currency, reference, ''].join(',')
  /** Of money that never moved: every one of them has to be refused. */
  const wrongRow = ({ atMs, mistake, reference }: WalletPlan): string =>
    [
      dayOf(atMs),
      mistake === 'source' ? 'nobody' : plan.name,
      'top-up',
      mistake === 'amount' ? '-17.00' : '17.00',
      mistake === 'currency' ? 'CHF' : plan.currency,
      `${reference}-wrong`,
      '',
    ].join(',')
  const rows: string[] = []
  if (isDue(fromMs, throughMs)({ atMs: plan.openingStatedMs })) {
    stated.add('opening')
    rows.push(row(plan.startMs, 'opening-balance', plan.opening, ''))
  }
  for (const each of plan.wallet) {
    if (each.kind !== 'top-up' || each.statedMs === null) continue
    const isNow = [each.statedMs, each.isStatedTwice ? each.statedMs + DAY_MS : 0].some(
      (ms) => ms > fromMs && ms <= throughMs,
    )
    if (!isNow) continue
    if (each.mistake !== null && !stated.has(each.reference)) rows.push(wrongRow(each))
    rows.push(row(each.atMs, 'top-up', each.amount, each.reference))
    stated.add(each.reference)
    if (each.bonus === 0 || !each.isBonusStated) continue
    statedBonuses.add(each.reference)
    rows.push(row(each.atMs, 'bonus', each.bonus, `${each.reference}-bonus`))
  }
  return rows
}
