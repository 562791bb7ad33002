/**
 * The plan of the money accounts: bank accounts and PayPal, what is booked on them beside the networks' payouts, transfers
 * between them, and the statements a person downloads and imports, late, twice, out of order, or never.
 */
import { createRandom, type Random } from '../../../../src/sandbox/world/random.ts'
import { ONE } from '../amounts.ts'
import { DAY_MS, range } from '../payelancer/plan.ts'

export type StatementFormat = 'bank-csv' | 'card-csv' | 'ofx' | 'camt' | 'mt940' | 'paypal-csv'

export type OwnLineKind =
  /** The bank's charge, and its interest: rules of the account say so. */
  | 'charge'
  | 'interest'
  /** Something nobody expects. */
  | 'card'

export interface OwnLine {
  readonly id: string
  readonly kind: OwnLineKind
  readonly atMs: number
  readonly amount: bigint
  readonly currency: string
  /** What it is called; equal twins have the same. */
  readonly text: string
  /** When it is announced, under another id. */
  readonly pendingMs: number | null
}

export interface TransferPlan {
  readonly id: string
  readonly from: string
  readonly to: string
  readonly atMs: number
  readonly arrivesMs: number
  readonly amount: bigint
}

export interface ExportPlan {
  readonly id: string
  readonly accounts: readonly string[]
  /** Days since the world began, both included. */
  readonly fromDay: number
  readonly throughDay: number
  readonly downloadedMs: number
  /** The newest so many lines of the days only, as some banks offer; null: all. */
  readonly newest: number | null
  /** A line in its middle is missing, as in files that were edited or cut: its balances do not come to its lines. */
  readonly lacksOne: boolean
  /** Another of the bank's formats; null: that of the account. */
  readonly format: StatementFormat | null
  readonly importedMs: readonly number[]
  /** Whether how the file is meant is said with it. */
  readonly isExplained: boolean
}

export interface AccountPlan {
  readonly name: string
  readonly type: 'bank' | 'card' | 'paypal'
  readonly currency: string
  readonly number: string
  readonly format: StatementFormat
  /** Among those of the format. */
  readonly variant: number
  readonly opening: bigint
  readonly isOpeningStated: boolean
  readonly hasRules: boolean
  readonly lines: readonly OwnLine[]
}

export interface BankPlan {
  readonly accounts: readonly AccountPlan[]
  readonly transfers: readonly TransferPlan[]
  readonly exports: readonly ExportPlan[]
}

const HOUR_MS = DAY_MS / 24

const NUMBERS = ['DE89370400440532013000', 'DE02120300000000202051']

export interface BankChoice {
  readonly seed: number
  readonly startMs: number
  readonly nights: number
  readonly lite: boolean
}

export function planBank({ seed, startMs, nights, lite }: BankChoice): BankPlan {
  const random = createRandom(seed, 'bank')
  const format = random.pick(['bank-csv', 'bank-csv', 'bank-csv', 'ofx', 'camt', 'mt940'] as const)
  const variant = random.int(0, 6)
  const second = random.chance(0.4) ? ['savings'] : []
  const third = random.chance(0.5) ? ['paypal'] : []
  const card = random.chance(0.35) ? ['visa'] : []
  const others = [...second, ...third, ...card]
  const names = ['checking', ...(lite ? others.slice(-1) : others)]
  const accounts = names.map((name, nth) => planAccount(seed, name, nth, { format, variant, startMs, nights }))
  const inOneFile = random.chance(0.5) && (format !== 'bank-csv' || variant === 6)
  const files: readonly (readonly string[])[] =
    inOneFile && names.includes('savings')
      ? [
          ['checking', 'savings'],
          ...names.filter((name) => !['checking', 'savings'].includes(name)).map((name) => [name]),
        ]
      : names.map((name) => [name])
  return {
    accounts,
    transfers: range(nights).flatMap((day) => planTransfer(createRandom(seed, 'transfer', day), names, startMs, day)),
    exports: files.flatMap((each) => planExports(createRandom(seed, 'exports', each[0] ?? ''), each, startMs, nights)),
  }
}

interface AccountChoice {
  readonly format: StatementFormat
  readonly variant: number
  readonly startMs: number
  readonly nights: number
}

function planAccount(seed: number, name: string, nth: number, choice: AccountChoice): AccountPlan {
  const random = createRandom(seed, 'account', name)
  const isPaypal = name === 'paypal'
  const isCard = name === 'visa'
  // Some are overdrawn now and then.
  const opening = BigInt(random.chance(0.3) ? random.int(-30_000, 30_000) : random.int(0, 500_000)) * (ONE / 100n)
  return {
    name,
    type: isPaypal ? 'paypal' : isCard ? 'card' : 'bank',
    currency: 'USD',
    number: isPaypal ? '' : isCard ? '4111111111115030' : (NUMBERS[nth] ?? ''),
    format: isPaypal ? 'paypal-csv' : isCard ? (choice.format === 'ofx' ? 'ofx' : 'card-csv') : choice.format,
    variant: isPaypal ? random.int(0, 2) : isCard ? random.int(0, 1) : choice.variant,
    // What is owed on a card is below zero, and stays there: what an OFX file means by a positive one is not sure.
    opening: isCard ? -opening - 10_000n * ONE : opening,
    isOpeningStated: random.chance(0.8),
    hasRules: random.chance(0.8),
    lines: range(choice.nights + 2).flatMap((day) =>
      planLines(
        createRandom(seed, 'account', name, 'day', day),
        isPaypal,
        choice.startMs + day * DAY_MS,
        `${name}-${day}`,
      ),
    ),
  }
}

