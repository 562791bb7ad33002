/**
 * The money accounts of the world: their settings, the person who imports their statements and explains a file that the
 * program asks about, and what the books have to hold of every line.
 */
import type { Books } from '../../oracles/books.ts'
import { amountText } from '../amounts.ts'
import type { Act, Part } from '../part.ts'
import type { NetworkPlan } from '../payelancer/plan.ts'
import { allLines, type Line } from './lines.ts'
import { camt, mt940, ofx } from './messages.ts'
import { checkBank } from './oracle.ts'
import type { AccountPlan, BankPlan, ExportPlan } from './plan.ts'
import { sectionsOf, type Section } from './statement.ts'
import { bankCsv, paypalCsv, shapeOf } from './tables.ts'

/** A file as it lies in a person's folder. */
export interface Download {
  readonly plan: ExportPlan
  readonly name: string
  readonly content: string
  readonly sections: readonly Section[]
  /** Typed as it comes, and with what a person knows of the bank. */
  readonly argv: readonly string[]
  readonly explained: readonly string[]
}

/** A file that is refused however it is explained is not explained for ever. */
const MOST_TIMES = 3

/** Where what one person may decide alone is limited, the other one says the same. */
const PEOPLE = ['Bea', 'Cyd'] as const

export function createBank(plan: BankPlan, networks: readonly NetworkPlan[], startMs: number): Part {
  const lines = allLines(plan, networks)
  const downloads = plan.exports.flatMap((each) => download(each, plan, lines, startMs))
  const explained = new Map<string, number>()
  const ignored = new Map<string, number>()
  /** One that has the very bytes of another is that file again. */
  const known = (books: Books): ReadonlySet<string> => {
    const names = new Set(books.rows('select name from statement_file').map(({ name }) => String(name)))
    const contents = new Set(downloads.filter(({ name }) => names.has(name)).map(({ content }) => content))
    return new Set(downloads.filter(({ content }) => contents.has(content)).map(({ name }) => name))
  }

  const decide = (books: Books, nowMs: number): readonly Act[] => {
    const imported = known(books)
    for (const { plan: each, name, content, explained: argv } of downloads) {
      if ((each.importedMs[0] ?? nowMs) > nowMs || imported.has(name)) continue
      // The program has asked how it is meant. A restored backup may know nothing of the answer.
      const times = explained.get(name) ?? 0
      if (times === MOST_TIMES) continue
      explained.set(name, times + 1)
      return [{ atMs: nowMs, file: { name, content }, argv }]
    }
    return ignoreCards(books, nowMs, ignored)
  }

  return {
    name: 'bank',
    sites: [],
    config: { accounts: plan.accounts.map((account) => accountText(account, plan, networks)) },
    env: {},
    advance: () => undefined,
    acts: (fromMs, throughMs) => [
      ...openings(plan, startMs, fromMs, throughMs),
      ...downloads.flatMap(({ plan: each, name, content, argv }) =>
        each.importedMs
          .filter((ms) => ms > fromMs && ms <= throughMs)
          .map((atMs): Act => ({ atMs, file: { name, content }, argv, allowed: [0, 1, 2] })),
      ),
    ],
    answers: decide,
    check: (books, when) => checkBank({ plan, networks, lines, downloads, imported: known(books) }, books, when),
  }
}

/** What is bought by card and has nothing to do with the business, one at a time. `said` counts how often of each line. */
function ignoreCards(books: Books, nowMs: number, said: Map<string, number>): readonly Act[] {
  const [row] = books.rows(
    `select line.id from statement_line as line where line.disposition = 'open' and line.uncounted is null
       and line.description like '%COFFEE%' and line.matched = 0 and line.id % 3 = 0
       and not exists (select 1 from match_leg as leg join match_group as found on found.book = leg.book and found.id = leg.match
         where leg.book = line.book and leg.side = 'line' and leg.ref = line.id)
     order by line.id limit 1`,
  )
  if (row === undefined) return []
  const line = String(row['id'])
  const times = said.get(line) ?? 0
  said.set(line, times + 1)
  const signed = ['--by', PEOPLE[times % PEOPLE.length] ?? PEOPLE[0], '--why', 'looked it up']
  // Refused where the command itself has just booked what settles the line, from batches a killed run had left.
  return [{ atMs: nowMs, argv: ['reconcile', 'ignore', line, ...signed], allowed: [0, 2] }]
}

