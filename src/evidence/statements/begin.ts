/** From which day on the statements of each money account can show anything: as the settings say, else from the first one on. */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import { isBefore, type Begin } from '../../domain/payouts/before-statements.ts'
import type { OpenItem } from '../open-items.ts'

export interface BeginningAccount {
  readonly id: bigint
  readonly name: string
  /** From the settings. */
  readonly from?: string | null | undefined
}

export type IsBefore = (item: Pick<OpenItem, 'kind' | 'source' | 'account' | 'date' | 'lastDate'>) => boolean

/** True of an item that is from before the statements of every account that might have shown it. */
export async function beforeStatements(
  db: Kysely<Tables>,
  book: bigint,
  accounts: readonly BeginningAccount[],
): Promise<IsBefore> {
  const rows = await db
    .selectFrom('statement_section')
    .select('account')
    .select(({ fn }) => [fn.min('opening_date').as('opening'), fn.min('first_date').as('first')])
    .where('book', '=', book)
    .groupBy('account')
    .execute()
  const begins = new Map<string, Begin>()
  for (const { id, name, from } of accounts) {
    const row = rows.find(({ account }) => account === id)
    const [day] = [row?.opening, row?.first].flatMap((each) => each ?? []).sort()
    if (typeof from === 'string') begins.set(name, { day: from, by: 'settings' })
    else if (day !== undefined) begins.set(name, { day, by: 'statement' })
  }
  return (item) => {
    const shown = accounts.filter(({ name }) => (item.account === '' ? name !== item.source : name === item.account))
    return shown.length > 0 && shown.every(({ name }) => isBeforeBegin(item, begins.get(name)))
  }
}

function isBeforeBegin(item: Parameters<IsBefore>[0], begin: Begin | undefined): boolean {
  return begin !== undefined && isBefore(item, begin)
}
