/**
 * What a person once said about a file's columns, dates and decimals, and what its balances proved, for the next file of
 * the account with the same columns. It is not kept apart: it is read from the request beside the earlier landed file.
 */
import type { Kysely } from 'kysely'
import type * as z from 'zod'
import type { Tables } from '../../db/tables.ts'
import type { AmountSign, BalancePlace, BankReading, LineOrder } from '../../domain/statements/bank-reading.ts'
import type { BankColumns, ReadOptions } from '../../sources/statements/options.ts'
import { decodeStatement } from '../../sources/statements/text.ts'
import { statementRequestSchema } from '../process/statement.ts'

export type Said = Pick<ReadOptions, 'columns' | 'dateOrder' | 'decimal'> & {
  readonly balance?: BalancePlace | null
  readonly order?: LineOrder | null
}

export const NOTHING_SAID: Said = { columns: null, dateOrder: null, decimal: null }

export interface Remembered {
  readonly said: Said
  /** How its amounts and balances are meant; null: nothing is known. */
  readonly reading: BankReading | null
  /** Files whose sign was taken as usual, as nothing told it. */
  readonly assumed: readonly AssumedSign[]
}

export interface AssumedSign {
  readonly file: string
  readonly sign: AmountSign
}

/** A header stands near the top. */
const LINES_SEARCHED = 60
const NOTHING_REMEMBERED: Remembered = { said: NOTHING_SAID, reading: null, assumed: [] }

/** Of the account's files with the same columns, the newest that tells. */
export async function rememberedFor(
  db: Kysely<Tables>,
  book: bigint,
  account: bigint,
  file: { readonly name: string; readonly bytes: Buffer },
): Promise<Remembered> {
  const rows = await db
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
    .orderBy('file.batch', 'desc')
    .execute()
  const earlier = rows.flatMap(({ request }) => {
    const parsed = statementRequestSchema.safeParse(JSON.parse(request))
    return parsed.success && tells(parsed.data) && parsed.data.headers.length > 0 ? [parsed.data] : []
  })
  if (earlier.length === 0) return NOTHING_REMEMBERED
  const top = decodeStatement(file.name, file.bytes).text.split('\n', LINES_SEARCHED)
  const same = earlier.filter(({ headers }) => top.some((line) => isHeader(line, headers)))
  const said = same.find(({ options }) => hasSaid(options))?.options
  return {
    // The sign is held against the file's own balances, so it is not said but known.
    said: said === undefined ? NOTHING_SAID : { ...said, columns: said.columns && { ...said.columns, sign: null } },
    reading: readingOf(same),
    assumed: assumedOf(same),
  }
}

type Landed = z.infer<typeof statementRequestSchema>

function tells({ options, proved, assumedSign }: Landed): boolean {
  return proved !== null || assumedSign !== null || hasSaid(options) || (options.readings?.balance ?? null) !== null
}

/** Only those since the sign was last known: what came before was asked about then. */
function assumedOf(files: readonly Landed[]): readonly AssumedSign[] {
  const known = files.findIndex(({ options, proved }) => (proved?.sign ?? options.columns?.sign ?? null) !== null)
  return files
    .slice(0, known === -1 ? files.length : known)
    .flatMap(({ file, assumedSign }) => (assumedSign === null ? [] : [{ file, sign: assumedSign }]))
}

/** Of each thing what the newest file tells that tells it. */
function readingOf(files: readonly Landed[]): BankReading | null {
  const known = files.map(({ options, proved }): Partial<BankReading> => {
    const sign = proved?.sign ?? options.columns?.sign ?? null
    return { ...proved, sign, balance: proved?.balance ?? options.readings?.balance ?? null }
  })
  const newest = <Key extends keyof BankReading>(key: Key): BankReading[Key] | null =>
    known.find((each) => each[key] !== undefined && each[key] !== null)?.[key] ?? null
  const reading: BankReading = {
    sign: newest('sign'),
    balance: newest('balance'),
    order: newest('order'),
    isFeeOnTop: newest('isFeeOnTop'),
    isOwed: newest('isOwed'),
  }
  return Object.values(reading).some((each) => each !== null) ? reading : null
}

/** What is said now goes before what was said then, role by role. */
export function saidTogether(now: Said, before: Said): Said {
  return {
    columns: columnsTogether(now.columns, before.columns),
    dateOrder: now.dateOrder ?? before.dateOrder,
    decimal: now.decimal ?? before.decimal,
    balance: now.balance ?? before.balance ?? null,
    order: now.order ?? before.order ?? null,
  }
}

function columnsTogether(now: BankColumns | null, before: BankColumns | null): BankColumns | null {
  if (now === null || before === null) return now ?? before
  return { roles: { ...before.roles, ...now.roles }, sign: now.sign ?? before.sign }
}

function hasSaid({ columns, dateOrder, decimal }: Pick<Said, 'columns' | 'dateOrder' | 'decimal'>): boolean {
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
