/**
 * Reads a book's exchange rates: a CSV with the columns date, from, to, rate, in any order. Every mistake is told with its
 * line; a pair given twice for a day is one, since nobody could say which of them counts.
 */
import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { isIsoDate } from '../domain/time/dates.ts'
import { ConfigError } from '../domain/errors.ts'
import { NO_RATES, parseRate, ratePair, rateTable, type Rate, type RateTable } from '../domain/money/rates.ts'
import type { BookConfig } from './model.ts'
import { whileUnchanged } from './unchanged.ts'

const COLUMNS = ['date', 'from', 'to', 'rate'] as const
type Row = Readonly<Record<(typeof COLUMNS)[number], string>>

interface Numbered {
  readonly record: Readonly<Record<string, string>>
  readonly info: { readonly lines: number }
}

/** Those a book names, in its file and in the configuration itself, or none. Of both for one day the file counts. */
export function bookRates({
  rates,
  fixedRates,
  ratesMaxAgeDays,
}: Pick<BookConfig, 'rates' | 'fixedRates' | 'ratesMaxAgeDays'>): RateTable {
  if (rates === undefined && fixedRates.length === 0) return NO_RATES
  const fixed = parseRates('fixedRates', fixedRatesText(fixedRates))
  const listed = rates === undefined ? [] : parseRates(rates, readRatesFile(rates))
  return rateTable(rates ?? 'fixedRates', ratesMaxAgeDays, [...fixed, ...listed])
}

/** The rates of the configuration as a file would say them. */
export function fixedRatesText(fixedRates: BookConfig['fixedRates']): string {
  const lines = fixedRates.map(({ date, from, to, rate }) => `${date},${from},${to},${rate}\n`)
  return `date,from,to,rate\n${lines.join('')}`
}

export function loadRates(file: string, maxAgeDays: number): RateTable {
  return rateTable(file, maxAgeDays, parseRates(file, readRatesFile(file)))
}

/** A file's rates in its order. Throws ConfigError that lists every mistake with its line. */
export const parseRates = whileUnchanged(readRates)

function readRates(file: string, text: string): readonly Rate[] {
  const problems: string[] = []
  const pairs = new Map<string, Rate[]>()
  for (const { record, info } of readRows(file, text)) {
    const rate = toRate(record)
    const rates = typeof rate === 'string' ? [] : (pairs.get(ratePair(rate.from, rate.to)) ?? [])
    if (typeof rate === 'string') problems.push(`${file}:${info.lines}: ${rate}`)
    else if (rates.some(({ date }) => date === rate.date)) {
      problems.push(`${file}:${info.lines}: ${rate.from} to ${rate.to} has a rate for ${rate.date} already`)
    } else pairs.set(ratePair(rate.from, rate.to), [...rates, rate])
  }
  if (problems.length > 0) throw invalid(problems)
  return [...pairs.values()].flat()
}

function invalid(problems: readonly string[]): ConfigError {
  const message = `The rates file has mistakes.\n${problems.join('\n')}`
  return new ConfigError('RATES_INVALID', message, 'Correct these lines; a line is like 2026-11-05,EUR,USD,1.0842')
}

function toRate(row: Readonly<Record<string, string>>): Rate | string {
  const { date = '', from = '', to = '', rate = '' }: Partial<Row> = row
  const isDay = isIsoDate(date)
  if (!isDay) return `"${row['date'] ?? ''}" is not a day of the calendar; write it as 2026-11-05`
  const currencies = [from, to].filter((each) => !/^[A-Z]{3}$/.test(each))
  if (currencies.length > 0) return `"${currencies.join('", "')}" is not a currency of three capital letters`
  if (from === to) return `a rate from ${from} to itself is always 1`
  const parsed = parseRate(rate)
  if (parsed === null) return `"${rate}" is not a rate above zero with a point and at most ten decimals`
  return { date, from, to, ...parsed }
}

function readRows(file: string, text: string): readonly Numbered[] {
  const rows = parseText(file, text)
  const header = Object.keys(rows[0]?.record ?? {})
  const missing = COLUMNS.filter((column) => !header.includes(column))
  if (rows.length > 0 && missing.length > 0) {
    throw invalid([`${file}:1: the header lacks ${missing.join(', ')}; it is date,from,to,rate`])
  }
  return rows
}

function parseText(file: string, text: string): readonly Numbered[] {
  try {
    // With `columns` and `info` every element is a record and where it stands.
    return parse<Numbered>(text, {
      columns: (header: string[]) => header.map((name) => name.toLowerCase()),
      info: true,
      bom: true,
      trim: true,
      skip_empty_lines: true,
    })
  } catch (cause) {
    throw invalid([`${file}: ${cause instanceof Error ? cause.message : String(cause)}`])
  }
}

/** Its text; throws ConfigError when it cannot be read. */
export function readRatesFile(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const message = `The rates file ${file} cannot be read.`
    throw new ConfigError('RATES_UNREADABLE', message, 'Check the path in rates: and its permissions.', { cause })
  }
}
