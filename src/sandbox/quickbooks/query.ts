/**
 * The part of QuickBooks' query language that reads lists and entries: select, where with AND, order by, start position
 * and at most 1000 results. There is no OR, and what is not filterable is refused rather than ignored.
 */
import { refuse, type Checked } from './fault-body.ts'

export type Operator = '=' | '<' | '>' | '<=' | '>=' | 'IN' | 'LIKE'

export interface Condition {
  readonly field: string
  readonly operator: Operator
  /** One, or several for IN. */
  readonly values: readonly string[]
}

export interface Query {
  readonly entity: string
  readonly isCount: boolean
  readonly conditions: readonly Condition[]
  readonly orderBy: { readonly field: string; readonly isDescending: boolean } | null
  /** From 1. */
  readonly start: number
  readonly limit: number
}

const MAX_RESULTS = 1000
const DEFAULT_RESULTS = 100
const TOKEN = /\s+|'(?:[^'\\]|\\.)*'|count\s*\(\s*\*\s*\)|<=|>=|[=<>(),*]|[A-Za-z_][\w.]*|\d[\w.:+-]*/giy

export function parseQuery(text: string): Checked<Query> {
  const tokens = tokensOf(text)
  if (tokens === undefined) return broken('an unexpected character')
  const reader = readerOf(tokens)
  if (!reader.word('select')) return broken(reader.here())
  const isCount = /^count/i.test(reader.here())
  if (isCount || reader.here() === '*') reader.take()
  else if (!skipColumns(reader)) return broken(reader.here())
  if (!reader.word('from')) return broken(reader.here())
  const entity = reader.take()
  const conditions = reader.word('where') ? readConditions(reader) : []
  if (conditions === undefined) return broken(reader.here())
  const orderBy = readOrder(reader)
  if (orderBy === undefined) return broken(reader.here())
  const start = reader.word('startposition') ? Number(reader.take()) : 1
  const limit = reader.word('maxresults') ? Number(reader.take()) : DEFAULT_RESULTS
  if (reader.here() !== '') return broken(reader.here())
  if (!(Number.isInteger(start) && start >= 1))
    return refuse('4001', 'QueryValidationError: StartPosition must be 1 or more')
  if (!(Number.isInteger(limit) && limit >= 1 && limit <= MAX_RESULTS)) {
    return refuse('4001', `QueryValidationError: MaxResults must be between 1 and ${MAX_RESULTS}`)
  }
  return { ok: true, value: { entity, isCount, conditions, orderBy, start, limit } }
}

interface Reader {
  readonly here: () => string
  readonly take: () => string
  /** Takes the token when it is this word. */
  readonly word: (word: string) => boolean
}

function readerOf(tokens: readonly string[]): Reader {
  let at = 0
  const here = (): string => tokens[at] ?? ''
  const take = (): string => {
    at += 1
    return tokens[at - 1] ?? ''
  }
  const word = (expected: string): boolean => {
    if (here().toLowerCase() !== expected) return false
    at += 1
    return true
  }
  return { here, take, word }
}

function tokensOf(text: string): readonly string[] | undefined {
  const tokens: string[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text)
    if (match === null) return undefined
    if (match[0].trim() !== '') tokens.push(match[0])
  }
  return tokens
}

function skipColumns(reader: Reader): boolean {
  do {
    if (!/^[A-Za-z]/.test(reader.here())) return false
    reader.take()
  } while (reader.word(','))
  return true
}

function readConditions(reader: Reader): readonly Condition[] | undefined {
  const conditions: Condition[] = []
  do {
    const field = reader.take()
    const operator = reader.take().toUpperCase()
    if (!/^[A-Za-z]/.test(field) || !isOperator(operator)) return undefined
    const values = operator === 'IN' ? readList(reader) : readValues(reader)
    if (values === undefined) return undefined
    conditions.push({ field, operator, values })
  } while (reader.word('and'))
  return conditions
}

function readValues(reader: Reader): readonly string[] | undefined {
  const value = valueOf(reader.take())
  return value === undefined ? undefined : [value]
}

function readList(reader: Reader): readonly string[] | undefined {
  if (!reader.word('(')) return undefined
  const values: string[] = []
  do {
    const value = valueOf(reader.take())
    if (value === undefined) return undefined
    values.push(value)
  } while (reader.word(','))
  return reader.word(')') ? values : undefined
}

/** Text in quotes with \' for a quote; numbers and true or false also without. */
function valueOf(token: string): string | undefined {
  if (token.startsWith("'")) return token.slice(1, -1).replaceAll(/\\(.)/g, '$1')
  return /^(true|false|\d\S*)$/i.test(token) ? token.toLowerCase() : undefined
}

/** Null without an order; undefined when it is no order. */
function readOrder(reader: Reader): Query['orderBy'] | undefined {
  if (!reader.word('orderby')) {
    if (!reader.word('order')) return null
    if (!reader.word('by')) return undefined
  }
  const field = reader.take()
  if (!/^[A-Za-z]/.test(field)) return undefined
  const isDescending = reader.word('desc')
  if (!isDescending) reader.word('asc')
  return { field, isDescending }
}

function isOperator(text: string): text is Operator {
  return ['=', '<', '>', '<=', '>=', 'IN', 'LIKE'].includes(text)
}

function broken(token: string): Checked<Query> {
  return refuse('4000', `QueryParserError: Encountered "${token}" where it cannot stand`)
}
