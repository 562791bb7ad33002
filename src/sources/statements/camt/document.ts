/**
 * A CAMT file as the statements in it, read as a stream: each entry is handed out when its end is reached and is then
 * forgotten, so that a hundred thousand never stand in memory as XML. Every version and prefix of the namespace will do.
 * Document types are refused, since entities that a file defines can hide or multiply text.
 */
import { SaxesParser } from 'saxes'
import { shown, unreadable } from '../refusal.ts'
import { elementTree, type Element } from './element-tree.ts'

/** Messages, and what the statements in them are called. */
const STATEMENT_OF: Readonly<Record<string, string>> = { BkToCstmrStmt: 'Stmt', BkToCstmrAcctRpt: 'Rpt' }
const NOTIFICATION = 'BkToCstmrDbtCdtNtfctn'
const CHUNK_CHARACTERS = 1 << 16
/** CAMT nests a dozen deep. */
const DEEPEST = 100
/** Of texts, not of the structure: what is written stays as it is written. */
const HARMLESS = /(?:undefined entity|malformed character entity|disallowed character)\.$/

export interface RawStatement<Entry> {
  /** Everything but its entries. */
  readonly content: Element
  /** Where it begins. */
  readonly line: number
  readonly entries: readonly Entry[]
}

/** `number` counts the entries of the file, from 1; `line` is where the entry begins. */
export type ReadRawEntry<Entry> = (content: Element, number: number, line: number) => Entry

/** Throws InputError, naming the line, for what is no whole XML or holds no statement; else whatever `readEntry` throws. */
export function readDocument<Entry>(
  fileName: string,
  text: string,
  readEntry: ReadRawEntry<Entry>,
): readonly RawStatement<Entry>[] {
  const statements: RawStatement<Entry>[] = []
  const parser = new SaxesParser()
  parser.ENTITIES['nbsp'] = ' '
  const begin = text.search(/\S/)
  const blankLines = text.slice(0, begin).split('\n').length - 1
  const line = (): number => parser.line + blankLines
  const tree = elementTree()
  let open: { readonly line: number; readonly entries: Entry[]; readonly depth: number } | null = null
  let entry: { readonly line: number; readonly depth: number } | null = null
  let entries = 0

  parser.on('error', ({ message }) => {
    if (HARMLESS.test(message)) return
    throw unreadable(fileName, `line ${line()}`, `it is no whole XML: ${shown(message.replace(/^\d+:\d+: /, ''))}`)
  })
  parser.on('doctype', () => {
    throw unreadable(fileName, null, 'it declares a document type (DOCTYPE), which no CAMT file does')
  })
  parser.on('text', tree.text)
  parser.on('cdata', tree.text)
  parser.on('opentag', (tag) => {
    const name = tree.open(tag.name, tag.attributes['Ccy'])
    if (name === NOTIFICATION) throw notification(fileName)
    if (tree.depth() > DEEPEST)
      throw unreadable(
        fileName,
        `line ${line()}`,
        `its elements are nested more than ${DEEPEST} deep, as no statement's are`,
      )
    if (open === null && name === STATEMENT_OF[tree.parent()]) open = { line: line(), entries: [], depth: tree.depth() }
    else if (open !== null && name === 'Ntry' && tree.depth() === open.depth + 1)
      entry = { line: line(), depth: tree.depth() }
  })
  parser.on('closetag', () => {
    const depth = tree.depth()
    if (entry?.depth === depth) {
      const read = tree.closeApart()
      entries += 1
      open?.entries.push(readEntry(read, entries, entry.line))
      entry = null
    } else if (open?.depth === depth) {
      statements.push({ content: tree.closeApart(), line: open.line, entries: open.entries })
      open = null
    } else tree.close()
  })
  for (let at = begin; at < text.length; at += CHUNK_CHARACTERS) parser.write(text.slice(at, at + CHUNK_CHARACTERS))
  parser.close()
  if (statements.length === 0)
    throw unreadable(fileName, null, 'it holds neither a statement (camt.053) nor a report (camt.052)')
  return statements
}

function notification(fileName: string): Error {
  return unreadable(
    fileName,
    null,
    'it is a notification (camt.054), which repeats entries of the statement and has no balances',
    'Import the statement of the same days, camt.053, instead.',
  )
}