function planLines(random: Random, isPaypal: boolean, dayMs: number, id: string): readonly OwnLine[] {
  const lines: OwnLine[] = []
  const count = random.int(0, 2)
  for (let nth = 0; nth < count; nth += 1) {
    const kind = random.pick(['charge', 'interest', 'card', 'card'] as const)
    const size = BigInt(random.int(50, 30_000)) * (ONE / 100n)
    const atMs = dayMs + random.int(0, DAY_MS - 1)
    const isIncome = kind === 'interest' || (kind === 'card' && random.chance(0.3))
    const line: OwnLine = {
      id: `${id}-${nth}`,
      kind,
      atMs,
      amount: isIncome ? size : -size,
      currency: isPaypal && random.chance(0.2) ? 'EUR' : 'USD',
      text: kind === 'card' ? random.pick(['COFFEE CORNER', 'OFFICE SUPPLY', 'CLIENT INVOICE']) : '',
      pendingMs: random.chance(0.3) ? atMs - random.int(1, 2) * DAY_MS : null,
    }
    lines.push(line)
    // An equal twin on the same day: two coffees.
    if (random.chance(0.2)) lines.push({ ...line, id: `${line.id}-twin`, atMs: dayMs + random.int(0, DAY_MS - 1) })
  }
  return lines
}

function planTransfer(random: Random, names: readonly string[], startMs: number, day: number): readonly TransferPlan[] {
  if (names.length < 2 || !random.chance(0.35)) return []
  const atMs = startMs + day * DAY_MS + random.int(0, DAY_MS - 1)
  const other = names.at(-1) ?? ''
  // A card is paid off; from the others money is drawn.
  const [from, to] = other === 'visa' ? ['checking', other] : [other, 'checking']
  return [
    {
      id: `TR${String(day).padStart(3, '0')}${random.int(100_000, 999_999)}`,
      from,
      to,
      atMs,
      arrivesMs: atMs + random.int(0, 2) * DAY_MS,
      amount: BigInt(random.int(100, 90_000)) * (ONE / 100n),
    },
  ]
}

function planExports(
  random: Random,
  accounts: readonly string[],
  startMs: number,
  nights: number,
): readonly ExportPlan[] {
  const exports: ExportPlan[] = []
  const [first = '', ...others] = accounts
  const isBank = others.length === 0 && (first === 'checking' || first === 'savings')
  const evening = (day: number): number => startMs + (day + 1) * DAY_MS - HOUR_MS
  const add = (fromDay: number, throughDay: number, downloadDay: number, importDays: readonly number[]): void => {
    exports.push({
      id: `${first}-${exports.length}`,
      accounts,
      fromDay,
      throughDay,
      downloadedMs: random.chance(0.3) ? evening(downloadDay) - random.int(2, 16) * HOUR_MS : evening(downloadDay),
      newest: random.chance(0.12) ? random.int(2, 5) : null,
      lacksOne: random.chance(0.06),
      format: isBank && random.chance(0.15) ? random.pick(['ofx', 'camt', 'mt940'] as const) : null,
      importedMs: importDays.map(evening),
      isExplained: random.chance(0.5),
    })
  }
  for (let day = 0; day < nights;) {
    const length = random.int(1, 3)
    const last = Math.min(nights - 1, day + length - 1)
    const overlap = random.chance(0.3) ? random.int(1, 2) : 0
    const downloaded = last + random.int(0, 1)
    const imported = Math.min(nights, downloaded + (random.chance(0.3) ? random.int(1, 3) : 0))
    const isLost = random.chance(0.15)
    if (!isLost) {
      const again = random.chance(0.2) ? [Math.min(nights, imported + random.int(0, 2))] : []
      add(Math.max(0, day - overlap), last, downloaded, [imported, ...again])
    }
    day = last + 1
  }
  // In the end somebody takes them all, mostly.
  if (random.chance(0.8)) add(0, nights + 1, nights + 1, [nights + 1])
  const last = exports.at(-1)
  if (last?.throughDay !== nights + 1) return exports
  return [...exports.slice(0, -1), { ...last, downloadedMs: evening(nights + 1), newest: null, lacksOne: false }]
}

/** The account of a plain world: statements of each day, with lines that its rules know, so that nothing has to be asked. */
export function plainBank(bank: BankPlan, startMs: number, nights: number): BankPlan {
  const accounts = bank.accounts.slice(0, 1).map((account) => ({
    ...account,
    isOpeningStated: true,
    hasRules: true,
    lines: account.lines.filter(({ kind }) => kind !== 'card'),
  }))
  const exports = range(nights + 2).map((day): ExportPlan => {
    const downloadedMs = startMs + (day + 1) * DAY_MS - HOUR_MS
    return {
      id: `checking-${day}`,
      accounts: ['checking'],
      fromDay: 0,
      throughDay: day,
      downloadedMs,
      newest: null,
      lacksOne: false,
      format: null,
      importedMs: [downloadedMs],
      isExplained: true,
    }
  })
  return { accounts, transfers: [], exports }
}
