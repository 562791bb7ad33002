/**
 * Which currency a panel's statuses name, against the wallet's: by what it answers now and by what was set aside. Whether
 * the name or the amounts are wrong no check can tell from the name; what the wallet lacks may.
 */
import { sql } from 'kysely'
import type { PanelConfig } from '../../config/model.ts'
import { formatMoney, type Units } from '../../domain/money/money.ts'
import { lastWalletReading } from '../../evidence/readings.ts'
import { findBook, listBooks, sourceIds, type Book } from '../../ledger/books.ts'
import type { Database } from '../../db/database.ts'
import { fail, ok, type Finding, type Patient } from './check.ts'

export async function checkStatusCurrencies({ config, database, probes }: Patient): Promise<readonly Finding[]> {
  const known = database === null ? [] : (await listBooks(database.kysely)).map(({ name }) => name)
  const findings: Finding[] = []
  for (const book of config.books) {
    for (const source of book.sources) {
      if (source.type !== 'panel') continue
      const isKnown = database !== null && known.includes(book.name)
      const aside = isKnown ? await setAside(database, await findBook(database.kysely, book.name), source) : []
      const answered = probes.find((each) => each.book === book.name && each.source === source.name)?.dialect
      findings.push(findingOf(`${book.name}/${source.name}`, source, answered?.currencies ?? [], aside))
    }
  }
  return findings
}

interface SetAside {
  readonly currency: string
  readonly orders: number
  readonly charges: Units
  /** True when their charges are just what the wallet holds less than the books: then they are in its currency. */
  readonly isWhatWalletLacks: boolean
}

function findingOf(
  about: string,
  { currency, statusCurrency }: PanelConfig,
  answered: readonly string[],
  aside: readonly SetAside[],
): Finding {
  const isMeant = (named: string): boolean =>
    named === currency || statusCurrency === 'wallet' || statusCurrency === named
  const foreign = [...new Set([...answered, ...aside.map((each) => each.currency)])].filter((named) => !isMeant(named))
  const [named] = foreign
  if (named === undefined) {
    const says =
      answered.length === 0 ? 'no status was answered that names a currency' : `statuses name ${answered.join(', ')}`
    const meant = statusCurrency === undefined ? '' : `; read as ${currency} by statusCurrency: ${statusCurrency}`
    return ok(about, `${says}${meant}`)
  }
  const counted = aside.filter((each) => foreign.includes(each.currency))
  const held = counted.map(
    ({ currency: label, orders, charges, isWhatWalletLacks }) =>
      ` ${orders} ${orders === 1 ? 'order is' : 'orders are'} set aside for it, charged ${formatMoney(charges)} named ${label}${isWhatWalletLacks ? `, which is just what the wallet lacks: they are in ${currency}` : ''}.`,
  )
  return fail(
    about,
    `statuses name ${foreign.join(', ')} and the wallet is in ${currency}.${held.join('')}`,
    `If the charges are in ${currency} and only named otherwise (compare one with the panel's site), write statusCurrency: ${foreign.length === 1 ? named : 'wallet'} for this source; nothing is converted.`,
  )
}

async function setAside(database: Database, book: Book, source: PanelConfig): Promise<readonly SetAside[]> {
  const { kysely } = database
  const rows = await kysely
    .selectFrom('exception')
    .select(['currency', ({ fn }) => fn.countAll<bigint>().as('orders')])
    .select(sql<bigint>`cast(coalesce(sum(amount), 0) as bigint)`.as('charges'))
    .where('book', '=', book.id)
    .where('source', '=', source.name)
    .where('status', '=', sql.lit('open'))
    .where('code', '=', 'CURRENCY')
    .where('object', 'like', 'order:%')
    .groupBy('currency')
    .orderBy('currency')
    .execute()
  const id = (await sourceIds(kysely, book)).get(source.name)
  const last = id === undefined ? null : await lastWalletReading(kysely, book.id, id, Number.MAX_SAFE_INTEGER, 'after')
  return rows.flatMap(({ currency, orders, charges }) =>
    currency === null
      ? []
      : [
          {
            currency,
            orders: Number(orders),
            charges,
            isWhatWalletLacks: last !== null && charges > 0n && last.booked - last.balance === charges,
          },
        ],
  )
}
