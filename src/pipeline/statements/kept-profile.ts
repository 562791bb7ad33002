/**
 * The profile an account's CSVs are read by: of its newest file that was read by one. It is not kept apart but beside the
 * landed file, so that it is forgotten when the file is taken back; and what is said of a file, joined with it.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import type { BankProfile } from '../../domain/statements/bank-profile.ts'
import type { BankColumns, ReadOptions } from '../../sources/statements/options.ts'
import { statementRequestSchema } from '../process/statement.ts'

export type Said = Pick<ReadOptions, 'columns' | 'dateOrder' | 'decimal'> &
  Partial<Pick<ReadOptions, 'balance' | 'order'>>

export const NOTHING_SAID: Said = { columns: null, dateOrder: null, decimal: null }

/** Null: no CSV of the account was imported yet. */
export async function keptProfile(db: Kysely<Tables>, book: bigint, account: bigint): Promise<BankProfile | null> {
  const newest = await db
    .selectFrom('statement_file as file')
    .innerJoin('log_record', (join) =>
      join
        .onRef('log_record.book', '=', 'file.book')
        .onRef('log_record.batch', '=', 'file.batch')
        .onRef('log_record.item', '=', 'file.item'),
    )
    .select('log_record.request')
    .where('file.book', '=', book)
    .where('file.account', '=', account)
    .where('file.format', '=', 'bank-csv')
    .orderBy('file.batch', 'desc')
    .orderBy('file.item', 'desc')
    .limit(1)
    .executeTakeFirst()
  return newest === undefined ? null : statementRequestSchema.parse(JSON.parse(newest.request)).options.profile
}

/** A flag goes before what the account's configuration says, role by role. */
export function saidTogether(now: Said, configured: Said): Said {
  return {
    columns: columnsTogether(now.columns, configured.columns),
    dateOrder: now.dateOrder ?? configured.dateOrder,
    decimal: now.decimal ?? configured.decimal,
    balance: now.balance ?? null,
    order: now.order ?? null,
  }
}

function columnsTogether(now: BankColumns | null, before: BankColumns | null): BankColumns | null {
  if (now === null || before === null) return now ?? before
  return { roles: { ...before.roles, ...now.roles }, sign: now.sign ?? before.sign }
}
