/** What a story of the desk is made of: its vendor and accounts, what comes by mail, what a person says, and what it must come to. */
import { DAY_MS } from '../payelancer/plan.ts'
import type { Site } from '../../kernel/network.ts'
import type { Books, OpenException } from '../../oracles/books.ts'
import { amountText, ONE } from '../amounts.ts'
import type { Act, Finding, Part } from '../part.ts'
import type { StoryPlan } from './plan.ts'

export interface BankLine {
  /** Since the world began. */
  readonly day: number
  readonly text: string
  readonly cents: number
}

/** Account and currency, such as "1110 USD", and cents. */
export type Outcome = Readonly<Record<string, number>>

/** A line, and what may be booked of it at one time or another; the last is what it comes to. */
export interface Want extends BankLine {
  readonly account: string
  readonly currency?: string
  readonly outcomes: readonly [Outcome, ...Outcome[]]
}

/** What an account holds at the end. */
export interface Holds {
  readonly account: string
  readonly currency?: string
  readonly cents: number
}

/** What a person types once it is time and the books ask for it; null: nothing, yet or any more. */
export interface Word {
  readonly fromDay: number
  readonly argv: (books: Books) => readonly string[] | null
}

/** A vendor posts it to the daemon once the day has ended. */
export interface Posted {
  readonly day: number
  readonly path: string
  readonly body: string
}

export interface Story {
  readonly config: Part['config']
  readonly sites?: readonly Site[]
  readonly files?: Part['files']
  readonly acts: readonly Act[]
  readonly hooks?: readonly Posted[]
  readonly words?: readonly Word[]
  readonly decide?: (exception: OpenException) => readonly string[] | null
  readonly wants?: readonly Want[]
  readonly holds?: readonly Holds[]
  readonly check?: (books: Books, when: 'night' | 'end') => readonly Finding[]
}

export interface Scene extends StoryPlan {
  readonly startMs: number
}

const HOUR_MS = DAY_MS / 24
/** What each account held when the books began. */
export const OPENING_CENTS = 500_000
/** What a vendor owed, or held in advance. */
export const OWED_CENTS = 300_000

export function dayText({ startMs }: Pick<Scene, 'startMs'>, day: number): string {
  return new Date(startMs + day * DAY_MS).toISOString().slice(0, 10)
}

export function eveningMs({ startMs }: Scene, day: number): number {
  return startMs + (day + 1) * DAY_MS - HOUR_MS
}

export function money(cents: number): string {
  return amountText((BigInt(cents) * ONE) / 100n, 2)
}

/** A vendor whose counter stands still. */
export function vendor(scene: Scene, role: 'publisher' | 'advertiser', more: readonly string[] = []): Story['config'] {
  const { name } = scene
  const lines = [
    `name: ${name}`,
    'type: payelancer',
    `baseUrl: http://${name}.network.test`,
    'apiKey: { env: KEY_DESK }',
    'currency: USD',
    `role: ${role}`,
    ...(role === 'publisher' ? [`payouts: { schedule: stated, minimum: '50', account: ${name}-bank }`] : []),
    ...more,
  ]
  return { sources: [lines.join('\n')] }
}

/** `cents`: what it shows; asked again, the same. */
export function counterSite({ name }: Scene, role: 'publisher' | 'advertiser', cents = OWED_CENTS): readonly Site[] {
  const figure = role === 'publisher' ? 'earnings' : 'spent'
  const stats = `{"impressions":1402,"clicks":52,"${figure}":${money(cents)}}`
  const body = `{"success":true,"role":"${role}","stats":${stats}}`
  const answer = () => ({ status: 200, headers: { 'content-type': 'application/json' }, body })
  return [{ host: `${name}.network.test`, answer }]
}

export function bankOf(scene: Scene, means: 'payout' | 'top-up' | null): string {
  const { name } = scene
  const rule = `{ contains: ${name.toUpperCase()}, means: ${String(means)}, source: ${name} }`
  return [`name: ${name}-bank`, 'type: bank', 'currency: USD', ...(means === null ? [] : [`rules: [${rule}]`])].join(
    '\n',
  )
}

export type EvidenceRow = readonly [day: number, source: string, kind: string, cents: number, reference: string]

