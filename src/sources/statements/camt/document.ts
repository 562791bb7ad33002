/**
 * A CAMT file as the statements in it, not yet understood. Every version and prefix of the namespace will do. Values stay
 * text, since a number read as one loses digits; document types and entities a file defines are refused, as they can hide
 * or multiply text.
 */
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { shown, unreadable } from '../refusal.ts'
import { markedPlace, splitEntries, type CutEntry, type SplitFile } from './split.ts'

/** What may stand several times where it stands. */
const LISTS = new Set([
  'Stmt',
  'Rpt',
  'Bal',
  'Ntry',
  'NtryDtls',
  'TxDtls',
  'Chrgs',
  'Rcrd',
  'Ustrd',
  'Strd',
  'RfrdDocInf',
])
/** Messages, and what the statements in them are called. */
const LIST_OF: Readonly<Record<string, string>> = { BkToCstmrStmt: 'Stmt', BkToCstmrAcctRpt: 'Rpt' }
const NOTIFICATION = 'BkToCstmrDbtCdtNtfctn'
const DEPTH = 6
/** Typed as the wrapper object by the package; it is the symbol itself. */
const METADATA = XMLParser.getMetaDataSymbol() as symbol

export interface RawDocument {
  readonly statements: readonly unknown[]
  /** Where a statement or an entry of it begins, for messages; null when it is no element. */
  readonly lineOf: (part: unknown) => number | null
  /** An entry of a statement, as it is parsed only now. */
  readonly entryOf: (part: unknown) => unknown
}

export function openCamt(fileName: string, text: string): RawDocument {
  if (/<!DOCTYPE/i.test(text))
    throw unreadable(fileName, null, 'it declares a document type (DOCTYPE), which no CAMT file does')
  const valid = XMLValidator.validate(text)
  if (valid !== true)
    throw unreadable(fileName, `line ${valid.err.line}`, `it is no whole XML: ${shown(valid.err.msg)}`)
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    removeNSPrefix: true,
    parseTagValue: false,
    parseAttributeValue: false,
    processEntities: false,
    captureMetaData: true,
    jPath: false,
    isArray: (name) => LISTS.has(name),
  })
  const split = splitEntries(text)
  const root: unknown = parser.parse(split?.rest ?? text)
  const messages = find(root, DEPTH)
  if (messages.some(({ name }) => name === NOTIFICATION))
    throw unreadable(
      fileName,
      null,
      'it is a notification (camt.054), which repeats entries of the statement and has no balances',
      'Import the statement of the same days, camt.053, instead.',
    )
  const statements = messages.flatMap(({ name, content }) => {
    const list = isRecord(content) ? content[LIST_OF[name] ?? ''] : undefined
    return Array.isArray(list) ? list : []
  })
  if (statements.length === 0)
    throw unreadable(fileName, null, 'it holds neither a statement (camt.053) nor a report (camt.052)')
  return { statements, ...entriesOf(parser, split, text) }
}

function entriesOf(parser: XMLParser, split: SplitFile | null, text: string): Omit<RawDocument, 'statements'> {
  const cut = (part: unknown): CutEntry | undefined => split?.entries[markedPlace(part) ?? -1]
  return {
    lineOf: (part) => cut(part)?.line ?? lineOf(split?.rest ?? text, part),
    entryOf: (part) => {
      const entry = cut(part)
      if (entry === undefined) return part
      const parsed: unknown = parser.parse(entry.text)
      const list = isRecord(parsed) ? parsed['Ntry'] : undefined
      return Array.isArray(list) ? (list as readonly unknown[])[0] : list
    },
  }
}

interface Found {
  readonly name: string
  readonly content: unknown
}

/** Banks wrap the document in envelopes of their own, and some put several documents into one file. */
function find(node: unknown, depth: number): readonly Found[] {
  if (Array.isArray(node)) return node.flatMap((each) => find(each, depth))
  if (depth === 0 || !isRecord(node)) return []
  return Object.entries(node).flatMap(([name, value]) => {
    if (name !== NOTIFICATION && LIST_OF[name] === undefined) return find(value, depth - 1)
    const contents: readonly unknown[] = Array.isArray(value) ? value : [value]
    return contents.map((content) => ({ name, content }))
  })
}

function isRecord(value: unknown): value is Readonly<Record<string | symbol, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function lineOf(text: string, part: unknown): number | null {
  const place = isRecord(part) ? part[METADATA] : undefined
  const start = isRecord(place) ? place['startIndex'] : undefined
  return typeof start === 'number' ? text.slice(0, start).split('\n').length : null
}
