/** What an entry says, against the sealed journal it is of: date, currency, the mark of its book, and every line. */
import { dayOf } from '../day.ts'
import { type Scene } from './scene.ts'
import type { Sealed } from './sealed.ts'
import type { Entry } from './vendor.ts'

const DAY_MS = 86_400_000

export type Say = (oracle: string, says: string) => void

export function checkWords(
  scene: Scene,
  { home, document, date, currency }: Sealed,
  entry: Entry,
  { mark, say }: { readonly mark: string; readonly say: Say },
): void {
  const isFirstOpen = scene.closes.has(dayOf(Date.parse(entry.date) - DAY_MS))
  const { closedPeriod, changesTo } = home.policy
  const isLater = entry.date > date && isFirstOpen && [closedPeriod, changesTo].includes('first-open-day')
  if (entry.date !== date && !isLater) say('entry-date', `${document} is dated ${entry.date} and sealed for ${date}`)
  if (entry.currency !== currency) say('entry-currency', `${document} is in ${entry.currency} and not in ${currency}`)
  if (!entry.memo.endsWith(`book ${mark}`))
    say('entry-mark', `${document} is not marked as of book ${mark}: "${entry.memo}"`)
  const sum = entry.lines.reduce((total, { amount }) => total + amount, 0n)
  if (sum !== 0n) say('entry-balance', `${document} (id ${entry.id}) sums to ${sum}`)
}

interface Lines {
  readonly when: 'night' | 'end'
  readonly say: Say
  /** How the program itself says it stands, for whoever reads the finding. */
  readonly standing: () => string
}

/** Whole, or in parts: what is there of a journal is what it says. Parts are complete at the end alone. */
export function checkLines(
  scene: Scene,
  sealed: Sealed,
  live: ReadonlyMap<string, readonly Entry[]>,
  { when, say, standing }: Lines,
): void {
  const { document, cents, home } = sealed
  const { vendor } = scene
  const whole = live.get(document)?.[0]
  const parts = [...live].flatMap(([name, entries]) => (name.startsWith(`${document}.`) ? entries.slice(0, 1) : []))
  const found = whole === undefined ? parts : [whole]
  if (whole !== undefined && parts.length > 0) say('entry-parts', `${document} is there whole and in parts`)
  const isComplete = when === 'end' || whole !== undefined
  if (!isComplete || (found.length === 0 && cents.size === 0)) return
  if (found.length === 0) return say('entry-missing', `${document} of ${home.book} is not there; ${standing()}`)
  const there = new Map<string, bigint>()
  for (const { lines } of found)
    for (const { account, amount } of lines) there.set(account, (there.get(account) ?? 0n) + amount)
  const wanted = new Map([...cents].map(([code, amount]) => [vendor.accountOf(code) ?? code, amount]))
  for (const account of new Set([...there.keys(), ...wanted.keys()])) {
    const [has, must] = [there.get(account) ?? 0n, wanted.get(account) ?? 0n]
    if (has !== must) say('entry-lines', `${document} has ${has} in account ${account} and must have ${must}`)
  }
}