/** What is stated when the books begin, and what else by then. */
export function evidence(scene: Scene, day: number, rows: readonly EvidenceRow[], currency = 'USD'): Act {
  const texts = rows.map(
    ([of, source, kind, cents, reference]) =>
      `${dayText(scene, of)},${source},${kind},${money(cents)},${currency},${reference},`,
  )
  return evidenceText(scene, day, texts)
}

export function evidenceText(scene: Scene, day: number, rows: readonly string[]): Act {
  const name = `${scene.name}-evidence-${day}-${rows.length}.csv`
  const content = `date,source,kind,amount,currency,reference,note\n${rows.join('\n')}\n`
  return { atMs: eveningMs(scene, day), file: { name, content }, argv: ['evidence', 'import', `files/${name}`] }
}

export function openings(scene: Scene, more: readonly EvidenceRow[] = [], from = 0): Act {
  const { name } = scene
  return evidence(scene, 0, [
    [from, name, 'opening-balance', OWED_CENTS, ''],
    [from, name, 'opening-counter', OWED_CENTS, ''],
    [from, `${name}-bank`, 'opening-balance', OPENING_CENTS, ''],
    ...more,
  ])
}

/** Statements that follow one another, each imported on its evening. */
export function statements(
  scene: Scene,
  account: string,
  files: readonly { readonly day: number; readonly lines: readonly BankLine[] }[],
  opening = OPENING_CENTS,
): readonly Act[] {
  let balance = opening
  return files.map(({ day, lines }, nth) => {
    const rows = lines.map(({ day: of, text, cents }) => {
      balance += cents
      return `${dayText(scene, of)},"${text}",${money(cents)},${money(balance)}`
    })
    const name = `${account}-${nth}.csv`
    const content = `Date,Description,Amount,Balance\n${rows.join('\n')}\n`
    const said = ['--balance', 'after', '--order', 'oldest-first', '--columns', 'sign=in-positive']
    const argv = ['statements', 'import', `files/${name}`, '--account', account, ...said]
    return { atMs: eveningMs(scene, day), file: { name, content }, argv }
  })
}

const LINE = `
  select line.id from statement_line as line join source on source.book = line.book and source.id = line.account
  where source.name = ? and line.amount = ? and line.uncounted is null order by line.id limit 1`

/** Its number; null while the books do not have it. */
export function lineId(books: Books, account: string, { cents }: BankLine): string | null {
  const [row] = books.rows(LINE, account, (BigInt(cents) * ONE) / 100n)
  return row === undefined ? null : String(row['id'])
}

export function itemId(books: Books, source: string, object: string): string | null {
  const [row] = books.rows('select id from open_item where source = ? and object = ?', source, object)
  return row === undefined ? null : String(row['id'])
}

interface Match {
  readonly id: string
  readonly status: string
  readonly step: string
}

const MATCHES = `
  select found.id, found.status, found.step from match_group as found
  join match_leg as leg on leg.book = found.book and leg.match = found.id
  where leg.side = ? and leg.ref = ? order by found.id`

export function matchesOf(books: Books, side: 'line' | 'item', id: string): readonly Match[] {
  return books.rows(MATCHES, side, BigInt(id)).map((row) => ({
    id: String(row['id']),
    status: String(row['status']),
    step: String(row['step']),
  }))
}

/**
 * Whoever takes back what is settled, once, and then says the same by hand; `byHand`: nothing settles it without a
 * person. `words` is null until all it names is there.
 */
export function settledBy(
  { isTakenBack, decidedDay }: Scene,
  about: { readonly side: 'line' | 'item'; readonly id: (books: Books) => string | null },
  { byHand, words }: { readonly byHand: boolean; readonly words: (books: Books) => readonly string[] | null },
): Word {
  return {
    fromDay: decidedDay,
    argv: (books) => {
      const id = about.id(books)
      if (id === null) return null
      const matches = matchesOf(books, about.side, id)
      const standing = matches.find(({ status }) => status !== 'undone')
      const wasUndone = matches.some(({ status }) => status === 'undone')
      if (standing !== undefined) return isTakenBack && !wasUndone ? ['reconcile', 'unmatch', standing.id] : null
      return byHand || wasUndone ? words(books) : null
    },
  }
}