function download(plan: ExportPlan, bank: BankPlan, lines: readonly Line[], startMs: number): readonly Download[] {
  const accounts = bank.accounts
    .filter(({ name }) => plan.accounts.includes(name))
    .map((account) => ({ ...account, format: plan.format ?? account.format }))
  const [first] = accounts
  const sections = accounts.flatMap((account) => sectionsOf(plan, startMs, account, lines))
  if (first === undefined || sections.length === 0) return []
  const content = written(first, sections)
  if (content === null) return []
  const name = `${plan.id}.txt`
  const to = accounts.length === 1 ? ['--account', first.name] : []
  const said = isTable(first) ? shapeOf(first).said : []
  const argv = ['statements', 'import', `files/${name}`, ...to]
  const withWords = [...argv, ...said]
  return [{ plan, name, content, sections, argv: plan.isExplained ? withWords : argv, explained: withWords }]
}

function isTable({ format }: AccountPlan): boolean {
  return format === 'bank-csv' || format === 'card-csv'
}

function written(account: AccountPlan, sections: readonly Section[]): string | null {
  switch (account.format) {
    case 'bank-csv':
    case 'card-csv':
      return bankCsv(sections, account)
    case 'paypal-csv':
      return paypalCsv(sections, account.variant)
    case 'ofx':
      return ofx(sections)
    case 'camt':
      return camt(sections)
    case 'mt940':
      return mt940(sections)
  }
}

function accountText(account: AccountPlan, { accounts }: BankPlan, networks: readonly NetworkPlan[]): string {
  const { name, type, currency, number, format, hasRules } = account
  const text = [`name: ${name}`, `type: ${type}`, `currency: ${currency}`]
  if (number !== '') text.push(`number: '${number}'`)
  if (format === 'paypal-csv' || (isTable(account) && shapeOf(account).said.includes('mdy')))
    text.push('dateOrder: mdy')
  const fee = type === 'paypal' ? `name: standard, percent: '2'` : `name: wire, flat: '15'`
  text.push(`fees: [{ ${fee} }]`)
  const rules = [
    '{ contains: MONTHLY FEE, means: bank-charge }',
    '{ contains: INTEREST, means: income }',
    ...networks.map((network) =>
      network.role === 'publisher'
        ? `{ contains: PAYELANCER ${network.name.toUpperCase()}, means: payout, source: ${network.name} }`
        : `{ contains: PAYELANCER ADS ${network.name.toUpperCase()}, means: top-up, source: ${network.name} }`,
    ),
    ...accounts
      .filter((other) => other.name !== name)
      .flatMap((other) => [
        `{ contains: TRANSFER TO ${other.name.toUpperCase()}, means: transfer, account: ${other.name} }`,
        `{ contains: TRANSFER FROM ${other.name.toUpperCase()}, means: transfer, account: ${other.name} }`,
      ]),
  ]
  if (hasRules) text.push('rules:', ...rules.map((rule) => `  - ${rule}`))
  return text.join('\n')
}

/** What the accounts held when the world began. */
function openings({ accounts }: BankPlan, startMs: number, fromMs: number, throughMs: number): readonly Act[] {
  const stated = accounts.filter(({ isOpeningStated }) => isOpeningStated)
  if (fromMs > startMs || stated.length === 0) return []
  const day = new Date(startMs).toISOString().slice(0, 10)
  const rows = stated.map(
    ({ name, currency, opening }) => `${day},${name},opening-balance,${amountText(opening, 2)},${currency},,`,
  )
  const name = 'bank-openings.csv'
  const content = `date,source,kind,amount,currency,reference,note\n${rows.join('\n')}\n`
  return [{ atMs: throughMs, file: { name, content }, argv: ['evidence', 'import', `files/${name}`] }]
}
