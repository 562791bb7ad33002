/**
 * `tieout panel nights`: a wallet night by night as the rules worked it out (W6), read-only and without asking the panel.
 * Nights on which something else happened stand out by their rest; orders are not accused, since a sum cannot name them.
 */
import type { Command } from 'commander'
import { formatMoney, type Units } from '../../domain/money/money.ts'
import { isoDateInZone } from '../../domain/time/dates.ts'
import { sourceIds } from '../../ledger/books.ts'
import { loadNights, type Look, type StoredNight } from '../../panels/store/wallet-nights.ts'
import { SOURCE_FLAG, type SourceOption } from '../ask-panel.ts'
import { wholeNumberArgument } from '../arguments.ts'
import { choosePanel } from '../choose-source.ts'
import { readBook } from '../open-book.ts'
import { counted, type Column } from '../output.ts'
import { handle, type Registry } from '../session.ts'

const NIGHTS = 31

interface NightsOptions extends SourceOption {
  readonly limit: number
}

type Night = StoredNight & {
  readonly look: Look
  /** Top-ups and other stated movements that the night shows (T1); 0 of the first night. */
  readonly stated: Units
}

interface Field {
  readonly name: string
  readonly title: string
  readonly of: (night: Night) => Units
}

/** The same fields in the table and in --json. */
const FIELDS: readonly Field[] = [
  { name: 'charges', title: 'Charges', of: ({ charges }) => charges },
  { name: 'stated', title: 'Stated', of: ({ stated }) => stated },
  { name: 'claims', title: 'Claims', of: ({ claims }) => claims },
  { name: 'held', title: 'Held', of: ({ worked }) => worked.heldClaims },
  { name: 'gained', title: 'Gained', of: ({ worked }) => worked.gained },
  { name: 'paid', title: 'Paid', of: ({ worked }) => worked.paid },
  { name: 'rounding', title: 'Rounding', of: ({ worked }) => worked.rounding - worked.shortfall },
  { name: 'rest', title: 'Rest', of: ({ worked }) => worked.rest },
  { name: 'owed', title: 'Owed', of: ({ worked }) => worked.owed },
  { name: 'overdue', title: 'Overdue', of: ({ worked }) => worked.overdue },
  { name: 'width', title: 'Width', of: ({ look }) => look.width },
  { name: 'balance', title: 'Balance', of: ({ look }) => look.balance },
]

const COLUMNS: readonly Column[] = [
  { title: 'Night' },
  ...FIELDS.map(({ title }) => ({ title, align: 'right' as const })),
]

export function registerPanelNights(registry: Registry, panel: Command): void {
  const nights = panel
    .command('nights')
    .description('a wallet night by night: claims, what it gained and paid, and what nothing explains')
    .option(...SOURCE_FLAG)
    .option('--limit <number>', 'the newest nights, at most so many', wholeNumberArgument, NIGHTS)
  handle<NightsOptions>(registry, nights, (session, { source, limit }) =>
    readBook(session, async ({ kysely, book }) => {
      const { name, currency } = choosePanel(session, source)
      const id = (await sourceIds(kysely, book)).get(name)
      const all = id === undefined ? [] : await loadNights(kysely, { book: book.id, source: id })
      const shown = withStated(all).slice(-limit)
      const dayOf = ({ look }: Night): string => isoDateInZone(look.atMs, session.book().timeZone)
      session.show({ source: name, currency, nights: shown.map((night) => nightView(night)) }, () => [
        ...session.table(
          COLUMNS,
          shown.map((night) => [dayOf(night), ...FIELDS.map(({ of }) => shownAmount(of(night)))]),
        ),
        '',
        `${counted(shown.length, 'night')} of ${name}, in ${currency}. Gained is beyond charges and stated movements; what it pays of the claims is no rest.`,
      ])
      return 'ok'
    }),
  )
}

/** What a wallet's balance moved by beyond what it was charged and what it gained was stated for it. */
function withStated(all: readonly StoredNight[]): readonly Night[] {
  const looked = all.flatMap(({ look, ...night }) => (look === null ? [] : [{ ...night, look }]))
  return looked.map((night, at) => {
    const before = looked[at - 1]?.look.balance
    const moved = before === undefined ? 0n : night.look.balance - before + night.charges - night.worked.gained
    return { ...night, stated: moved }
  })
}

/** Nothing is a blank, so that what happened stands out. */
function shownAmount(amount: Units): string {
  return amount === 0n ? '' : formatMoney(amount)
}

function nightView(night: Night) {
  const amounts = Object.fromEntries(FIELDS.map(({ name, of }) => [name, formatMoney(of(night), 8)]))
  return { at: new Date(night.look.atMs).toISOString(), ...amounts }
}
