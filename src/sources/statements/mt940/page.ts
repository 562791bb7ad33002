/**
 * One message of an MT940 file: a page of a statement, with the balances it opens and closes with. Every field is read,
 * known to say nothing about money, or told in a remark.
 */
import type { StatementLine } from '../../../domain/statements/statement.ts'
import { shown, unreadable } from '../refusal.ts'
import { readBalance, type Balance } from './balance.ts'
import { readEntry, type Entry } from './entry.ts'
import type { Field, Message } from './fields.ts'
import { readInformation } from './information.ts'

export interface Page {
  readonly line: number
  readonly account: string
  /** ":28C:12/3" is number 12, page 3; '' when the file gives none. */
  readonly number: string
  readonly opening: Balance | null
  readonly closing: Balance | null
  readonly opensStatement: boolean
  readonly closesStatement: boolean
  /** Of interim reports, which have no balances. */
  readonly floorCurrency: string | null
  readonly lines: readonly StatementLine[]
  readonly remarks: readonly string[]
}

/** Ids of the message, available balances (no booked money), floor limits, times, counts. */
const WITHOUT_MONEY = new Set([
  '20',
  '21',
  '25',
  '25P',
  '28',
  '28C',
  '34F',
  '13',
  '13D',
  '64',
  '64F',
  '65',
  '65F',
  '90C',
  '90D',
  'NS',
])

export function readPage(fileName: string, { fields }: Message): Page {
  const opening = fields.find(({ tag }) => tag === '60F' || tag === '60M')
  const closing = fields.find(({ tag }) => tag === '62F' || tag === '62M')
  const { lines, remarks } = readLines(fileName, fields)
  const textOf = (...tags: readonly string[]): string =>
    fields
      .find(({ tag }) => tags.includes(tag))
      ?.texts.join('')
      .trim() ?? ''
  return {
    line: fields[0]?.line ?? 1,
    account: textOf('25', '25P'),
    number: textOf('28C', '28').split('/')[0]?.trim() ?? '',
    opening: opening === undefined ? null : readBalance(fileName, opening),
    closing: closing === undefined ? null : readBalance(fileName, closing),
    opensStatement: opening?.tag !== '60M',
    closesStatement: closing?.tag !== '62M',
    floorCurrency: /^([A-Z]{3})/.exec(textOf('34F'))?.[1] ?? null,
    lines,
    remarks,
  }
}

function readLines(fileName: string, fields: readonly Field[]): Pick<Page, 'lines' | 'remarks'> {
  const entries: { entry: Entry; information: string[] }[] = []
  const remarks: string[] = []
  let isAfterEntry = false
  const seen = new Set<string>()
  for (const field of fields) {
    const { tag, line, texts } = field
    if (tag === '61') entries.push({ entry: readEntry(fileName, field), information: [] })
    else if (tag === '86' && isAfterEntry) entries.at(-1)?.information.push(...texts)
    else if (tag === '86') remarks.push(`Line ${line} tells of the statement as a whole: ${shown(texts.join(' '))}.`)
    else if (/^6[02][FM]$/.test(tag)) {
      // One message with two openings would be two statements, and nobody could say whose the entries are.
      const kind = tag.slice(0, 2)
      if (seen.has(kind)) throw unreadable(fileName, `line ${line}`, `a second balance :${tag}: stands in one message`)
      seen.add(kind)
    } else if (!WITHOUT_MONEY.has(tag))
      throw unreadable(
        fileName,
        `line ${line}`,
        `the field :${tag}: ${shown(texts.join(' '))} belongs into no statement`,
      )
    isAfterEntry = tag === '61' || (isAfterEntry && tag === '86')
  }
  return { lines: entries.map(({ entry, information }) => lineOf(entry, information)), remarks }
}

function lineOf(entry: Entry, texts: readonly string[]): StatementLine {
  const information = readInformation(texts)
  const references = [entry.ownerReference, ...information.references].filter((each) => each !== null)
  return {
    line: entry.line,
    externalId: entry.bankReference,
    date: entry.date,
    atMs: null,
    amount: entry.amount,
    gross: null,
    fee: null,
    tax: null,
    balance: null,
    type: entry.type,
    rawType: entry.rawType,
    uncounted: entry.isExpected ? 'pending' : entry.amount === 0n ? 'information' : null,
    references: [...new Set(references)],
    group: information.group,
    counterparty: information.counterparty,
    description: [information.description, entry.details].filter((each) => each !== '').join(' '),
  }
}
