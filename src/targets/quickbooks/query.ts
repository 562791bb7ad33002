/**
 * Reads by QuickBooks' query language, all pages or none. Offsets over a list that changes in between skip rows, so
 * pages overlap by one row and the whole is counted; when either disagrees, everything is read again.
 */
import { jsonTextOf } from '../../domain/json.ts'
import type { Answer, Trouble } from '../port.ts'
import { ask, nameOf, type QuickbooksOptions } from './exchange.ts'
import { querySchema, rowsSchema } from './schema.ts'

export interface Query {
  /** As the API writes it; case matters. */
  readonly entity: 'JournalEntry' | 'Account' | 'Class' | 'Department' | 'Customer' | 'Vendor'
  /** Conditions joined by `and`; there is no `or`. */
  readonly where: string
  /** How many rows a page may have: entries of many lines fill an answer. */
  readonly pageRows: number
  readonly what: string
}

export interface QueryRows {
  readonly rows: readonly unknown[]
  /** The answers they came in. */
  readonly texts: readonly string[]
}

/** A page that is shorter is the last one: no page is cut at fewer rows than Intuit's default. */
const SHORTEST_FULL_PAGE = 100
const MAX_PAGES = 10_000
const MAX_READINGS = 3

/** Text in single quotes; a quote inside is escaped as Intuit wants it. */
export function quoted(text: string): string {
  return `'${text.replaceAll('\\', String.raw`\\`).replaceAll("'", String.raw`\'`)}'`
}

export async function queryAll(options: QuickbooksOptions, query: Query): Promise<Answer<QueryRows>> {
  const first = await readPage(options, query, '')
  if (first.kind !== 'ok' || first.value.rows.length < SHORTEST_FULL_PAGE) return first
  for (let reading = 1; reading <= MAX_READINGS; reading += 1) {
    const read = await readPages(options, query)
    if (read.kind !== 'ok') return read
    const counted = await count(options, query)
    if (counted.kind !== 'ok') return counted
    if (read.value !== 'moved' && counted.value === String(read.value.rows.length))
      return { kind: 'ok', value: read.value }
  }
  return unusable(options, query, `changed while it was read, ${MAX_READINGS} times; it is read again later`)
}

/**
 * Ordered, because only then is a second page the one after the first. Each page begins with the last row of the one
 * before: when it does not, rows have moved past the offset, which a count would not always tell.
 */
async function readPages(options: QuickbooksOptions, query: Query): Promise<Answer<QueryRows | 'moved'>> {
  const rows: unknown[] = []
  const texts: string[] = []
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const start = Math.max(1, rows.length)
    const read = await readPage(options, query, ` ORDERBY Id STARTPOSITION ${start}`)
    if (read.kind !== 'ok') return read
    const found = read.value.rows
    if (rows.length > 0 && idOf(found[0]) !== idOf(rows.at(-1))) return { kind: 'ok', value: 'moved' }
    texts.push(...read.value.texts)
    rows.push(...found.slice(rows.length > 0 ? 1 : 0))
    if (found.length < SHORTEST_FULL_PAGE) return { kind: 'ok', value: { rows, texts } }
  }
  return unusable(options, query, `has more than ${MAX_PAGES} pages`)
}

async function readPage(options: QuickbooksOptions, query: Query, position: string): Promise<Answer<QueryRows>> {
  const select = `select * from ${query.entity} where ${query.where}${position} MAXRESULTS ${query.pageRows}`
  const reply = await ask(options, { path: '/query', parameters: { query: select }, body: null, what: query.what })
  if (reply.kind !== 'ok') return reply
  const parsed = querySchema.safeParse(reply.value.json)
  const found = rowsSchema.safeParse(parsed.data?.QueryResponse[query.entity] ?? [])
  if (!parsed.success || !found.success) return unusable(options, query, 'came in a shape that is not known')
  return { kind: 'ok', value: { rows: found.data, texts: [reply.value.text] } }
}

async function count(options: QuickbooksOptions, query: Query): Promise<Answer<string>> {
  const select = `select count(*) from ${query.entity} where ${query.where}`
  const reply = await ask(options, { path: '/query', parameters: { query: select }, body: null, what: query.what })
  if (reply.kind !== 'ok') return reply
  const parsed = querySchema.safeParse(reply.value.json)
  const total = parsed.data?.QueryResponse.totalCount
  if (total === undefined || total === null) return unusable(options, query, 'came without its count')
  return { kind: 'ok', value: total }
}

function idOf(row: unknown): string {
  const id: unknown = typeof row === 'object' && row !== null ? Reflect.get(row, 'Id') : undefined
  return jsonTextOf(id)
}

function unusable({ label }: QuickbooksOptions, { what }: Query, why: string): Trouble {
  return { kind: 'unknown', answered: true, message: `What ${nameOf(label)} answered (${what}) ${why}.` }
}
