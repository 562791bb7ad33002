/**
 * What a person once said about a file's columns, dates and decimals, for the next file of the account with the same
 * columns. It is not kept apart: it is read from the request beside the earlier landed file.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import type { BankColumns, ReadOptions } from '../../sources/statements/options.ts'
import { decodeStatement } from '../../sources/statements/text.ts'
import { statementRequestSchema } from '../process/statement.ts'

export type Said = Pick<ReadOptions, 'columns' | 'dateOrder' | 'decimal'>

export const NOTHING_SAID: Said = { columns: null, dateOrder: null, decimal: null }

/** A header stands near the top. */
const LINES_SEARCHED = 60

/** Of the newest file with the same columns of which something was said. */
export async function rememberedFor(
  db: Kysely<Tables>,
  book: bigint,
  account: bigint,
  file: { readonly name: string; readonly bytes: Buffer },
): Promise<Said> {
  const rows = await db
    .selectFrom('statement_file as file')
    .innerJoin('landing', (join) =>
      join
        .onRef('landing.book', '=', 'file.book')
        .onRef('landing.batch', '=', 'file.batch')
        .onRef('landing.item', '=', 'file.item'),
    )
    .select('landing.request')
    .where('file.book', '=', book)
    .where('file.account', '=', account)
    .orderBy('file.batch', 'desc')
    .execute()
  const earlier = rows.flatMap(({ request }) => {
    const parsed = statementRequestSchema.safeParse(JSON.parse(request))
    return parsed.success && hasSaid(parsed.data.options) && parsed.data.headers.length > 0 ? [parsed.data] : []
  })
  if (earlier.length === 0) return NOTHING_SAID
  const top = decodeStatement(file.name, file.bytes).text.split('\n', LINES_SEARCHED)
  const same = earlier.find(({ headers }) => top.some((line) => isHeader(line, headers)))
  return same?.options ?? NOTHING_SAID
}

/** What is said now goes before what was said then, role by role. */
export function saidTogether(now: Said, before: Said): Said {
  return {
    columns: columnsTogether(now.columns, before.columns),
    dateOrder: now.dateOrder ?? before.dateOrder,
    decimal: now.decimal ?? before.decimal,
  }
}

function columnsTogether(now: BankColumns | null, before: BankColumns | null): BankColumns | null {
  if (now === null || before === null) return now ?? before
  return { roles: { ...before.roles, ...now.roles }, sign: now.sign ?? before.sign }
}

function hasSaid({ columns, dateOrder, decimal }: Said): boolean {
  return columns !== null || dateOrder !== null || decimal !== null
}

function isHeader(line: string, headers: readonly string[]): boolean {
  return [',', ';', '\t', '|'].some((delimiter) => {
    const cells = line.split(delimiter).map((cell) =>
      cell
        .trim()
        .replace(/^"(.*)"$/, '$1')
        .trim(),
    )
    return cells.length === headers.length && cells.every((cell, at) => cell === headers[at]?.trim())
  })
}
